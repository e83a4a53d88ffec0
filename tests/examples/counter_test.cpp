#include <gtest/gtest.h>

#include "bruit/maelstrom/simulation.h"
#include "examples/counter_4.h"

namespace bruit::examples {
namespace {

using namespace std::chrono_literals;
using namespace maelstrom;

std::int64_t read(Simulation& cluster, const std::string& node) {
  return cluster.client().ask<ReadCounterOk>(node, ReadCounter{}, 20s).value;
}

TEST(Counter4, AddsUpAtEveryNodeAlthoughTheStoreAnswersFromThePast) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation cluster(application<Counter4>(),
                       {.nodes = 3, .seed = seed, .link = {.latency = 20ms}});
    auto client = cluster.client();
    Random random(seed);
    std::int64_t sum = 0;
    for (int i = 0; i < 200; ++i) {
      const auto delta = static_cast<std::int64_t>(random.below(10));
      client.ask<AddOk>(cluster.node_ids()[random.below(3)], Add{delta});
      sum += delta;
      cluster.run_for(10ms);
    }
    cluster.run_for(2s);
    for (const auto& node : cluster.node_ids()) EXPECT_EQ(read(cluster, node), sum) << seed;
  }
}

TEST(Counter4, IsAvailableInAPartitionAndCountsNothingTwiceAfterwards) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation cluster(application<Counter4>(),
                       {.nodes = 3, .seed = seed, .link = {.latency = 20ms, .loss = 0.1}});
    auto client = cluster.client();
    for (int i = 0; i < 100; ++i) {
      if (i == 20) cluster.partition({{"n0"}, {"n1", "n2", "seq-kv"}});
      if (i == 60) cluster.partition({{"n1"}, {"n0", "n2"}});
      if (i == 80) cluster.heal();
      client.ask<AddOk>(cluster.node_ids()[static_cast<std::size_t>(i) % 3], Add{1});
      EXPECT_LE(read(cluster, "n0"), i + 1);
      cluster.run_for(50ms);
    }
    cluster.set_link({.latency = 20ms});
    cluster.run_for(5s);
    for (const auto& node : cluster.node_ids()) EXPECT_EQ(read(cluster, node), 100) << seed;
  }
}

TEST(Counter4, NeverGoesBack) {
  Simulation cluster(application<Counter4>(), {.nodes = 2, .link = {.latency = 20ms}});
  auto client = cluster.client();
  std::int64_t last = 0;
  for (int i = 0; i < 100; ++i) {
    client.ask<AddOk>("n1", Add{1});
    const std::int64_t value = read(cluster, "n0");
    EXPECT_GE(value, last);
    last = value;
  }
}

}  // namespace
}  // namespace bruit::examples
