// Which values are published.
#include "bruit/workbench/simulation/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace bruit::workbench {
namespace {

TEST(Placement, HasAName) {
  for (const Placement placement : all_placements) {
    EXPECT_EQ(parse_placement(to_string(placement)), placement);
  }
  EXPECT_EQ(parse_placement("two"), std::nullopt);
}

TEST(Placement, PublishesInTimeOrderAtNodesThatThereAre) {
  for (const Placement placement : all_placements) {
    for (std::uint32_t nodes = 2; nodes <= 4; ++nodes) {
      const auto published = operations(placement, nodes);
      for (std::size_t i = 0; i < published.size(); ++i) {
        EXPECT_LT(published[i].client, nodes);
        EXPECT_FALSE(published[i].read);
        EXPECT_TRUE(i == 0 || published[i - 1].at < published[i].at);
      }
    }
  }
}

TEST(Placement, OfThreeValuesIsAtThreeNodesIfThereAreSoMany) {
  std::set<std::uint32_t> nodes;
  for (const auto& operation : operations(Placement::three, 4)) nodes.insert(operation.client);
  EXPECT_EQ(nodes.size(), 3U);
  EXPECT_EQ(operations(Placement::one, 3).size(), 1U);
  EXPECT_EQ(operations(Placement::apart, 3).size(), 2U);
  EXPECT_TRUE(operations(Placement::moments, 3).empty());
}

}  // namespace
}  // namespace bruit::workbench
