#include "bruit/core/fifo.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>

namespace bruit::core {
namespace {

TEST(Fifo, hands_out_items_in_the_order_they_came) {
  Fifo<int> fifo;
  EXPECT_TRUE(fifo.empty());
  fifo.push(1);
  fifo.push(2);
  EXPECT_EQ(fifo.size(), 2u);
  EXPECT_EQ(fifo[0], 1);
  EXPECT_EQ(fifo[1], 2);
  EXPECT_EQ(fifo.pop(), 1);
  EXPECT_EQ(fifo.pop(), 2);
  EXPECT_TRUE(fifo.empty());
}

TEST(Fifo, agrees_with_a_deque_over_long_random_use) {
  std::mt19937 random(1);
  Fifo<int> fifo;
  std::deque<int> model;
  for (int step = 0; step < 100'000; ++step) {
    // Fills for a while and drains for a while, so that it is long at times and often empty.
    const bool fills = step / 500 % 2 == 0;
    if (random() % 3 < (fills ? 2u : 1u)) {
      fifo.push(step);
      model.push_back(step);
    } else if (!model.empty()) {
      ASSERT_EQ(fifo.pop(), model.front());
      model.pop_front();
    }
    ASSERT_EQ(fifo.size(), model.size());
    if (!model.empty()) {
      const std::size_t index = random() % model.size();
      ASSERT_EQ(fifo[index], model[index]);
    }
  }
}

TEST(Fifo, moves_and_ends_its_items) {
  const auto witness = std::make_shared<int>(1);
  Fifo<std::shared_ptr<int>> fifo;
  for (int i = 0; i < 40; ++i) fifo.push(witness);
  for (int i = 0; i < 10; ++i) fifo.pop();
  for (int i = 0; i < 5; ++i) fifo.push(witness);
  EXPECT_EQ(witness.use_count(), 36);
  Fifo<std::shared_ptr<int>> other = std::move(fifo);
  EXPECT_EQ(other.size(), 35u);
  EXPECT_EQ(witness.use_count(), 36);
  other = {};
  EXPECT_EQ(witness.use_count(), 1);
}

TEST(FifoDeathTest, refuses_to_go_beyond_its_end) {
  Fifo<int> fifo;
  fifo.push(1);
  EXPECT_DEATH(fifo[1], "check failed");
  fifo.pop();
  EXPECT_DEATH(fifo.pop(), "check failed");
}

}  // namespace
}  // namespace bruit::core
