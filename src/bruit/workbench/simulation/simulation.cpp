#include "bruit/workbench/simulation/simulation.h"

#include <algorithm>
#include <vector>

#include "bruit/workbench/basics/quantile.h"
#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/engine/results.h"
#include "bruit/workbench/engine/virtual_time.h"
#include "bruit/workbench/trace/trace_hash.h"

namespace bruit::workbench {
namespace {

std::optional<SimulationQuantiles> without_zero_point(
    const std::optional<LatencyQuantiles>& quantiles) {
  static_assert(latency_points.size() == simulation_points.size() + 1);
  if (!quantiles) return std::nullopt;
  SimulationQuantiles result{};
  std::copy(quantiles->begin() + 1, quantiles->end(), result.begin());
  return result;
}

std::uint64_t count_broadcasts(const History& history) {
  return static_cast<std::uint64_t>(
      std::count_if(history.ops.begin(), history.ops.end(), [](const Op& op) {
        return op.type == OpType::invoke && std::holds_alternative<ElementId>(op.value);
      }));
}

// A value that died with the only node that had it is no fault of the strategy.
void drop_dead(SetFullResult& result, const Invariants& invariants) {
  if (result.lost.empty()) return;
  std::erase_if(result.lost, [&](ElementId element) { return invariants.has_died(element); });
  if (result.lost.empty()) result.validity = Validity::valid;
}

// Maelstrom's verdict and figures.
void judge(const Engine& engine, const Invariants& invariants, const TestOptions& test,
           SimulationResult& result) {
  const History& history = engine.history();
  SetFullResult set_full = check_set_full(history);
  drop_dead(set_full, invariants);
  Validity validity = merge(check_stats(history).validity(), set_full.validity);
  result.validity = merge(validity, check_availability(history, test.availability).validity);
  result.operations = check_net(history, engine.net()).operation_count;
  result.broadcasts = count_broadcasts(history);
  result.lost = set_full.lost.size();
  result.stable = without_zero_point(set_full.stable_latencies);
  result.propagation = quantiles(engine.propagation().sorted(), simulation_points);
}

}  // namespace

SimulationResult simulate(const SimulationOptions& options, EventLog* log) {
  TraceHash hash;
  EventLogs logs;
  Engine engine(options.test, &logs);
  Invariants invariants(options.test, options.expectations, engine.scenario());
  logs.add(&hash);
  logs.add(&invariants);
  logs.add(log);
  const auto pending = options.only_invariants && !options.expectations.pending
                           ? InProcessHost::Pending::not_watched
                           : InProcessHost::Pending::watched;
  const NodeStatistics nodes = run_virtual(engine, options.strategy, options.factory, pending);

  SimulationResult result;
  result.seed = options.test.seed;
  result.net = engine.net();
  result.invariants = invariants.finish(nodes, engine.history().elements, engine.now());
  result.counters = nodes.counters;
  result.trace_hash = hash.value();
  result.early_end = engine.early_end();
  if (!options.only_invariants) judge(engine, invariants, options.test, result);
  return result;
}

}  // namespace bruit::workbench
