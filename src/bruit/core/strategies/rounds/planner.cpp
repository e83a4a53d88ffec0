#include "bruit/core/strategies/rounds/planner.h"

#include <algorithm>
#include <chrono>

namespace bruit::core {
namespace {

// Room for what the arithmetic leaves out: timers, queues, the scatter of a run's median (about
// T / (2 sqrt(values))). Measured in simulation: see docs/benchmarks.md.
constexpr std::int64_t worst_margin_percent = 2;
constexpr std::int64_t median_margin_percent = 4;
// Rounds shorter than this gather next to nothing.
constexpr Duration shortest_period = std::chrono::milliseconds(10);

Duration less_percent(Duration duration, std::int64_t percent) {
  return duration - duration * percent / 100;
}

}  // namespace

Plan make_plan(const Budget& budget, std::uint32_t depth, Duration one_way) {
  const Duration travel = 2 * static_cast<std::int64_t>(depth) * one_way;
  const Duration by_worst = less_percent(budget.worst, worst_margin_percent) - travel;
  const Duration by_median = 2 * (less_percent(budget.median, median_margin_percent) - travel);
  const Duration period = std::min(by_worst, by_median);
  if (period >= shortest_period) return {Plan::Mode::rounds, period, true};
  return {Plan::Mode::direct, Duration::zero(), one_way <= std::min(budget.worst, budget.median)};
}

}  // namespace bruit::core
