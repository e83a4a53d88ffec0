#include "bruit/workbench/basics/quantile.h"

#include <gtest/gtest.h>

#include <numeric>

namespace bruit::workbench {
namespace {

TEST(Quantile, IsTheItemAtTheFloorOfItsShareAndAtMostTheLast) {
  std::vector<int> hundred(100);
  std::iota(hundred.begin(), hundred.end(), 0);
  EXPECT_EQ(quantile(hundred, 0), 0);
  EXPECT_EQ(quantile(hundred, 0.5), 50);
  EXPECT_EQ(quantile(hundred, 0.999), 99);
  EXPECT_EQ(quantile(hundred, 1), 99);
  EXPECT_EQ(quantile(std::vector{1, 2, 3}, 0.5), 2);
  EXPECT_EQ(quantile(std::vector{7}, 0.5), 7);
}

TEST(Quantiles, OfNothingAreNothing) {
  EXPECT_EQ(quantiles(std::vector<int>{}, std::array{0.5, 1.0}), std::nullopt);
  EXPECT_EQ(quantiles(std::vector{4, 9}, std::array{0.0, 1.0}), (std::array{4, 9}));
}

}  // namespace
}  // namespace bruit::workbench
