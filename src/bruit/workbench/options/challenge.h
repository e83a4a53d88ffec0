// The challenges: Gossip Glomers 3a to 3e as options and limits.
// Source: the challenge pages of fly.io/dist-sys; the limits are exclusive.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bruit/core/strategy_options.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

// A run must stay below all of these; nullopt: no limit.
struct Limits {
  std::optional<double> messages_per_operation;  // counts against :servers and :all alike
  std::optional<Duration> median_stable_latency;
  std::optional<Duration> worst_stable_latency;
};

struct Challenge {
  std::string_view name;   // "3a"
  std::string_view title;  // "single node"
  TestOptions options;
  core::StrategyKind baseline;  // what people answer it with
  core::Budget budget;          // what `rounds` is given: the limits below, or those of 3d
  Limits limits;
};

// All of them, in order.
std::span<const Challenge> challenges();
// nullptr if there is none of this name.
const Challenge* find_challenge(std::string_view name);

}  // namespace bruit::workbench
