// Many seeds of one simulation, on several threads, and what they come to.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "bruit/workbench/simulation/aggregate.h"
#include "bruit/workbench/simulation/simulation.h"

namespace bruit::workbench {

struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // included; not below `first`
  std::uint64_t count() const { return last - first + 1; }
};

// Runs every seed, each on one of `jobs` (at least 1) threads. The results are in the order of the
// seeds and do not depend on `jobs`. `on_done` is called with the number of finished runs, from one
// thread at a time. An exception from a run is rethrown here. Once `stop` (may be null) is true no
// run is begun, and the result has only those that were.
std::vector<SimulationResult> simulate_seeds(const SimulationOptions& options, SeedRange seeds,
                                             unsigned jobs,
                                             const std::function<void(std::uint64_t)>& on_done,
                                             const std::atomic<bool>* stop = nullptr);

using AggregateQuantiles = std::array<std::optional<Aggregate>, simulation_points.size()>;

// Times in milliseconds. Each figure is over the runs that have it.
struct SimulationSummary {
  std::uint64_t runs = 0;
  std::uint64_t valid = 0;  // of them passed
  std::uint64_t lost = 0;
  std::uint64_t violations = 0;
  std::vector<std::uint64_t> failing_seeds;
  std::optional<Aggregate> server_messages_per_operation;
  std::optional<Aggregate> all_messages_per_operation;
  std::optional<Aggregate> server_messages_per_broadcast;
  AggregateQuantiles stable;
  AggregateQuantiles propagation;
  std::optional<Aggregate> converged_after_last_heal;
  std::optional<Aggregate> backlog_after_last_heal;
  std::optional<Aggregate> component_progress;
  std::optional<Aggregate> silent_after;
  std::array<std::uint64_t, invariant_count> violations_of{};
  std::uint64_t died = 0;
  std::uint64_t trace_hash = 0;  // of all runs in the order given
};

SimulationSummary summarise(const std::vector<SimulationResult>& results);

}  // namespace bruit::workbench
