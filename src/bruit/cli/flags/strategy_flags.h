// The flags that choose a strategy and its options, shared by all that run one: nodes, `bruit sim`.
#pragma once

#include <CLI/App.hpp>
#include <string_view>

#include "bruit/core/strategy_options.h"

namespace bruit::cli {

// Adds the flags; what `options` holds already are the defaults shown in the help. `options`
// outlives the parse.
void add_strategy_options(CLI::App& app, core::StrategyOptions& options);

// What no flag can tell alone. To be called after the parse; throws CLI::ValidationError, which
// names the flag.
void check_strategy_options(const core::StrategyOptions& options);

// Whether what the flag, such as "--fan-out", sets makes a difference to that strategy. True for
// flags that are not among those above.
bool strategy_uses(core::StrategyKind kind, std::string_view flag);

}  // namespace bruit::cli
