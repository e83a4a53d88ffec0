#include "bruit/core/strategies/rounds/planner.h"

#include <algorithm>
#include <chrono>

#include "bruit/core/coverage_mark.h"

namespace bruit::core {
namespace {

// Room for what the arithmetic leaves out: timers and queues.
constexpr std::int64_t worst_margin_permille = 30;
constexpr std::int64_t median_margin_permille = 15;
// Rounds shorter than this gather next to nothing.
constexpr Duration shortest_period = std::chrono::milliseconds(10);

Duration less(Duration duration, std::int64_t permille) {
  return duration - duration * permille / 1000;
}

}  // namespace

Plan make_plan(const Budget& budget, std::uint32_t depth, const Hop& hop,
               Duration median_correction) {
  const std::int64_t hops = 2 * static_cast<std::int64_t>(depth);
  const Duration by_worst = less(budget.worst, worst_margin_permille) - hops * hop.late;
  const Duration by_median =
      2 * (less(budget.median, median_margin_permille) - hops * hop.mean) + median_correction;
  const Duration period = std::min(by_worst, by_median);
  if (period >= shortest_period) return {Plan::Mode::rounds, period, true};
  // Too late in any case: a message to everybody for each value would be spent for nothing. Short
  // rounds lose little time. (Somewhat beyond the budget, since latencies are only estimated.)
  if (hop.mean > budget.worst * 5 / 4) {
    BRUIT_MARK("rounds.R1.too-late-in-any-case");
    return {Plan::Mode::rounds, hop.mean / 8, false};
  }
  return {Plan::Mode::direct, Duration::zero(),
          hop.late <= budget.worst && hop.mean <= budget.median};
}

}  // namespace bruit::core
