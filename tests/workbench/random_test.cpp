#include "bruit/workbench/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace bruit::workbench {
namespace {

TEST(Random, DrawsTheSameFromTheSameSeedAndStream) {
  Random a(7, 1);
  Random b(7, 1);
  Random other_stream(7, 2);
  Random other_seed(8, 1);
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, other_stream.next());
  EXPECT_NE(first, other_seed.next());
}

// Recorded: an independent implementation of splitmix64 and xoshiro256** must agree.
TEST(Random, IsXoshiro256StarStar) {
  Random random(1, 1);
  EXPECT_EQ(random.next(), 0x99aba66df4e256fU);
}

TEST(Random, ExponentialHasItsMeanAndQuantiles) {
  Random random(3, 1);
  std::vector<double> samples(100'000);
  for (auto& sample : samples) sample = random.exponential(100);
  double sum = 0;
  for (const double sample : samples) sum += sample;
  EXPECT_NEAR(sum / 1e5, 100, 1);
  std::sort(samples.begin(), samples.end());
  EXPECT_GE(samples.front(), 0);
  for (const double p : {0.01, 0.1, 0.5, 0.9, 0.99, 0.999}) {
    EXPECT_NEAR(samples[static_cast<std::size_t>(p * 1e5)], -100 * std::log1p(-p),
                0.03 * -100 * std::log1p(-p) + 1);
  }
}

}  // namespace
}  // namespace bruit::workbench
