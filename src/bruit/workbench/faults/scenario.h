// Scenario: what is done to a cluster and when, as data. Faults, and optionally every client
// operation.
//
// Whatever decides on faults (Maelstrom's nemesis, the generators of fault_generator.h, a file, the
// shrinker) makes one of these, and one piece of code carries it out (nemesis.h). So every run can
// be written down, replayed, and made smaller.
//
// Times count from the first operation of the load. Nodes are positions in TestOptions::nodes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bruit/workbench/faults/partition.h"
#include "bruit/workbench/network/links.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

// Nodes drop messages by a grudge, until the partition is healed or replaced.
struct StartPartition {
  PartitionShape shape{};
  Grudge grudge;
  friend bool operator==(const StartPartition&, const StartPartition&) = default;
};
struct StopPartition {
  friend bool operator==(const StopPartition&, const StopPartition&) = default;
};
// Links lose all messages, besides what a partition cuts off, until they are mended.
struct CutLinks {
  Links links;
  friend bool operator==(const CutLinks&, const CutLinks&) = default;
};
struct MendLinks {
  Links links;
  friend bool operator==(const MendLinks&, const MendLinks&) = default;
};
// Messages sent from now on take this long. Without links: on all, and what was said of single
// links is over.
struct SetLatency {
  std::optional<Links> links;
  LatencyModel model;
  friend bool operator==(const SetLatency&, const SetLatency&) = default;
};
// Each message between nodes that is sent from now on is lost, or arrives twice, with this
// probability.
struct SetLoss {
  double probability = 0;
  friend bool operator==(const SetLoss&, const SetLoss&) = default;
};
struct SetDuplication {
  double probability = 0;
  friend bool operator==(const SetDuplication&, const SetDuplication&) = default;
};
// With this probability a message takes longer by up to `most`, so that later ones overtake it.
struct SetReordering {
  double probability = 0;
  Duration most{};
  friend bool operator==(const SetReordering&, const SetReordering&) = default;
};
// The node loses its state, and what arrives is lost.
struct Kill {
  std::uint32_t node = 0;
  friend bool operator==(const Kill&, const Kill&) = default;
};
// It begins anew with nothing, in a higher incarnation. Nothing happens if it lives.
struct Restart {
  std::uint32_t node = 0;
  friend bool operator==(const Restart&, const Restart&) = default;
};
// The node is frozen: its timers and what arrives wait.
struct Pause {
  std::uint32_t node = 0;
  friend bool operator==(const Pause&, const Pause&) = default;
};
// It handles its backlog at once. Nothing happens if it is not paused.
struct Resume {
  std::uint32_t node = 0;
  friend bool operator==(const Resume&, const Resume&) = default;
};
// From now on the node's clock runs fast by this many millionths; negative: slow.
struct SetClockRate {
  static constexpr std::int64_t most_parts_per_million = 500'000;
  std::uint32_t node = 0;
  std::int64_t parts_per_million = 0;
  friend bool operator==(const SetClockRate&, const SetClockRate&) = default;
};

// What would arrive on these links (without any: on all) within `duration` arrives at its end, in
// the order in which it was sent.
struct StallLinks {
  std::optional<Links> links;
  Duration duration{};
  friend bool operator==(const StallLinks&, const StallLinks&) = default;
};

// It arrives now, or when it would have, whichever is later. One that is not yet sent is held no
// longer.
struct ReleaseMessage {
  NthMessage message;
  friend bool operator==(const ReleaseMessage&, const ReleaseMessage&) = default;
};

using Fault =
    std::variant<StartPartition, StopPartition, CutLinks, MendLinks, SetLatency, SetLoss,
                 SetDuplication, SetReordering, Kill, Restart, Pause, Resume, SetClockRate,
                 StallLinks, LoseMessage, DoubleMessage, HoldMessage, ReleaseMessage>;

struct TimedFault {
  Duration at{};
  Fault fault;
  friend bool operator==(const TimedFault&, const TimedFault&) = default;
};

// A client operation. If the client is still busy, it follows as soon as that one has ended.
struct TimedOperation {
  Duration at{};
  std::uint32_t client = 0;  // below TestOptions::concurrency; talks to node `client` mod n
  bool read = false;         // else a broadcast of the next value
  friend bool operator==(const TimedOperation&, const TimedOperation&) = default;
};

struct Scenario {
  std::vector<TimedFault> faults;  // times do not descend
  // Instead of the random load; times do not descend.
  std::optional<std::vector<TimedOperation>> operations;
  friend bool operator==(const Scenario&, const Scenario&) = default;
};

// Whether the fault needs nodes that this process runs itself: killing, freezing, clocks.
bool concerns_node(const Fault& fault);

// The message that the fault is about, if it is about a single one; else null. Points into `fault`.
const NthMessage* message_of(const Fault& fault);

// Those nodes that `fault` names are all below `node_count`.
bool fits(const Fault& fault, std::uint32_t node_count);

}  // namespace bruit::workbench
