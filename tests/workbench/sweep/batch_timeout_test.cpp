// How the latency of batched-tree grows with its interval: what docs/sweep.md says of the
// tutorial's line, with fewer seeds.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string_view>
#include <vector>

#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/sweep/line_fit.h"
#include "bruit/workbench/sweep/sweep.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t seeds = 5;

// A line through the means over the seeds, for intervals of 200 ms to 1 s.
LineFit fit(std::string_view figure, Duration start_spread) {
  SweepPlan plan{.points = {}, .seeds = {0, seeds - 1}};
  std::vector<double> intervals;
  for (int interval = 200; interval <= 1000; interval += 200) {
    SimulationOptions options{.test = find_challenge("3e")->options,
                              .strategy = {.kind = core::StrategyKind::batched_tree}};
    options.strategy.flush_interval = milliseconds(interval);
    options.test.start_spread = start_spread;
    plan.points.push_back(options);
    intervals.push_back(interval);
  }
  const std::atomic<bool> never{false};
  const auto runs = run_sweep(plan, {}, 2, never, nullptr);
  std::vector<PlanePoint> points;
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const auto mean =
        aggregate(std::span(runs).subspan(i * seeds, seeds), sweep_figures()[figure_index(figure)]);
    points.push_back({intervals[i], mean->mean});
  }
  return *fit_line(points);
}

// F at the origin, F at each of four more nodes, and the last 100 ms.
TEST(BatchTimeout, OfNodesThatStartTogetherTheSlowestValueTakesFiveIntervals) {
  const LineFit line = fit("propagation_1_ms", Duration::zero());
  EXPECT_NEAR(line.slope, 5, 0.05);
  EXPECT_NEAR(line.intercept, 100, 20);
}

// The tutorial has 4.1 and 365 ms, from a run or so for each interval.
TEST(BatchTimeout, OfNodesThatStartApartTheStableLatencyIsTheTutorials) {
  const LineFit line = fit("stable_1_ms", std::chrono::seconds(5));
  EXPECT_NEAR(line.slope, 3.79, 0.4);
  EXPECT_NEAR(line.intercept, 397, 150);
}

TEST(BatchTimeout, StartsThatAreSpreadAreFixedByTheSeed) {
  SimulationOptions options{.test = find_challenge("3e")->options,
                            .strategy = {.kind = core::StrategyKind::batched_tree}};
  options.test.start_spread = std::chrono::seconds(5);
  EXPECT_EQ(simulate(options).trace_hash, simulate(options).trace_hash);
  SimulationOptions together = options;
  together.test.start_spread = Duration::zero();
  EXPECT_NE(simulate(options).trace_hash, simulate(together).trace_hash);
}

}  // namespace
}  // namespace bruit::workbench
