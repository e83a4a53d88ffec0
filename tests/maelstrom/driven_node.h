// DrivenNode: a node in a test. Lines go in, lines come out, time is what the test says it is.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bruit/maelstrom/node_process.h"

namespace bruit::maelstrom {

class DrivenNode {
 public:
  explicit DrivenNode(Application application, NodeOptions options = {})
      : process_(std::move(application), with_log(std::move(options))) {}

  // One line in; the lines that come out, without their last line break.
  std::string give(std::string_view line) {
    process_.receive(line, now_);
    return take_output();
  }

  // A message to this node, its body given as the members of an object.
  std::string give(std::string_view src, std::string_view members) {
    std::string line = R"({"src":")";
    line.append(src).append(R"(","dest":"n1","body":{)").append(members).append("}}");
    return give(line);
  }

  // Makes this n1 of the given nodes.
  std::string init(std::string_view node_ids = R"(["n1","n2","n3"])") {
    return give(
        "c0",
        std::string(R"("type":"init","msg_id":1,"node_id":"n1","node_ids":)").append(node_ids));
  }

  // Lets time pass, timer by timer; the lines that come out.
  std::string wait(Duration duration) {
    const Time end = now_ + duration;
    while (process_.next_tick() && *process_.next_tick() <= end) {
      now_ = std::max(now_, *process_.next_tick());
      process_.tick(now_);
    }
    now_ = end;
    return take_output();
  }

  Node& node() { return *process_.node(); }
  NodeProcess& process() { return process_; }
  // What was logged since the last call, a line each.
  std::string take_log() { return std::exchange(log_, ""); }

 private:
  NodeOptions with_log(NodeOptions options) {
    options.log = {LogLevel::debug, [this](LogLevel level, std::string_view text) {
                     log_.append(to_string(level)).append(": ").append(text).append("\n");
                   }};
    return options;
  }
  std::string take_output() {
    std::string lines = std::exchange(process_.output(), "");
    if (lines.ends_with('\n')) lines.pop_back();
    return lines;
  }

  std::string log_;
  NodeProcess process_;
  Time now_{std::chrono::hours(1)};
};

// A node that has been initialised with the handlers of `setup`, as n1 of n1, n2 and n3.
struct StartedNode : DrivenNode {
  template <typename Setup>
  explicit StartedNode(Setup setup, NodeOptions options = {})
      : DrivenNode(application(std::move(setup)), std::move(options)) {
    init();
  }
  StartedNode() : StartedNode([](Node&) {}) {}
};

// A message from n1, as it is written.
inline std::string from_n1(std::string_view dest, std::string_view members) {
  std::string line = R"({"src":"n1","dest":")";
  return line.append(dest).append(R"(","body":{)").append(members).append("}}");
}

}  // namespace bruit::maelstrom
