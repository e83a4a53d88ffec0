#include "bruit/workbench/event_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "bruit/workbench/random.h"

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
  EXPECT_EQ(queue.top().time, at(10));
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

TEST(EventQueue, AgreesWithASortedListUnderAnyMixOfPushAndPop) {
  struct Expected {
    Time time;
    std::uint64_t order;
    std::uint32_t subject;
  };
  Random random(3, 1);
  EventQueue queue;
  std::vector<Expected> model;
  std::uint64_t order = 0;
  for (std::uint32_t step = 0; step < 20'000; ++step) {
    if (model.empty() || random.chance(0.55)) {
      const Time time = at(static_cast<int>(random.below(50)));
      queue.push(time, EventKind::node_tick, step);
      model.push_back({time, order++, step});
    } else {
      const auto earliest =
          std::min_element(model.begin(), model.end(), [](const Expected& a, const Expected& b) {
            return a.time != b.time ? a.time < b.time : a.order < b.order;
          });
      const Event event = queue.pop();
      ASSERT_EQ(event.time, earliest->time);
      ASSERT_EQ(event.subject, earliest->subject);
      model.erase(earliest);
    }
    ASSERT_EQ(queue.empty(), model.empty());
  }
}

}  // namespace
}  // namespace bruit::workbench
