// The grid that flags with lists span.
#include "bruit/cli/flags/sweep_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace bruit::cli {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using Values = std::vector<std::string>;

SweepFlagTexts given(Values words) {
  CLI::App app;
  SweepFlags flags(app);
  std::reverse(words.begin(), words.end());  // as CLI11 wants it
  app.parse(words);
  return flags.given();
}

SweepGrid grid(const Values& words) { return make_grid(given(words)); }

std::vector<Values> values(const SweepGrid& grid) {
  std::vector<Values> all;
  for (const auto& point : grid.points) all.push_back(point.values);
  return all;
}

std::string refusal(const Values& words) {
  try {
    grid(words);
  } catch (const std::invalid_argument& error) {
    return error.what();
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(SweepGrid, WithoutFlagsIsOnePoint) {
  const SweepGrid one = grid({});
  EXPECT_THAT(values(one), ElementsAre(Values{"rounds"}));
  EXPECT_EQ(one.axes.size(), 1U);
}

TEST(SweepGrid, IsEachCombinationInOrder) {
  const SweepGrid rates = grid({"--rate", "10,20", "--latency", "1,2,...,3"});
  EXPECT_THAT(values(rates), ElementsAre(Values{"rounds", "10", "1"}, Values{"rounds", "10", "2"},
                                         Values{"rounds", "10", "3"}, Values{"rounds", "20", "1"},
                                         Values{"rounds", "20", "2"}, Values{"rounds", "20", "3"}));
  EXPECT_EQ(rates.axes[1].name, "rate");
  EXPECT_FALSE(rates.axes[1].of_strategy);
  EXPECT_EQ(rates.points[5].options.test.rate, 20);
  EXPECT_EQ(rates.points[5].options.test.latency, milliseconds(3));
}

TEST(SweepGrid, DoesNotDependOnTheOrderOfTheFlags) {
  EXPECT_EQ(given({"--latency", "1,2", "--rate", "10,20"}),
            given({"--rate", "10,20", "--latency", "1,2"}));
}

TEST(SweepGrid, VariesForAStrategyOnlyWhatItUses) {
  const SweepGrid mixed = grid({"--strategy", "tree,batched-tree,rounds", "--flush-interval",
                                "100ms,200ms", "--max-latency", "1s,2s", "--node-count", "5"});
  EXPECT_THAT(values(mixed),
              ElementsAre(Values{"tree", "", ""}, Values{"batched-tree", "100ms", ""},
                          Values{"batched-tree", "200ms", ""}, Values{"rounds", "", "1s"},
                          Values{"rounds", "", "2s"}));
  EXPECT_EQ(mixed.points[2].options.strategy.flush_interval, milliseconds(200));
  EXPECT_EQ(mixed.points[4].options.strategy.rounds.budget.worst, milliseconds(2000));
  EXPECT_EQ(mixed.points[4].options.test.nodes.size(), 5U);
  EXPECT_TRUE(mixed.axes[1].of_strategy);
}

TEST(SweepGrid, TakesTheBudgetOfAChallenge) {
  const SweepGrid both = grid({"--challenge", "3d,3e"});
  ASSERT_EQ(both.points.size(), 2U);
  EXPECT_EQ(both.points[0].options.strategy.rounds.budget.worst, milliseconds(600));
  EXPECT_EQ(both.points[1].options.strategy.rounds.budget.worst, milliseconds(2000));
  EXPECT_THAT(values(grid({"--challenge", "3d,3e"})),
              ElementsAre(Values{"rounds", "3d"}, Values{"rounds", "3e"}));
}

TEST(SweepGrid, JoinsFaultsByPlus) {
  const SweepGrid faults = grid({"--faults", "none,loss=0.1+kill"});
  ASSERT_EQ(faults.points.size(), 2U);
  EXPECT_EQ(faults.points[0].options.test.faults, workbench::FaultOptions{});
  EXPECT_EQ(faults.points[1].options.test.faults.loss, 0.1);
  EXPECT_TRUE(faults.points[1].options.test.faults.kill);
}

TEST(SweepGrid, ABadValueIsNamedWithItsFlag) {
  EXPECT_THAT(refusal({"--rate", "10,-1"}), HasSubstr("--rate"));
  EXPECT_THAT(refusal({"--rate", "10,,20"}), HasSubstr("--rate: a value is empty"));
  EXPECT_THAT(refusal({"--strategy", "tree,oak"}), HasSubstr("\"oak\" is not a strategy"));
  EXPECT_THAT(refusal({"--flush-interval", "1,2"}), HasSubstr("--flush-interval"));
  EXPECT_THAT(refusal({"--rate", "1,2,...,1000", "--latency", "1,2,...,1000"}),
              HasSubstr("more than 100000 points"));
  EXPECT_THAT(refusal({"--seed", "1"}), HasSubstr("--seed"));
}

TEST(SweepGrid, FormsASeriesOfWhatDiffersAlongAnAxis) {
  const SweepGrid mixed = grid(
      {"--strategy", "tree,batched-tree", "--flush-interval", "100ms,200ms", "--rate", "10,20"});
  const auto series =
      series_along(mixed, [&](std::size_t axis) { return axis == mixed.axis("flush-interval"); });
  std::vector<std::string> labels;
  for (const auto& each : series) labels.push_back(each.label);
  EXPECT_THAT(labels, ElementsAre("tree, rate 10", "tree, rate 20", "batched-tree, rate 10",
                                  "batched-tree, rate 20"));
  EXPECT_EQ(series[0].points.size(), 1U);
  EXPECT_EQ(series[3].points.size(), 2U);
}

}  // namespace
}  // namespace bruit::cli
