// NodeProcess: a node's process on the event loop: whole lines from its stdout and stderr, and
// what is to be written to its stdin.
//
// Reads are made here and not by Asio: so nothing is ever on its way between a pipe and its handler
// when the end of the process is noticed, and its last words can be read at once. What the lines
// say is the host's business.
#pragma once

#include <sys/types.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "bruit/workbench/processes/child_process.h"

namespace bruit::workbench {

class NodeProcess {
 public:
  // Longest line on stdout, which is a message.
  static constexpr std::size_t stdout_line_limit = 64 * 1024 * 1024;

  struct Callbacks {
    std::function<void(std::string_view)> on_stdout_line;
    // Called with the beginning of a line that is longer than the limit.
    std::function<void(std::string_view)> on_endless_line;
    // It has closed its stdout. It has ended, unless it still runs half a second later.
    std::function<void()> on_stdout_closed;
    std::function<void(std::string_view)> on_stderr_line;
    // After what was read from stdout has been handled.
    std::function<void()> after_input;
  };

  // One for all nodes: what is read is handled before the next read. Handling stdout may read
  // stderr, not the other way round.
  struct Buffers {
    static constexpr std::size_t size = 64 * 1024;  // what a pipe holds, unless asked for more
    std::array<char, size> out;
    std::array<char, size> err;
  };

  // Starts the program; throws std::system_error. Nothing is read before watch().
  NodeProcess(boost::asio::io_context& io, const Program& program, Buffers& buffers,
              Callbacks callbacks);
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  ChildProcess& child() { return child_; }
  const ChildProcess& child() const { return child_; }

  void watch();
  // What will be written to its stdin: append to it, then flush().
  std::string& unwritten() { return unwritten_; }
  void flush();

  // All that is in the pipe right now.
  void drain_stdout();
  void drain_stderr();
  // The line that was begun and will not be continued.
  void end_stdout_line();
  // Everything that it had written to stderr is handled, the pipes are closed, and no callback
  // follows. What it had not read or not sent is lost.
  void close();

  // For the reasons of a failure: the latest lines of stderr, the number of lines on stdout, the
  // beginning of the next one, and the bytes of stdin that wait for the node.
  const std::deque<std::string>& last_stderr() const { return last_stderr_; }
  std::uint64_t line_count() const { return lines_; }
  std::string_view begun_line() const { return out_pending_; }
  int unread_bytes();
  // Closes its stdin and returns the line, or what there is of it after a second, that it prints
  // then.
  std::string output_without_stdin();

 private:
  enum class Read : std::uint8_t { some, nothing, end };

  static Read outcome_of(ssize_t got);
  void watch_stdout();
  void watch_stderr();
  // One read of what is in the pipe right now.
  Read read_stdout();
  Read read_stderr();
  void stdout_closed();
  void stderr_line(std::string_view line);
  void write();

  ChildProcess child_;
  boost::asio::posix::stream_descriptor in_;
  boost::asio::posix::stream_descriptor out_;
  boost::asio::posix::stream_descriptor err_;
  boost::asio::steady_timer until_ended_;
  Buffers& buffers_;
  Callbacks callbacks_;
  std::string out_pending_;  // the beginning of a line
  std::string err_pending_;
  std::string unwritten_;
  std::deque<std::string> last_stderr_;
  std::uint64_t lines_ = 0;
  bool waiting_to_write_ = false;
  bool closed_ = false;
};

}  // namespace bruit::workbench
