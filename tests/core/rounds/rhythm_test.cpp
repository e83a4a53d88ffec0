// Rhythm alone: no tree and no logs. A test says what the tree is like and what happens, and sees
// when something leaves. One section for each rule of rhythm.h.
#include "bruit/core/strategies/rounds/rhythm.h"

#include <gtest/gtest.h>

#include <optional>

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time start{seconds(1000)};
constexpr Duration none = Duration::zero();

// Challenge 3d: a star, 100 ms from hop to hop. Up and down takes 200 ms of the 600 ms, and 3 % are
// kept in reserve, so a round may last for 382 ms.
constexpr Budget budget{.worst = milliseconds(600), .median = milliseconds(400)};
constexpr Duration hop = milliseconds(100);
constexpr Duration period = milliseconds(382);
constexpr Duration patience = milliseconds(250);

RoundTrip measured(Duration sample) {
  RoundTrip result;
  for (int i = 0; i < 5; ++i) result.add(start, start + sample, none);
  return result;
}

Rhythm::Tree star(std::int64_t hops_to_root) {
  return {.depth = 1,
          .hops_to_root = hops_to_root,
          .in_layout = true,
          .anybody_silent = false,
          .hop = {hop, hop},
          .parent = hops_to_root > 0 ? measured(2 * hop) : RoundTrip{},
          .parent_patience = hops_to_root > 0 ? patience : none};
}

class RhythmTest : public testing::Test {
 protected:
  void wait(Duration duration) { now += duration; }
  void TearDown() override { rhythm.sanity_check(); }

  Rhythm rhythm{budget, true, start};
  Time now = start;
};

// A root that has just cut, and told when it will next.
class Root : public RhythmTest {
 protected:
  Root() { rhythm.cut(true, tree, now); }
  bool news(Duration age) { return rhythm.on_news_at_root(age, tree, now); }
  Duration next() const { return rhythm.next_cut() ? *rhythm.next_cut() - now : Duration::max(); }

  Rhythm::Tree tree = star(0);
};

class Child : public RhythmTest {
 protected:
  Child() { rhythm.begin_as_child(); }
  // The parent's word: it collects and scatters after that.
  void told(Duration in, Duration each = period) {
    Scatter scatter;
    scatter.envelope.times.sent_at = now;
    scatter.phase = Scatter::Phase{in, in, each};
    rhythm.on_scatter(scatter, tree, now);
  }
  void news(Duration age = none) {
    rhythm.on_news_at_child(age, 0, now);
    rhythm.plan_gather(tree, now);
  }
  void own_value() {
    rhythm.on_own_value(now);
    news();
  }
  Rhythm::Told gather(bool asks = false) { return rhythm.gather(true, asks, now, tree, now); }
  // The parent speaks; it heard this when it had last heard anything.
  void answer(Time echo, bool progress, bool all, Duration held = none) {
    const Timestamps times{.sent_at = now, .echo = echo, .echo_held = held};
    rhythm.on_answer(times, progress, all, tree, now);
  }
  Duration leaves() const {
    return rhythm.gather_at() ? *rhythm.gather_at() - now : Duration::max();
  }
  Duration due() const {
    return rhythm.answer_due() ? *rhythm.answer_due() - now : Duration::max();
  }

  Rhythm::Tree tree = star(1);
};

// How much before the parent's cut a gather arrives.
constexpr Duration early = milliseconds(2);
// In time for a cut that the parent has told will be then: this takes up and, before, down.
constexpr Duration in_time_for(Duration cut) { return cut - 2 * hop - early; }

// --- R1: rounds, if there is time for them and something to gather ---

using RhythmR1 = RhythmTest;

TEST_F(RhythmR1, GoesInRoundsWhileThereIsTime) {
  const Plan plan = rhythm.plan(star(0), now);
  EXPECT_EQ(plan.mode, Plan::Mode::rounds);
  EXPECT_EQ(plan.period, period);
  EXPECT_TRUE(plan.budget_met);
}

TEST_F(RhythmR1, SendsStraightWhenThereIsNoTime) {
  Rhythm::Tree slow = star(0);
  slow.hop = {milliseconds(300), milliseconds(300)};
  EXPECT_EQ(rhythm.plan(slow, now).mode, Plan::Mode::direct);
  EXPECT_TRUE(rhythm.plan(slow, now).budget_met);
}

TEST_F(RhythmR1, WhereFanOutIsLimitedNothingGoesStraightAndTheBudgetIsMissed) {
  Rhythm::Tree slow = star(0);
  slow.hop = {milliseconds(300), milliseconds(300)};
  const Plan plan = Rhythm(budget, false, start).plan(slow, now);
  EXPECT_EQ(plan.mode, Plan::Mode::rounds);
  EXPECT_FALSE(plan.budget_met);
}

TEST_F(RhythmR1, SendsStraightIfRoundsWouldGatherNextToNothing) {
  const auto mode = [&](int per_second, bool may_send_straight) {
    Rhythm fed(budget, may_send_straight, start);
    for (int i = 0; i < 10 * per_second; ++i) {
      fed.count_value(start + i * Duration(seconds(1)) / per_second);
    }
    return fed.plan(star(0), start + seconds(10)).mode;
  };
  EXPECT_EQ(mode(5, true), Plan::Mode::direct) << "two in a round";
  EXPECT_EQ(mode(10, true), Plan::Mode::rounds);
  EXPECT_EQ(mode(2, true), Plan::Mode::rounds) << "too few to pay for comparing them later";
  EXPECT_EQ(mode(5, false), Plan::Mode::rounds);
}

// --- R2: a root cuts at once when it is idle, and then once in a period ---

using RhythmR2 = Root;

TEST_F(RhythmR2, AnIdleRootCutsAtOnce) {
  Rhythm idle(budget, true, start);
  EXPECT_FALSE(idle.next_cut());
  EXPECT_TRUE(idle.on_news_at_root(none, tree, now));
}

TEST_F(RhythmR2, WhileValuesFlowItCutsOnceInAPeriod) {
  EXPECT_EQ(next(), period);
  wait(milliseconds(100));
  EXPECT_FALSE(news(none));
  EXPECT_EQ(next(), period - milliseconds(100)) << "there is time";
  wait(next());
  rhythm.cut(true, tree, now);
  EXPECT_EQ(next(), period);
}

TEST_F(RhythmR2, ARoundWithNothingNewEndsTheRhythm) {
  wait(next());
  rhythm.cut(false, tree, now);
  EXPECT_FALSE(rhythm.next_cut());
  EXPECT_FALSE(rhythm.phase(now));
  wait(seconds(1));
  EXPECT_TRUE(news(none)) << "idle again";
}

TEST_F(RhythmR2, EachScatterTellsWhenItWillNext) {
  wait(milliseconds(50));
  const auto phase = rhythm.phase(now);
  ASSERT_TRUE(phase);
  EXPECT_EQ(phase->collect_in, period - milliseconds(50));
  EXPECT_EQ(phase->scatter_in, period - milliseconds(50));
  EXPECT_EQ(phase->period, period);
}

TEST_F(RhythmR2, WithoutTimeForRoundsWhatComesAtNearlyTheSameTimeGoesTogether) {
  tree.hop = {milliseconds(320), milliseconds(320)};
  wait(next());
  rhythm.cut(true, tree, now);
  ASSERT_FALSE(rhythm.next_cut());
  wait(milliseconds(5));
  EXPECT_FALSE(news(none));
  EXPECT_EQ(next(), milliseconds(15)) << "a sixteenth of a hop after the last";
}

TEST_F(RhythmR2, ANewRootHasNoRhythm) {
  rhythm.search();
  EXPECT_FALSE(rhythm.is_root());
  EXPECT_FALSE(rhythm.next_cut());
  rhythm.become_root();
  EXPECT_TRUE(rhythm.is_root());
  EXPECT_FALSE(rhythm.next_cut());
}

// --- R3: a child gathers just in time for its parent's next cut ---

using RhythmR3 = Child;

TEST_F(RhythmR3, GathersJustInTimeForTheNextCut) {
  told(milliseconds(300));
  news();
  EXPECT_EQ(leaves(), in_time_for(milliseconds(300)));
}

TEST_F(RhythmR3, ArrivesEarlierWhereLatencyVaries) {
  for (int i = 0; i < 30; ++i)
    tree.parent.add(start, start + milliseconds(i % 2 ? 196 : 204), none);
  ASSERT_GT(tree.parent.spread(), milliseconds(2));
  told(milliseconds(300));
  news();
  EXPECT_EQ(leaves(),
            milliseconds(300) - tree.parent.smoothed() - early - 4 * tree.parent.spread());
}

TEST_F(RhythmR3, GathersAtOnceIfItIsToldNothing) {
  news();
  EXPECT_EQ(leaves(), none);
}

TEST_F(RhythmR3, WhatIsNewWhenAScatterTellsOfACutThatIsTooNearIsBetterLateThanARoundLater) {
  told(milliseconds(150));
  news();
  EXPECT_EQ(leaves(), none);
}

TEST_F(RhythmR3, WhatIsNewAfterTheGatherForACutLeftWaitsForTheScatterThatTellsTheNext) {
  told(milliseconds(210));
  wait(milliseconds(50));
  news();
  EXPECT_EQ(leaves(), milliseconds(160) + RoundTrips::slack);
}

// So many rounds are under way at once that a gather is always for a later one.
TEST_F(RhythmR3, ACutThatWasNeverToldIsTakenToBeAPeriodAfterTheLast) {
  const Duration each = milliseconds(160);
  told(milliseconds(150), each);
  news();
  EXPECT_EQ(leaves(), in_time_for(milliseconds(150)) + each - each / 32);
}

TEST_F(RhythmR3, AWordThatIsLongPastTellsNothing) {
  told(milliseconds(300));
  wait(milliseconds(300) + patience + milliseconds(1));
  news();
  EXPECT_EQ(leaves(), none);
}

TEST_F(RhythmR3, WithoutAWordItWaitsForTheAnswerThatIsUnderWay) {
  news();
  gather();
  wait(milliseconds(10));
  news();
  EXPECT_EQ(leaves(), due()) << "that will tell";
}

TEST_F(RhythmR3, PassesTheRhythmOn) {
  told(milliseconds(300));
  wait(milliseconds(10));
  const auto phase = rhythm.phase(now);
  ASSERT_TRUE(phase);
  EXPECT_EQ(phase->collect_in, in_time_for(milliseconds(300)) - milliseconds(10))
      << "what comes by then goes with its own gather";
  EXPECT_EQ(phase->scatter_in, milliseconds(290));
  EXPECT_EQ(phase->period, period);
}

TEST_F(RhythmR3, CountsByTheParentsClock) {
  // This one runs 2 % faster.
  Time theirs{seconds(5)};
  for (int i = 0; i < 100; ++i) {
    Scatter scatter;
    scatter.envelope.times.sent_at = theirs;
    rhythm.on_scatter(scatter, tree, now);
    theirs += milliseconds(1000);
    wait(milliseconds(1020));
  }
  told(seconds(1), seconds(1));
  rhythm.on_news_at_child(none, 0, now);
  const auto phase = rhythm.phase(now);
  ASSERT_TRUE(phase);
  EXPECT_NEAR(static_cast<double>(phase->scatter_in.count()) / 1e6, 1020, 1);
}

// --- R4: a value that would be late does not wait ---

// When a value leaves a child so that it is everywhere after 600 ms: two hops, and a reserve of 1
// %.
constexpr Duration latest_at_child = milliseconds(600 - 2 * 100 - 6);
constexpr Duration latest_at_root = milliseconds(600 - 100 - 6);

using RhythmR4Child = Child;
using RhythmR4Root = Root;

TEST_F(RhythmR4Child, AValueThatWouldBeLateLeavesEarly) {
  told(milliseconds(900), seconds(1));
  own_value();
  EXPECT_EQ(leaves(), latest_at_child);
}

TEST_F(RhythmR4Child, SoDoesOneFromBelow) {
  told(milliseconds(900), seconds(1));
  news(milliseconds(150));
  EXPECT_EQ(leaves(), latest_at_child - milliseconds(150));
}

TEST_F(RhythmR4Child, WhatIsTooLateAlreadyMayWait) {
  told(milliseconds(300));
  news(milliseconds(450));
  EXPECT_EQ(leaves(), in_time_for(milliseconds(300)));
}

TEST_F(RhythmR4Child, WhatIsLaterThanThatLeavesAtOnce) {
  told(milliseconds(900), seconds(1));
  news(milliseconds(700));
  EXPECT_EQ(leaves(), none);
}

TEST_F(RhythmR4Root, AValueThatWouldBeLateBringsTheCutForward) {
  EXPECT_FALSE(news(milliseconds(300)));
  EXPECT_EQ(next(), latest_at_root - milliseconds(300));
  wait(next());
  const Duration rest = period - (latest_at_root - milliseconds(300));
  rhythm.cut(true, tree, now);
  EXPECT_EQ(next(), rest) << "the rhythm that was told stays";
}

TEST_F(RhythmR4Root, ACutThatComesALittleEarlyReplacesTheOneThatWasTold) {
  wait(period - milliseconds(5));
  rhythm.cut(true, tree, now);
  EXPECT_EQ(next(), milliseconds(5) + period);
}

TEST_F(RhythmR4Root, WhatIsTooLateAlreadyMayWait) {
  EXPECT_FALSE(news(milliseconds(620)));
  EXPECT_EQ(next(), period);
}

TEST_F(RhythmR4Root, WhatIsLaterThanLostMessagesExplainIsCutAtOnceButNotTwice) {
  wait(milliseconds(100));
  EXPECT_FALSE(news(milliseconds(1099)));
  EXPECT_TRUE(news(milliseconds(1100))) << "two messages in a row were lost";
  rhythm.cut(true, tree, now);
  EXPECT_FALSE(news(milliseconds(1100)));
  EXPECT_EQ(next(), milliseconds(25)) << "one cut for all of them";
}

// --- R5: twice the budget where failures bent the tree ---

using RhythmR5Child = Child;
using RhythmR5Root = Root;

TEST_F(RhythmR5Child, InATreeThatFailuresBentValuesMayTakeLonger) {
  tree.in_layout = false;
  told(milliseconds(1900), seconds(2));
  own_value();
  EXPECT_EQ(leaves(), milliseconds(900 - 3 * 100 - 9));
}

TEST_F(RhythmR5Root, SoMayTheyWhileSomebodyIsSilent) {
  tree.anybody_silent = true;
  EXPECT_FALSE(news(milliseconds(300)));
  EXPECT_EQ(next(), period) << "it has until 1100 ms, less what a repeat takes";
  EXPECT_FALSE(news(milliseconds(700)));
  EXPECT_EQ(next(), milliseconds(1100 - 2 * 100 - 11 - 700));
  wait(milliseconds(100));
  EXPECT_TRUE(news(milliseconds(850))) << "one lost message explains less than that";
}

// --- R6: a gather is answered by the first scatter that can have left after it came ---

using RhythmR6 = Child;

TEST_F(RhythmR6, WaitsForTheScatterThatWasTold) {
  told(milliseconds(300));
  news();
  wait(leaves());
  gather();
  EXPECT_EQ(now + due(), start + milliseconds(300) + patience - 2 * hop);
  EXPECT_FALSE(rhythm.gather_at());
}

TEST_F(RhythmR6, WithoutAWordWaitsForARoundTrip) {
  news();
  gather();
  EXPECT_EQ(due(), patience);
}

TEST_F(RhythmR6, WhoAsksWaitsForARoundTripWhateverTheRhythm) {
  told(milliseconds(300));
  news();
  gather(true);
  EXPECT_EQ(due(), patience);
  EXPECT_EQ(rhythm.asked_at(), now);
}

TEST_F(RhythmR6, WhatIsOverdueDoesNotBecomeLessSoByGatheringMore) {
  news();
  gather();
  wait(milliseconds(100));
  news();
  gather();
  EXPECT_EQ(due(), patience - milliseconds(100));
}

TEST_F(RhythmR6, NothingIsDueWhenAllIsAcknowledged) {
  news();
  gather();
  const Time left = now;
  wait(2 * hop);
  answer(left, true, true);
  EXPECT_FALSE(rhythm.answer_due());
}

TEST_F(RhythmR6, WhoAskedIsAnsweredOnlyByWhoHasHeardThat) {
  const Time before = now;
  wait(milliseconds(50));
  news();
  gather(true);
  const Time asked = now;
  wait(milliseconds(60));
  answer(before, true, true);
  EXPECT_EQ(rhythm.asked_at(), asked);
  EXPECT_TRUE(rhythm.answer_due());
  wait(milliseconds(140));
  answer(asked, true, true);
  EXPECT_FALSE(rhythm.asked_at());
  EXPECT_FALSE(rhythm.answer_due());
}

TEST_F(RhythmR6, AScatterThatLeftBeforeTheGatherCamePutsItOffOnce) {
  news();
  gather();
  const Duration first = due();
  const Time before = now - milliseconds(50);
  wait(milliseconds(100));
  answer(before, false, false);
  const Time later = now + due();
  EXPECT_GT(later, start + first);
  wait(milliseconds(100));
  answer(before, false, false);
  EXPECT_EQ(now + due(), later);
  answer(before, true, false);
  EXPECT_GT(now + due(), later) << "but with progress again";
}

TEST_F(RhythmR6, WhoseParentShouldHaveHeardTheGatherWhenItSpokeKnowsThatItIsLost) {
  const Time before = now;
  wait(milliseconds(500));
  news();
  gather();
  wait(2 * hop);
  // It had held what it heard last until 10 ms after the gather left here.
  answer(before, false, false, milliseconds(510));
  EXPECT_EQ(due(), none);
  // Not so if it spoke before the gather can have come.
  rhythm.begin_as_child();
  const Time earlier = now;
  wait(milliseconds(500));
  news();
  gather();
  wait(hop);
  answer(earlier, false, false, milliseconds(400));
  EXPECT_GT(due(), none);
}

TEST_F(RhythmR6, AsksOnceMoreAndThenTheParentIsSilent) {
  news();
  gather();
  wait(due());
  EXPECT_TRUE(rhythm.would_ask_again());
  rhythm.ask_again();
  EXPECT_FALSE(rhythm.answer_due());
  gather(true);
  wait(due());
  EXPECT_FALSE(rhythm.would_ask_again());
  answer(now, true, true);
  EXPECT_TRUE(rhythm.would_ask_again()) << "it was there after all";
}

TEST_F(RhythmR6, WhatIsSentAgainIsAsOldAsItWas) {
  news(milliseconds(40));
  EXPECT_EQ(gather().oldest_age, milliseconds(40));
  wait(patience);
  rhythm.ask_again();
  EXPECT_EQ(gather(true).oldest_age, patience + milliseconds(40));
}

TEST_F(RhythmR6, WhatWasAcknowledgedIsNotOldAnyMore) {
  news();
  gather();
  wait(milliseconds(200));
  answer(start, true, true);
  rhythm.ask_again();
  EXPECT_EQ(gather(true).oldest_age, none);
}

TEST_F(RhythmR6, ExpectsAnAnswerToWhatIsNotAcknowledgedAndNothingElse) {
  told(milliseconds(300));
  rhythm.expect_answer(tree, now);
  EXPECT_EQ(due(), period + patience);
  wait(milliseconds(10));
  rhythm.expect_answer(tree, now);
  EXPECT_EQ(due(), period + patience - milliseconds(10));
}

TEST_F(RhythmR6, WhatWaitedForAParentHasWaitedEnough) {
  rhythm.search();
  EXPECT_FALSE(rhythm.answer_due());
  EXPECT_FALSE(rhythm.would_ask_again());
  rhythm.become_child(now);
  EXPECT_EQ(gather(true).oldest_age, 2 * budget.worst);
}

// --- R7: acknowledgements ride on gathers ---

using RhythmR7 = Child;

constexpr Duration alone = milliseconds(800);

TEST_F(RhythmR7, WithoutAGatherAnAcknowledgementLeavesAfterAWhile) {
  EXPECT_EQ(rhythm.acknowledgement_due(now, 25), now + alone);
}

TEST_F(RhythmR7, WhileRoundsAreLongItWaitsForAFewOfThem) {
  told(seconds(5), seconds(5));
  EXPECT_EQ(rhythm.acknowledgement_due(now, 25), now + seconds(5) + RoundTrips::slack)
      << "or until a scatter that was told does not come";
  EXPECT_EQ(rhythm.acknowledgement_due(now - seconds(8), 25), now + seconds(2)) << "two rounds";
  EXPECT_EQ(rhythm.acknowledgement_due(now - seconds(8), 1000),
            now + seconds(5) + RoundTrips::slack)
      << "four in a large cluster";
}

TEST_F(RhythmR7, AParentWaitsLongEnoughForIt) {
  for (const std::uint32_t members : {25U, 1000U}) {
    for (const Duration each : {milliseconds(100), milliseconds(382), milliseconds(5000)}) {
      told(each, each);
      const Duration wait_for = rhythm.acknowledgement_wait(members);
      EXPECT_LE(rhythm.acknowledgement_due(now, members) - now, wait_for);
      EXPECT_GE(wait_for, alone);
    }
  }
}

// --- R8: the median is kept by an account of early and late values ---

class RhythmR8 : public Root {
 protected:
  // Challenge 3e: here it is the median that limits the period.
  RhythmR8() { rhythm = Rhythm({.worst = seconds(2), .median = seconds(1)}, true, start); }

  // A round of which so many of a hundred values are late.
  void round(std::uint64_t late) {
    wait(milliseconds(1));
    if (rhythm.next_cut()) now = *rhythm.next_cut();
    rhythm.on_gathered(100, late, none, now);
    rhythm.cut(true, tree, now);
  }
};

TEST_F(RhythmR8, RoundsAreShorterWhileTooManyValuesAreLate) {
  round(50);
  const Duration usual = milliseconds(1570);
  for (int i = 0; i < 3; ++i) round(80);
  EXPECT_LT(next(), usual - milliseconds(200));
  const Duration shortened = next();
  for (int i = 0; i < 10; ++i) round(0);
  EXPECT_GT(next(), shortened);
  EXPECT_GE(next(), usual);
  EXPECT_LE(next(), milliseconds(1740)) << "never more than the worst case allows";
}

TEST_F(RhythmR8, AValueOfTheRootItselfIsLateIfItHasWaitedForTooLong) {
  const auto after = [&](Duration waited) {
    rhythm = Rhythm({.worst = seconds(2), .median = seconds(1)}, true, start);
    now = start;
    rhythm.cut(true, tree, now);
    for (int i = 0; i < 5; ++i) {
      now = *rhythm.next_cut() - waited;
      for (int k = 0; k < 100; ++k) rhythm.on_own_value(now);
      wait(waited);
      rhythm.cut(true, tree, now);
    }
    return next();
  };
  EXPECT_GT(after(milliseconds(890)), after(milliseconds(910))) << "100 ms are its way";
}

TEST_F(RhythmR8, AValueThatComesEarlyForTheCutMayBecomeLateHere) {
  const auto after = [&](Duration before_cut) {
    rhythm = Rhythm({.worst = seconds(2), .median = seconds(1)}, true, start);
    now = start;
    rhythm.cut(true, tree, now);
    for (int i = 0; i < 5; ++i) {
      now = *rhythm.next_cut() - before_cut;
      rhythm.on_gathered(100, 0, none, now);
      wait(before_cut);
      rhythm.cut(true, tree, now);
    }
    return next();
  };
  EXPECT_GT(after(milliseconds(890)), after(milliseconds(910)));
}

class RhythmR8Child : public Child {};

TEST_F(RhythmR8Child, TellsHowManyOfItsValuesWillBeLate) {
  told(milliseconds(900), seconds(1));
  own_value();
  own_value();
  wait(milliseconds(100));
  own_value();
  rhythm.on_news_at_child(none, 5, now);
  // Two hops, and two milliseconds early: who has waited for more than 198 ms misses 400 ms.
  wait(milliseconds(99));
  EXPECT_EQ(gather().late, 2U + 5U);
  EXPECT_EQ(gather().late, 0U) << "each once";
}

// --- R9: a timer that comes late says that the node was frozen ---

using RhythmR9 = Child;

TEST_F(RhythmR9, NoticesByATimerThatComesLate) {
  EXPECT_EQ(rhythm.thawed_at(), start);
  EXPECT_FALSE(rhythm.is_thawing(now));
  wait(seconds(1));
  rhythm.notice_freeze(std::nullopt, now);
  rhythm.notice_freeze(now - milliseconds(100), now);
  EXPECT_EQ(rhythm.thawed_at(), start) << "a busy machine";
  rhythm.notice_freeze(now - milliseconds(101), now);
  EXPECT_EQ(rhythm.thawed_at(), now);
  EXPECT_TRUE(rhythm.is_thawing(now));
  EXPECT_TRUE(rhythm.is_thawing(now + milliseconds(9)));
  EXPECT_FALSE(rhythm.is_thawing(now + milliseconds(10))) << "what had piled up has been read";
}

TEST_F(RhythmR9, WhatItsClientsSaidBeforeLeavesAtOnce) {
  told(milliseconds(2900), seconds(3));
  own_value();
  wait(milliseconds(500));
  ASSERT_LT(leaves(), none);
  told(milliseconds(2900), seconds(3));
  rhythm.plan_gather(tree, now);
  ASSERT_GT(leaves(), none) << "too late already, so it would wait";
  rhythm.notice_freeze(now - milliseconds(300), now);
  rhythm.plan_gather(tree, now);
  EXPECT_EQ(leaves(), none);
}

TEST_F(RhythmR9, WhatTheySayAfterwardsGoesAsAlways) {
  rhythm.notice_freeze(now - seconds(1), now);
  wait(milliseconds(20));
  told(milliseconds(300));
  own_value();
  EXPECT_EQ(leaves(), in_time_for(milliseconds(300)));
}

}  // namespace
}  // namespace bruit::core
