// Simulations: what they measure, and that nothing but (version, options, seed) decides it.
#include "bruit/workbench/simulation/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bruit/core/make_strategy.h"
#include "bruit/workbench/faults/fault_generator.h"
#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/simulation/simulation_batch.h"
#include "workbench/hosts/plain_strategy.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;

SimulationOptions on_challenge(std::string_view name) {
  const Challenge* challenge = find_challenge(name);
  SimulationOptions options{.test = challenge->options, .strategy = {}};
  options.strategy.kind = challenge->baseline;
  return options;
}

std::vector<std::uint64_t> hashes_of(const std::vector<SimulationResult>& results) {
  std::vector<std::uint64_t> hashes;
  for (const auto& result : results) hashes.push_back(result.trace_hash);
  return hashes;
}

SimulationOptions chaos_on(std::string_view name, core::StrategyKind kind) {
  SimulationOptions options = on_challenge(name);
  options.strategy.kind = kind;
  options.test.partition = true;
  options.test.faults = {.one_way = true,
                         .loss = 0.05,
                         .duplication = 0.02,
                         .reorder = true,
                         .latency_jump = true,
                         .pause = true,
                         .kill = true,
                         .drift = true};
  return options;
}

// The same numbers on every machine, compiler and build mode: run this test in another build to
// see. A change of a strategy, of the network or of the load changes them; the failure then shows
// the new ones. To record anew, copy them from there.
struct RecordedHash {
  const char* challenge;
  LatencyDistribution distribution;
  NetworkModel network;
  std::uint64_t hash;
};

TEST(Simulation, GivesTheRecordedTraceOnEveryMachineAndCompiler) {
  using enum LatencyDistribution;
  using enum NetworkModel;
  for (const RecordedHash& recorded : {
           RecordedHash{"3a", constant, maelstrom, 0x6625607216d586cb},
           RecordedHash{"3b", constant, maelstrom, 0x8708af50aea40544},
           RecordedHash{"3c", constant, maelstrom, 0x9aa23d8bbda8196e},
           RecordedHash{"3d", uniform, maelstrom, 0x524c1199dce52809},
           RecordedHash{"3d", constant, ideal, 0x87f16096de8d0cc9},
           RecordedHash{"3e", exponential, maelstrom, 0x6583b7425f2329e3},
       }) {
    SimulationOptions options = on_challenge(recorded.challenge);
    options.test.latency_distribution = recorded.distribution;
    options.test.network = recorded.network;
    options.test.seed = 1;
    EXPECT_EQ(simulate(options).trace_hash, recorded.hash)
        << "record: RecordedHash{\"" << recorded.challenge << "\", "
        << to_string(recorded.distribution) << ", " << to_string(recorded.network) << ", 0x"
        << std::hex << simulate(options).trace_hash << "}";
  }
}

// With every fault, clocks and restarts among them.
struct RecordedChaos {
  const char* challenge;
  core::StrategyKind strategy;
  LatencyDistribution distribution;
  std::uint64_t hash;
};

TEST(Simulation, GivesTheRecordedTraceUnderEveryFaultToo) {
  using enum LatencyDistribution;
  using core::StrategyKind;
  for (const RecordedChaos& recorded : {
           RecordedChaos{"3c", StrategyKind::reliable_flood, constant, 0x3022dd5e81e743c3},
           RecordedChaos{"3d", StrategyKind::tree, uniform, 0x2ed01badabc9ea53},
           RecordedChaos{"3e", StrategyKind::batched_tree, exponential, 0x54e3babaaf931761},
       }) {
    SimulationOptions options = chaos_on(recorded.challenge, recorded.strategy);
    options.test.latency_distribution = recorded.distribution;
    options.test.seed = 1;
    const std::uint64_t hash = simulate(options).trace_hash;
    EXPECT_EQ(hash, recorded.hash) << recorded.challenge << ": record 0x" << std::hex << hash;
  }
}

TEST(Simulation, DoesNotDependOnTheNumberOfThreads) {
  const SimulationOptions options = chaos_on("3c", core::StrategyKind::rounds);
  const auto alone = simulate_seeds(options, {5, 24}, 1, {});
  const auto together = simulate_seeds(options, {5, 24}, 4, {});
  EXPECT_EQ(hashes_of(alone), hashes_of(together));
  EXPECT_EQ(alone.front().seed, 5U);
  EXPECT_EQ(together.back().seed, 24U);
  EXPECT_EQ(summarise(alone).trace_hash, summarise(together).trace_hash);
}

TEST(Simulation, OfAWrittenScheduleIsTheSameRun) {
  SimulationOptions options = chaos_on("3c", core::StrategyKind::tree);
  options.test.seed = 9;
  const auto drawn = simulate(options);
  const auto& names = options.test.nodes;
  const std::string text = to_text(generate_faults(options.test), names);
  options.test.scenario = std::make_shared<const Scenario>(
      parse_scenario(text, {.nodes = names, .clients = 5, .time_limit = options.test.time_limit}));
  EXPECT_EQ(simulate(options).trace_hash, drawn.trace_hash);
}

TEST(Simulation, OfAnotherSeedIsAnotherRun) {
  const auto results = simulate_seeds(on_challenge("3b"), {0, 1}, 1, {});
  EXPECT_NE(results[0].trace_hash, results[1].trace_hash);
}

TEST(Simulation, OfTheTreeCostsAndTakesWhatArithmeticSays) {
  SimulationOptions options = on_challenge("3d");
  options.test.network = NetworkModel::ideal;
  const SimulationResult result = simulate(options);
  EXPECT_EQ(result.validity, Validity::valid);
  EXPECT_EQ(result.invariants.total(), 0U);
  // A broadcast at the root costs 48 messages, elsewhere 50; five latencies reach the corners.
  EXPECT_GT(result.net.servers.msg_count, 48 * result.broadcasts);
  EXPECT_LT(result.net.servers.msg_count, 50 * result.broadcasts);
  EXPECT_EQ(result.propagation->back(), milliseconds(500));
}

TEST(Simulation, CanStartNodesOutOfStep) {
  SimulationOptions options = on_challenge("3e");
  options.test.seed = 1;
  const auto together = simulate(options);
  options.test.start_spread = milliseconds(20);
  const auto apart = simulate(options);
  EXPECT_TRUE(apart.passed());
  EXPECT_EQ(apart.trace_hash, simulate(options).trace_hash);
  // A batch that arrives just before the next flush no longer waits for half an interval.
  EXPECT_LT(apart.stable->front(), together.stable->front() - milliseconds(20));
}

TEST(Simulation, StartsNodesAsLongAfterEachOtherAsItIsTold) {
  SimulationOptions options = on_challenge("3e");
  options.test.seed = 1;
  const auto together = simulate(options);
  options.test.start_spread = milliseconds(20);
  const auto drawn = simulate(options);
  options.test.start_delays.assign(options.test.nodes.size(), Duration::zero());
  EXPECT_EQ(simulate(options).stable, together.stable) << "it does not draw what it is told";
  // The timer of the root goes off just after what comes from the others.
  options.test.start_delays[0] = milliseconds(1);
  const auto told = simulate(options);
  EXPECT_NE(told.stable, together.stable);
  EXPECT_NE(told.stable, drawn.stable);
}

TEST(Simulation, ShowsThatFloodLosesValuesUnderPartitions) {
  SimulationOptions options = on_challenge("3c");
  options.strategy.kind = core::StrategyKind::flood;
  const auto summary = summarise(simulate_seeds(options, {0, 9}, 2, {}));
  EXPECT_GT(summary.lost, 0U);
  EXPECT_GT(summary.violations, 0U);
  EXPECT_FALSE(summary.failing_seeds.empty());
  EXPECT_EQ(summary.valid + summary.failing_seeds.size(), 10U);
}

// Wants to be called again at the moment at which it is called.
class Restless : public PlainStrategy {
 public:
  using PlainStrategy::PlainStrategy;
  std::optional<Time> next_tick() const override { return start_ + std::chrono::seconds(1); }
};

TEST(Simulation, EndsARunInWhichANodeDoesNotLetTimeGoOn) {
  SimulationOptions options = on_challenge("3b");
  options.factory = factory_of<Restless>();
  const SimulationResult result = simulate(options);
  ASSERT_TRUE(result.early_end.has_value());
  EXPECT_EQ(result.early_end->reason,
            "node n0 wanted 10000 ticks at the same instant; expected next_tick() to go on");
}

class ThousandSeedsOf3c : public testing::TestWithParam<core::StrategyKind> {};

TEST_P(ThousandSeedsOf3c, PassUnlessItIsFlood) {
  SimulationOptions options = on_challenge("3c");
  options.strategy.kind = GetParam();
  const auto summary = summarise(simulate_seeds(options, {0, 999}, 2, {}));
  if (GetParam() == core::StrategyKind::flood) {
    EXPECT_GT(summary.failing_seeds.size(), 500U);
    EXPECT_GT(summary.lost, 0U);
  } else {
    EXPECT_EQ(summary.valid, 1000U);
    EXPECT_EQ(summary.violations, 0U);
    EXPECT_EQ(summary.lost, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(EachStrategy, ThousandSeedsOf3c, testing::ValuesIn(core::all_strategies),
                         [](const auto& tested) {
                           std::string name(core::to_string(tested.param));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(SimulationBatch, ReportsProgressRunByRun) {
  std::vector<std::uint64_t> seen;
  simulate_seeds(on_challenge("3a"), {0, 4}, 2, [&](std::uint64_t done) { seen.push_back(done); });
  EXPECT_THAT(seen, testing::ElementsAre(1, 2, 3, 4, 5));
}

TEST(SimulationBatch, PassesAnExceptionOn) {
  EXPECT_THROW(simulate_seeds(on_challenge("3a"), {0, 99}, 2,
                              [](std::uint64_t) { throw std::runtime_error("stop"); }),
               std::runtime_error);
}

}  // namespace
}  // namespace bruit::workbench
