// Every rule that has a mark is tried by the explorer and by schedules: what they never reach is
// not tested by them, or is never needed.
#include "bruit/core/coverage_marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "bruit/workbench/simulation/explore.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsEmpty;
using testing::Not;

// All deviations of these kinds.
void explore_everything(const core::StrategyOptions& strategy, std::uint32_t nodes,
                        std::vector<Placement> placements,
                        std::vector<KindLimit> kinds = any_kind(1), unsigned deviations = 1) {
  ExploreOptions options;
  options.simulation.strategy = strategy;
  options.simulation.test.nodes = numbered_nodes(nodes);
  options.simulation.test.latency = milliseconds(100);
  options.placements = std::move(placements);
  options.kinds = std::move(kinds);
  options.deviations = deviations;
  options.keep_going = true;
  options.jobs = 2;
  explore(options);
}

TEST(Coverage, OfReliableLinksIsCompleteWithOneDeviation) {
  core::forget_coverage();
  EXPECT_THAT(core::marks_not_reached("reliable-link."), Not(IsEmpty()));
  core::StrategyOptions strategy;
  strategy.kind = core::StrategyKind::reliable_flood;
  explore_everything(strategy, 2, {all_placements.begin(), all_placements.end()});
  EXPECT_THAT(core::marks_not_reached("reliable-link."), IsEmpty());
}

// Load, and everything that can go wrong at once.
void simulate_chaos(std::uint32_t nodes, double rate, std::uint64_t seed) {
  SimulationOptions options;
  options.strategy.rounds.budget = {.worst = milliseconds(600), .median = milliseconds(400)};
  TestOptions& test = options.test;
  test.nodes = numbered_nodes(nodes);
  test.concurrency = nodes;
  test.latency = milliseconds(100);
  test.rate = rate;
  test.time_limit = seconds(60);
  test.seed = seed;
  test.faults.loss = 0.05;
  test.faults.one_way = true;
  test.faults.pause = true;
  test.faults.kill = true;
  test.partition = true;
  simulate(options);
}

TEST(Coverage, OfRoundsIsCompleteWithOneDeviationAndLoad) {
  core::forget_coverage();
  core::StrategyOptions strategy;
  const std::vector<Placement> few{Placement::one, Placement::three, Placement::apart};
  explore_everything(strategy, 2, few);
  explore_everything(strategy, 3, few);
  explore_everything(strategy, 4, few);
  strategy.rounds.fan_out = 1;
  explore_everything(strategy, 4, few);
  strategy = {};
  strategy.rounds.budget = {.worst = milliseconds(105), .median = milliseconds(105)};
  explore_everything(strategy, 3, few);
  strategy.rounds.budget = {.worst = milliseconds(50), .median = milliseconds(50)};
  explore_everything(strategy, 2, few);
  // A message of a former life comes after one of the next.
  strategy = {};
  const KindSet held = set_of(DeviationKind::hold) | set_of(DeviationKind::kill);
  explore_everything(strategy, 2, {Placement::one}, {{held, 2}}, 2);
  // Trees that faults bend further than one deviation does.
  for (std::uint64_t seed = 0; seed < 4; ++seed) simulate_chaos(25, 20, seed);
  // A circle needs two moves at once. With four nodes about one run of a hundred has one.
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    if (core::marks_not_reached("rounds.M7").empty()) break;
    simulate_chaos(4, 5, seed);
  }
  EXPECT_THAT(core::marks_not_reached("rounds."), IsEmpty());
}

}  // namespace
}  // namespace bruit::workbench
