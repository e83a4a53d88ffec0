// The steps of the broadcast series, each under what its challenge has, in virtual time.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "bruit/maelstrom/simulation.h"
#include "examples/broadcast_3a.h"
#include "examples/broadcast_3b.h"
#include "examples/broadcast_3c.h"
#include "examples/broadcast_3d.h"
#include "examples/broadcast_3e.h"

namespace bruit::examples {
namespace {

using namespace std::chrono_literals;
using namespace maelstrom;

// Maelstrom's grid: row by row, with the neighbours above, below, left and right.
Topology grid(const std::vector<std::string>& nodes) {
  std::size_t side = 1;
  while (side * side < nodes.size()) ++side;
  Topology topology;
  const auto connect = [&](std::size_t a, std::size_t b) {
    if (b >= nodes.size()) return;
    topology.topology[nodes[a]].push_back(nodes[b]);
    topology.topology[nodes[b]].push_back(nodes[a]);
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    topology.topology.try_emplace(nodes[i]);
    if ((i + 1) % side != 0) connect(i, i + 1);
    connect(i, i + side);
  }
  return topology;
}

std::set<std::int64_t> read(SimulatedClient& client, const std::string& node) {
  const auto values = client.ask<ReadOk>(node, Read{}).messages;
  return {values.begin(), values.end()};
}

// 20 s of 50 broadcasts a second, at random nodes; how many messages each cost, and how long the
// slowest took to be everywhere.
struct Outcome {
  std::size_t lost = 0;
  double messages_per_operation = 0;  // as the challenge counts: half of the operations are reads
  Duration slowest{};
};

template <typename Program>
Outcome run_challenge(SimulationOptions options, bool partition) {
  Simulation cluster(application<Program>(), options);
  auto client = cluster.client();
  for (const auto& node : cluster.node_ids()) {
    client.ask<TopologyOk>(node, grid(cluster.node_ids()));
  }
  Random random(options.seed);
  constexpr int count = 1000;
  std::set<std::int64_t> all;
  Outcome outcome;
  for (int value = 0; value < count; ++value) {
    if (partition && value == 300) {
      cluster.partition({{"n0", "n3"}, {"n1", "n2", "n4"}});
    }
    if (partition && value == 700) cluster.heal();
    client.start(cluster.node_ids()[random.below(options.nodes)], Broadcast{value});
    all.insert(value);
    cluster.run_for(20ms);
  }
  const Duration end = cluster.now();
  const auto everywhere = [&] {
    return std::all_of(cluster.node_ids().begin(), cluster.node_ids().end(),
                       [&](const std::string& node) { return read(client, node) == all; });
  };
  while (!everywhere() && cluster.now() < end + 10s) cluster.run_for(10ms);
  outcome.slowest = cluster.now() - end;  // of the last values; the rate is even
  for (const auto& node : cluster.node_ids())
    outcome.lost += all.size() - read(client, node).size();
  outcome.messages_per_operation = static_cast<double>(cluster.traffic().sent) / (2.0 * count);
  return outcome;
}

TEST(SimpleBroadcast3a, RemembersWhatItWasTold) {
  Simulation cluster(application<Broadcast3a>());
  auto client = cluster.client();
  client.ask<TopologyOk>("n0", Topology{{{"n0", {}}}});
  for (const int value : {3, 1, 3}) client.ask<BroadcastOk>("n0", Broadcast{value});
  EXPECT_EQ(read(client, "n0"), (std::set<std::int64_t>{1, 3}));
}

TEST(SimpleBroadcast3b, ReachesEveryNodeOfAHealthyNetwork) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto outcome = run_challenge<Broadcast3b>({.nodes = 5, .seed = seed}, false);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
  }
}

TEST(SimpleBroadcast3b, LosesValuesInAPartitionWhichIsWhy3cFollows) {
  EXPECT_GT(run_challenge<Broadcast3b>({.nodes = 5}, true).lost, 0U);
}

TEST(SimpleBroadcast3c, LosesNothingInAPartition) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto outcome = run_challenge<Broadcast3c>(
        {.nodes = 5, .seed = seed, .link = {.latency = 10ms, .jitter = 20ms, .loss = 0.05}}, true);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
  }
}

TEST(SimpleBroadcast3d, MeetsTheLimitsOfItsChallenge) {
  const auto outcome = run_challenge<Broadcast3d>({.nodes = 25, .link = {.latency = 100ms}}, false);
  EXPECT_EQ(outcome.lost, 0U);
  EXPECT_LT(outcome.messages_per_operation, 30);
  EXPECT_LT(outcome.slowest, 600ms);
}

TEST(SimpleBroadcast3d, LosesNothingInAPartition) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto outcome = run_challenge<Broadcast3d>(
        {.nodes = 5, .seed = seed, .link = {.latency = 10ms, .loss = 0.05}}, true);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
  }
}

TEST(SimpleBroadcast3e, MeetsTheLimitsOfItsChallenge) {
  const auto outcome = run_challenge<Broadcast3e>({.nodes = 25, .link = {.latency = 100ms}}, false);
  EXPECT_EQ(outcome.lost, 0U);
  EXPECT_LT(outcome.messages_per_operation, 20);
  EXPECT_LT(outcome.messages_per_operation, 5) << "and not by a little";
  EXPECT_LT(outcome.slowest, 2s);
}

TEST(SimpleBroadcast3e, LosesNothingInAPartition) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto outcome = run_challenge<Broadcast3e>(
        {.nodes = 5, .seed = seed, .link = {.latency = 10ms, .loss = 0.05}}, true);
    EXPECT_EQ(outcome.lost, 0U) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bruit::examples
