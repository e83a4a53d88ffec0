// run: a node on stdin and stdout, as Maelstrom starts it.
//
// One thread, one event loop: lines that arrive together are handled together, and what they cause
// is written with one system call where the pipe takes it. Nothing but messages is written to
// stdout; logs go to stderr.
#pragma once

#include "bruit/maelstrom/log.h"
#include "bruit/maelstrom/node_process.h"

namespace bruit::maelstrom {

struct RunOptions {
  // What is logged to stderr. Quiet by default: only what somebody should look at.
  LogLevel log_level = LogLevel::warning;
  // options.node.log is replaced by stderr.
  NodeOptions node{};
};

// Runs until stdin ends or SIGTERM or SIGINT arrives, then writes what is still to be written
// (after a signal for at most a second) and returns 0. Calls and timers that are still open then
// are dropped. Returns 1, and says why on stderr, if stdin cannot be read or nobody reads stdout
// any more.
//
// While more than 16 MiB wait to be written, nothing is read: a reader that is too slow slows its
// writers instead of filling the memory.
int run(Application program, const RunOptions& options = {});

// The same for a function that takes a Node& and registers handlers.
template <typename Function>
requires std::is_invocable_r_v<void, Function&, Node&>
int run(Function setup, const RunOptions& options = {}) {
  return run(application(std::move(setup)), options);
}

// The same for a class that is constructed from (Node&, arguments...).
template <typename Program, typename... Arguments>
int run(Arguments... arguments) {
  return run(application<Program>(std::move(arguments)...));
}

}  // namespace bruit::maelstrom
