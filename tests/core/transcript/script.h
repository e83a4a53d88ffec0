// Script: a protocol scenario as text, parsed. README.md in ../transcripts says how it reads.
//
// A file has four kinds of lines: blank; prose, which begins with `#`; commands; and below a
// command, indented by two spaces, what it printed when the file was recorded. The parser is
// strict: what it does not know, or what could not be carried out (a node that does not exist), is
// an error with file and line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bruit/core/member.h"
#include "bruit/core/strategy_options.h"
#include "bruit/core/time.h"

namespace bruit::core::transcript {

// A mistake in a script, or an expectation of it that does not hold. what() begins "file:line: ".
struct ScriptError : std::runtime_error {
  ScriptError(std::string_view file, std::size_t line, std::string_view text);
};

// The commands. Where a command takes two lists of nodes, it is for every pair of them.

struct StartCluster {
  std::uint32_t count = 0;  // 1 to most_nodes
  StrategyOptions options;
  Duration latency = std::chrono::milliseconds(100);  // of every link
  std::vector<Duration> uptimes;  // how long each node has been up; one each, or none: zero
};
struct Broadcast {
  NodeId node;
  std::vector<std::string> values;
};
struct Advance {
  Duration duration{};
  bool brief = false;  // print who learned what, and how many messages, instead of each message
};
struct SetLatency {  // both ways
  std::vector<NodeId> some;
  std::vector<NodeId> others;
  Duration latency{};
};
struct Hold {
  NodeId from;
  NodeId to;
};
struct Release {
  NodeId from;
  NodeId to;
  bool next_only = false;  // one message, and go on holding
};
struct Resume {  // new messages pass again; those that are held stay so
  NodeId from;
  NodeId to;
};
struct Drop {
  NodeId from;
  NodeId to;
  std::uint32_t count = 1;  // of the messages sent from now on
  bool held = false;        // instead: those that are held
};
struct Duplicate {  // the next message
  NodeId from;
  NodeId to;
};
struct Cut {
  std::vector<NodeId> some;
  std::vector<NodeId> others;
  bool one_way = false;  // only from `some` to `others`
};
struct Heal {  // both lists empty: every link
  std::vector<NodeId> some;
  std::vector<NodeId> others;
};
struct Kill {
  NodeId node;
};
struct Restart {
  NodeId node;
};
struct ShowState {
  std::vector<NodeId> nodes;
};
struct ShowCounters {
  std::vector<NodeId> nodes;
};
struct ShowMessages {};
struct ExpectSilence {};
struct ExpectAgreement {};

using Command = std::variant<StartCluster, Broadcast, Advance, SetLatency, Hold, Release, Resume,
                             Drop, Duplicate, Cut, Heal, Kill, Restart, ShowState, ShowCounters,
                             ShowMessages, ExpectSilence, ExpectAgreement>;

struct Step {
  std::size_t line;  // of the command, from 1
  Command command;
  std::vector<std::string> recorded;  // the lines directly below the command
};

struct Script {
  std::string name;                // for errors
  std::vector<std::string> lines;  // of the whole file
  std::vector<Step> steps;         // at least one; the first is StartCluster, and no other
};

// Limits, so that a slip of the finger ends with a message and not with a full disk.
inline constexpr std::uint32_t most_nodes = 1'000;
inline constexpr std::size_t most_steps = 1'000;

// Throws ScriptError. `name` is what errors call the file.
Script parse_script(std::string_view text, std::string name);

// The file again, with `outputs[i]` below the command of steps[i] instead of what was recorded.
std::string with_outputs(const Script& script,
                         const std::vector<std::vector<std::string>>& outputs);

}  // namespace bruit::core::transcript
