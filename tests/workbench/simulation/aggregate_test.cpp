#include "bruit/workbench/simulation/aggregate.h"

#include <gtest/gtest.h>

namespace bruit::workbench {
namespace {

TEST(Aggregate, OfNothingIsNothing) { EXPECT_FALSE(aggregate({})); }

TEST(Aggregate, OfOneSampleIsThatSample) {
  const auto result = aggregate({7});
  EXPECT_EQ(result->mean, 7);
  EXPECT_EQ(result->median, 7);
  EXPECT_EQ(result->ci95_low, 7);
  EXPECT_EQ(result->ci95_high, 7);
}

TEST(Aggregate, TakesTheMeanOfTheMiddleTwo) {
  const auto result = aggregate({8, 1, 2, 3});
  EXPECT_EQ(result->median, 2.5);
  EXPECT_EQ(result->mean, 3.5);
  EXPECT_EQ(result->best, 1);
  EXPECT_EQ(result->worst, 8);
}

// Mean 10, standard deviation 1, five samples: t(4) / sqrt(5) = 1.2415.
TEST(Aggregate, GivesStudentsIntervalForFewSamples) {
  const auto result = aggregate({10 - 1.4142135623730951, 10, 10, 10, 10 + 1.4142135623730951});
  EXPECT_NEAR(result->ci95_low, 10 - 1.2415, 0.0002);
  EXPECT_NEAR(result->ci95_high, 10 + 1.2415, 0.0002);
}

// t(99) = 1.9842; the standard deviation of fifty zeros and fifty ones is 0.50252.
TEST(Aggregate, GivesStudentsIntervalForManySamples) {
  std::vector<double> samples(100, 0.0);
  for (std::size_t i = 0; i < 50; ++i) samples[i] = 1;
  const auto result = aggregate(samples);
  EXPECT_NEAR(result->ci95_high - result->mean, 1.9842 * 0.050252, 0.0001);
}

}  // namespace
}  // namespace bruit::workbench
