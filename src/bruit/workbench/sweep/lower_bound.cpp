#include "bruit/workbench/sweep/lower_bound.h"

#include <algorithm>
#include <chrono>

namespace bruit::workbench {
namespace {

constexpr double broadcasts_per_operation = 0.5;

double seconds(core::Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

std::optional<double> lower_bound(const BroadcastLoad& load, core::Duration within) {
  if (within < load.latency) return std::nullopt;
  const double nodes = load.nodes;
  const double rate = load.operations_per_second;
  const double direct = (nodes - 1) * broadcasts_per_operation;
  if (within < 2 * load.latency) {
    const double wait = seconds(within - load.latency);
    return nodes * (nodes - 1) / (wait + nodes / (rate * broadcasts_per_operation)) / rate;
  }
  return std::min(direct, 2 * (nodes - 1) / (rate * seconds(within)));
}

}  // namespace bruit::workbench
