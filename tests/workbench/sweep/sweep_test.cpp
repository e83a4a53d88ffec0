// Sweeps: which runs a shard has, and that nothing but their options decides them.
#include "bruit/workbench/sweep/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "bruit/workbench/options/challenge.h"

namespace bruit::workbench {
namespace {

using testing::ElementsAre;

const std::atomic<bool> never{false};

SimulationOptions short_test(core::StrategyKind kind) {
  SimulationOptions options{.test = find_challenge("3c")->options, .strategy = {.kind = kind}};
  options.test.time_limit = std::chrono::seconds(2);
  return options;
}

SweepPlan small_plan() {
  return {.points = {short_test(core::StrategyKind::tree), short_test(core::StrategyKind::flood)},
          .seeds = {5, 7}};
}

std::vector<NumberedRun> run(const SweepPlan& plan, Shard shard, unsigned jobs) {
  return run_sweep(plan, shard, jobs, never, nullptr);
}

TEST(Sweep, RunsEachPointWithEachSeedInOrder) {
  const auto runs = run(small_plan(), {}, 1);
  ASSERT_EQ(runs.size(), 6U);
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    EXPECT_EQ(runs[i].number, i);
    seeds.push_back(runs[i].run.seed);
  }
  EXPECT_THAT(seeds, ElementsAre(5, 6, 7, 5, 6, 7));
  SimulationOptions alone = small_plan().points[1];
  alone.test.seed = 6;
  EXPECT_EQ(runs[4].run, sweep_run(simulate(alone)));
}

TEST(Sweep, DoesNotDependOnTheNumberOfThreads) {
  EXPECT_EQ(run(small_plan(), {}, 1), run(small_plan(), {}, 4));
}

TEST(Sweep, ShardsShareOutAllRunsAndChangeNone) {
  const auto all = run(small_plan(), {}, 1);
  std::vector<NumberedRun> shared;
  for (std::uint64_t shard = 0; shard < 4; ++shard) {
    const auto part = run(small_plan(), {shard, 4}, 2);
    EXPECT_EQ(part.size(), run_count(6, {shard, 4}));
    shared.insert(shared.end(), part.begin(), part.end());
  }
  std::sort(shared.begin(), shared.end(),
            [](const NumberedRun& a, const NumberedRun& b) { return a.number < b.number; });
  EXPECT_EQ(shared, all);
}

TEST(Sweep, ShardsDifferByAtMostOneRun) {
  EXPECT_EQ(run_count(6, {0, 4}), 2U);
  EXPECT_EQ(run_count(6, {1, 4}), 2U);
  EXPECT_EQ(run_count(6, {2, 4}), 1U);
  EXPECT_EQ(run_count(6, {3, 4}), 1U);
  EXPECT_EQ(run_count(2, {3, 4}), 0U);
}

TEST(Sweep, FinishesWhatWasBegunWhenItIsStopped) {
  std::atomic<bool> stop{false};
  const auto runs = run_sweep(small_plan(), {}, 1, stop, [&](std::uint64_t done) {
    if (done == 2) stop = true;
  });
  const auto all = run(small_plan(), {}, 1);
  EXPECT_EQ(runs, std::vector<NumberedRun>(all.begin(), all.begin() + 2));
}

TEST(Sweep, PassesOnWhatARunThrows) {
  SweepPlan plan = small_plan();
  plan.points[1].factory = [](const core::StrategyOptions&, const core::Members&,
                              core::Time) -> std::unique_ptr<core::Strategy> {
    throw std::runtime_error("no such strategy");
  };
  EXPECT_THROW(run(plan, {}, 2), std::runtime_error);
}

TEST(Sweep, FiguresComeFromCounts) {
  SweepRun run;
  run.operations = 10;
  run.broadcasts = 4;
  run.server_messages = 20;
  run.stable = SimulationQuantiles{};
  (*run.stable)[3] = std::chrono::microseconds(1500);
  const auto figure = [&](std::string_view name) {
    return sweep_figures()[figure_index(name)].of(run);
  };
  EXPECT_EQ(figure("msgs_per_op_servers"), 2);
  EXPECT_EQ(figure("msgs_per_broadcast"), 5);
  EXPECT_EQ(figure("stable_1_ms"), 1.5);
  EXPECT_EQ(figure("propagation_0.5_ms"), std::nullopt);
  run.operations = 0;
  EXPECT_EQ(figure("msgs_per_op_servers"), std::nullopt);
}

}  // namespace
}  // namespace bruit::workbench
