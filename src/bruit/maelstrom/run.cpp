#include "bruit/maelstrom/run.h"

#include <fcntl.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <random>
#include <string>
#include <string_view>

#include "bruit/maelstrom/line_buffer.h"

namespace bruit::maelstrom {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t read_size = 64 * 1024;             // what a pipe holds on Linux
constexpr std::size_t backlog_limit = 16 * 1024 * 1024;  // above it, stop reading
constexpr std::size_t spare_output_limit = 1024 * 1024;  // free an empty buffer larger than this
constexpr auto slow_handler = std::chrono::milliseconds(500);  // guess: five times a hop of 3d
constexpr auto grace_after_signal = std::chrono::seconds(1);

Time to_time(Clock::time_point time) {
  return Time(std::chrono::duration_cast<Duration>(time.time_since_epoch()));
}

Clock::time_point to_clock(Time time) {
  return Clock::time_point(std::chrono::duration_cast<Clock::duration>(time.time_since_epoch()));
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

LogSink stderr_log(LogLevel level) {
  auto logger =
      std::make_shared<spdlog::logger>("node", std::make_shared<spdlog::sinks::stderr_sink_st>());
  logger->set_level(to_spdlog(level));
  logger->set_pattern("%H:%M:%S.%e %l %v");
  logger->flush_on(spdlog::level::trace);
  return {level, [logger](LogLevel at, std::string_view text) {
            logger->log(to_spdlog(at), spdlog::string_view_t(text.data(), text.size()));
          }};
}

// A duplicate of a descriptor, so that the loop can close its own; the mode that the loop gives the
// shared open file (not blocking) is taken back at the end, for whoever else holds it.
class Duplicate {
 public:
  explicit Duplicate(int descriptor)
      : original_(descriptor), flags_(::fcntl(descriptor, F_GETFL)), copy_(::dup(descriptor)) {}
  ~Duplicate() {
    if (flags_ != -1) ::fcntl(original_, F_SETFL, flags_);
  }
  Duplicate(const Duplicate&) = delete;
  Duplicate& operator=(const Duplicate&) = delete;

  bool valid() const { return copy_ != -1; }
  int copy() const { return copy_; }

 private:
  int original_;
  int flags_;
  int copy_;
};

class StdioLoop {
 public:
  StdioLoop(NodeProcess& process, int input, int output)
      : process_(process),
        input_(context_, input),
        output_(context_, output),
        signals_(context_, SIGTERM, SIGINT),
        wake_up_(context_),
        grace_(context_) {
    output_.non_blocking(true);
  }

  int run() {
    signals_.async_wait([this](error_code error, int) {
      if (!error) on_signal();
    });
    pump();
    context_.run();
    return exit_code_;
  }

 private:
  const LogSink& log() const { return process_.options().log; }

  // Handles the lines that have arrived as long as their answers find room, writes, and asks for
  // more. Called after every event.
  void pump() {
    bool more = true;
    while (more) {
      more = false;
      while (!stopping_ && !backlog()) {
        const auto line = lines_.next_line();
        if (!line) break;
        handle(*line);
        more = backlog();  // once more if write() makes room
      }
      if (input_ended_ && !stopping_ && !backlog()) {
        if (const auto line = lines_.take_rest()) handle(*line);
        stop();
      }
      write();
      more = more && !backlog();
    }
    arm();
    read();
    if (stopping_ && !writing_) context_.stop();
  }

  void handle(std::string_view line) {
    const auto start = Clock::now();
    process_.receive(line, to_time(start));
    warn_if_slow(start, line);
  }

  // Everything runs in one thread, so a handler that blocks is everybody's delay.
  void warn_if_slow(Clock::time_point start, std::string_view cause) const {
    const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    if (taken < slow_handler) return;
    log()(LogLevel::warning, "nothing else could run for " + std::to_string(taken.count()) +
                                 " ms because of: " + std::string(cause.substr(0, 200)));
  }

  bool backlog() const { return process_.output().size() > backlog_limit; }

  void read() {
    if (stopping_ || reading_ || input_ended_ || backlog()) return;
    reading_ = true;
    const auto room = lines_.prepare(read_size);
    input_.async_read_some(asio::buffer(room.data(), room.size()),
                           [this](error_code error, std::size_t size) {
                             reading_ = false;
                             on_read(error, size);
                           });
  }

  void on_read(error_code error, std::size_t size) {
    if (stopping_) return;
    lines_.commit(size);
    if (error) input_ended_ = true;
    if (error && error != asio::error::eof) {
      log()(LogLevel::error, "cannot read stdin: " + error.message());
      exit_code_ = 1;
    }
    pump();
  }

  void arm() {
    const auto next = stopping_ ? std::nullopt : process_.next_tick();
    if (next == armed_) return;
    armed_ = next;
    if (!next) {
      wake_up_.cancel();
      return;
    }
    wake_up_.expires_at(to_clock(*next));
    wake_up_.async_wait([this](error_code error) {
      if (error || stopping_) return;
      armed_.reset();
      const auto start = Clock::now();
      process_.tick(to_time(start));
      warn_if_slow(start, "a timer");
      pump();
    });
  }

  void write() {
    if (writing_) return;
    std::string& pending = process_.output();
    error_code error;
    while (written_ < pending.size() && !error) {
      written_ += output_.write_some(
          asio::buffer(pending.data() + written_, pending.size() - written_), error);
    }
    // Moving the rest to the front is worth it only when it is the smaller part.
    if (written_ >= pending.size() - written_) pending.erase(0, std::exchange(written_, 0));
    if (error == asio::error::would_block || error == asio::error::try_again) {
      writing_ = true;
      output_.async_wait(asio::posix::stream_descriptor::wait_write, [this](error_code failure) {
        writing_ = false;
        if (failure == asio::error::operation_aborted) return;
        pump();
      });
    } else if (error) {
      log()(LogLevel::error, "cannot write to stdout: " + error.message());
      exit_code_ = 1;
      pending.clear();
      written_ = 0;
      stop();
    } else if (pending.empty() && pending.capacity() > spare_output_limit) {
      std::string().swap(pending);
    }
  }

  void on_signal() {
    grace_.expires_after(grace_after_signal);
    grace_.async_wait([this](error_code error) {
      if (error) return;
      log()(LogLevel::warning, "stdout took too long; " +
                                   std::to_string(process_.output().size() - written_) +
                                   " bytes were not written");
      context_.stop();
    });
    stop();
    pump();
  }

  // No more input; what is waiting is still written.
  void stop() {
    stopping_ = true;
    error_code ignored;
    input_.cancel(ignored);
  }

  asio::io_context context_{1};
  NodeProcess& process_;
  asio::posix::stream_descriptor input_;
  asio::posix::stream_descriptor output_;
  asio::signal_set signals_;
  asio::steady_timer wake_up_;
  asio::steady_timer grace_;
  LineBuffer lines_;
  std::optional<Time> armed_;  // what wake_up_ is set to
  std::size_t written_ = 0;    // bytes at the front of the output that are out
  bool reading_ = false;
  bool writing_ = false;  // waiting until stdout can be written to
  bool input_ended_ = false;
  bool stopping_ = false;
  int exit_code_ = 0;
};

}  // namespace

int run(Application program, const RunOptions& options) {
  NodeOptions node_options = options.node;
  node_options.log = stderr_log(options.log_level);
  try {
    if (node_options.seed == 0) {
      std::random_device device;
      node_options.seed = (std::uint64_t{device()} << 32) | device();
    }
    std::signal(SIGPIPE, SIG_IGN);  // a closed stdout is an error of write()
    const Duplicate input(STDIN_FILENO);
    const Duplicate output(STDOUT_FILENO);
    if (!input.valid() || !output.valid()) {
      node_options.log(LogLevel::error, "stdin and stdout must be open");
      return 1;
    }
    NodeProcess process(std::move(program), node_options);
    return StdioLoop(process, input.copy(), output.copy()).run();
  } catch (const std::exception& error) {
    node_options.log(LogLevel::error, error.what());
    return 1;
  }
}

}  // namespace bruit::maelstrom
