#include "bruit/workbench/processes/node_process.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace bruit::workbench {
namespace {

namespace asio = boost::asio;

// As many as Maelstrom keeps for its crash message.
constexpr std::size_t kept_stderr_lines = 32;
// A longer line on stderr is cut there.
constexpr std::size_t stderr_line_limit = 64 * 1024;
// A process that ends closes its pipes a moment before the kernel says that it has ended.
constexpr auto patience_after_stdout = std::chrono::milliseconds(500);
// A pipe holds no more than this many reads (1 MB); who finds more in it reads from a process that
// goes on writing.
constexpr int most_reads_of_a_pipe = 16;
// How long a silent node may take to print what it has when its stdin is closed.
constexpr auto patience_for_last_output = std::chrono::seconds(1);

// Calls `on_line` for every complete line of `pending` + `bytes`; what is left stays in `pending`.
template <typename OnLine>
void split_lines(std::string& pending, std::string_view bytes, OnLine on_line) {
  for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    if (pending.empty()) {
      on_line(bytes.substr(0, end));
    } else {
      pending.append(bytes.substr(0, end));
      on_line(std::exchange(pending, {}));
    }
    bytes.remove_prefix(end + 1);
  }
  pending.append(bytes);
}

}  // namespace

NodeProcess::NodeProcess(asio::io_context& io, const Program& program, Buffers& buffers,
                         Callbacks callbacks)
    : child_(program),
      in_(io, child_.release_stdin()),
      out_(io, child_.release_stdout()),
      err_(io, child_.release_stderr()),
      until_ended_(io),
      buffers_(buffers),
      callbacks_(std::move(callbacks)) {}

void NodeProcess::watch() {
  watch_stdout();
  watch_stderr();
}

void NodeProcess::close() {
  drain_stderr();
  if (!err_pending_.empty()) stderr_line(std::exchange(err_pending_, {}));
  closed_ = true;
  unwritten_.clear();
  until_ended_.cancel();
  boost::system::error_code ignored;
  in_.close(ignored);
  out_.close(ignored);
  err_.close(ignored);
}

void NodeProcess::flush() {
  if (!waiting_to_write_) write();
}

void NodeProcess::write() {
  std::size_t done = 0;
  while (done < unwritten_.size()) {
    const ssize_t written =
        ::write(in_.native_handle(), unwritten_.data() + done, unwritten_.size() - done);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      break;
    }
  }
  const int error = errno;
  const bool complete = done == unwritten_.size();
  unwritten_.erase(0, done);
  if (complete) return;
  if (error != EAGAIN) {
    // It closed its stdin, most likely by ending; SIGCHLD tells how. Nothing more can reach it.
    unwritten_.clear();
    return;
  }
  waiting_to_write_ = true;
  in_.async_wait(asio::posix::stream_descriptor::wait_write,
                 [this](const boost::system::error_code& failed) {
                   waiting_to_write_ = false;
                   if (!failed && !closed_) write();
                 });
}

// As read(2) says it.
NodeProcess::Read NodeProcess::outcome_of(ssize_t got) {
  if (got > 0) return Read::some;
  return got == 0 || (errno != EAGAIN && errno != EINTR) ? Read::end : Read::nothing;
}

NodeProcess::Read NodeProcess::read_stdout() {
  if (!out_.is_open()) return Read::nothing;
  const ssize_t got = ::read(out_.native_handle(), buffers_.out.data(), buffers_.out.size());
  const Read outcome = outcome_of(got);
  if (outcome != Read::some) return outcome;
  split_lines(out_pending_, {buffers_.out.data(), static_cast<std::size_t>(got)},
              [this](std::string_view line) {
                ++lines_;
                callbacks_.on_stdout_line(line);
              });
  if (out_pending_.size() > stdout_line_limit) callbacks_.on_endless_line(out_pending_);
  return outcome;
}

NodeProcess::Read NodeProcess::read_stderr() {
  if (!err_.is_open()) return Read::nothing;
  const ssize_t got = ::read(err_.native_handle(), buffers_.err.data(), buffers_.err.size());
  const Read outcome = outcome_of(got);
  if (outcome != Read::some) return outcome;
  split_lines(err_pending_, {buffers_.err.data(), static_cast<std::size_t>(got)},
              [this](std::string_view line) { stderr_line(line); });
  if (err_pending_.size() > stderr_line_limit) stderr_line(std::exchange(err_pending_, {}));
  return outcome;
}

void NodeProcess::stderr_line(std::string_view line) {
  if (last_stderr_.size() == kept_stderr_lines) last_stderr_.pop_front();
  last_stderr_.emplace_back(line);
  callbacks_.on_stderr_line(line);
}

void NodeProcess::watch_stdout() {
  out_.async_wait(asio::posix::stream_descriptor::wait_read,
                  [this](const boost::system::error_code& error) {
                    if (error || closed_) return;
                    const Read read = read_stdout();
                    if (closed_) return;
                    if (read == Read::end) {
                      stdout_closed();
                      return;
                    }
                    callbacks_.after_input();
                    if (!closed_) watch_stdout();
                  });
}

void NodeProcess::watch_stderr() {
  err_.async_wait(asio::posix::stream_descriptor::wait_read,
                  [this](const boost::system::error_code& error) {
                    if (error || closed_) return;
                    if (read_stderr() != Read::end) watch_stderr();
                  });
}

void NodeProcess::stdout_closed() {
  if (child_.has_ended()) {
    callbacks_.on_stdout_closed();
    return;
  }
  until_ended_.expires_after(patience_after_stdout);
  until_ended_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !closed_) callbacks_.on_stdout_closed();
  });
}

void NodeProcess::drain_stdout() {
  for (int i = 0; i < most_reads_of_a_pipe && read_stdout() == Read::some; ++i) {
  }
}

void NodeProcess::drain_stderr() {
  for (int i = 0; i < most_reads_of_a_pipe && read_stderr() == Read::some; ++i) {
  }
}

void NodeProcess::end_stdout_line() {
  if (out_pending_.empty()) return;
  ++lines_;
  callbacks_.on_stdout_line(std::exchange(out_pending_, {}));
}

int NodeProcess::unread_bytes() {
  int unread = 0;
  return ::ioctl(in_.native_handle(), FIONREAD, &unread) == 0 ? unread : 0;
}

std::string NodeProcess::output_without_stdin() {
  boost::system::error_code ignored;
  in_.close(ignored);
  std::string text;
  const auto deadline = std::chrono::steady_clock::now() + patience_for_last_output;
  while (text.find('\n') == std::string::npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waiting{.fd = out_.native_handle(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) break;
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(waiting.fd, buffer.data(), buffer.size());
    if (outcome_of(got) == Read::end) break;
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace bruit::workbench
