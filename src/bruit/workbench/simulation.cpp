#include "bruit/workbench/simulation.h"

#include <algorithm>
#include <vector>

#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/driver.h"
#include "bruit/workbench/results.h"
#include "bruit/workbench/trace_hash.h"

namespace bruit::workbench {
namespace {

// The hash, and whoever else listens.
class HashAnd final : public PacketLog {
 public:
  explicit HashAnd(PacketLog* other) : other_(other) {}
  void on_sent(const Packet& packet) override {
    hash.on_sent(packet);
    if (other_ != nullptr) other_->on_sent(packet);
  }
  void on_received(const Packet& packet, Time now) override {
    hash.on_received(packet, now);
    if (other_ != nullptr) other_->on_received(packet, now);
  }
  void on_lost(const Packet& packet, Time now) override {
    hash.on_lost(packet, now);
    if (other_ != nullptr) other_->on_lost(packet, now);
  }
  void on_visible(std::uint32_t node, ElementId element, Time now) override {
    hash.on_visible(node, element, now);
    if (other_ != nullptr) other_->on_visible(node, element, now);
  }

  TraceHash hash;

 private:
  PacketLog* other_;
};

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

}  // namespace

SimulationResult simulate(const SimulationOptions& options, PacketLog* log) {
  HashAnd listeners(log);
  Engine engine(options.test, &listeners);
  run_virtual(engine, options.strategy);

  const History& history = engine.history();
  const SetFullResult set_full = check_set_full(history);
  Validity validity = merge(check_stats(history).validity(), set_full.validity);
  validity = merge(validity, check_availability(history, options.test.availability).validity);

  SimulationResult result;
  result.seed = options.test.seed;
  result.validity = validity;
  result.operations = check_net(history, engine.net()).operation_count;
  result.broadcasts = count_broadcasts(history);
  result.lost = set_full.lost.size();
  result.net = engine.net();
  result.stable = without_zero_point(set_full.stable_latencies);
  result.propagation = quantiles(engine.propagation().sorted());
  result.violations = engine.propagation().incomplete();
  result.trace_hash = listeners.hash.value();
  result.early_end = engine.early_end();
  return result;
}

}  // namespace bruit::workbench
