// What a network does beyond Maelstrom: loses, duplicates, delays, links of their own latency, cut
// links, regions, and nodes that are down.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "workbench/network/simulated_network.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int many = 10'000;

struct FaultyNetwork : testing::Test, Simulated {
  FaultyNetwork() : Simulated(three_nodes(NetworkModel::ideal, 100)) {}

  void send_many() {
    for (int i = 0; i < many; ++i) send(0, n0, n1, std::to_string(i));
    run_until(100'000);
  }
};

constexpr LatencyModel constant(int ms) {
  return {LatencyDistribution::constant, milliseconds(ms)};
}

TEST_F(FaultyNetwork, LosesTheShareThatItIsTold) {
  network.set_loss(0.05);
  EXPECT_TRUE(network.is_faulty());
  send_many();
  EXPECT_NEAR(static_cast<double>(lost.size()), many * 0.05, 4 * std::sqrt(many * 0.05));
  EXPECT_EQ(lost.size() + delivered.size(), static_cast<std::size_t>(many));
  // Lost when sent, and counted as sent.
  EXPECT_EQ(lost.front().second, 0);
  EXPECT_EQ(network.stats().servers.send_count, static_cast<std::uint64_t>(many));
}

TEST_F(FaultyNetwork, LosesNothingOfClients) {
  network.set_loss(1);
  send(0, client, n0, "request");
  send(0, n0, client, "reply");
  send(0, n0, n1, "gossip");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"request", 0}, Seen{"reply", 0}));
}

TEST_F(FaultyNetwork, DuplicatesTheShareThatItIsTold) {
  network.set_duplication(0.02);
  send_many();
  EXPECT_NEAR(static_cast<double>(delivered.size()), many * 1.02, 4 * std::sqrt(many * 0.02));
  // A copy is the same message: it counts once.
  EXPECT_EQ(network.stats().servers.msg_count, static_cast<std::uint64_t>(many));
  EXPECT_EQ(network.stats().servers.recv_count, delivered.size());
}

TEST_F(FaultyNetwork, ACopyTakesItsOwnTime) {
  network.set_latency({LatencyDistribution::uniform, milliseconds(100)});
  network.set_duplication(1);
  send_many();
  std::set<double> times;
  for (const auto& [text, ms] : delivered) {
    if (text == "7") times.insert(ms);
  }
  EXPECT_EQ(times.size(), 2U);
}

TEST_F(FaultyNetwork, ReordersTheShareThatItIsToldByUpToTheGivenTime) {
  network.set_reordering(0.1, milliseconds(50));
  send_many();
  const auto late = std::count_if(delivered.begin(), delivered.end(),
                                  [](const Seen& seen) { return seen.second > 100; });
  EXPECT_NEAR(static_cast<double>(late), many * 0.1, 4 * std::sqrt(many * 0.1));
  EXPECT_LE(delivered.back().second, 150);
  EXPECT_GT(delivered.back().second, 145);
}

TEST_F(FaultyNetwork, LatencyChangesForWhatIsSentFromThenOn) {
  send(0, n0, n1, "as usual");
  network.set_latency(constant(30));
  send(0, n0, n1, "fast");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"fast", 30}, Seen{"as usual", 100}));
}

TEST_F(FaultyNetwork, ALinkCanHaveALatencyOfItsOwnInEachDirection) {
  network.set_link_latency({0}, {1, 2}, constant(10));
  network.set_link_latency({1}, {0}, constant(20));
  send(0, n0, n1, "there");
  send(0, n1, n0, "back");
  send(0, n0, n2, "beside");
  send(0, n2, n0, "usual");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"there", 10}, Seen{"beside", 10}, Seen{"back", 20},
                                     Seen{"usual", 100}));
}

TEST_F(FaultyNetwork, ALatencyForAllLinksEndsThatOfSingleOnes) {
  network.set_link_latency({0}, {1}, constant(10));
  network.set_latency(constant(40));
  send(0, n0, n1, "there");
  run_until(1000);
  EXPECT_THAT(delivered, ElementsAre(Seen{"there", 40}));
}

TEST_F(FaultyNetwork, ALinkIsCutInOneDirectionUntilItIsMended) {
  network.cut_link(0, 1);
  send(0, n0, n1, "lost");
  send(0, n1, n0, "back");
  run_until(200);
  network.mend_link(0, 1);
  EXPECT_FALSE(network.is_faulty());
  send(200, n0, n1, "there");
  run_until(1000);
  EXPECT_THAT(lost, ElementsAre(Seen{"lost", 100}));
  EXPECT_THAT(delivered, ElementsAre(Seen{"back", 100}, Seen{"there", 300}));
}

TEST_F(FaultyNetwork, HealingAPartitionLeavesCutLinksCut) {
  network.cut_link(0, 1);
  network.cut(0, 1);
  network.cut(2, 1);
  network.heal_all();
  EXPECT_TRUE(network.is_cut(0, 1));
  EXPECT_FALSE(network.is_cut(2, 1));
  network.mend_link(0, 1);
  EXPECT_FALSE(network.any_cut());
}

TEST_F(FaultyNetwork, MendingALinkLeavesThePartition) {
  network.cut_link(0, 1);
  network.cut(0, 1);
  network.mend_link(0, 1);
  EXPECT_TRUE(network.is_cut(0, 1));
}

TEST_F(FaultyNetwork, WhatArrivesAtANodeThatIsDownIsLostAlsoFromClients) {
  send(0, n0, n1, "gossip");
  network.set_down(1, true);
  send(0, client, n1, "request");
  run_until(200);
  network.set_down(1, false);
  send(200, n0, n1, "after");
  run_until(1000);
  EXPECT_THAT(lost, ElementsAre(Seen{"request", 0}, Seen{"gossip", 100}));
  EXPECT_THAT(delivered, ElementsAre(Seen{"after", 300}));
}

TEST_F(FaultyNetwork, TheEndOfFaultsMakesItAsItWas) {
  network.set_loss(1);
  network.set_duplication(1);
  network.set_reordering(1, milliseconds(50));
  network.set_latency(constant(1));
  network.set_link_latency({0}, {1}, constant(2));
  network.cut(0, 1);
  network.cut_link(0, 1);
  EXPECT_TRUE(network.is_faulty());
  network.end_faults(at(0));
  EXPECT_FALSE(network.is_faulty());
  send(0, n0, n1, "there");
  run_until(1000);
  EXPECT_THAT(lost, IsEmpty());
  EXPECT_THAT(delivered, ElementsAre(Seen{"there", 100}));
}

// Whatever a fault draws, the latencies of the others stay as they were.
TEST(NetworkFaults, DrawFromAStreamOfTheirOwn) {
  const auto times = [](bool faulty) {
    TestOptions options = three_nodes(NetworkModel::ideal, 100);
    options.latency_distribution = LatencyDistribution::exponential;
    Simulated simulated(options);
    if (faulty) simulated.network.set_loss(0.5);
    for (int i = 0; i < 100; ++i) simulated.send(0, n0, n1, std::to_string(i));
    simulated.run_until(100'000);
    std::sort(simulated.delivered.begin(), simulated.delivered.end());
    return simulated.delivered;
  };
  const auto all = times(false);
  const auto some = times(true);
  ASSERT_GT(some.size(), 20U);
  ASSERT_LT(some.size(), 80U);
  EXPECT_TRUE(std::includes(all.begin(), all.end(), some.begin(), some.end()));
}

TEST(Regions, AddTheirLatencyBetweenThem) {
  TestOptions options = three_nodes(NetworkModel::ideal, 10);
  options.nodes = numbered_nodes(4);
  options.regions = 2;
  options.region_latency = milliseconds(50);
  Simulated simulated(options);
  simulated.send(0, Endpoint::node(0), Endpoint::node(1), "within");
  simulated.send(0, Endpoint::node(3), Endpoint::node(2), "within too");
  simulated.send(0, Endpoint::node(1), Endpoint::node(2), "between");
  simulated.run_until(1000);
  EXPECT_THAT(simulated.delivered,
              ElementsAre(Simulated::Seen{"within", 10}, Simulated::Seen{"within too", 10},
                          Simulated::Seen{"between", 60}));
}

}  // namespace
}  // namespace bruit::workbench
