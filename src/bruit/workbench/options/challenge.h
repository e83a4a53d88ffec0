// The challenges: Gossip Glomers 1 to 6c as options and limits. 3a to 3e, which strategies of bruit
// can take too, are known in more detail.
// Source: the challenge pages of fly.io/dist-sys; the limits are exclusive.
#pragma once

#include <optional>
#include <span>
#include <string>
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

// Any challenge of the series, for a program.
struct SeriesChallenge {
  std::string_view name;     // "6b"; "6b partition" is the second run of 6b
  std::string_view title;    // "totally available, read uncommitted"
  std::string_view program;  // of ours that passes it: "txn-6c"
  TestOptions options;
  Limits limits;
};

// 1 to 6c, in order.
std::span<const SeriesChallenge> series();
// Those that people mean by a name: one or two; all for "series", 3a to 3e for "all".
std::vector<const SeriesChallenge*> series_of(std::string_view name);
// What series_of() knows.
std::vector<std::string> series_names();

}  // namespace bruit::workbench
