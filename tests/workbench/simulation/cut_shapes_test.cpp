// What can be cut off: every shape once, and each heals completely.
#include "bruit/workbench/simulation/cut_shapes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace bruit::workbench {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(std::uint32_t nodes, Way way) {
  std::vector<std::string> texts;
  for (const CutShape& shape : cut_shapes(nodes)) {
    if (!shape.contains(way)) continue;
    texts.push_back(shape.what + (shape.heals.empty() ? "" : ", first " + shape.heals));
  }
  return texts;
}

TEST(CutShapes, OfTwoNodesAreTheLinkInOneDirectionAndInBoth) {
  EXPECT_THAT(texts(2, {0, 1}), ElementsAre("the link n0 -> n1", "the link n0 <-> n1",
                                            "the link n0 <-> n1, first n0 -> n1",
                                            "the link n0 <-> n1, first n1 -> n0"));
}

// 1 + 3 of the link, and of both its nodes: 3 in one direction, 5 both ways.
TEST(CutShapes, OfThreeNodesAreTwentyForEachMessage) {
  EXPECT_THAT(
      texts(3, {0, 1}),
      ElementsAre("the link n0 -> n1", "the link n0 <-> n1", "the link n0 <-> n1, first n0 -> n1",
                  "the link n0 <-> n1, first n1 -> n0", "all that n0 sends",
                  "all that n0 sends, first n0 -> n1", "all that n0 sends, first n0 -> n2",
                  "n0 is cut off", "n0 is cut off, first what it sends",
                  "n0 is cut off, first what it hears", "n0 is cut off, first its link with n1",
                  "n0 is cut off, first its link with n2", "all that n1 hears",
                  "all that n1 hears, first n0 -> n1", "all that n1 hears, first n2 -> n1",
                  "n1 is cut off", "n1 is cut off, first what it sends",
                  "n1 is cut off, first what it hears", "n1 is cut off, first its link with n0",
                  "n1 is cut off, first its link with n2"));
}

TEST(CutShapes, AreDifferentAndCutEveryLinkOnce) {
  for (std::uint32_t nodes = 2; nodes <= 5; ++nodes) {
    std::set<std::string> all;
    for (const CutShape& shape : cut_shapes(nodes)) {
      EXPECT_TRUE(all.insert(shape.what + "/" + shape.heals).second) << shape.what;
      EXPECT_FALSE(shape.first.empty());
      EXPECT_EQ(shape.rest.empty(), shape.heals.empty()) << shape.what;
      std::vector<Way> ways = shape.first;
      ways.insert(ways.end(), shape.rest.begin(), shape.rest.end());
      for (const Way way : ways) {
        EXPECT_EQ(std::count(ways.begin(), ways.end(), way), 1);
        EXPECT_NE(way.source, way.destination);
        EXPECT_LT(std::max(way.source, way.destination), nodes);
      }
    }
  }
}

}  // namespace
}  // namespace bruit::workbench
