#include "bruit/core/strategies/rounds/value_rate.h"

#include <gtest/gtest.h>

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time start{seconds(100)};

// `per_second` values a second, evenly, for `duration` from `from` on.
void feed(ValueRate& rate, Time from, Duration duration, int per_second) {
  for (Time now = from; now < from + duration; now += Duration(seconds(1)) / per_second) {
    rate.add(now);
  }
}

TEST(ValueRate, TakesABurstForNoRate) {
  ValueRate rate;
  EXPECT_EQ(rate.per_second(start), 0);
  for (int i = 0; i < 1000; ++i) rate.add(start);
  EXPECT_EQ(rate.per_second(start), 0);
  EXPECT_EQ(rate.per_second(start + milliseconds(1999)), 0);
}

TEST(ValueRate, IsTheRateOfASteadyStream) {
  for (const int per_second : {1, 10, 50, 1000}) {
    ValueRate rate;
    feed(rate, start, seconds(20), per_second);
    // The first value of a window may fall into the one before.
    EXPECT_NEAR(rate.per_second(start + seconds(20)), per_second, 0.1 * per_second + 0.5);
    EXPECT_NEAR(rate.per_second(start + milliseconds(19'500)), per_second, 0.2 * per_second + 0.5);
  }
}

TEST(ValueRate, FollowsAChangeWithinSeconds) {
  ValueRate rate;
  feed(rate, start, seconds(20), 10);
  feed(rate, start + seconds(20), seconds(6), 100);
  EXPECT_NEAR(rate.per_second(start + seconds(26)), 100, 10);
}

TEST(ValueRate, FallsToNothingInSilence) {
  ValueRate rate;
  feed(rate, start, seconds(20), 100);
  EXPECT_LT(rate.per_second(start + seconds(23)), 100);
  EXPECT_EQ(rate.per_second(start + seconds(30)), 0);
}

TEST(ValueRate, AsksWithoutChangingIt) {
  ValueRate rate;
  feed(rate, start, seconds(20), 10);
  const double before = rate.per_second(start + seconds(20));
  (void)rate.per_second(start + seconds(1000));
  EXPECT_EQ(rate.per_second(start + seconds(20)), before);
}

}  // namespace
}  // namespace bruit::core
