#include "bruit/core/make_strategy.h"

#include "bruit/core/check.h"
#include "bruit/core/strategies/batched_tree.h"
#include "bruit/core/strategies/flood.h"
#include "bruit/core/strategies/reliable_flood.h"
#include "bruit/core/strategies/rounds/rounds.h"
#include "bruit/core/strategies/tree.h"

namespace bruit::core {
namespace {

struct Description {
  StrategyKind kind;
  std::string_view name;
  std::string_view text;
};

constexpr std::array descriptions{
    Description{StrategyKind::flood, "flood",
                "every node passes a new value to every other node, once, without recovery (3b)"},
    Description{StrategyKind::reliable_flood, "reliable-flood",
                "as flood, each message repeated until it is acknowledged (3c)"},
    Description{StrategyKind::tree, "tree",
                "one message a value along the grid's spanning tree, acknowledged (3d)"},
    Description{StrategyKind::batched_tree, "batched-tree",
                "as tree, each node's values leave in batches on a fixed timer (3e)"},
    Description{StrategyKind::rounds, "rounds",
                "the fewest messages that arrive within a latency budget, under any fault"},
};
static_assert(descriptions.size() == all_strategies.size());

const Description& description_of(StrategyKind kind) {
  for (const Description& description : descriptions) {
    if (description.kind == kind) return description;
  }
  check_failed("a strategy kind without a description", __FILE__, __LINE__);
}

}  // namespace

std::string_view to_string(StrategyKind kind) { return description_of(kind).name; }

std::optional<StrategyKind> parse_strategy(std::string_view name) {
  for (const Description& description : descriptions) {
    if (description.name == name) return description.kind;
  }
  return std::nullopt;
}

std::string_view describe(StrategyKind kind) { return description_of(kind).text; }

std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options, const Members& members,
                                        Time start) {
  BRUIT_CHECK(options.flush_interval > Duration::zero());
  BRUIT_CHECK(options.flush_interval <= longest_option);
  BRUIT_CHECK(options.retry.first > Duration::zero());
  BRUIT_CHECK(options.retry.longest >= options.retry.first);
  BRUIT_CHECK(options.retry.longest <= longest_option);
  BRUIT_CHECK(options.queue_limit >= 1);
  switch (options.kind) {
    case StrategyKind::flood:
      return std::make_unique<Flood>(members);
    case StrategyKind::reliable_flood:
      return std::make_unique<ReliableFlood>(options, members);
    case StrategyKind::tree:
      return std::make_unique<Tree>(options, members);
    case StrategyKind::batched_tree:
      return std::make_unique<BatchedTree>(options, members, start);
    case StrategyKind::rounds:
      return std::make_unique<Rounds>(options.rounds, options.queue_limit, options.incarnation,
                                      members, start);
  }
  check_failed("a known strategy kind", __FILE__, __LINE__);
}

}  // namespace bruit::core
