// Sweep: a grid of simulations, each with every seed of a range, on many threads or machines.
//
// The runs of a sweep are numbered: point 0 with every seed, then point 1, ... A shard i of N takes
// the runs whose number is i modulo N, so that shards take about equally long and a grid with a
// single point can be split too. A run keeps whole numbers only (counts, nanoseconds), so that what
// was written to a file and read again gives the same figures to the bit.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bruit/workbench/simulation/aggregate.h"
#include "bruit/workbench/simulation/simulation.h"
#include "bruit/workbench/simulation/simulation_batch.h"

namespace bruit::workbench {

// Some 200 bytes each are kept.
inline constexpr std::uint64_t most_sweep_runs = 10'000'000;

struct Shard {
  std::uint64_t index = 0;  // below count
  std::uint64_t count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};

// What a sweep keeps of a run.
struct SweepRun {
  std::uint64_t seed = 0;
  SimulationOutcome outcome = SimulationOutcome::passed;
  std::uint64_t operations = 0;
  std::uint64_t broadcasts = 0;
  std::uint64_t server_messages = 0;
  std::uint64_t all_messages = 0;
  std::uint64_t lost = 0;
  std::uint64_t died = 0;  // values, with the only node that had them
  std::uint64_t violations = 0;
  std::optional<SimulationQuantiles> stable;
  std::optional<SimulationQuantiles> propagation;
  std::optional<Duration> converged_after_last_heal;
  std::uint64_t trace_hash = 0;
  friend bool operator==(const SweepRun&, const SweepRun&) = default;
};

SweepRun sweep_run(const SimulationResult& result);

struct SweepPlan {
  std::vector<SimulationOptions> points;
  SeedRange seeds;
  std::uint64_t run_count() const { return points.size() * seeds.count(); }
};

struct NumberedRun {
  std::uint64_t number = 0;
  SweepRun run;
  friend bool operator==(const NumberedRun&, const NumberedRun&) = default;
};

// How many of `all` runs the shard has.
std::uint64_t run_count(std::uint64_t all, Shard shard);

// Carries out the shard's runs, each on one of `jobs` (at least 1) threads. They come back in
// rising order, and do not depend on `jobs`. `on_done` is called with how many are finished, from
// one thread at a time. Once `stop` is true no run is begun; those that were are finished and come
// back, and the others are missing. An exception from a run is rethrown here.
std::vector<NumberedRun> run_sweep(const SweepPlan& plan, Shard shard, unsigned jobs,
                                   const std::atomic<bool>& stop,
                                   const std::function<void(std::uint64_t)>& on_done);

// A figure of a run. Times are in milliseconds.
struct SweepFigure {
  std::string_view name;  // "msgs_per_op_servers", "stable_0.5_ms", ...: a column of the CSV file
  std::optional<double> (*of)(const SweepRun& run);  // nothing if the run has no such figure
};

// All of them, always in the same order.
std::span<const SweepFigure> sweep_figures();
// The index in sweep_figures() of a name that exists.
std::size_t figure_index(std::string_view name);

// Over the runs of a point that have it.
std::optional<Aggregate> aggregate(std::span<const NumberedRun> runs, const SweepFigure& figure);

}  // namespace bruit::workbench
