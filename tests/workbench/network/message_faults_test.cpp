// Faults on single messages and stalls, from the counting to whole runs.
#include "bruit/workbench/network/message_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "bruit/workbench/network/stalled_links.h"
#include "bruit/workbench/simulation/simulation.h"
#include "workbench/hosts/plain_strategy.h"
#include "workbench/network/simulated_network.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(MessageFaults, CountEachLinkByItself) {
  MessageFaults faults;
  EXPECT_TRUE(faults.empty());
  faults.count({0, 1, 2});
  faults.count({1, 0, 1});
  EXPECT_FALSE(faults.empty());
  faults.mark(LoseMessage{{0, 1, 2}});
  faults.mark(DoubleMessage{{1, 0, 1}, seconds(1)});
  EXPECT_FALSE(faults.next(0, 1).has_value());
  EXPECT_FALSE(faults.next(0, 2).has_value());  // nobody asked for this link
  EXPECT_EQ(faults.next(1, 0), MessageFault(DoubleMessage{{1, 0, 1}, seconds(1)}));
  EXPECT_EQ(faults.next(0, 1), MessageFault(LoseMessage{{0, 1, 2}}));
  EXPECT_FALSE(faults.next(0, 1).has_value());
}

TEST(MessageFaults, AreTooLateForWhatWasSent) {
  MessageFaults faults;
  faults.count({0, 1, 1});
  EXPECT_FALSE(faults.next(0, 1).has_value());
  faults.mark(LoseMessage{{0, 1, 1}});
  EXPECT_FALSE(faults.next(0, 1).has_value());
}

TEST(MessageFaults, OfSeveralForOneMessageTheFirstCounts) {
  MessageFaults faults;
  faults.count({0, 1, 1});
  faults.mark(HoldMessage{{0, 1, 1}});
  faults.mark(LoseMessage{{0, 1, 1}});
  EXPECT_EQ(faults.next(0, 1), MessageFault(HoldMessage{{0, 1, 1}}));
}

TEST(StalledLinks, FlowWhenTheLastStallIsOver) {
  const std::optional<Links> one = Links{{0}, {1}, false};
  const std::optional<Links> both = Links{{0}, {1, 2}, true};
  StalledLinks stalled(3);
  stalled.begin(one);
  stalled.begin(both);
  stalled.end(both);
  EXPECT_TRUE(stalled.contains(0, 1));
  EXPECT_FALSE(stalled.contains(1, 0));
  EXPECT_FALSE(stalled.contains(0, 2));
  stalled.begin({});
  EXPECT_TRUE(stalled.contains(2, 1));
  stalled.end(one);
  EXPECT_TRUE(stalled.contains(0, 1));
  stalled.end({});
  EXPECT_FALSE(stalled.contains(0, 1));
  EXPECT_FALSE(stalled.any());
}

// Both models of receiving, 100 ms.
class StruckNetwork : public testing::TestWithParam<NetworkModel>, public Simulated {
 protected:
  StruckNetwork() : Simulated(three_nodes(GetParam(), 100)) {
    network.count_messages_like({0, 1, 1});
  }
  void on_message_fault(const MessageFault& fault, Time now) override {
    struck.emplace_back(message_of(fault), ms(now));
  }
  void end_stall(double when, const std::optional<Links>& links) {
    run_until(when);
    network.end_stall(links, at(when));
  }

  std::vector<std::pair<NthMessage, double>> struck;
};

INSTANTIATE_TEST_SUITE_P(, StruckNetwork,
                         testing::Values(NetworkModel::ideal, NetworkModel::maelstrom),
                         [](const auto& model) { return std::string(to_string(model.param)); });

TEST_P(StruckNetwork, LosesTheMessageThatIsNamed) {
  network.strike(LoseMessage{{0, 1, 2}});
  for (const char* text : {"1st", "2nd", "3rd"}) send(10, n0, n1, text);
  send(10, n0, n2, "elsewhere");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"1st", 110}, Seen{"3rd", 110}, Seen{"elsewhere", 110}));
  EXPECT_THAT(lost, ElementsAre(Seen{"2nd", 10}));
  EXPECT_THAT(struck, ElementsAre(std::pair(NthMessage{0, 1, 2}, 10.0)));
  EXPECT_EQ(network.stats().servers.send_count, 4U);
}

TEST_P(StruckNetwork, CountsWhatIsLostOtherwiseToo) {
  network.strike(LoseMessage{{0, 1, 2}});
  network.set_down(1, true);
  send(0, n0, n1, "1st");
  run_until(200);
  network.set_down(1, false);
  send(200, n0, n1, "2nd");
  send(200, n0, n1, "3rd");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"3rd", 300}));
}

TEST_P(StruckNetwork, DoublesAMessageAtOnceOrLater) {
  network.strike(DoubleMessage{{0, 1, 1}, {}});
  network.strike(DoubleMessage{{0, 1, 3}, milliseconds(50)});
  for (const char* text : {"1st", "2nd", "3rd"}) send(0, n0, n1, text);
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"1st", 100}, Seen{"1st", 100}, Seen{"2nd", 100},
                                     Seen{"3rd", 100}, Seen{"3rd", 150}));
  EXPECT_EQ(network.stats().servers.send_count, 3U);
  EXPECT_EQ(network.stats().servers.recv_count, 5U);
}

TEST_P(StruckNetwork, HoldsAMessageUntilItIsReleased) {
  network.strike(HoldMessage{{0, 1, 1}});
  send(0, n0, n1, "1st");
  send(0, n0, n1, "2nd");
  run_until(500);
  EXPECT_TRUE(network.is_faulty());
  network.release({0, 1, 1}, at(500));
  EXPECT_FALSE(network.is_faulty());
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"2nd", 100}, Seen{"1st", 500}));
}

TEST_P(StruckNetwork, AMessageThatIsReleasedEarlyTakesItsTime) {
  network.strike(HoldMessage{{0, 1, 1}});
  network.strike(HoldMessage{{0, 1, 2}});
  network.release({0, 1, 2}, at(0));  // not sent yet: it is not held
  send(0, n0, n1, "1st");
  send(0, n0, n1, "2nd");
  run_until(50);
  network.release({0, 1, 1}, at(50));
  run_until(1000);
  EXPECT_THAT(delivered, testing::UnorderedElementsAre(Seen{"1st", 100}, Seen{"2nd", 100}));
}

TEST_P(StruckNetwork, AHeldMessageIsLostIfItsLinkIsCutWhenItIsReleased) {
  network.strike(HoldMessage{{0, 1, 1}});
  send(0, n0, n1, "1st");
  run_until(500);
  network.cut_link(0, 1);
  network.release({0, 1, 1}, at(500));
  run_until(1000);
  EXPECT_THAT(delivered, IsEmpty());
  EXPECT_THAT(lost, ElementsAre(Seen{"1st", 500}));
}

TEST_P(StruckNetwork, AStallDeliversAtItsEndWhatWouldHaveArrivedMeanwhile) {
  send(0, n0, n1, "under way");
  run_until(50);
  network.stall({});
  send(150, n0, n1, "sent meanwhile");
  send(150, client, n1, "request");
  send(250, n0, n1, "later");
  end_stall(300, {});
  run_until(1000);
  EXPECT_THAT(delivered, testing::Contains(Seen{"under way", 300}));
  EXPECT_THAT(delivered, testing::Contains(Seen{"sent meanwhile", 300}));
  EXPECT_THAT(delivered, testing::Contains(Seen{"later", 350}));
  // A client waits for Maelstrom's receiver as ever, but not for the stall.
  const bool is_ideal = GetParam() == NetworkModel::ideal;
  EXPECT_THAT(delivered, testing::Contains(Seen{"request", is_ideal ? 150 : 250}));
  EXPECT_EQ(delivered.size(), 4U);
  EXPECT_THAT(lost, IsEmpty());
}

TEST_P(StruckNetwork, AStallOfSomeLinksLeavesTheOthers) {
  const std::optional<Links> links = Links{{0}, {1}, false};
  network.stall(links);
  send(0, n0, n1, "stalled");
  send(0, n1, n0, "back");
  send(0, n2, n1, "from another");
  end_stall(500, links);
  run_until(1000);
  EXPECT_THAT(delivered, testing::UnorderedElementsAre(Seen{"back", 100}, Seen{"from another", 100},
                                                       Seen{"stalled", 500}));
}

TEST_P(StruckNetwork, TheEndOfFaultsBringsWhatWasHeldOrStalledAndForgetsTheRest) {
  network.strike(HoldMessage{{0, 1, 1}});
  network.strike(LoseMessage{{0, 1, 3}});
  network.stall({});
  send(0, n0, n1, "held");
  send(0, n0, n1, "stalled");
  run_until(200);
  network.end_faults(at(200));
  EXPECT_FALSE(network.is_faulty());
  send(200, n0, n1, "after");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"held", 200}, Seen{"stalled", 200}, Seen{"after", 300}));
}

// --- Whole runs ---

class RunLog final : public EventLog {
 public:
  void on_fault(const Fault& fault, Time now) override {
    if (const auto* message = message_of(fault)) struck.emplace_back(*message, now - Time{});
  }
  void on_stall_over(const StallLinks&, Time now) override { stalls_over.push_back(now - Time{}); }
  void on_visible(std::uint32_t node, ElementId, Time now) override {
    if (node == 2) seen_by_n2.push_back(now - Time{});
  }

  std::vector<std::pair<NthMessage, Duration>> struck;
  std::vector<Duration> stalls_over;
  std::vector<Duration> seen_by_n2;
};

// Three nodes that flood, 100 ms; n0 is given one value, at 1 s.
SimulationOptions one_value(std::vector<TimedFault> faults) {
  SimulationOptions options;
  options.strategy.kind = core::StrategyKind::flood;
  options.test.nodes = numbered_nodes(3);
  options.test.concurrency = 3;
  options.test.time_limit = seconds(5);
  options.test.network = NetworkModel::ideal;
  options.test.latency = milliseconds(100);
  options.test.scenario = std::make_shared<const Scenario>(
      Scenario{std::move(faults), std::vector<TimedOperation>{{.at = seconds(1)}}});
  return options;
}

TEST(RunWithMessageFaults, TellsOfAFaultWhenItStrikes) {
  RunLog log;
  const auto result = simulate(one_value({{seconds(0), LoseMessage{{0, 2, 1}}},
                                          {seconds(0), LoseMessage{{0, 2, 9}}},
                                          {seconds(0), HoldMessage{{1, 2, 1}}},
                                          {seconds(2), ReleaseMessage{{1, 2, 1}}}}),
                               &log);
  EXPECT_TRUE(result.passed());
  EXPECT_THAT(log.struck, ElementsAre(std::pair(NthMessage{0, 2, 1}, Duration(seconds(1))),
                                      std::pair(NthMessage{1, 2, 1}, Duration(milliseconds(1100))),
                                      std::pair(NthMessage{1, 2, 1}, Duration(seconds(2)))));
  EXPECT_THAT(log.seen_by_n2, ElementsAre(seconds(2)));
  // From the release on there was nothing to recover from.
  EXPECT_EQ(result.invariants.converged_after_last_heal, Duration::zero());
}

TEST(RunWithMessageFaults, WhatIsNeverReleasedArrivesWhenAllFaultsAreOver) {
  RunLog log;
  const auto result = simulate(
      one_value({{seconds(0), LoseMessage{{0, 2, 1}}}, {seconds(0), HoldMessage{{1, 2, 1}}}}),
      &log);
  EXPECT_TRUE(result.passed());
  EXPECT_THAT(log.seen_by_n2, ElementsAre(seconds(5)));
}

TEST(RunWithMessageFaults, ALostMessageOfFloodIsAValueLost) {
  const auto result = simulate(
      one_value({{seconds(0), LoseMessage{{0, 2, 1}}}, {seconds(0), LoseMessage{{1, 2, 1}}}}));
  EXPECT_EQ(result.invariants.counts[static_cast<std::size_t>(Invariant::no_loss)], 1U);
}

TEST(RunWithMessageFaults, AStallIsOverInTime) {
  RunLog log;
  const auto result =
      simulate(one_value({{milliseconds(1050), StallLinks{{}, milliseconds(300)}}}), &log);
  EXPECT_TRUE(result.passed());
  EXPECT_THAT(log.stalls_over, ElementsAre(milliseconds(1350)));
  EXPECT_THAT(log.seen_by_n2, ElementsAre(milliseconds(1350)));
  EXPECT_EQ(result.invariants.converged_after_last_heal, Duration::zero());
}

TEST(RunWithMessageFaults, StallsMayOverlapAndOutlastTheLoad) {
  RunLog log;
  const auto result =
      simulate(one_value({{milliseconds(1050), StallLinks{{}, milliseconds(300)}},
                          {milliseconds(1100), StallLinks{Links{{0, 1}, {2}}, seconds(60)}}}),
               &log);
  EXPECT_TRUE(result.passed());
  EXPECT_THAT(log.stalls_over, ElementsAre(milliseconds(1350)));
  EXPECT_THAT(log.seen_by_n2, ElementsAre(seconds(5)));
}

// Sends at the moment at which it starts, before any operation.
class Greeter final : public PlainStrategy {
 public:
  using PlainStrategy::PlainStrategy;
  std::optional<Time> next_tick() const override {
    return greeted_ ? std::nullopt : std::optional(start_);
  }
  void tick(Time, core::Outbox& outbox) override {
    if (std::exchange(greeted_, true) || members_.self().index != 0) return;
    outbox.send(core::NodeId{1}, core::Ack{});
  }
  void receive(core::NodeId from, const core::Message& message, Time now,
               core::Outbox& outbox) override {
    if (!std::holds_alternative<core::Ack>(message)) {
      PlainStrategy::receive(from, message, now, outbox);
    }
  }

 private:
  bool greeted_ = false;
};

TEST(RunWithMessageFaults, ThoseAtTimeZeroConcernWhatNodesSendBeforeTheLoad) {
  SimulationOptions options = one_value({{seconds(0), LoseMessage{{0, 1, 1}}}});
  options.test.start_spread = seconds(2);  // the load begins when all have started
  options.factory = factory_of<Greeter>();
  RunLog log;
  simulate(options, &log);
  ASSERT_EQ(log.struck.size(), 1U);
  EXPECT_EQ(log.struck.front().first, (NthMessage{0, 1, 1}));
  EXPECT_LT(log.struck.front().second, seconds(2));
}

}  // namespace
}  // namespace bruit::workbench
