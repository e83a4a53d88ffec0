#include "bruit/maelstrom/timer_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace bruit::maelstrom {
namespace {

using namespace std::chrono_literals;

Time moment(Duration since_start) { return Time(since_start); }

struct Timers : TimerQueue {
  std::string calls;

  Function note(char name) {
    return [this, name] { calls += name; };
  }
  // Runs what is due at `now`, and returns the names of what has run.
  std::string run(Duration now) {
    calls.clear();
    const auto entered_before = mark();
    while (const auto function = take_due(moment(now), entered_before)) (*function)();
    return calls;
  }
};

TEST(TimerQueue, TimersRunInTheOrderOfTheirDeadlines) {
  Timers timers;
  timers.at(moment(20ms), timers.note('b'));
  timers.at(moment(10ms), timers.note('a'));
  timers.at(moment(20ms), timers.note('c'));
  timers.at(moment(30ms), timers.note('d'));
  EXPECT_EQ(timers.next(), moment(10ms));
  EXPECT_EQ(timers.run(9ms), "");
  EXPECT_EQ(timers.run(20ms), "abc");
  EXPECT_EQ(timers.next(), moment(30ms));
  EXPECT_EQ(timers.run(1s), "d");
  EXPECT_EQ(timers.next(), std::nullopt);
}

TEST(TimerQueue, ACancelledTimerDoesNotRun) {
  Timers timers;
  const auto a = timers.at(moment(10ms), timers.note('a'));
  timers.at(moment(10ms), timers.note('b'));
  EXPECT_TRUE(timers.cancel(a));
  EXPECT_FALSE(timers.cancel(a));
  EXPECT_EQ(timers.run(10ms), "b");
  EXPECT_EQ(timers.size(), 0U);
}

TEST(TimerQueue, APeriodicTimerKeepsItsBeatAndSkipsWhatWasMissed) {
  Timers timers;
  const auto id = timers.every(moment(10ms), 10ms, timers.note('p'));
  EXPECT_EQ(timers.run(12ms), "p");
  EXPECT_EQ(timers.next(), moment(20ms)) << "not 22 ms: lateness does not add up";
  EXPECT_EQ(timers.run(75ms), "p");
  EXPECT_EQ(timers.next(), moment(85ms));
  EXPECT_TRUE(timers.cancel(id));
  EXPECT_EQ(timers.next(), std::nullopt);
}

TEST(TimerQueue, APeriodicTimerMayCancelItself) {
  Timers timers;
  TimerId id;
  id = timers.every(moment(10ms), 10ms, [&] { EXPECT_TRUE(timers.cancel(id)); });
  timers.run(10ms);
  EXPECT_EQ(timers.next(), std::nullopt);
}

TEST(TimerQueue, ATimerEnteredMeanwhileWaitsForTheNextTurn) {
  Timers timers;
  timers.at(moment(10ms), [&] { timers.at(moment(0ms), timers.note('x')); });
  EXPECT_EQ(timers.run(10ms), "");
  EXPECT_EQ(timers.run(10ms), "x");
}

TEST(TimerQueue, APeriodOfZeroIsRefused) {
  Timers timers;
  EXPECT_THROW(timers.every(moment(0ms), 0ms, timers.note('a')), std::invalid_argument);
}

}  // namespace
}  // namespace bruit::maelstrom
