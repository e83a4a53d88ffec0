#include "bruit/workbench/sweep/lower_bound.h"

#include <gtest/gtest.h>

#include <chrono>

namespace bruit::workbench {
namespace {

using namespace std::chrono_literals;

// The load of challenges 3d and 3e.
constexpr BroadcastLoad challenge{.nodes = 25, .operations_per_second = 100, .latency = 100ms};

TEST(LowerBound, NoProtocolIsFasterThanItsMessages) {
  EXPECT_FALSE(lower_bound(challenge, 99ms));
  EXPECT_TRUE(lower_bound(challenge, 100ms));
}

TEST(LowerBound, AtOneLatencyEachValueGoesStraightToEachOtherNode) {
  EXPECT_DOUBLE_EQ(*lower_bound(challenge, 100ms), 24 * 0.5);
}

// A node waits 90 ms for more of its own values, of which one comes in half a second.
TEST(LowerBound, BelowTwoLatenciesOnlyValuesOfOneNodeShareAMessage) {
  EXPECT_NEAR(*lower_bound(challenge, 190ms), 25 * 24 / (0.09 + 0.5) / 100, 1e-9);
}

TEST(LowerBound, AboveThatAWindowIsOneGatherAndOneScatter) {
  EXPECT_DOUBLE_EQ(*lower_bound(challenge, 600ms), 0.80);
  EXPECT_DOUBLE_EQ(*lower_bound(challenge, 2s), 0.24);
}

TEST(LowerBound, SeldomValuesCostWhatSendingStraightCosts) {
  const BroadcastLoad seldom{.nodes = 25, .operations_per_second = 1, .latency = 100ms};
  EXPECT_DOUBLE_EQ(*lower_bound(seldom, 600ms), 24 * 0.5);
}

TEST(LowerBound, ASingleNodeNeedsNoMessage) {
  EXPECT_DOUBLE_EQ(*lower_bound({.nodes = 1, .operations_per_second = 10, .latency = {}}, 1s), 0);
}

}  // namespace
}  // namespace bruit::workbench
