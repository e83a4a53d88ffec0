#include "bruit/workbench/options/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace bruit::workbench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Neighbours = std::vector<std::vector<std::uint32_t>>;

constexpr std::array all_topologies{Topology::line,  Topology::grid,  Topology::tree2,
                                    Topology::tree3, Topology::tree4, Topology::total};

TEST(Options, HaveMaelstromsDefaults) {
  const TestOptions options;
  EXPECT_THAT(options.nodes, ElementsAre("n1", "n2", "n3", "n4", "n5"));
  EXPECT_EQ(options.rate, 5);
  EXPECT_EQ(options.time_limit, std::chrono::seconds(60));
  EXPECT_EQ(options.concurrency, 5U);
  EXPECT_EQ(options.latency, Duration::zero());
  EXPECT_EQ(options.latency_distribution, LatencyDistribution::constant);
  EXPECT_EQ(options.topology, Topology::grid);
  EXPECT_FALSE(options.partition);
  EXPECT_EQ(options.nemesis_interval, std::chrono::seconds(10));
  EXPECT_EQ(options.network, NetworkModel::maelstrom);
}

TEST(Options, NumberedNodesCountFromZero) {
  EXPECT_THAT(numbered_nodes(3), ElementsAre("n0", "n1", "n2"));
  EXPECT_THAT(numbered_nodes(0), IsEmpty());
}

TEST(Options, NamesAreReadBackAsTheyArePrinted) {
  for (const auto topology : all_topologies) {
    EXPECT_EQ(parse_topology(to_string(topology)), topology);
  }
  for (const auto distribution : {LatencyDistribution::constant, LatencyDistribution::uniform,
                                  LatencyDistribution::exponential}) {
    EXPECT_EQ(parse_latency_distribution(to_string(distribution)), distribution);
  }
  for (const auto model : {NetworkModel::maelstrom, NetworkModel::ideal}) {
    EXPECT_EQ(parse_network_model(to_string(model)), model);
  }
}

TEST(Options, TreeIsTheTreeOfTwo) { EXPECT_EQ(parse_topology("tree"), Topology::tree2); }

TEST(Options, OtherNamesMeanNothing) {
  EXPECT_EQ(parse_topology("tree5"), std::nullopt);
  EXPECT_EQ(parse_topology(""), std::nullopt);
  EXPECT_EQ(parse_latency_distribution("normal"), std::nullopt);
  EXPECT_EQ(parse_network_model("Maelstrom"), std::nullopt);
}

TEST(Topologies, LineIsAChain) {
  EXPECT_EQ(neighbours(Topology::line, 4), (Neighbours{{1}, {0, 2}, {1, 3}, {2}}));
}

// n0 n1 n2
// n3 n4 n5
// n6 n7 n8
TEST(Topologies, GridListsDownUpRightLeft) {
  EXPECT_EQ(neighbours(Topology::grid, 9), (Neighbours{{3, 1},
                                                       {4, 2, 0},
                                                       {5, 1},  //
                                                       {6, 0, 4},
                                                       {7, 1, 5, 3},
                                                       {8, 2, 4},
                                                       {3, 7},
                                                       {4, 8, 6},
                                                       {5, 7}}));
}

// n0 n1 n2
// n3 n4
TEST(Topologies, GridMayLackNodesInItsLastRow) {
  EXPECT_EQ(neighbours(Topology::grid, 5), (Neighbours{{3, 1}, {4, 2, 0}, {1}, {0, 4}, {1, 3}}));
}

TEST(Topologies, TreeListsTheParentFirstAndThenTheChildren) {
  EXPECT_EQ(neighbours(Topology::tree2, 7),
            (Neighbours{{1, 2}, {0, 3, 4}, {0, 5, 6}, {1}, {1}, {2}, {2}}));
  EXPECT_EQ(neighbours(Topology::tree3, 6), (Neighbours{{1, 2, 3}, {0, 4, 5}, {0}, {0}, {1}, {1}}));
  EXPECT_EQ(neighbours(Topology::tree4, 6), (Neighbours{{1, 2, 3, 4}, {0, 5}, {0}, {0}, {0}, {1}}));
}

TEST(Topologies, TotalIsEveryoneElse) {
  EXPECT_EQ(neighbours(Topology::total, 3), (Neighbours{{1, 2}, {0, 2}, {0, 1}}));
}

struct EachTopology : testing::TestWithParam<Topology> {};

INSTANTIATE_TEST_SUITE_P(Topologies, EachTopology, testing::ValuesIn(all_topologies),
                         [](const auto& tested) { return std::string(to_string(tested.param)); });

TEST_P(EachTopology, IsSymmetricConnectedAndHasNoLoops) {
  for (std::uint32_t count = 1; count <= 40; ++count) {
    SCOPED_TRACE(count);
    const Neighbours lists = neighbours(GetParam(), count);
    ASSERT_EQ(lists.size(), count);
    for (std::uint32_t node = 0; node < count; ++node) {
      for (const auto peer : lists[node]) {
        ASSERT_LT(peer, count);
        ASSERT_NE(peer, node);
        ASSERT_EQ(std::count(lists[node].begin(), lists[node].end(), peer), 1);
        ASSERT_EQ(std::count(lists[peer].begin(), lists[peer].end(), node), 1);
      }
    }
    std::vector<std::uint32_t> open{0};
    std::vector<bool> reached(count);
    reached[0] = true;
    std::size_t size = 0;
    while (!open.empty()) {
      const auto node = open.back();
      open.pop_back();
      ++size;
      for (const auto peer : lists[node]) {
        if (reached[peer]) continue;
        reached[peer] = true;
        open.push_back(peer);
      }
    }
    EXPECT_EQ(size, count);
  }
}

}  // namespace
}  // namespace bruit::workbench
