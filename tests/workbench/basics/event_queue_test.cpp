#include "bruit/workbench/basics/event_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "bruit/workbench/basics/random.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;

Time at(int ms) { return Time{milliseconds(ms)}; }

TEST(EventQueue, HandsOutTheEarliestFirst) {
  EventQueue queue;
  EXPECT_TRUE(queue.empty());
  queue.push(at(30), EventKind::node_tick, 3);
  queue.push(at(10), EventKind::nemesis, 1, 7);
  queue.push(at(20), EventKind::generator, 2);
  EXPECT_EQ(queue.next_time(), at(10));
  const Event first = queue.pop();
  EXPECT_EQ(first.kind, EventKind::nemesis);
  EXPECT_EQ(first.subject, 1U);
  EXPECT_EQ(first.token, 7U);
  EXPECT_EQ(queue.pop().subject, 2U);
  EXPECT_EQ(queue.pop().subject, 3U);
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, KeepsTheOrderOfSchedulingAtEqualTimes) {
  EventQueue queue;
  for (std::uint32_t i = 0; i < 100; ++i) queue.push(at(5), EventKind::node_tick, i);
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(queue.pop().subject, i);
}

TEST(EventQueue, WhatIsLateIsDueAtOnceAfterWhatIsDueAlready) {
  EventQueue queue;
  queue.push(at(10), EventKind::node_tick, 0);
  queue.push(at(10), EventKind::node_tick, 1);
  queue.push(at(11), EventKind::node_tick, 3);
  EXPECT_EQ(queue.pop().subject, 0U);
  queue.push(at(9), EventKind::node_tick, 2);
  EXPECT_EQ(queue.pop().subject, 1U);
  EXPECT_EQ(queue.next_time(), at(10));
  EXPECT_EQ(queue.pop().subject, 2U);
  EXPECT_EQ(queue.pop().subject, 3U);
}

TEST(EventQueue, ToLookAtTheNextTimeIsNotToGoThere) {
  EventQueue queue;
  queue.push(at(20), EventKind::node_tick, 2);
  EXPECT_EQ(queue.next_time(), at(20));
  queue.push(at(10), EventKind::node_tick, 1);
  EXPECT_EQ(queue.next_time(), at(10));
  EXPECT_EQ(queue.pop().subject, 1U);
  EXPECT_EQ(queue.pop().subject, 2U);
}

TEST(EventQueue, LooksAheadAsFarAsTheInstantReaches) {
  EventQueue queue;
  for (std::uint32_t i = 0; i < 4; ++i) queue.push(at(5), EventKind::node_tick, i);
  queue.push(at(6), EventKind::node_tick, 4);
  EXPECT_EQ(queue.pop().subject, 0U);
  ASSERT_NE(queue.ahead(0), nullptr);
  EXPECT_EQ(queue.ahead(0)->subject, 1U);
  ASSERT_NE(queue.ahead(2), nullptr);
  EXPECT_EQ(queue.ahead(2)->subject, 3U);
  EXPECT_EQ(queue.ahead(3), nullptr);
}

TEST(EventQueue, AgreesWithASortedListUnderAnyMixOfPushAndPop) {
  struct Expected {
    Time time;
    std::uint64_t order;
    std::uint32_t subject;
  };
  Random random(3, 1);
  // Times that agree in all digits, in most, or in few.
  for (const std::int64_t spread : {3LL, 50LL, 5'000'000LL, 40'000'000'000LL}) {
    EventQueue queue;
    std::vector<Expected> model;
    std::uint64_t order = 0;
    Time now{};
    for (std::uint32_t step = 0; step < 20'000; ++step) {
      if (model.empty() || random.chance(step % 2'000 < 1'000 ? 0.55 : 0.45)) {
        const Time time = now + core::Duration(static_cast<std::int64_t>(
                                    random.below(static_cast<std::uint64_t>(spread))));
        queue.push(time, EventKind::node_tick, step);
        model.push_back({time, order++, step});
      } else {
        const auto earliest =
            std::min_element(model.begin(), model.end(), [](const Expected& a, const Expected& b) {
              return a.time != b.time ? a.time < b.time : a.order < b.order;
            });
        ASSERT_EQ(queue.next_time(), earliest->time);
        const Event event = queue.pop();
        ASSERT_EQ(event.time, earliest->time);
        ASSERT_EQ(event.subject, earliest->subject);
        now = event.time;
        model.erase(earliest);
      }
      ASSERT_EQ(queue.empty(), model.empty());
    }
  }
}

}  // namespace
}  // namespace bruit::workbench
