// Shrinking: failing runs become very small, fail in the same way, and replay from their text.
#include "bruit/workbench/simulation/shrink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "bruit/workbench/faults/fault_generator.h"
#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/options/challenge.h"
#include "workbench/hosts/plain_strategy.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

SimulationOptions flood_on_3c(std::uint64_t seed) {
  SimulationOptions options{.test = find_challenge("3c")->options, .strategy = {}};
  options.strategy.kind = core::StrategyKind::flood;
  options.test.seed = seed;
  return options;
}

TEST(Shrink, OfFloodUnderPartitionsIsTwoNodesAPartitionAndABroadcast) {
  for (const std::uint64_t seed : {0U, 2U, 5U}) {
    const auto shrunk = shrink(flood_on_3c(seed));
    ASSERT_TRUE(shrunk.has_value()) << seed;
    EXPECT_EQ(to_string(shrunk->failure), "no loss");
    EXPECT_TRUE(shrunk->minimal);
    EXPECT_EQ(shrunk->size.nodes, 2U);
    EXPECT_EQ(shrunk->size.faults, 1U);
    EXPECT_EQ(shrunk->size.operations, 1U);
    EXPECT_EQ(shrunk->options.test.concurrency, 2U);
    EXPECT_EQ(shrunk->options.test.time_limit, seconds(1));
  }
}

TEST(Shrink, GivesAFileThatReplaysTheFailure) {
  const auto shrunk = shrink(flood_on_3c(0));
  ASSERT_TRUE(shrunk.has_value());
  const TestOptions& test = shrunk->options.test;
  const std::string text = to_text(*test.scenario, test.nodes);
  SimulationOptions again = flood_on_3c(0);
  again.test.nodes = test.nodes;
  again.test.concurrency = test.concurrency;
  again.test.time_limit = test.time_limit;
  again.test.scenario = std::make_shared<const Scenario>(parse_scenario(
      text, {.nodes = test.nodes, .clients = test.concurrency, .time_limit = test.time_limit}));
  const SimulationResult replayed = simulate(again);
  EXPECT_EQ(failure_of(replayed), shrunk->failure);
  EXPECT_EQ(replayed.trace_hash, shrunk->result.trace_hash);
}

TEST(Shrink, HasNothingToDoIfNothingFails) {
  SimulationOptions options = flood_on_3c(0);
  options.test.partition = false;
  EXPECT_FALSE(shrink(options).has_value());
}

TEST(Shrink, TellsHowFarItIsAndStopsAtItsLimit) {
  std::vector<std::uint64_t> runs;
  const auto shrunk =
      shrink(flood_on_3c(0), [&](const ShrinkProgress& now) { runs.push_back(now.runs); },
             {.runs_most = 10});
  ASSERT_TRUE(shrunk.has_value());
  EXPECT_FALSE(shrunk->minimal);
  EXPECT_THAT(runs, testing::ElementsAre(2, 3, 4, 5, 6, 7, 8, 9, 10));
  // Whatever came of it so far fails.
  EXPECT_EQ(failure_of(shrunk->result), shrunk->failure);
}

// Breaks only when several things come together: a node that was frozen for more than a second, and
// woke up again, tells nobody of the values that it is then given.
class Sleepyhead : public PlainStrategy {
 public:
  using PlainStrategy::PlainStrategy;
  core::PublishResult publish(core::Value value, Time now, core::Outbox& outbox) override {
    if (slept_) show(value, outbox);
    return PlainStrategy::publish(std::move(value), now, outbox);
  }
  void tick(Time now, core::Outbox&) override {
    if (now > next_ + seconds(1)) slept_ = true;
    while (next_ <= now) next_ += milliseconds(100);
  }
  std::optional<Time> next_tick() const override { return next_; }

 private:
  Time next_ = start_ + milliseconds(100);
  bool slept_ = false;
};

TEST(Shrink, KeepsWhatAFailureNeedsAmongEveryFault) {
  SimulationOptions options;
  options.test.nodes = numbered_nodes(5);
  options.test.concurrency = 10;
  options.test.rate = 20;
  options.test.time_limit = seconds(20);
  options.test.nemesis_interval = seconds(2);
  options.test.network = NetworkModel::ideal;
  options.test.seed = 3;
  options.test.faults = {
      .duplication = 0.02, .reorder = true, .latency_jump = true, .pause = true, .drift = true};
  options.factory = factory_of<Sleepyhead>();
  const auto shrunk = shrink(options);
  ASSERT_TRUE(shrunk.has_value());
  const auto& test = shrunk->options.test;
  const Scenario& scenario = *test.scenario;
  SCOPED_TRACE(to_text(scenario, test.nodes));
  EXPECT_EQ(test.nodes.size(), 2U);
  EXPECT_EQ(test.concurrency, 2U);
  ASSERT_EQ(scenario.operations->size(), 1U);
  EXPECT_FALSE(scenario.operations->front().read);
  // One node sleeps, awakes, and is then told of a value.
  ASSERT_EQ(scenario.faults.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<Pause>(scenario.faults[0].fault));
  EXPECT_TRUE(std::holds_alternative<Resume>(scenario.faults[1].fault));
  // The initial run had far more.
  EXPECT_GT(generate_faults(options.test).faults.size(), 20U);
}

// Loses what it is told while it is in its fourth life.
class FourthLife : public PlainStrategy {
 public:
  FourthLife(const core::Members& members, Time start, std::uint64_t life)
      : PlainStrategy(members, start), broken_(life == 3 && members.self().index == 1) {}
  core::PublishResult publish(core::Value value, Time now, core::Outbox& outbox) override {
    const auto result = PlainStrategy::publish(std::move(value), now, outbox);
    if (broken_) outbox.delivered.clear();
    return result;
  }

 private:
  bool broken_;
};

TEST(Shrink, RenumbersTheNodesThatRemain) {
  SimulationOptions options;
  options.test.nodes = numbered_nodes(4);
  options.test.concurrency = 4;
  options.test.time_limit = seconds(10);
  options.test.seed = 1;
  options.factory = [](const core::StrategyOptions& chosen, const core::Members& members,
                       Time start) -> std::unique_ptr<core::Strategy> {
    return std::make_unique<FourthLife>(members, start, chosen.incarnation);
  };
  Scenario scenario;
  for (int i = 1; i < 9; ++i) {
    const auto victim = i % 2 == 0 ? 1U : 3U;
    scenario.faults.push_back({seconds(i), Kill{victim}});
    scenario.faults.push_back({seconds(i) + milliseconds(500), Restart{victim}});
  }
  scenario.operations.emplace();
  for (int i = 0; i < 36; ++i) {
    scenario.operations->push_back(
        {.at = milliseconds(250 * i), .client = static_cast<std::uint32_t>(i % 4)});
  }
  scenario.operations->push_back({.at = milliseconds(9200), .client = 1});
  options.test.scenario = std::make_shared<const Scenario>(scenario);
  const SimulationResult first = simulate(options);
  ASSERT_TRUE(failure_of(first).has_value());
  const auto shrunk = shrink(options);
  ASSERT_TRUE(shrunk.has_value());
  SCOPED_TRACE(to_text(*shrunk->options.test.scenario, shrunk->options.test.nodes));
  EXPECT_EQ(shrunk->failure, failure_of(first));
  EXPECT_LE(shrunk->size.nodes, 2U);
  for (const auto& [at, fault] : shrunk->options.test.scenario->faults) {
    EXPECT_TRUE(fits(fault, static_cast<std::uint32_t>(shrunk->size.nodes)));
  }
}

// What happens to single messages and stalls lives through the loss of nodes, but for what was
// about those that are gone.
TEST(Shrink, KeepsFaultsOfSingleMessagesBetweenTheNodesThatStay) {
  SimulationOptions options;
  options.factory = factory_of<PlainStrategy>();
  options.test.nodes = numbered_nodes(5);
  options.test.network = NetworkModel::ideal;
  options.test.latency = milliseconds(100);
  options.test.time_limit = seconds(5);
  options.test.scenario = std::make_shared<const Scenario>(
      Scenario{{{seconds(0), LoseMessage{{2, 4, 2}}},
                {seconds(0), HoldMessage{{2, 1, 1}}},
                {seconds(0), DoubleMessage{{3, 4, 1}, {}}},
                {seconds(2), StallLinks{{}, milliseconds(300)}},
                {seconds(2), StallLinks{Links{{2}, {1}}, milliseconds(300)}},
                {seconds(3), ReleaseMessage{{2, 1, 1}}}},
               std::vector<TimedOperation>{{.at = seconds(1), .client = 2},
                                           {.at = seconds(2), .client = 2}}});
  const auto shrunk = shrink(options);
  ASSERT_TRUE(shrunk.has_value());
  EXPECT_EQ(to_string(shrunk->failure), "no loss");
  EXPECT_EQ(to_text(*shrunk->options.test.scenario, shrunk->options.test.nodes),
            "scenario 1\n"
            "0s              lose n0 -> n1 message 2\n"
            "1s              client 0 broadcast\n"
            "2s              client 0 broadcast\n");
}

TEST(Failure, IsTheFirstInvariantThatWasBroken) {
  SimulationResult result;
  result.validity = Validity::valid;
  EXPECT_FALSE(failure_of(result).has_value());
  result.validity = Validity::unknown;
  EXPECT_FALSE(failure_of(result).has_value());
  result.validity = Validity::invalid;
  EXPECT_EQ(to_string(*failure_of(result)), "invalid");
  result.invariants.counts[static_cast<std::size_t>(Invariant::silence)] = 2;
  EXPECT_EQ(to_string(*failure_of(result)), "silence");
  result.early_end = EarlyEnd{};
  EXPECT_EQ(to_string(*failure_of(result)), "ended early");
}

}  // namespace
}  // namespace bruit::workbench
