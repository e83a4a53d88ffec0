// `rounds` in virtual time: its budgets on a healthy network, and that nothing is lost on a broken
// one. More seeds and faults: `bruit sim`. The figures: docs/benchmarks.md.
#include <gtest/gtest.h>

#include <string>

#include "bruit/workbench/checkers/net.h"
#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/engine/virtual_time.h"
#include "bruit/workbench/options/challenge.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Outcome {
  double server_messages_per_operation = 0;
  double messages_per_broadcast = 0;
  Duration median{};  // true propagation
  Duration worst{};
  std::size_t lost = 0;  // by the checker, never read, or not on every node
  Time last_message;     // between nodes
  Time last_broadcast;
};

class LastMessages : public EventLog {
 public:
  void on_sent(const Packet& packet) override {
    if (packet.between_servers()) last_message = packet.sent_at;
    if (const auto* request = std::get_if<Request>(&packet.payload)) {
      if (request->kind == Request::Kind::broadcast) last_broadcast = packet.sent_at;
    }
  }
  Time last_message;
  Time last_broadcast;
};

Outcome run(const TestOptions& options, core::Budget budget, std::uint32_t fan_out = 64) {
  core::StrategyOptions strategy;
  strategy.kind = core::StrategyKind::rounds;
  strategy.rounds = {.budget = budget, .fan_out = fan_out};
  LastMessages last;
  Engine engine(options, &last);
  run_virtual(engine, strategy);
  EXPECT_FALSE(engine.early_end()) << engine.early_end()->reason;

  const auto set_full = check_set_full(engine.history());
  const auto net = check_net(engine.history(), engine.net());
  const auto propagation = engine.propagation().sorted();
  const auto messages = static_cast<double>(engine.net().servers.msg_count);
  Outcome outcome;
  outcome.server_messages_per_operation = messages / static_cast<double>(net.operation_count);
  outcome.lost =
      set_full.lost.size() + set_full.never_read.size() + engine.propagation().incomplete();
  if (!propagation.empty()) {
    outcome.messages_per_broadcast = messages / static_cast<double>(propagation.size());
    outcome.median = propagation[propagation.size() / 2];
    outcome.worst = propagation.back();
  }
  outcome.last_message = last.last_message;
  outcome.last_broadcast = last.last_broadcast;
  return outcome;
}

TestOptions challenge(std::string_view name, std::uint64_t seed,
                      NetworkModel network = NetworkModel::maelstrom) {
  TestOptions options = find_challenge(name)->options;
  options.seed = seed;
  options.network = network;
  return options;
}

constexpr core::Budget budget_3d{.worst = milliseconds(600), .median = milliseconds(400)};
constexpr core::Budget budget_3e{.worst = seconds(2), .median = seconds(1)};

class RoundsOn : public testing::TestWithParam<NetworkModel> {};

TEST_P(RoundsOn, Challenge3dKeepsItsBudgetInTruePropagation) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Outcome outcome = run(challenge("3d", seed, GetParam()), budget_3d);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
    EXPECT_LT(outcome.median, milliseconds(400)) << "seed " << seed;
    EXPECT_LT(outcome.worst, milliseconds(600)) << "seed " << seed;
    sum += outcome.server_messages_per_operation;
  }
  EXPECT_LT(sum / 20, 1.15);
}

TEST_P(RoundsOn, Challenge3eStaysBelowTwoSecondsWithAThirdOfAMessage) {
  constexpr std::uint64_t seeds = 100;
  double sum = 0;
  int below_median = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Outcome outcome = run(challenge("3e", seed, GetParam()), budget_3e);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
    EXPECT_LT(outcome.worst, seconds(2)) << "seed " << seed;
    sum += outcome.server_messages_per_operation;
    if (outcome.median < seconds(1)) ++below_median;
  }
  EXPECT_LE(sum / seeds, 0.33);
  // The median of a run scatters by some 25 ms.
  EXPECT_GE(below_median, 95);
}

TEST_P(RoundsOn, ABudgetOfOneHopIsKeptByDirectSending) {
  const core::Budget budget{.worst = milliseconds(105), .median = milliseconds(105)};
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Outcome outcome = run(challenge("3d", seed, GetParam()), budget);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
    EXPECT_LE(outcome.worst, milliseconds(105)) << "seed " << seed;
    EXPECT_LE(outcome.messages_per_broadcast, 24.3) << "seed " << seed;
  }
}

// Several gathers are under way before the first is answered, and none is taken for lost. At 250 ms
// a round gathers so little that nodes change to direct sending and back.
TEST_P(RoundsOn, RoundsShorterThanARoundTripKeepTheirBudget) {
  for (const auto worst : {milliseconds(250), milliseconds(300)}) {
    const core::Budget budget{.worst = worst, .median = seconds(10)};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Outcome outcome = run(challenge("3d", seed, GetParam()), budget);
      EXPECT_EQ(outcome.lost, 0U) << worst.count() << " ms, seed " << seed;
      EXPECT_LT(outcome.worst, worst) << worst.count() << " ms, seed " << seed;
    }
  }
}

TEST_P(RoundsOn, ADeeperTreeKeepsTheBudgetToo) {
  const core::Budget budget{.worst = seconds(1), .median = milliseconds(700)};
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Outcome outcome = run(challenge("3d", seed, GetParam()), budget, 5);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
    EXPECT_LT(outcome.worst, budget.worst) << "seed " << seed;
  }
}

// Every hop of a value takes one latency: no relay keeps it for a round. (So a median value travels
// three hops up and three down, and waits half a period of 400 ms before.)
TEST_P(RoundsOn, RelaysGatherJustInTimeForEachOther) {
  const core::Budget budget{.worst = seconds(1), .median = seconds(10)};
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Outcome outcome = run(challenge("3d", seed, GetParam()), budget, 3);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
    EXPECT_LT(outcome.median, milliseconds(800)) << "seed " << seed;
    EXPECT_LT(outcome.server_messages_per_operation, 1.3) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(BothNetworks, RoundsOn,
                         testing::Values(NetworkModel::maelstrom, NetworkModel::ideal),
                         [](const auto& param) { return std::string(to_string(param.param)); });

TEST(Rounds, KeepsTheBudgetFromTheFirstValueOn) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Outcome outcome = run(challenge("3b", seed), budget_3d);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
    EXPECT_LT(outcome.worst, milliseconds(600)) << "seed " << seed;
  }
}

TEST(Rounds, OneNodeSendsNothing) {
  EXPECT_EQ(run(challenge("3a", 0), budget_3d).server_messages_per_operation, 0);
}

TEST(Rounds, FallsSilentSoonAfterTheLastValue) {
  for (const auto* name : {"3b", "3d"}) {
    const Outcome outcome = run(challenge(name, 1), budget_3d);
    EXPECT_LT(outcome.last_message - outcome.last_broadcast, seconds(3)) << name;
  }
}

// A budget that a tree so deep cannot keep: nodes take each other for lost, and the tree is not as
// the layout has it when the values end.
TEST(Rounds, FallsSilentInWhateverTreeItIs) {
  const core::Budget budget{.worst = seconds(1), .median = milliseconds(800)};
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Outcome outcome = run(challenge("3d", seed), budget, 2);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
    EXPECT_LT(outcome.last_message - outcome.last_broadcast, seconds(6)) << "seed " << seed;
  }
}

TEST(Rounds, LosesNothingUnderPartitions) {
  for (const auto* name : {"3c", "3d", "3e"}) {
    const std::uint64_t seeds = name == std::string("3c") ? 200 : 20;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      TestOptions options = challenge(name, seed);
      options.partition = true;
      EXPECT_EQ(run(options, budget_3d).lost, 0U) << name << ", seed " << seed;
    }
  }
}

TEST(Rounds, SurvivesLatenciesThatVary) {
  for (const auto distribution : {LatencyDistribution::uniform, LatencyDistribution::exponential}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      TestOptions options = challenge("3d", seed, NetworkModel::ideal);
      options.latency_distribution = distribution;
      EXPECT_EQ(run(options, budget_3d).lost, 0U) << to_string(distribution) << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace bruit::workbench
