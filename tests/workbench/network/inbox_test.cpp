#include "bruit/workbench/network/inbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "bruit/workbench/basics/random.h"

namespace bruit::workbench {
namespace {

core::Time at(std::uint64_t ns) {
  return core::Time{core::Duration(static_cast<std::int64_t>(ns))};
}

class InboxTest : public testing::Test {
 protected:
  auto of() {
    return [this](Slot slot) -> Queued& { return packets[slot]; };
  }
  Slot push(std::uint64_t deadline_ns) {
    packets.push_back({.deadline = at(deadline_ns), .id = packets.size()});
    const auto slot = static_cast<Slot>(packets.size() - 1);
    inbox.push(slot, of());
    return slot;
  }
  Slot pop() {
    const Slot slot = inbox.top(of());
    EXPECT_EQ(inbox.pop(of()), slot);
    return slot;
  }

  std::vector<Queued> packets;
  Inbox inbox;
};

TEST_F(InboxTest, HandsOutTheEarliestDeadlineFirstThenTheOneThatWasSentFirst) {
  EXPECT_TRUE(inbox.empty());
  const Slot late = push(30);
  const Slot early = push(10);
  const Slot late_too = push(30);
  const Slot early_too = push(10);
  EXPECT_EQ(inbox.first_in_order(), late);
  EXPECT_EQ(pop(), early);
  EXPECT_EQ(pop(), early_too);
  EXPECT_EQ(pop(), late);
  EXPECT_EQ(pop(), late_too);
  EXPECT_TRUE(inbox.empty());
  EXPECT_EQ(inbox.first_in_order(), no_slot);
}

TEST_F(InboxTest, AgreesWithASortedListInAndOutOfOrder) {
  Random random(5, 1);
  std::vector<Slot> model;
  for (std::uint64_t step = 0; step < 20'000; ++step) {
    if (model.empty() || random.chance(step % 1'000 < 500 ? 0.6 : 0.4)) {
      // Mostly constant latency, sometimes less.
      model.push_back(push(random.chance(0.8) ? step / 4 + 100 : step / 4 + random.below(100)));
    } else {
      const auto first = std::min_element(model.begin(), model.end(),
                                          [&](Slot a, Slot b) { return packets[a] < packets[b]; });
      ASSERT_EQ(pop(), *first);
      model.erase(first);
    }
    ASSERT_EQ(inbox.empty(), model.empty());
  }
}

}  // namespace
}  // namespace bruit::workbench
