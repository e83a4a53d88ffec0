#include "bruit/workbench/simulation/simulation_batch.h"

#include <utility>

#include "bruit/workbench/basics/figures.h"
#include "bruit/workbench/basics/parallel.h"
#include "bruit/workbench/trace/trace_hash.h"

namespace bruit::workbench {
namespace {

// The aggregate of one figure, which a run may lack.
template <typename Figure>
std::optional<Aggregate> over(const std::vector<SimulationResult>& results, Figure figure) {
  std::vector<double> samples;
  samples.reserve(results.size());
  for (const auto& result : results) {
    const std::optional<double> sample = figure(result);
    if (sample) samples.push_back(*sample);
  }
  return aggregate(std::move(samples));
}

AggregateQuantiles over_quantiles(const std::vector<SimulationResult>& results,
                                  std::optional<SimulationQuantiles> SimulationResult::*quantiles) {
  AggregateQuantiles aggregates;
  for (std::size_t point = 0; point < aggregates.size(); ++point) {
    aggregates[point] = over(results, [&](const SimulationResult& result) -> std::optional<double> {
      if (!(result.*quantiles)) return std::nullopt;
      return milliseconds_of((*(result.*quantiles))[point]);
    });
  }
  return aggregates;
}

}  // namespace

std::vector<SimulationResult> simulate_seeds(const SimulationOptions& options, SeedRange seeds,
                                             unsigned jobs,
                                             const std::function<void(std::uint64_t)>& on_done,
                                             const std::atomic<bool>* stop) {
  const auto work = [&](std::uint64_t index) {
    SimulationOptions own = options;
    own.test.seed = seeds.first + index;
    return simulate(own);
  };
  return collect(seeds.count(), jobs, work, on_done, stop);
}

SimulationSummary summarise(const std::vector<SimulationResult>& results) {
  SimulationSummary summary;
  summary.runs = results.size();
  WordHash hash;
  for (const auto& result : results) {
    if (result.passed()) {
      ++summary.valid;
    } else {
      summary.failing_seeds.push_back(result.seed);
    }
    summary.lost += result.lost;
    summary.violations += result.invariants.total();
    summary.died += result.invariants.died;
    for (std::size_t i = 0; i < invariant_count; ++i) {
      summary.violations_of[i] += result.invariants.counts[i];
    }
    hash.add(result.trace_hash);
  }
  summary.trace_hash = hash.value();
  summary.server_messages_per_operation = over(results, [](const SimulationResult& result) {
    return ratio(result.net.servers.msg_count, result.operations);
  });
  summary.all_messages_per_operation = over(results, [](const SimulationResult& result) {
    return ratio(result.net.all().msg_count, result.operations);
  });
  summary.server_messages_per_broadcast = over(results, [](const SimulationResult& result) {
    return ratio(result.net.servers.msg_count, result.broadcasts);
  });
  summary.stable = over_quantiles(results, &SimulationResult::stable);
  summary.propagation = over_quantiles(results, &SimulationResult::propagation);
  summary.converged_after_last_heal = over(results, [](const SimulationResult& result) {
    return milliseconds_of(result.invariants.converged_after_last_heal);
  });
  summary.backlog_after_last_heal = over(results, [](const SimulationResult& result) {
    return milliseconds_of(result.invariants.backlog_after_last_heal);
  });
  summary.component_progress = over(results, [](const SimulationResult& result) {
    return milliseconds_of(result.invariants.component_progress);
  });
  summary.silent_after = over(results, [](const SimulationResult& result) {
    return milliseconds_of(std::optional(result.invariants.silent_after));
  });
  return summary;
}

}  // namespace bruit::workbench
