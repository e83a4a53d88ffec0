// The four shapes of a partition, as Jepsen 0.3.7 draws them, for clusters of 3 to 40 nodes.
#include "bruit/workbench/faults/partition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {
namespace {

constexpr std::uint32_t fewest = 3;
constexpr std::uint32_t most = 40;

bool drops(const Grudge& grudge, std::uint32_t node, std::uint32_t from) {
  return std::binary_search(grudge[node].begin(), grudge[node].end(), from);
}

// How many nodes a node hears, itself included.
std::size_t hears(const Grudge& grudge, std::uint32_t node) {
  return grudge.size() - grudge[node].size();
}

// The sizes of the connected components, ascending.
std::vector<std::size_t> component_sizes(const Grudge& grudge) {
  std::vector<std::size_t> sizes;
  std::vector<bool> reached(grudge.size());
  for (std::uint32_t start = 0; start < grudge.size(); ++start) {
    if (reached[start]) continue;
    std::vector<std::uint32_t> open{start};
    reached[start] = true;
    std::size_t size = 0;
    while (!open.empty()) {
      const auto node = open.back();
      open.pop_back();
      ++size;
      for (std::uint32_t peer = 0; peer < grudge.size(); ++peer) {
        if (reached[peer] || drops(grudge, node, peer)) continue;
        reached[peer] = true;
        open.push_back(peer);
      }
    }
    sizes.push_back(size);
  }
  std::sort(sizes.begin(), sizes.end());
  return sizes;
}

template <typename Check>
void for_many_draws(PartitionShape shape, Check check) {
  for (std::uint32_t count = fewest; count <= most; ++count) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      SCOPED_TRACE(testing::Message() << count << " nodes, seed " << seed);
      Random random(seed, 3);
      check(draw_grudge(shape, count, random), count);
    }
  }
}

struct EachShape : testing::TestWithParam<PartitionShape> {};

INSTANTIATE_TEST_SUITE_P(Partition, EachShape, testing::ValuesIn(all_partition_shapes),
                         [](const auto& tested) {
                           std::string name(to_string(tested.param));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(EachShape, IsSymmetricAscendingAndNobodyDropsItsOwn) {
  for_many_draws(GetParam(), [](const Grudge& grudge, std::uint32_t count) {
    const bool one_way = GetParam() == PartitionShape::majorities_ring && count == 3;
    ASSERT_EQ(grudge.size(), count);
    for (std::uint32_t node = 0; node < count; ++node) {
      ASSERT_TRUE(std::is_sorted(grudge[node].begin(), grudge[node].end()));
      ASSERT_EQ(std::adjacent_find(grudge[node].begin(), grudge[node].end()), grudge[node].end());
      ASSERT_FALSE(drops(grudge, node, node));
      for (const auto peer : grudge[node]) ASSERT_NE(drops(grudge, peer, node), one_way);
    }
  });
}

TEST_P(EachShape, IsFoundByItsName) {
  EXPECT_EQ(parse_partition_shape(to_string(GetParam())), GetParam());
}

TEST(Partition, OtherNamesAreNoShapes) {
  EXPECT_EQ(parse_partition_shape("minority_third"), std::nullopt);
  EXPECT_EQ(parse_partition_shape(""), std::nullopt);
}

TEST(PartitionShapes, OneIsolatesASingleNode) {
  for_many_draws(PartitionShape::one, [](const Grudge& grudge, std::uint32_t count) {
    EXPECT_EQ(component_sizes(grudge), (std::vector<std::size_t>{1, count - 1}));
  });
}

TEST(PartitionShapes, MinorityThirdIsolatesLessThanAThird) {
  for_many_draws(PartitionShape::minority_third, [](const Grudge& grudge, std::uint32_t count) {
    const std::size_t minority = (count - 1) / 3;
    if (minority == 0) {
      EXPECT_EQ(component_sizes(grudge), (std::vector<std::size_t>{count}));
    } else {
      EXPECT_EQ(component_sizes(grudge), (std::vector<std::size_t>{minority, count - minority}));
    }
  });
}

TEST(PartitionShapes, MinorityThirdIsEightOfTwentyFiveAndOneOfFive) {
  Random random(1, 3);
  EXPECT_EQ(component_sizes(draw_grudge(PartitionShape::minority_third, 25, random)),
            (std::vector<std::size_t>{8, 17}));
  EXPECT_EQ(component_sizes(draw_grudge(PartitionShape::minority_third, 5, random)),
            (std::vector<std::size_t>{1, 4}));
}

TEST(PartitionShapes, MajorityHalvesTheCluster) {
  for_many_draws(PartitionShape::majority, [](const Grudge& grudge, std::uint32_t count) {
    EXPECT_EQ(component_sizes(grudge), (std::vector<std::size_t>{count / 2, count - count / 2}));
  });
}

TEST(PartitionShapes, EveryNodeOfAMajoritiesRingHearsAMajority) {
  for_many_draws(PartitionShape::majorities_ring, [](const Grudge& grudge, std::uint32_t count) {
    const std::size_t majority = count / 2 + 1;
    for (std::uint32_t node = 0; node < count; ++node) {
      // The last pair that is connected may give one of the two more than it needs.
      EXPECT_GE(hears(grudge, node), majority);
      EXPECT_LE(hears(grudge, node), majority + 1);
    }
    EXPECT_EQ(component_sizes(grudge), (std::vector<std::size_t>{count}));
  });
}

TEST(PartitionShapes, NoTwoNodesOfARingOfFiveHearTheSameMajority) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed, 3);
    const Grudge grudge = draw_grudge(PartitionShape::majorities_ring, 5, random);
    EXPECT_EQ(std::set(grudge.begin(), grudge.end()).size(), 5U);
    for (std::uint32_t node = 0; node < 5; ++node) EXPECT_EQ(hears(grudge, node), 3U);
  }
}

TEST(PartitionShapes, EveryNodeIsAsLikelyToBeTheIsolatedOne) {
  Random random(1, 3);
  std::map<std::size_t, int> isolated;
  for (int i = 0; i < 5000; ++i) {
    const Grudge grudge = draw_grudge(PartitionShape::one, 5, random);
    for (std::uint32_t node = 0; node < 5; ++node) {
      if (grudge[node].size() == 4) ++isolated[node];
    }
  }
  ASSERT_EQ(isolated.size(), 5U);
  for (const auto& [node, count] : isolated) EXPECT_NEAR(count, 1000, 120);
}

TEST(PartitionEdn, ListsWhoDropsWhom) {
  const Grudge grudge{{1, 2}, {0}, {0}};
  EXPECT_EQ(to_string(to_edn(grudge, {"n0", "n1", "n2"})),
            R"([:isolated {"n0" #{"n1" "n2"}, "n1" #{"n0"}, "n2" #{"n0"}}])");
  EXPECT_EQ(to_string(to_edn(Grudge{{}, {}}, {"n0", "n1"})), "[:isolated {}]");
}

TEST_P(EachShape, IsReadableAsEdn) {
  Random random(1, 3);
  const Grudge grudge = draw_grudge(GetParam(), 25, random);
  const std::string text = to_string(to_edn(grudge, numbered_nodes(25)));
  EXPECT_NO_THROW(parse_edn(text)) << text;
}

}  // namespace
}  // namespace bruit::workbench
