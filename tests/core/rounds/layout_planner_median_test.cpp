// The small parts of `rounds` that can be tested alone: layout, planner, median.
#include <gtest/gtest.h>

#include "bruit/core/strategies/rounds/layout.h"
#include "bruit/core/strategies/rounds/median.h"
#include "bruit/core/strategies/rounds/planner.h"

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Layout, IsAStarWhileTheFanOutAllowsIt) {
  const Layout layout(25, 24);
  EXPECT_EQ(layout.depth(), 1U);
  EXPECT_EQ(layout.child_count(NodeId{0}), 24U);
  for (std::uint32_t i = 1; i < 25; ++i) {
    EXPECT_EQ(layout.parent(NodeId{i}), NodeId{0});
    EXPECT_EQ(layout.child_count(NodeId{i}), 0U);
  }
}

TEST(Layout, IsATreeInWhichEveryNodeHasItsParentAsChild) {
  for (const std::uint32_t count : {1U, 2U, 3U, 5U, 64U, 65U, 66U, 1000U, 100'000U}) {
    for (const std::uint32_t fan_out : {1U, 2U, 3U, 64U}) {
      if (count / fan_out > 2000) continue;  // a chain of that many is of no use
      const Layout layout(count, fan_out);
      std::uint32_t children = 0;
      for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t first = layout.first_child(NodeId{i});
        ASSERT_LE(layout.child_count(NodeId{i}), fan_out);
        for (std::uint32_t k = 0; k < layout.child_count(NodeId{i}); ++k) {
          ASSERT_EQ(layout.parent(NodeId{first + k}), NodeId{i});
          ++children;
        }
      }
      EXPECT_EQ(children, count - 1) << count << " nodes, fan-out " << fan_out;
    }
  }
}

TEST(Layout, IsAsDeepAsTheFanOutMakesIt) {
  EXPECT_EQ(Layout(1, 64).depth(), 0U);
  EXPECT_EQ(Layout(65, 64).depth(), 1U);
  EXPECT_EQ(Layout(66, 64).depth(), 2U);
  EXPECT_EQ(Layout(100'000, 64).depth(), 3U);
}

TEST(Planner, TakesTheLongestPeriodThatKeepsBothBudgets) {
  // 3d: 25 nodes as a star, 100 ms. The worst case allows 0.6 - 0.2 = 0.4 s, less 2 % of the
  // budget.
  const Plan plan = make_plan({.worst = milliseconds(600), .median = milliseconds(400)}, 1,
                              {milliseconds(100), milliseconds(100)});
  EXPECT_EQ(plan.mode, Plan::Mode::rounds);
  EXPECT_EQ(plan.period, milliseconds(382));
  // 3e: the median allows 2 (1 - 0.2) = 1.6 s, less the margin.
  EXPECT_EQ(make_plan({.worst = seconds(2), .median = seconds(1)}, 1,
                      {milliseconds(100), milliseconds(100)})
                .period,
            milliseconds(1570));
}

TEST(Planner, SendsDirectlyWhenThereIsNoTimeForARound) {
  const Budget budget{.worst = milliseconds(105), .median = milliseconds(105)};
  const Plan plan = make_plan(budget, 1, {milliseconds(100), milliseconds(100)});
  EXPECT_EQ(plan.mode, Plan::Mode::direct);
  EXPECT_TRUE(plan.budget_met);
  EXPECT_FALSE(make_plan(budget, 1, {milliseconds(106), milliseconds(106)}).budget_met);
  EXPECT_EQ(make_plan(budget, 1, {milliseconds(10), milliseconds(10)}).mode, Plan::Mode::rounds);
}

TEST(Planner, FloodsNothingThatIsTooLateInAnyCase) {
  const Budget budget{.worst = milliseconds(600), .median = milliseconds(400)};
  const Plan plan = make_plan(budget, 1, {milliseconds(1000), milliseconds(1200)});
  EXPECT_EQ(plan.mode, Plan::Mode::rounds);
  EXPECT_FALSE(plan.budget_met);
  EXPECT_GT(plan.period, Duration::zero());
}

TEST(MedianKeeper, ShortensRoundsUntilThereIsAReserveForTheEnd) {
  MedianKeeper keeper;
  EXPECT_EQ(keeper.correction(seconds(1)), Duration::zero());  // nothing is known
  keeper.add_round(100, 50, seconds(1));                       // no more early than late
  EXPECT_LT(keeper.correction(seconds(1)), Duration::zero());
  keeper.add_round(100, 80, seconds(1));
  EXPECT_LT(keeper.correction(seconds(1)), -milliseconds(100));
  for (int i = 0; i < 10; ++i) keeper.add_round(100, 100, seconds(1));
  EXPECT_EQ(keeper.correction(seconds(1)), -Duration(seconds(1)) / 3);
}

TEST(MedianKeeper, SavesUpLittleBeyondTheReserve) {
  MedianKeeper keeper;
  for (int i = 0; i < 100; ++i) keeper.add_round(100, 0, seconds(1));
  EXPECT_GT(keeper.correction(seconds(1)), Duration::zero());
  EXPECT_LT(keeper.correction(seconds(1)), milliseconds(100));
  keeper.add_round(100, 80, seconds(1));
  EXPECT_LT(keeper.correction(seconds(1)), Duration::zero());
}

TEST(MedianKeeper, CountsValuesThatDidNotWaitForARound) {
  MedianKeeper keeper;
  keeper.add_round(100, 72, seconds(1));
  const Duration before = keeper.correction(seconds(1));
  keeper.add_round(10, 0, Duration::zero());
  EXPECT_GT(keeper.correction(seconds(1)), before);
}

}  // namespace
}  // namespace bruit::core
