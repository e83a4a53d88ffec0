// How round trips are measured: the first samples, outliers, changes of latency, jitter, patience.
#include "bruit/core/strategies/rounds/round_trips.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <random>
#include <utility>

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Samples one after the other: each left when the one before it had come.
struct Measured {
  RoundTrip round_trip;
  Time now{seconds(100)};

  void add(Duration sample) {
    const Time sent = now;
    now += sample + milliseconds(1);
    round_trip.add(sent, now, milliseconds(1));
  }
  void add(std::initializer_list<int> samples_ms) {
    for (const int sample : samples_ms) add(milliseconds(sample));
  }
};

TEST(RoundTrip, IsAssumedUntilThereIsASample) {
  Measured it;
  EXPECT_FALSE(it.round_trip.known());
  EXPECT_EQ(it.round_trip.smoothed(), RoundTrip::assumed);
  EXPECT_EQ(it.round_trip.one_way(), RoundTrip::assumed / 2);
  EXPECT_EQ(it.round_trip.deviation(), Duration::zero());
  it.add({40});
  EXPECT_TRUE(it.round_trip.known());
  EXPECT_EQ(it.round_trip.smoothed(), milliseconds(40));
}

TEST(RoundTrip, IsWhatThePeerDidNotHoldIt) {
  RoundTrip round_trip;
  const Time sent{seconds(1)};
  round_trip.add(sent, sent + milliseconds(500), milliseconds(460));
  EXPECT_EQ(round_trip.smoothed(), milliseconds(40));
  // Clocks that run apart may make it negative.
  RoundTrip other;
  other.add(sent, sent + milliseconds(10), milliseconds(11));
  EXPECT_EQ(other.smoothed(), Duration::zero());
}

// Whoever has just started is slow.
TEST(RoundTrip, TakesTheLowestOfTheFirstSamples) {
  for (const auto& samples :
       {std::initializer_list<int>{900, 40, 300}, {40, 900, 300}, {300, 900, 40}, {40, 300, 900}}) {
    Measured it;
    it.add(samples);
    EXPECT_EQ(it.round_trip.smoothed(), milliseconds(40));
    EXPECT_EQ(it.round_trip.deviation(), milliseconds(130)) << "half of what the next one differs";
  }
}

TEST(RoundTrip, DoesNotMoveWhileNothingVaries) {
  Measured it;
  for (int i = 0; i < 50; ++i) it.add(milliseconds(100));
  EXPECT_EQ(it.round_trip.smoothed(), milliseconds(100));
  EXPECT_EQ(it.round_trip.deviation(), Duration::zero());
  EXPECT_EQ(it.round_trip.spread(), Duration::zero());
  EXPECT_EQ(it.round_trip.one_way_late(), milliseconds(50));
}

TEST(RoundTrip, FollowsWhatVariesALittle) {
  Measured it;
  it.add({100, 100, 100});
  it.add({108});
  EXPECT_EQ(it.round_trip.smoothed(), milliseconds(102)) << "a quarter of the difference";
  EXPECT_EQ(it.round_trip.deviation(), milliseconds(2));
}

TEST(RoundTrip, OneOutlierChangesNoPlan) {
  Measured it;
  for (int i = 0; i < 10; ++i) it.add(milliseconds(100));
  it.add({2000});
  EXPECT_EQ(it.round_trip.smoothed(), milliseconds(100));
  EXPECT_EQ(it.round_trip.deviation(), Duration::zero());
  EXPECT_GT(it.round_trip.spread(), Duration::zero()) << "but the next may have to be waited for";
  for (int i = 0; i < 30; ++i) it.add(milliseconds(100));
  EXPECT_LT(it.round_trip.spread(), milliseconds(1));
}

TEST(RoundTrip, TwoOutliersOfOneTroubleAreOne) {
  RoundTrip round_trip;
  Time now{seconds(1)};
  for (int i = 0; i < 10; ++i, now += milliseconds(200)) {
    round_trip.add(now, now + milliseconds(100), {});
  }
  // Both were under way when the host stalled.
  round_trip.add(now, now + milliseconds(1000), {});
  round_trip.add(now + milliseconds(50), now + milliseconds(1000), {});
  EXPECT_EQ(round_trip.smoothed(), milliseconds(100));
}

TEST(RoundTrip, TwoOutliersOneAfterTheOtherAreANewLatency) {
  Measured up;
  for (int i = 0; i < 10; ++i) up.add(milliseconds(100));
  up.add({400, 420});
  EXPECT_EQ(up.round_trip.smoothed(), milliseconds(400)) << "the nearer of the two";
  EXPECT_EQ(up.round_trip.deviation(), milliseconds(10));

  Measured down;
  for (int i = 0; i < 10; ++i) down.add(milliseconds(400));
  down.add({100, 90});
  EXPECT_EQ(down.round_trip.smoothed(), milliseconds(100));
}

TEST(RoundTrip, TwoOutliersToDifferentSidesAreNoNewLatency) {
  Measured it;
  for (int i = 0; i < 10; ++i) it.add(milliseconds(200));
  it.add({500, 20});
  EXPECT_EQ(it.round_trip.smoothed(), milliseconds(200));
}

TEST(RoundTrip, OutliersNowAndThenOnlyMakeItVary) {
  Measured it;
  for (int i = 0; i < 10; ++i) it.add(milliseconds(100));
  for (int i = 0; i < 5; ++i) it.add({300, 100, 100});
  EXPECT_GT(it.round_trip.spread(), milliseconds(20));
  EXPECT_LT(it.round_trip.smoothed(), milliseconds(200));
}

TEST(RoundTrip, FollowsALatencyThatJumpsWithinThreeSamples) {
  for (const auto& [before, after] : {std::pair(40, 400), std::pair(400, 40), std::pair(5, 1000)}) {
    Measured it;
    for (int i = 0; i < 20; ++i) it.add(milliseconds(before));
    for (int i = 0; i < 3; ++i) it.add(milliseconds(after));
    EXPECT_EQ(it.round_trip.smoothed(), milliseconds(after)) << before << " to " << after;
    EXPECT_EQ(it.round_trip.spread(), Duration::zero());
  }
}

// However wide it took its latency to vary.
TEST(RoundTrip, ThreeSamplesThatAreAlikeAreTheLatency) {
  Measured it;
  it.add({100, 1000, 1000});
  ASSERT_GT(it.round_trip.deviation(), milliseconds(400));
  it.add({500, 504, 502});
  EXPECT_EQ(it.round_trip.smoothed(), milliseconds(502)) << "the middle one";
  EXPECT_EQ(it.round_trip.deviation(), milliseconds(2));
}

TEST(RoundTrip, FindsTheMeanOfALatencyThatVaries) {
  std::mt19937 random(3);
  Measured it;
  int late = 0;
  for (int i = 0; i < 2000; ++i) {
    const Duration sample = milliseconds(50 + random() % 200);
    if (i >= 100 && sample > 2 * it.round_trip.one_way_late()) ++late;
    it.add(sample);
    if (i < 100) continue;
    ASSERT_GT(it.round_trip.smoothed(), milliseconds(50)) << "after " << i;
    ASSERT_LT(it.round_trip.smoothed(), milliseconds(250)) << "after " << i;
  }
  EXPECT_LT(late, 1900 / 20) << "few exceed what is called late";
}

TEST(RoundTrips, WaitsLongerForWhoIsNotMeasured) {
  RoundTrips round_trips;
  EXPECT_EQ(round_trips.patience(NodeId{1}), RoundTrip::assumed + RoundTrips::slack_unmeasured);
  EXPECT_EQ(round_trips.longest_patience(), round_trips.patience(NodeId{1}));
  EXPECT_EQ(round_trips.longest_round_trip(), RoundTrip::assumed);
}

TEST(RoundTrips, WaitsForWhatIsUsualAndSomeSlack) {
  RoundTrips round_trips;
  Time now{seconds(1)};
  for (int i = 0; i < 5; ++i, now += seconds(1)) {
    round_trips.to(NodeId{1}).add(now, now + milliseconds(100), {});
    round_trips.to(NodeId{2}).add(now, now + milliseconds(10), {});
  }
  EXPECT_EQ(round_trips.patience(NodeId{1}), milliseconds(100) + RoundTrips::slack);
  EXPECT_EQ(round_trips.patience(NodeId{2}), milliseconds(10) + RoundTrips::slack);
  EXPECT_EQ(round_trips.longest_patience(), round_trips.patience(NodeId{1}));
  EXPECT_EQ(round_trips.longest_round_trip(), milliseconds(100));
}

TEST(RoundTrips, WaitsLongerForWhoVaries) {
  RoundTrips round_trips;
  Time now{seconds(1)};
  for (int i = 0; i < 5; ++i, now += seconds(1)) {
    round_trips.to(NodeId{1}).add(now, now + milliseconds(100), {});
  }
  round_trips.to(NodeId{1}).add(now, now + milliseconds(190), {});
  EXPECT_GT(round_trips.patience(NodeId{1}), milliseconds(190));
}

TEST(RoundTrips, WaitsForNobodyForEver) {
  RoundTrips round_trips;
  Time now{seconds(1)};
  for (const int sample : {10, 10, 10, 100'000, 10, 200'000, 10, 10, 10}) {
    round_trips.to(NodeId{1}).add(now, now + milliseconds(sample), {});
    now += seconds(300);
  }
  EXPECT_LE(round_trips.patience(NodeId{1}), milliseconds(3 * 10) + RoundTrips::slack);
  for (int i = 0; i < 9; ++i, now += seconds(300)) {
    round_trips.to(NodeId{2}).add(now, now + seconds(10) * (1 + i % 3), {});
  }
  const Duration usual = round_trips.to(NodeId{2}).smoothed();
  EXPECT_LE(round_trips.patience(NodeId{2}), usual + RoundTrips::longest_wait + RoundTrips::slack);
  EXPECT_EQ(round_trips.longest_patience(), RoundTrips::longest_wait);
}

}  // namespace
}  // namespace bruit::core
