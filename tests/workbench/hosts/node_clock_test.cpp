// NodeClock: offsets, drift, and when a time will be shown.
#include "bruit/workbench/hosts/node_clock.h"

#include <gtest/gtest.h>

#include <chrono>

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(NodeClock, ShowsTheTimeOfTheSimulationAtItsOffset) {
  const NodeClock clock{Duration(seconds(100))};
  EXPECT_EQ(clock.shown(Time{}), Time{seconds(100)});
  EXPECT_EQ(clock.shown(Time{seconds(5)}), Time{seconds(105)});
  EXPECT_EQ(clock.when_shown(Time{seconds(105)}), Time{seconds(5)});
}

TEST(NodeClock, RunsFastOrSlowFromTheMomentItIsToldWithoutAJump) {
  NodeClock clock;
  clock.set_rate(10'000, Time{seconds(10)});
  EXPECT_EQ(clock.shown(Time{seconds(10)}), Time{seconds(10)});
  EXPECT_EQ(clock.shown(Time{seconds(20)}), Time{seconds(20) + milliseconds(100)});
  clock.set_rate(-10'000, Time{seconds(20)});
  EXPECT_EQ(clock.shown(Time{seconds(20)}), Time{seconds(20) + milliseconds(100)});
  EXPECT_EQ(clock.shown(Time{seconds(30)}), Time{seconds(30)});
}

TEST(NodeClock, ATimeIsShownAtTheFirstMomentThatReachesIt) {
  for (const std::int64_t rate : {-500'000, -9'999, -1, 0, 1, 7, 12'345, 500'000}) {
    NodeClock clock{Duration(nanoseconds(12'345))};
    clock.set_rate(rate, Time{seconds(1)});
    for (int i = 1; i < 1000; ++i) {
      const Time wanted = clock.shown(Time{seconds(1)}) + nanoseconds(i * 997);
      const Time when = clock.when_shown(wanted);
      ASSERT_GE(clock.shown(when), wanted) << rate;
      ASSERT_LT(clock.shown(when - nanoseconds(1)), wanted) << rate;
    }
  }
}

TEST(NodeClock, WhatIsOverIsDueAtOnceAndWhatNeverComesNever) {
  NodeClock clock;
  clock.set_rate(-100, Time{seconds(10)});
  EXPECT_EQ(clock.when_shown(Time{seconds(3)}), Time{seconds(10)});
  EXPECT_EQ(clock.when_shown(Time::max()), Time::max());
}

}  // namespace
}  // namespace bruit::workbench
