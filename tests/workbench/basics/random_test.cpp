#include "bruit/workbench/basics/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

namespace bruit::workbench {
namespace {

std::vector<std::uint64_t> first_draws(std::uint64_t seed, std::uint64_t stream) {
  Random random(seed, stream);
  std::vector<std::uint64_t> draws(4);
  for (auto& draw : draws) draw = random.next();
  return draws;
}

// Computed by a program of its own, in another language, from the two published algorithms. A
// change here changes every recorded run.
TEST(Random, IsXoshiroOnEveryMachine) {
  using Draws = std::vector<std::uint64_t>;
  EXPECT_EQ(first_draws(0, 0), (Draws{0x7310f727f4c4e906, 0xb8b10a03af167a79, 0x6a89bf956571035c,
                                      0x1e8c70a5c4e69675}));
  EXPECT_EQ(first_draws(42, 1), (Draws{0x69fa72b66cde04c6, 0xf3e21e90b804b6d8, 0x5175fbbbc0294cc7,
                                       0xcc5917a80f492902}));
  EXPECT_EQ(first_draws(~0ULL, 3), (Draws{0x1b9d62b4a537610d, 0x1bc306f3de4797da,
                                          0x84d35c0fc466d9ea, 0x9d8e70738a57404c}));
}

TEST(Random, StreamsAndSeedsDiffer) {
  EXPECT_EQ(first_draws(7, 1), first_draws(7, 1));
  EXPECT_NE(first_draws(7, 1), first_draws(7, 2));
  EXPECT_NE(first_draws(7, 1), first_draws(8, 1));
}

TEST(Random, BelowIsUniform) {
  Random random(1, 1);
  constexpr int draws = 100'000;
  std::array<int, 10> counts{};
  for (int i = 0; i < draws; ++i) {
    const auto draw = random.below(counts.size());
    ASSERT_LT(draw, counts.size());
    ++counts[draw];
  }
  // The standard deviation of a count is 95.
  for (const int count : counts) EXPECT_NEAR(count, draws / 10, 400);
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, UnitIsUniformFromZeroToBelowOne) {
  Random random(1, 1);
  constexpr int draws = 100'000;
  double sum = 0;
  for (int i = 0; i < draws; ++i) {
    const double draw = random.unit();
    ASSERT_GE(draw, 0);
    ASSERT_LT(draw, 1);
    sum += draw;
  }
  EXPECT_NEAR(sum / draws, 0.5, 0.005);
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

TEST(Random, ChanceIsTheGivenShare) {
  Random random(1, 1);
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) hits += random.chance(0.25) ? 1 : 0;
  EXPECT_NEAR(hits, 25'000, 600);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1));
}

TEST(Random, ShuffleGivesEveryOrderEquallyOften) {
  Random random(1, 1);
  std::map<std::array<int, 3>, int> counts;
  for (int i = 0; i < 60'000; ++i) {
    std::array<int, 3> items{1, 2, 3};
    random.shuffle(std::span<int>(items));
    ++counts[items];
  }
  ASSERT_EQ(counts.size(), 6U);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 10'000, 400);
}

}  // namespace
}  // namespace bruit::workbench
