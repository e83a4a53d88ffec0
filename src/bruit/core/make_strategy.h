// The strategies by name, and one place that constructs them.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "bruit/core/member.h"
#include "bruit/core/strategy.h"
#include "bruit/core/strategy_options.h"
#include "bruit/core/time.h"

namespace bruit::core {

// "flood", "reliable-flood", "tree", "batched-tree".
std::string_view to_string(StrategyKind kind);
std::optional<StrategyKind> parse_strategy(std::string_view name);

// One line for help texts: what it does and which challenge it is the usual answer to.
std::string_view describe(StrategyKind kind);

// `start` is the time of construction; fixed timers (batched-tree) run from it. `options` are within
// the ranges that StrategyOptions states; this is checked.
std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options, const Members& members,
                                        Time start);

}  // namespace bruit::core
