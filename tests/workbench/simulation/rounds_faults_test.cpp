// `rounds` under every fault of the simulator, one at a time and all at once: nothing is lost and
// no invariant broken, whatever it costs. More seeds: `bruit sim`; the costs: bench/faults.sh.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>

#include "bruit/core/strategies/rounds/planner.h"
#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/simulation/simulation.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t seeds = 20;

SimulationOptions rounds_on(std::string_view name, std::uint64_t seed) {
  const Challenge* challenge = find_challenge(name);
  SimulationOptions options{.test = challenge->options, .strategy = {}};
  options.test.seed = seed;
  options.test.partition = false;
  options.strategy.kind = core::StrategyKind::rounds;
  options.strategy.rounds.budget = challenge->budget;
  return options;
}

std::string told(const SimulationResult& result) {
  std::string text =
      "seed " + std::to_string(result.seed) + ", " + std::to_string(result.lost) + " lost";
  if (result.early_end) text += "; " + result.early_end->reason;
  for (const auto& violation : result.invariants.told) {
    text.append("; ").append(to_string(violation.invariant)).append(": ").append(violation.what);
  }
  return text;
}

std::string in_test_names(std::string_view text) {
  std::string name(text);
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

struct NamedFault {
  std::string_view name;  // as `bruit sim --faults` calls it
  FaultOptions faults;
  bool partition = false;
};
void PrintTo(const NamedFault& fault, std::ostream* out) { *out << fault.name; }

const NamedFault all_faults[] = {
    {"oneway", {.one_way = true}},
    {"loss=0.05", {.loss = 0.05}},
    {"loss=0.2", {.loss = 0.2}},
    {"duplicate", {.duplication = 0.05}},
    {"reorder", {.reorder = true}},
    {"latency-jump", {.latency_jump = true}},
    {"pause", {.pause = true}},
    {"kill", {.kill = true}},
    {"drift", {.drift = true}},
    {"chaos",
     {.one_way = true,
      .loss = 0.05,
      .duplication = 0.05,
      .reorder = true,
      .latency_jump = true,
      .pause = true,
      .kill = true,
      .drift = true},
     true},
};

class RoundsUnderFault : public testing::TestWithParam<std::tuple<std::string_view, NamedFault>> {};

TEST_P(RoundsUnderFault, LosesNothingAndKeepsEveryInvariant) {
  const auto& [challenge, fault] = GetParam();
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    SimulationOptions options = rounds_on(challenge, seed);
    options.test.faults = fault.faults;
    options.test.partition = fault.partition;
    const SimulationResult result = simulate(options);
    EXPECT_TRUE(result.passed()) << told(result);
    EXPECT_EQ(result.lost, 0U) << told(result);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, RoundsUnderFault,
                         testing::Combine(testing::Values("3c", "3d", "3e"),
                                          testing::ValuesIn(all_faults)),
                         [](const auto& tested) {
                           return in_test_names(std::string(std::get<0>(tested.param)) + "_" +
                                                std::string(std::get<1>(tested.param).name));
                         });

void expect_progress(std::string_view challenge, PartitionShape shape, std::uint64_t seed) {
  SimulationOptions options = rounds_on(challenge, seed);
  options.test.partition = true;
  options.test.partition_shape = shape;
  // Failover may take a round, four hops and half a second; then values keep twice the budget.
  const core::Budget& budget = options.strategy.rounds.budget;
  const Duration latency = options.test.latency;
  const core::Plan plan = core::make_plan(budget, 1, {latency, latency});
  options.expectations.failover_grace = plan.period + 4 * latency + milliseconds(500);
  // In a ring a node that has nothing to say is found through others, who reach it or do not.
  if (shape == PartitionShape::majorities_ring) {
    options.expectations.failover_grace += milliseconds(500);
  }
  options.expectations.component_progress = 2 * budget.worst;
  const SimulationResult result = simulate(options);
  EXPECT_TRUE(result.passed()) << told(result);
  EXPECT_EQ(result.lost, 0U) << told(result);
  // A question a second, and what it takes from there: three hops and the depth of the tree.
  const Duration soon = latency == Duration::zero() ? milliseconds(300) : seconds(1) + 4 * latency;
  EXPECT_LE(result.invariants.backlog_after_last_heal.value_or(Duration::zero()), soon)
      << "seed " << seed;
}

class RoundsUnderPartition
    : public testing::TestWithParam<std::tuple<std::string_view, PartitionShape>> {};

TEST_P(RoundsUnderPartition, AgreesSoonAfterTheHealAndServesWhoCanBeReached) {
  const auto& [challenge, shape] = GetParam();
  for (std::uint64_t seed = 0; seed < seeds; ++seed) expect_progress(challenge, shape, seed);
}

INSTANTIATE_TEST_SUITE_P(Each, RoundsUnderPartition,
                         testing::Combine(testing::Values("3c", "3d", "3e"),
                                          testing::ValuesIn(all_partition_shapes)),
                         [](const auto& tested) {
                           return in_test_names(std::string(std::get<0>(tested.param)) + "_" +
                                                std::string(to_string(std::get<1>(tested.param))));
                         });

}  // namespace
}  // namespace bruit::workbench
