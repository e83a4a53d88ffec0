#include "bruit/workbench/simulation.h"

#include <algorithm>
#include <vector>

#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/driver.h"
#include "bruit/workbench/results.h"
#include "bruit/workbench/trace_hash.h"

namespace bruit::workbench {
namespace {

std::optional<SimulationQuantiles> quantiles(const std::vector<Duration>& sorted) {
  if (sorted.empty()) return std::nullopt;
  SimulationQuantiles result{};
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto place =
        static_cast<std::size_t>(static_cast<double>(sorted.size()) * simulation_points[i]);
    result[i] = sorted[std::min(place, sorted.size() - 1)];
  }
  return result;
}

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
void drop_excused(SetFullResult& result, const Invariants& invariants) {
  if (result.lost.empty()) return;
  std::erase_if(result.lost, [&](ElementId element) { return invariants.is_excused(element); });
  if (result.lost.empty()) result.validity = Validity::valid;
}

// Maelstrom's verdict and figures.
void judge(const Engine& engine, const Invariants& invariants, const TestOptions& test,
           SimulationResult& result) {
  const History& history = engine.history();
  SetFullResult set_full = check_set_full(history);
  drop_excused(set_full, invariants);
  Validity validity = merge(check_stats(history).validity(), set_full.validity);
  result.validity = merge(validity, check_availability(history, test.availability).validity);
  result.operations = check_net(history, engine.net()).operation_count;
  result.broadcasts = count_broadcasts(history);
  result.lost = set_full.lost.size();
  result.stable = without_zero_point(set_full.stable_latencies);
  result.propagation = quantiles(engine.propagation().sorted());
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
