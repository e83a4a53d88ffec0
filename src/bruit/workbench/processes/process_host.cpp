#include "bruit/workbench/processes/process_host.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <map>
#include <system_error>
#include <thread>
#include <utility>

#include "bruit/maelstrom/json.h"
#include "bruit/workbench/basics/excerpt.h"
#include "bruit/workbench/network/client_codec.h"

namespace bruit::workbench {
namespace {

namespace asio = boost::asio;

// As many as Maelstrom keeps for its crash message.
constexpr std::size_t kept_stderr_lines = 32;
// A node that leaves this much of its stdin unread is stuck.
constexpr std::size_t unread_limit = 256 * 1024 * 1024;
// Longest line on stdout, which is a message, and on stderr, which is cut there.
constexpr std::size_t stdout_line_limit = 64 * 1024 * 1024;
constexpr std::size_t stderr_line_limit = 64 * 1024;
// A process that ends closes its pipes a moment before the kernel says that it has ended.
constexpr auto patience_after_stdout = std::chrono::milliseconds(500);
// A pipe holds no more than this many reads (1 MB); who finds more in it reads from a process that
// goes on writing.
constexpr int most_reads_of_a_pipe = 16;
// How long a silent node may take to print what it has when its stdin is closed.
constexpr auto patience_for_last_output = std::chrono::seconds(1);
// A process that lives longer than this was not just passing by, like a command of a script.
constexpr auto passing_by = std::chrono::milliseconds(50);

std::set<pid_t> children_of_this_process() {
  std::set<pid_t> children;
  for (const Descendant& each : descendants_of(::getpid())) children.insert(each.ancestor);
  return children;
}

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

struct ProcessHost::Node {
  Node(asio::io_context& io, std::uint32_t number, const Program& program)
      : index(number),
        process(program),
        in(io, process.release_stdin()),
        out(io, process.release_stdout()),
        err(io, process.release_stderr()),
        stdout_closed(io) {}

  std::uint32_t index;
  ChildProcess process;
  asio::posix::stream_descriptor in;
  asio::posix::stream_descriptor out;
  asio::posix::stream_descriptor err;
  asio::steady_timer stdout_closed;
  std::string out_pending;  // the beginning of a line
  std::string err_pending;
  std::string unwritten;  // for its stdin
  bool waiting_to_write = false;
  bool dirty = false;  // in unflushed_
  bool end_reported = false;
  bool killed = false;      // by the nemesis
  std::uint64_t lines = 0;  // on its stdout so far
  std::FILE* log = nullptr;
  std::deque<std::string> last_stderr;
};

// As read(2) says it.
ProcessHost::Read ProcessHost::outcome_of(ssize_t got) {
  if (got > 0) return Read::some;
  return got == 0 || (errno != EAGAIN && errno != EINTR) ? Read::end : Read::nothing;
}

ProcessHost::ProcessHost(asio::io_context& io, const Program& program, const TestOptions& options,
                         const std::filesystem::path& log_folder, HostContext& context,
                         Callbacks callbacks)
    : options_(options),
      context_(context),
      callbacks_(std::move(callbacks)),
      not_ours_(children_of_this_process()),
      child_signal_(io, SIGCHLD),
      io_(io),
      program_(program) {
  for (std::uint32_t i = 0; i < options_.nodes.size(); ++i) index_of_[options_.nodes[i]] = i;
  for (std::uint32_t i = 0; i < options_.nodes.size(); ++i) {
    nodes_.push_back(std::make_unique<Node>(io, i, program));
    Node& node = *nodes_.back();
    guardian_.watch(node.process.pid());
    const auto path = log_folder / (options_.nodes[i] + ".log");
    node.log = std::fopen(path.c_str(), "we");
    if (node.log == nullptr) {
      throw std::system_error(errno, std::generic_category(),
                              fmt::format("cannot write the node log {}", path.string()));
    }
    watch_stdout(node);
    watch_stderr(node);
  }
  on_child_signal();
}

ProcessHost::~ProcessHost() {
  stop();
  for (const auto& node : nodes_) {
    if (node->log != nullptr) std::fclose(node->log);
  }
}

void ProcessHost::stop() {
  if (std::exchange(stopped_, true)) return;
  boost::system::error_code ignored;
  child_signal_.cancel(ignored);
  const std::vector<pid_t> left_behind = end_descendants();
  for (const auto& node : nodes_) node->process.kill();
  // Orphans have become children of this process, which buries them.
  for (const pid_t pid : left_behind) ::waitpid(pid, nullptr, 0);
  for (const auto& node : nodes_) {
    // What it had written to stderr before it ended belongs into its log.
    drain_stderr(*node);
    if (!node->err_pending.empty()) on_stderr_line(*node, std::exchange(node->err_pending, {}));
    node->stdout_closed.cancel();
    node->in.close(ignored);
    node->out.close(ignored);
    node->err.close(ignored);
  }
}

void ProcessHost::append_name(Endpoint endpoint, std::string& out) const {
  if (endpoint.is_client()) {
    out += 'c';
    const fmt::format_int number(endpoint.index());
    out.append(number.data(), number.size());
  } else {
    out += endpoint.is_service() ? std::string_view(to_string(endpoint.service_name()))
                                 : std::string_view(options_.nodes[endpoint.index()]);
  }
}

std::optional<Endpoint> ProcessHost::find(std::string_view name) const {
  if (const auto it = index_of_.find(std::string(name)); it != index_of_.end()) {
    return Endpoint::node(it->second);
  }
  if (const auto service = parse_service(name)) return Endpoint::service(*service);
  if (name.size() < 2 || name[0] != 'c') return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || number >= clients_seen_) {
    return std::nullopt;
  }
  return Endpoint::client(number);
}

void ProcessHost::deliver(std::uint32_t index, Packet&& packet, Time) {
  Node& node = *nodes_[index];
  if (node.killed) return;
  if (packet.source.is_client()) {
    clients_seen_ = std::max(clients_seen_, packet.source.index() + 1);
  }
  std::string& out = node.unwritten;
  if (out.size() > unread_limit) {
    fail(node, fmt::format("does not read its stdin: {} MB are waiting", out.size() >> 20));
    return;
  }
  out += R"({"id":)";
  const fmt::format_int id(packet.id);
  out.append(id.data(), id.size());
  out += R"(,"src":")";
  append_name(packet.source, out);
  out += R"(","dest":")";
  append_name(packet.destination, out);
  out += R"(","body":)";
  if (const auto* body = std::get_if<JsonBody>(&packet.payload)) {
    out += body->text;
  } else if (const auto* request = std::get_if<Request>(&packet.payload)) {
    const bool has_value = request->kind == Request::Kind::broadcast;
    out += encode_request(*request, options_, index,
                          has_value ? context_.text_of(request->element) : std::string_view{});
  }
  out += "}\n";
  if (!std::exchange(node.dirty, true)) unflushed_.push_back(index);
}

void ProcessHost::kill(std::uint32_t index, Time) {
  Node& node = *nodes_[index];
  const pid_t group = node.process.pid();
  node.killed = true;
  node.process.kill();
  guardian_.forget(group);
  // What it had written to stderr belongs into its log; what it had not sent is lost.
  drain_stderr(node);
  if (!node.err_pending.empty()) on_stderr_line(node, std::exchange(node.err_pending, {}));
  node.unwritten.clear();
  node.stdout_closed.cancel();
  boost::system::error_code ignored;
  node.in.close(ignored);
  node.out.close(ignored);
  node.err.close(ignored);
}

void ProcessHost::restart(std::uint32_t index, Time) {
  try {
    auto fresh = std::make_unique<Node>(io_, index, program_);
    fresh->log = std::exchange(nodes_[index]->log, nullptr);
    dead_.push_back(std::exchange(nodes_[index], std::move(fresh)));
  } catch (const std::exception& error) {
    callbacks_.fail(
        fmt::format("node {} could not be restarted: {}", options_.nodes[index], error.what()));
    return;
  }
  Node& node = *nodes_[index];
  guardian_.watch(node.process.pid());
  watch_stdout(node);
  watch_stderr(node);
}

void ProcessHost::pause(std::uint32_t index, Time) {
  ::kill(-nodes_[index]->process.pid(), SIGSTOP);
}

void ProcessHost::resume(std::uint32_t index, Time) {
  ::kill(-nodes_[index]->process.pid(), SIGCONT);
}

void ProcessHost::flush() {
  for (const auto index : std::exchange(unflushed_, {})) {
    Node& node = *nodes_[index];
    node.dirty = false;
    if (!node.waiting_to_write) write(node);
  }
}

void ProcessHost::write(Node& node) {
  std::size_t done = 0;
  while (done < node.unwritten.size()) {
    const ssize_t written = ::write(node.in.native_handle(), node.unwritten.data() + done,
                                    node.unwritten.size() - done);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      break;
    }
  }
  const int error = errno;
  const bool complete = done == node.unwritten.size();
  node.unwritten.erase(0, done);
  if (complete) return;
  if (error != EAGAIN) {
    // It closed its stdin, most likely by ending; SIGCHLD tells how. Nothing more can reach it.
    node.unwritten.clear();
    return;
  }
  node.waiting_to_write = true;
  node.in.async_wait(asio::posix::stream_descriptor::wait_write,
                     [this, &node](const boost::system::error_code& failed) {
                       node.waiting_to_write = false;
                       if (!failed && !stopped_) write(node);
                     });
}

// Reads are made here and not by Asio: so nothing is ever on its way between a pipe and its handler
// when the end of a process is noticed, and its last words can be read at once.
ProcessHost::Read ProcessHost::read_stdout(Node& node) {
  if (!node.out.is_open()) return Read::nothing;
  const ssize_t got = ::read(node.out.native_handle(), out_buffer_.data(), out_buffer_.size());
  if (got > 0) on_stdout(node, {out_buffer_.data(), static_cast<std::size_t>(got)});
  return outcome_of(got);
}

ProcessHost::Read ProcessHost::read_stderr(Node& node) {
  if (!node.err.is_open()) return Read::nothing;
  const ssize_t got = ::read(node.err.native_handle(), err_buffer_.data(), err_buffer_.size());
  if (got > 0) on_stderr(node, {err_buffer_.data(), static_cast<std::size_t>(got)});
  return outcome_of(got);
}

void ProcessHost::watch_stdout(Node& node) {
  node.out.async_wait(asio::posix::stream_descriptor::wait_read,
                      [this, &node](const boost::system::error_code& error) {
                        if (error || stopped_) return;
                        const Read read = read_stdout(node);
                        if (stopped_) return;
                        if (read == Read::end) {
                          on_stdout_closed(node);
                          return;
                        }
                        callbacks_.after_input();
                        if (!stopped_) watch_stdout(node);
                      });
}

void ProcessHost::watch_stderr(Node& node) {
  node.err.async_wait(asio::posix::stream_descriptor::wait_read,
                      [this, &node](const boost::system::error_code& error) {
                        if (error || stopped_) return;
                        if (read_stderr(node) != Read::end) watch_stderr(node);
                      });
}

void ProcessHost::drain_stdout(Node& node) {
  for (int i = 0; i < most_reads_of_a_pipe && read_stdout(node) == Read::some; ++i) {
  }
}

void ProcessHost::drain_stderr(Node& node) {
  for (int i = 0; i < most_reads_of_a_pipe && read_stderr(node) == Read::some; ++i) {
  }
}

void ProcessHost::on_stdout(Node& node, std::string_view bytes) {
  split_lines(node.out_pending, bytes, [&](std::string_view line) { on_line(node, line); });
  if (node.out_pending.size() > stdout_line_limit) {
    fail(node, fmt::format("printed more than {} MB without a line break; expected one message a "
                           "line\n  it begins: {}",
                           stdout_line_limit >> 20, excerpt(node.out_pending)));
  }
}

void ProcessHost::on_stdout_closed(Node& node) {
  if (node.process.has_ended()) {
    report_end(node);
    return;
  }
  node.stdout_closed.expires_after(patience_after_stdout);
  node.stdout_closed.async_wait([this, &node](const boost::system::error_code& error) {
    if (error || stopped_) return;
    if (node.process.has_ended()) {
      report_end(node);
    } else {
      fail(node, "closed its stdout; expected that it stays open until stdin ends");
    }
  });
}

void ProcessHost::on_line(Node& node, std::string_view line) {
  if (stopped_) return;
  ++node.lines;
  auto parsed = reader_.read(line);
  if (const auto* error = std::get_if<maelstrom::ParseError>(&parsed)) {
    fail(node, fmt::format("printed a line that is not a message: {}\n  the line: {}\n  expected: "
                           R"({{"src": "{}", "dest": "<node or client>", "body": {{"type": ...}}}})"
                           "\n  (logs belong on stderr)",
                           error->text, excerpt(line), options_.nodes[node.index]));
    return;
  }
  auto& message = std::get<maelstrom::Message>(parsed);
  const auto source = find(message.src);
  if (!source || *source != Endpoint::node(node.index)) {
    fail(node, fmt::format("sent a message from \"{}\"; expected its own name \"{}\" as src\n  the "
                           "line: {}",
                           excerpt(message.src), options_.nodes[node.index], excerpt(line)));
    return;
  }
  const auto destination = find(message.dest);
  if (!destination) {
    fail(node, fmt::format("sent a message to \"{}\", which does not exist; nodes are {} to {}, "
                           "services lin-kv, seq-kv, lww-kv and lin-tso\n  the line: {}",
                           excerpt(message.dest), options_.nodes.front(), options_.nodes.back(),
                           excerpt(line)));
    return;
  }
  context_.send(node.index, *destination, json_body(std::move(message.body)), callbacks_.now());
}

void ProcessHost::on_stderr(Node& node, std::string_view bytes) {
  split_lines(node.err_pending, bytes, [&](std::string_view line) { on_stderr_line(node, line); });
  if (node.err_pending.size() > stderr_line_limit) {
    on_stderr_line(node, std::exchange(node.err_pending, {}));
  }
}

void ProcessHost::on_stderr_line(Node& node, std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), node.log);
  std::fputc('\n', node.log);
  if (node.last_stderr.size() == kept_stderr_lines) node.last_stderr.pop_front();
  node.last_stderr.emplace_back(line);
  if (options_.log_stderr) {
    fmt::print(stderr, "{}: {}\n", options_.nodes[node.index], line);
  }
}

void ProcessHost::on_child_signal() {
  child_signal_.async_wait([this](const boost::system::error_code& error, int) {
    if (error || stopped_) return;
    for (const auto& node : nodes_) {
      if (!node->killed && node->process.has_ended() && !stopped_) report_end(*node);
    }
    if (!stopped_) on_child_signal();
  });
}

void ProcessHost::report_end(Node& node) {
  if (std::exchange(node.end_reported, true)) return;
  // What it printed before its end may still be in the pipes, and explain it: a usage text on
  // stdout, for example, is reported as the line that is not a message.
  drain_stderr(node);
  drain_stdout(node);
  if (!node.out_pending.empty()) on_line(node, std::exchange(node.out_pending, {}));
  end_test(node, fmt::format("{} during the test; expected that it runs until its stdin ends",
                             node.process.how_it_ended()));
}

std::string ProcessHost::last_words(std::uint32_t index) const {
  const auto& lines = nodes_[index]->last_stderr;
  if (lines.empty()) return "\n  (it wrote nothing to stderr)";
  std::string text = lines.size() == 1
                         ? std::string("\n  its last line on stderr:")
                         : fmt::format("\n  its last {} lines on stderr:", lines.size());
  for (const auto& line : lines) text += "\n    " + excerpt(line);
  return text;
}

std::string ProcessHost::explain_silence(std::uint32_t index) {
  Node& node = *nodes_[index];
  if (stopped_) return {};
  drain_stderr(node);
  for (const auto& line : node.last_stderr) {
    if (std::holds_alternative<maelstrom::Message>(reader_.read(line))) {
      return "\n  it printed a message on stderr; messages belong on stdout";
    }
  }
  if (!node.out_pending.empty()) {
    return fmt::format(
        "\n  its stdout holds the beginning of a line; expected a line break after each message, "
        "and stdout to be flushed: {}",
        excerpt(node.out_pending));
  }
  if (node.lines > 0) {
    return fmt::format("\n  it has printed {} line{} so far, and none is this answer", node.lines,
                       node.lines == 1 ? "" : "s");
  }
  int unread = 0;
  if (::ioctl(node.in.native_handle(), FIONREAD, &unread) != 0) unread = 0;
  if (unread > 0) {
    return fmt::format("\n  it has not read its stdin: {} bytes wait there", unread);
  }
  const std::string text = last_output(node);
  if (text.empty()) return "\n  it has read its stdin and printed nothing";
  return fmt::format(
      "\n  it printed only when its stdin was closed: {}\n  is stdout flushed after each message? "
      "Many languages hold output back that goes to a pipe",
      excerpt(text.substr(0, text.find('\n'))));
}

std::string ProcessHost::last_output(Node& node) {
  boost::system::error_code ignored;
  node.in.close(ignored);
  std::string text;
  const auto deadline = std::chrono::steady_clock::now() + patience_for_last_output;
  while (text.find('\n') == std::string::npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waiting{.fd = node.out.native_handle(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) break;
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(waiting.fd, buffer.data(), buffer.size());
    if (outcome_of(got) == Read::end) break;
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

std::vector<pid_t> ProcessHost::end_descendants() {
  std::map<pid_t, std::uint32_t> node_of;
  for (const auto& node : nodes_) node_of[node->process.pid()] = node->index;
  // By process id: what runs beside the nodes and the guardian.
  const auto look = [&] {
    std::map<pid_t, Descendant> found;
    for (Descendant& each : descendants_of(::getpid())) {
      if (not_ours_.contains(each.ancestor) || each.pid == guardian_.pid()) continue;
      if (!node_of.contains(each.pid)) found.emplace(each.pid, std::move(each));
    }
    return found;
  };
  const auto first = look();
  std::vector<pid_t> ended;
  if (first.empty()) return ended;
  std::this_thread::sleep_for(passing_by);
  for (const auto& [pid, process] : look()) {
    if (!first.contains(pid)) continue;
    // What a node that has ended leaves is adopted by this process, but stays in the node's group.
    auto node = node_of.find(process.ancestor);
    if (node == node_of.end()) node = node_of.find(::getpgid(pid));
    context_.left_behind(
        node == node_of.end() ? std::nullopt : std::optional(node->second),
        fmt::format("process {}, `{}`; Maelstrom would not end it (a wrapper script should `exec` "
                    "the node)",
                    pid, excerpt(process.command)));
    if (!node_of.contains(::getpgid(pid))) ::kill(pid, SIGKILL);
    ended.push_back(pid);
  }
  return ended;
}

void ProcessHost::fail(Node& node, std::string_view what) {
  std::string text(what);
  if (node.process.has_ended()) text += "\n  then it " + node.process.how_it_ended();
  end_test(node, text);
}

// The node's first failure counts; whatever follows in the same moment is its consequence.
void ProcessHost::end_test(Node& node, std::string_view why) {
  if (stopped_) return;
  drain_stderr(node);  // what it said about it
  callbacks_.fail(
      fmt::format("node {} {}{}", options_.nodes[node.index], why, last_words(node.index)));
}

}  // namespace bruit::workbench
