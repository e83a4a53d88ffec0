// What can be chosen about a strategy. Defaults say where they come from, or that they are guesses.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "bruit/core/time.h"

namespace bruit::core {

enum class StrategyKind { flood, reliable_flood, tree, batched_tree, rounds };

inline constexpr std::array all_strategies{StrategyKind::flood, StrategyKind::reliable_flood,
                                           StrategyKind::tree, StrategyKind::batched_tree,
                                           StrategyKind::rounds};

// The longest of the durations below; shells refuse more with a message of their own.
inline constexpr Duration longest_option = std::chrono::hours(24);

// How often and for how long an unacknowledged message is repeated.
struct RetryOptions {
  // Above zero. Guess: five times the 100 ms one-way latency of challenges 3d and 3e, so that a
  // round trip delayed by the receive thread of Maelstrom (at most 100 ms a hop) is not repeated.
  Duration first = std::chrono::milliseconds(500);
  // From `first` to longest_option. The wait doubles up to this. A peer cut off for long costs at
  // most one message in this time.
  Duration longest = std::chrono::seconds(2);
};

// How late is too late: from the moment a node accepts a value to the moment every node shows it.
// Both above zero and up to longest_option.
struct Budget {
  // Challenge 3d's limits.
  Duration worst = std::chrono::milliseconds(600);
  Duration median = std::chrono::milliseconds(400);
};

struct RoundsOptions {
  Budget budget;
  // Most nodes that one sends to at once, at least 1: a hard limit, for those whose network has
  // one. Without it the tree is a star, which is the fastest and needs no more messages than any
  // other.
  std::uint32_t fan_out = std::numeric_limits<std::uint32_t>::max();
};

struct StrategyOptions {
  StrategyKind kind = StrategyKind::rounds;
  RoundsOptions rounds{};
  // Above 0, and never the same in two lives of one node: a node that lost its state must not reuse
  // the sequence numbers of its former life. It need not grow. Shells take the wall clock and
  // random bits.
  std::uint64_t incarnation = 1;
  // batched-tree: how often a node's batches leave; above zero and up to longest_option. 200 ms is
  // the tutorial's choice for 3e.
  Duration flush_interval = std::chrono::milliseconds(200);
  RetryOptions retry{};
  // Most values queued for one peer before publish() refuses; at least 1. Guess: a minute of 1,000
  // values a second, some 10 MB; far above any challenge.
  std::size_t queue_limit = 65'536;
};

}  // namespace bruit::core
