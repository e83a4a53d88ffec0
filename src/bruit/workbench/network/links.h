// Links between nodes, single messages on them, and what may befall one.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

// Every source to every destination other than itself. Both ascending.
struct Links {
  std::vector<std::uint32_t> sources;
  std::vector<std::uint32_t> destinations;
  bool both_ways = false;  // and every destination to every source
  friend bool operator==(const Links&, const Links&) = default;
};

// Calls action(source, destination) for each of them. A link may come twice if both ways are meant.
template <typename Action>
void for_each_link(const Links& links, Action action) {
  for (const std::uint32_t source : links.sources) {
    for (const std::uint32_t destination : links.destinations) {
      if (source == destination) continue;
      action(source, destination);
      if (links.both_ways) action(destination, source);
    }
  }
}

// One message: the `number`-th, from 1, that `source` sends to `destination` in the whole run, over
// all restarts, lost ones included.
struct NthMessage {
  std::uint32_t source = 0;
  std::uint32_t destination = 0;  // not the source
  std::uint64_t number = 1;
  friend bool operator==(const NthMessage&, const NthMessage&) = default;
};
// The three below change nothing about a message that was sent before. In a scenario, those at time
// zero are in force from the start of the nodes, which may send before the load begins.
struct LoseMessage {
  NthMessage message;
  friend bool operator==(const LoseMessage&, const LoseMessage&) = default;
};
// A copy arrives right after it, or this much later.
struct DoubleMessage {
  NthMessage message;
  Duration after{};  // up to longest_latency
  friend bool operator==(const DoubleMessage&, const DoubleMessage&) = default;
};
// It does not arrive before it is released, or all faults are over.
struct HoldMessage {
  NthMessage message;
  friend bool operator==(const HoldMessage&, const HoldMessage&) = default;
};
using MessageFault = std::variant<LoseMessage, DoubleMessage, HoldMessage>;

inline const NthMessage& message_of(const MessageFault& fault) {
  return std::visit([](const auto& kind) -> const NthMessage& { return kind.message; }, fault);
}

}  // namespace bruit::workbench
