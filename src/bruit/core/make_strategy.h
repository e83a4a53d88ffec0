// The strategies by name, and one place that constructs them.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include "bruit/core/member.h"
#include "bruit/core/strategy.h"
#include "bruit/core/time.h"

namespace bruit::core {

enum class StrategyKind { flood, reliable_flood, tree, batched_tree };

inline constexpr std::array all_strategies{StrategyKind::flood, StrategyKind::reliable_flood,
                                           StrategyKind::tree, StrategyKind::batched_tree};

// "flood", "reliable-flood", "tree", "batched-tree".
std::string_view to_string(StrategyKind kind);
std::optional<StrategyKind> parse_strategy(std::string_view name);

// One line for help texts: what it does and which challenge it is the usual answer to.
std::string_view describe(StrategyKind kind);

// How often and for how long an unacknowledged message is repeated.
struct RetryOptions {
  // Guess: five times the 100 ms one-way latency of challenges 3d and 3e, so that a round trip
  // delayed by the receive thread of Maelstrom (at most 100 ms a hop) is not repeated.
  Duration first = std::chrono::milliseconds(500);
  // The wait doubles up to this. A peer cut off for long costs at most one message in this time.
  Duration longest = std::chrono::seconds(2);
};

struct StrategyOptions {
  StrategyKind kind = StrategyKind::tree;
  // batched-tree: how often a node's batches leave. 200 ms is the tutorial's choice for 3e.
  Duration flush_interval = std::chrono::milliseconds(200);
  RetryOptions retry;
  // Most values queued for one peer before publish() refuses. Guess: a minute of 1,000 values a second,
  // some 10 MB; far above any challenge.
  std::size_t queue_limit = 65'536;
};

// `start` is the time of construction; fixed timers (batched-tree) run from it.
std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options, const Members& members,
                                        Time start);

}  // namespace bruit::core
