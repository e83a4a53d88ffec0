#include "bruit/workbench/sweep/sweep.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "bruit/workbench/basics/figures.h"
#include "bruit/workbench/basics/parallel.h"

namespace bruit::workbench {
namespace {

template <std::size_t point>
std::optional<double> stable(const SweepRun& run) {
  if (!run.stable) return std::nullopt;
  return milliseconds_of((*run.stable)[point]);
}

template <std::size_t point>
std::optional<double> propagation(const SweepRun& run) {
  if (!run.propagation) return std::nullopt;
  return milliseconds_of((*run.propagation)[point]);
}

static_assert(simulation_points == std::array<double, 4>{0.5, 0.95, 0.99, 1}, "named below");

constexpr std::array figures{
    SweepFigure{"msgs_per_op_servers",
                [](const SweepRun& run) { return ratio(run.server_messages, run.operations); }},
    SweepFigure{"msgs_per_op_all",
                [](const SweepRun& run) { return ratio(run.all_messages, run.operations); }},
    SweepFigure{"msgs_per_broadcast",
                [](const SweepRun& run) { return ratio(run.server_messages, run.broadcasts); }},
    SweepFigure{"stable_0.5_ms", stable<0>},
    SweepFigure{"stable_0.95_ms", stable<1>},
    SweepFigure{"stable_0.99_ms", stable<2>},
    SweepFigure{"stable_1_ms", stable<3>},
    SweepFigure{"propagation_0.5_ms", propagation<0>},
    SweepFigure{"propagation_0.95_ms", propagation<1>},
    SweepFigure{"propagation_0.99_ms", propagation<2>},
    SweepFigure{"propagation_1_ms", propagation<3>},
    SweepFigure{"converged_after_last_heal_ms",
                [](const SweepRun& run) { return milliseconds_of(run.converged_after_last_heal); }},
};

}  // namespace

SweepRun sweep_run(const SimulationResult& result) {
  return {.seed = result.seed,
          .outcome = result.outcome(),
          .operations = result.operations,
          .broadcasts = result.broadcasts,
          .server_messages = result.net.servers.msg_count,
          .all_messages = result.net.all().msg_count,
          .lost = result.lost,
          .died = result.invariants.died,
          .violations = result.invariants.total(),
          .stable = result.stable,
          .propagation = result.propagation,
          .converged_after_last_heal = result.invariants.converged_after_last_heal,
          .trace_hash = result.trace_hash};
}

std::uint64_t run_count(std::uint64_t all, Shard shard) {
  return shard.index < all ? (all - shard.index - 1) / shard.count + 1 : 0;
}

std::vector<NumberedRun> run_sweep(const SweepPlan& plan, Shard shard, unsigned jobs,
                                   const std::atomic<bool>& stop,
                                   const std::function<void(std::uint64_t)>& on_done) {
  const auto work = [&](std::uint64_t place) {
    const std::uint64_t number = shard.index + place * shard.count;
    SimulationOptions options = plan.points[number / plan.seeds.count()];
    options.test.seed = plan.seeds.first + number % plan.seeds.count();
    return NumberedRun{number, sweep_run(simulate(options))};
  };
  return collect(run_count(plan.run_count(), shard), jobs, work, on_done, &stop);
}

std::span<const SweepFigure> sweep_figures() { return figures; }

std::size_t figure_index(std::string_view name) {
  const auto* const found =
      std::find_if(figures.begin(), figures.end(),
                   [name](const SweepFigure& each) { return each.name == name; });
  if (found == figures.end()) throw std::logic_error("no figure named " + std::string(name));
  return static_cast<std::size_t>(found - figures.begin());
}

std::optional<Aggregate> aggregate(std::span<const NumberedRun> runs, const SweepFigure& figure) {
  std::vector<double> samples;
  samples.reserve(runs.size());
  for (const auto& [number, run] : runs) {
    if (const auto sample = figure.of(run)) samples.push_back(*sample);
  }
  return aggregate(std::move(samples));
}

}  // namespace bruit::workbench
