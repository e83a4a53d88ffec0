// The network by itself: what arrives when, what is lost when, and what is counted. Times are in
// milliseconds since the start.
#include "bruit/workbench/network/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "workbench/network/simulated_network.h"

namespace bruit::workbench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct MaelstromNetwork : testing::Test, Simulated {
  MaelstromNetwork() : Simulated(three_nodes(NetworkModel::maelstrom, 100)) {}
};
struct IdealNetwork : testing::Test, Simulated {
  IdealNetwork() : Simulated(three_nodes(NetworkModel::ideal, 100)) {}
};

TEST_F(MaelstromNetwork, BetweenNodesTakesTheLatencyAndToAndFromClientsNothing) {
  send(0, n0, n1, "gossip");
  send(0, client, n2, "request");
  send(0, n2, client, "reply");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"request", 0}, Seen{"reply", 0}, Seen{"gossip", 100}));
}

TEST_F(MaelstromNetwork, ARequestWaitsBehindThePacketThatTheReceiverSleepsOn) {
  send(0, n0, n1, "gossip");
  send(30, client, n1, "request");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"gossip", 100}, Seen{"request", 100}));
}

TEST_F(IdealNetwork, ARequestDoesNotWait) {
  send(0, n0, n1, "gossip");
  send(30, client, n1, "request");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"request", 30}, Seen{"gossip", 100}));
}

TEST_F(MaelstromNetwork, AfterWakingTheReceiverTakesTheEarliestDeadline) {
  send(0, n0, n1, "first");
  send(20, n2, n1, "second");   // due at 120
  send(60, client, n1, "ask");  // due at once, as soon as the receiver is free
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"first", 100}, Seen{"ask", 100}, Seen{"second", 120}));
}

TEST_F(MaelstromNetwork, SleepsWholeMillisecondsSoUpToOneTooFew) {
  send(0, n0, n1, "first");
  send(20.25, n0, n1, "second");  // taken up at 100, due at 120.25
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"first", 100}, Seen{"second", 120}));
}

TEST_F(MaelstromNetwork, DeliversAtOnceWhatIsDueInLessThanAMillisecond) {
  send(0, n0, n1, "first");
  send(0.5, n2, n1, "second");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"first", 100}, Seen{"second", 100}));
}

TEST_F(MaelstromNetwork, ACutLinkLosesWhatTheReceiverTakesUp) {
  cut_both_ways(0, n0, n1);
  send(1, n0, n1, "cut off");
  send(1, n2, n1, "elsewhere");
  run_until(1000);
  EXPECT_THAT(lost, ElementsAre(Seen{"cut off", 1}));  // at once, not after the latency
  EXPECT_THAT(delivered, ElementsAre(Seen{"elsewhere", 101}));
}

TEST_F(MaelstromNetwork, WhatTheReceiverSleepsOnSurvivesAPartitionThatStartsMeanwhile) {
  send(0, n0, n1, "slept on");
  send(10, n0, n1, "in the queue");
  cut_both_ways(50, n0, n1);
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"slept on", 100}));
  EXPECT_THAT(lost, ElementsAre(Seen{"in the queue", 100}));
}

TEST_F(MaelstromNetwork, WhatIsSentUnderAPartitionButTakenUpAfterItArrives) {
  send(0, n2, n1, "slept on");
  cut_both_ways(10, n0, n1);
  send(20, n0, n1, "sent under the partition");
  heal(50);
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"slept on", 100}, Seen{"sent under the partition", 120}));
  EXPECT_THAT(lost, IsEmpty());
}

TEST_F(IdealNetwork, APacketIsLostIfItsLinkIsCutWhenItIsDue) {
  send(0, n0, n1, "before");
  cut_both_ways(50, n0, n1);
  send(60, n0, n1, "under");
  heal(110);
  run_until(1000);
  EXPECT_THAT(lost, ElementsAre(Seen{"before", 100}));
  EXPECT_THAT(delivered, ElementsAre(Seen{"under", 160}));
}

TEST_F(MaelstromNetwork, ClientsAreNeverCutOff) {
  for (const auto a : {n0, n1, n2}) {
    for (const auto b : {n0, n1, n2}) cut_both_ways(0, a, b);
  }
  send(0, client, n1, "request");
  send(0, n1, client, "reply");
  run_until(1000);
  EXPECT_EQ(delivered.size(), 2U);
}

TEST_F(MaelstromNetwork, ACutIsOneWay) {
  network.cut(n0.index(), n1.index());
  EXPECT_TRUE(network.is_cut(n0.index(), n1.index()));
  EXPECT_FALSE(network.is_cut(n1.index(), n0.index()));
  EXPECT_TRUE(network.any_cut());
  send(0, n0, n1, "there");
  send(0, n1, n0, "back");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"back", 100}));
  network.heal_all();
  EXPECT_FALSE(network.is_cut(n0.index(), n1.index()));
  EXPECT_FALSE(network.any_cut());
}

TEST_F(MaelstromNetwork, ANodeThatSendsToItselfWaitsLikeAnyOther) {
  send(0, n1, n1, "memo");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"memo", 100}));
  EXPECT_EQ(network.stats().servers.msg_count, 1U);
}

TEST_F(MaelstromNetwork, WhatIsSentWhileANodeReceivesArrivesToo) {
  answer = "from within";
  send(0, n0, n1, "question");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"question", 100}, Seen{"from within", 200}));
}

TEST_F(MaelstromNetwork, CountsLostPacketsAsSentButNotAsReceived) {
  cut_both_ways(0, n0, n1);
  send(0, n0, n1, "lost");
  send(0, n0, n2, "arrives");
  send(0, client, n0, "request");
  run_until(1000);
  const NetStats& stats = network.stats();
  EXPECT_EQ(stats.servers.send_count, 2U);
  EXPECT_EQ(stats.servers.recv_count, 1U);
  EXPECT_EQ(stats.servers.msg_count, 2U);
  EXPECT_EQ(stats.clients.send_count, 1U);
  EXPECT_EQ(stats.clients.recv_count, 1U);
  EXPECT_EQ(stats.all().msg_count, 3U);
}

TEST_F(MaelstromNetwork, IdsCountFromZeroOverAllPackets) {
  EXPECT_EQ(network.send(at(0), client, n0, JsonBody{"a"}), 0U);
  EXPECT_EQ(network.send(at(0), n0, n1, JsonBody{"b"}), 1U);
  EXPECT_EQ(network.send(at(0), n0, client, JsonBody{"c"}), 2U);
}

TEST_F(IdealNetwork, KeepsTheOrderOfSendingAtEqualDeadlines) {
  for (int i = 0; i < 50; ++i) send(0, n0, n1, std::to_string(i));
  run_until(1000);
  ASSERT_EQ(delivered.size(), 50U);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(delivered[static_cast<std::size_t>(i)].first, std::to_string(i));
}

// One-way latencies as drawn, in milliseconds.
std::vector<double> drawn_latencies(LatencyDistribution distribution, std::uint64_t seed = 1) {
  TestOptions options = three_nodes(NetworkModel::ideal, 100);
  options.latency_distribution = distribution;
  options.seed = seed;
  Simulated simulated(options);
  for (int i = 0; i < 20'000; ++i) simulated.send(0, n0, n1, {});
  simulated.run_until(100'000);
  std::vector<double> latencies;
  for (const auto& [text, ms] : simulated.delivered) latencies.push_back(ms);
  return latencies;
}

double mean(const std::vector<double>& numbers) {
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum / static_cast<double>(numbers.size());
}

TEST(Latency, UniformIsWholeMillisecondsBelowTwiceTheMean) {
  const auto latencies = drawn_latencies(LatencyDistribution::uniform);
  EXPECT_NEAR(mean(latencies), 99.5, 2);
  EXPECT_EQ(latencies.front(), 0);  // ascending, as they arrive
  EXPECT_EQ(latencies.back(), 199);
  for (const double latency : latencies) ASSERT_EQ(latency, std::floor(latency));
}

TEST(Latency, ExponentialHasTheMeanAndALongTailInWholeMilliseconds) {
  const auto latencies = drawn_latencies(LatencyDistribution::exponential);
  EXPECT_NEAR(mean(latencies), 99.5, 3);  // truncated to milliseconds
  EXPECT_GT(latencies.back(), 600);
  for (const double latency : latencies) ASSERT_EQ(latency, std::floor(latency));
}

TEST(Latency, ConstantIsConstant) {
  const auto latencies = drawn_latencies(LatencyDistribution::constant);
  EXPECT_THAT(latencies, testing::Each(100));
}

TEST(Latency, IsAFunctionOfTheSeed) {
  const auto exponential = LatencyDistribution::exponential;
  EXPECT_EQ(drawn_latencies(exponential, 1), drawn_latencies(exponential, 1));
  EXPECT_NE(drawn_latencies(exponential, 1), drawn_latencies(exponential, 2));
}

TEST(Latency, OfZeroIsZeroInEveryDistribution) {
  for (const auto distribution : {LatencyDistribution::constant, LatencyDistribution::uniform,
                                  LatencyDistribution::exponential}) {
    TestOptions options = three_nodes(NetworkModel::maelstrom, 0);
    options.latency_distribution = distribution;
    Simulated simulated(options);
    simulated.send(5, n0, n1, "now");
    simulated.run_until(1000);
    EXPECT_THAT(simulated.delivered, ElementsAre(Simulated::Seen{"now", 5}));
  }
}

}  // namespace
}  // namespace bruit::workbench
