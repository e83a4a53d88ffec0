// Different hashes: exact while there are few, an estimate beyond, and the same in any order.
#include "bruit/workbench/simulation/distinct_count.h"

#include <gtest/gtest.h>

namespace bruit::workbench {
namespace {

TEST(DistinctCount, IsExactWhileThereAreFew) {
  DistinctCount count;
  EXPECT_EQ(count.count(), 0U);
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (std::uint64_t hash = 0; hash < 100'000; ++hash) count.add(hash);
  }
  EXPECT_EQ(count.count(), 100'000U);
  EXPECT_TRUE(count.exact());
}

TEST(DistinctCount, OfPartsIsThatOfTheWhole) {
  DistinctCount left;
  DistinctCount right;
  for (std::uint64_t hash = 0; hash < 3'000; ++hash) left.add(hash);
  for (std::uint64_t hash = 2'000; hash < 5'000; ++hash) right.add(hash);
  left.merge(right);
  EXPECT_EQ(left.count(), 5'000U);
}

TEST(DistinctCount, IsAnEstimateBeyondItsMemory) {
  constexpr std::uint64_t many = 3 * DistinctCount::exact_most;
  DistinctCount whole;
  DistinctCount odd;
  DistinctCount even;
  for (std::uint64_t hash = 0; hash < many; ++hash) {
    whole.add(hash);
    (hash % 2 == 0 ? even : odd).add(hash);
  }
  EXPECT_FALSE(whole.exact());
  EXPECT_NEAR(static_cast<double>(whole.count()), static_cast<double>(many), 0.005 * many);
  even.merge(odd);
  EXPECT_EQ(even.count(), whole.count());
}

TEST(DistinctCount, AtItsLimitIsStillExact) {
  DistinctCount count;
  for (std::uint64_t hash = 0; hash < DistinctCount::exact_most; ++hash) count.add(hash);
  EXPECT_TRUE(count.exact());
  EXPECT_EQ(count.count(), DistinctCount::exact_most);
}

}  // namespace
}  // namespace bruit::workbench
