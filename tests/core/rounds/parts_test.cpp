// The parts of `rounds` that can be tested alone: layout, log, planner, latency, median.
#include <gtest/gtest.h>

#include <set>

#include "bruit/core/strategies/rounds/latency.h"
#include "bruit/core/strategies/rounds/layout.h"
#include "bruit/core/strategies/rounds/log.h"
#include "bruit/core/strategies/rounds/median.h"
#include "bruit/core/strategies/rounds/planner.h"

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Entry entry(std::uint32_t node, std::uint64_t sequence, std::string_view value,
            std::uint64_t incarnation = 0) {
  return {{NodeId{node}, incarnation}, sequence, Value(value)};
}

std::multiset<std::string> values(const EntryList& entries) {
  std::multiset<std::string> result;
  if (entries) {
    for (const auto& item : *entries) result.emplace(item.value.bytes());
  }
  return result;
}

using Values = std::multiset<std::string>;

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

TEST(Log, TakesAnEntryOnce) {
  Log log;
  EXPECT_TRUE(log.add(entry(1, 0, "a"), NodeId{1}));
  EXPECT_FALSE(log.add(entry(1, 0, "a"), NodeId{2}));
  EXPECT_EQ(log.size(), 1U);
}

TEST(Log, HasNoNewsForThePeerItLearnedFrom) {
  Log log;
  log.add(entry(1, 0, "a"), NodeId{1});
  log.add(entry(2, 0, "b"), NodeId{2});
  log.add(entry(3, 0, "c"), Log::sent_to_everybody);
  EXPECT_EQ(values(log.news_for(NodeId{1}, 0).entries), Values{"b"});
  EXPECT_EQ(values(log.news_for(NodeId{9}, 0).entries), (Values{"a", "b"}));
  EXPECT_FALSE(log.has_news_for(NodeId{2}, 1));
  EXPECT_EQ(log.news_for(NodeId{2}, 1).entries, nullptr);
}

TEST(Log, ComparesByDigest) {
  Log here;
  Log there;
  for (std::uint64_t i = 0; i < 5; ++i) here.add(entry(1, i, "a" + std::to_string(i)), NodeId{1});
  for (std::uint64_t i = 0; i < 3; ++i) there.add(entry(1, i, "a" + std::to_string(i)), NodeId{1});
  there.add(entry(2, 0, "b"), NodeId{2});
  EXPECT_EQ(values(here.missing_in(there.digest(), NodeId{9}).entries), (Values{"a3", "a4"}));
  EXPECT_EQ(values(there.missing_in(here.digest(), NodeId{9}).entries), Values{"b"});
  EXPECT_TRUE(here.lacks(there.digest()));
  EXPECT_TRUE(there.lacks(here.digest()));
  here.add(entry(2, 0, "b"), NodeId{2});
  EXPECT_FALSE(here.lacks(there.digest()));
  EXPECT_EQ(there.missing_in(here.digest(), NodeId{9}).entries, nullptr);
  EXPECT_FALSE(there.has_missing_in(here.digest()));
}

TEST(Log, CountsEverythingAsNewsThatAPeerMayHaveForgotten) {
  Log log;
  log.add(entry(1, 0, "a"), NodeId{1});
  log.add(entry(3, 0, "b"), Log::sent_to_everybody);
  log.add(entry(1, 1, "c"), NodeId{1});
  EXPECT_EQ(values(log.news_for(NodeId{1}, 0, 2).entries), (Values{"a", "b"}));
  EXPECT_TRUE(log.has_news_for(NodeId{1}, 1, 2));
  EXPECT_FALSE(log.has_news_for(NodeId{1}, 2, 2));
}

TEST(Log, TellsWhatIsHeldBeyondAGap) {
  Log log;
  log.add(entry(1, 0, "a"), NodeId{1});
  log.add(entry(1, 2, "c"), NodeId{1});
  log.add(entry(1, 5, "f"), NodeId{1});
  log.add(entry(1, 4, "e"), NodeId{1});
  EXPECT_FALSE(log.add(entry(1, 4, "e"), NodeId{1}));
  EXPECT_TRUE(log.has_gap());
  ASSERT_EQ(log.digest()->size(), 1U);
  EXPECT_EQ(log.digest()->front().next, 1U);
  EXPECT_EQ(log.digest()->front().beyond, (std::vector<SequenceRange>{{2, 3}, {4, 6}}));
  log.add(entry(1, 3, "d"), NodeId{1});
  EXPECT_EQ(log.digest()->front().beyond, (std::vector<SequenceRange>{{2, 6}}));
  log.add(entry(1, 1, "b"), NodeId{1});
  EXPECT_FALSE(log.has_gap());
  EXPECT_EQ(log.digest()->front().next, 6U);
  EXPECT_TRUE(log.digest()->front().beyond.empty());
}

TEST(Log, ComparesExactlyAcrossGaps) {
  Log here;
  Log there;
  for (const std::uint64_t i : {0, 2, 3, 7}) here.add(entry(1, i, std::to_string(i)), NodeId{1});
  for (const std::uint64_t i : {0, 3, 4}) there.add(entry(1, i, std::to_string(i)), NodeId{1});
  EXPECT_EQ(values(here.missing_in(there.digest(), NodeId{9}).entries), (Values{"2", "7"}));
  EXPECT_EQ(values(there.missing_in(here.digest(), NodeId{9}).entries), Values{"4"});
  EXPECT_TRUE(here.lacks(there.digest()));
  here.add(entry(1, 4, "4"), NodeId{1});
  EXPECT_FALSE(here.lacks(there.digest())) << "what nobody has (1, 5, 6) is not lacking";
}

TEST(Log, RepeatsForOnePeerWhatItMissed) {
  Log log;
  log.add(entry(1, 0, "a"), Log::sent_to_everybody);
  log.add(entry(2, 0, "b"), Log::sent_to_everybody);
  Log peer;
  peer.add(entry(1, 0, "a"), Log::sent_to_everybody);
  EXPECT_FALSE(log.has_news_for(NodeId{5}, 0));
  log.repeat_for(NodeId{5}, peer.digest(), 2);
  log.repeat_for(NodeId{5}, peer.digest(), 2);  // it is under way
  EXPECT_EQ(log.size(), 3U);
  EXPECT_EQ(values(log.news_for(NodeId{5}, 2).entries), Values{"b"});
  EXPECT_FALSE(log.has_news_for(NodeId{6}, 0));
}

TEST(Log, KeepsTheLivesOfANodeApart) {
  Log log;
  log.add(entry(1, 0, "old", 7), NodeId{1});
  EXPECT_TRUE(log.add(entry(1, 0, "new", 8), NodeId{1}));
  EXPECT_EQ(log.digest()->size(), 2U);
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

TEST(RoundTrip, FollowsALatencyThatJumps) {
  RoundTrip round_trip;
  EXPECT_FALSE(round_trip.known());
  EXPECT_EQ(round_trip.smoothed(), RoundTrip::assumed);
  round_trip.add(milliseconds(40));
  EXPECT_EQ(round_trip.smoothed(), milliseconds(40));
  for (int i = 0; i < 20; ++i) round_trip.add(milliseconds(400));
  EXPECT_GT(round_trip.smoothed(), milliseconds(395));
  for (int i = 0; i < 20; ++i) round_trip.add(milliseconds(40));
  EXPECT_LT(round_trip.smoothed(), milliseconds(45));
}

TEST(Log, CountsWhatItFollowsOfANode) {
  Log log;
  const NodeId origin{3};
  EXPECT_EQ(log.followed(origin), 0U);
  log.add({{origin, 0}, 0, Value("a")}, origin);
  log.add({{origin, 1}, 0, Value("b")}, origin);
  log.add({{origin, 1}, 2, Value("d")}, origin);
  log.add({{NodeId{4}, 0}, 0, Value("e")}, origin);
  EXPECT_EQ(log.followed(origin), 2U) << "of both lives, up to the gap";
  log.add({{origin, 1}, 1, Value("c")}, origin);
  EXPECT_EQ(log.followed(origin), 4U);
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
