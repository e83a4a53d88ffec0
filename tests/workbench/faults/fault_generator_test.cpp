// Fault generators: a function of the options; each kind by itself; everything within the load.
#include "bruit/workbench/faults/fault_generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TestOptions usual(std::uint64_t seed = 1) {
  TestOptions options;
  options.nodes = numbered_nodes(5);
  options.time_limit = seconds(2000);
  options.nemesis_interval = seconds(10);
  options.latency = milliseconds(100);
  options.seed = seed;
  return options;
}

TestOptions chaos(std::uint64_t seed = 1) {
  TestOptions options = usual(seed);
  options.partition = true;
  options.faults = {true, 0.05, 0.02, true, true, true, true, true};
  return options;
}

// The faults of these kinds, with their times.
template <typename... Kinds>
std::vector<TimedFault> only(const Scenario& scenario) {
  std::vector<TimedFault> result;
  for (const auto& timed : scenario.faults) {
    if ((std::holds_alternative<Kinds>(timed.fault) || ...)) result.push_back(timed);
  }
  return result;
}

TEST(FaultGenerator, DrawsNothingUnlessAsked) {
  EXPECT_TRUE(generate_faults(usual()).faults.empty());
  EXPECT_FALSE(generate_faults(chaos()).operations.has_value());
}

TEST(FaultGenerator, IsAFunctionOfTheSeed) {
  EXPECT_EQ(generate_faults(chaos(1)), generate_faults(chaos(1)));
  EXPECT_NE(generate_faults(chaos(1)), generate_faults(chaos(2)));
}

TEST(FaultGenerator, OneMoreKindLeavesTheOthersAsTheyWere) {
  const Scenario all = generate_faults(chaos());
  const auto alone = [](const std::function<void(TestOptions&)>& ask) {
    TestOptions options = usual();
    ask(options);
    return generate_faults(options).faults;
  };
  EXPECT_EQ(alone([](auto& o) { o.partition = true; }), (only<StartPartition, StopPartition>(all)));
  EXPECT_EQ(alone([](auto& o) { o.faults.one_way = true; }), (only<CutLinks, MendLinks>(all)));
  EXPECT_EQ(alone([](auto& o) { o.faults.latency_jump = true; }), only<SetLatency>(all));
  EXPECT_EQ(alone([](auto& o) { o.faults.pause = true; }), (only<Pause, Resume>(all)));
  EXPECT_EQ(alone([](auto& o) { o.faults.kill = true; }), (only<Kill, Restart>(all)));
  EXPECT_EQ(alone([](auto& o) { o.faults.drift = true; }), only<SetClockRate>(all));
  EXPECT_EQ(alone([](auto& o) { o.faults.loss = 0.05; }), only<SetLoss>(all));
  EXPECT_EQ(alone([](auto& o) { o.faults.duplication = 0.02; }), only<SetDuplication>(all));
  EXPECT_EQ(alone([](auto& o) { o.faults.reorder = true; }), only<SetReordering>(all));
}

TEST(FaultGenerator, KeepsToTheLoadInOrder) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    TestOptions options = chaos(seed);
    options.time_limit = seconds(20);
    const auto faults = generate_faults(options).faults;
    EXPECT_TRUE(std::is_sorted(faults.begin(), faults.end(),
                               [](const auto& a, const auto& b) { return a.at < b.at; }));
    EXPECT_GE(faults.front().at, Duration::zero());
    EXPECT_LT(faults.back().at, options.time_limit);
    for (const auto& [at, fault] : faults) EXPECT_TRUE(fits(fault, 5));
  }
}

TEST(FaultGenerator, StartsAndStopsInTurnAfterUniformTimes) {
  const auto strikes = only<Pause, Resume>(generate_faults(chaos()));
  ASSERT_GT(strikes.size(), 100U);
  std::set<std::uint32_t> struck;
  Duration longest_pause{};
  for (std::size_t i = 0; i + 1 < strikes.size(); i += 2) {
    const auto* pause = std::get_if<Pause>(&strikes[i].fault);
    const auto* resume = std::get_if<Resume>(&strikes[i + 1].fault);
    ASSERT_TRUE(pause != nullptr && resume != nullptr);
    EXPECT_EQ(pause->node, resume->node);
    EXPECT_LT(strikes[i + 1].at - strikes[i].at, seconds(10));
    longest_pause = std::max(longest_pause, strikes[i + 1].at - strikes[i].at);
    struck.insert(pause->node);
  }
  EXPECT_EQ(struck.size(), 5U);
  EXPECT_GT(longest_pause, seconds(8));
}

TEST(FaultGenerator, CutsALinkOrAllThatANodeSendsOrAllThatItHears) {
  bool link = false;
  bool sends = false;
  bool hears = false;
  const auto cuts = only<CutLinks, MendLinks>(generate_faults(chaos()));
  for (std::size_t i = 0; i + 1 < cuts.size(); i += 2) {
    const Links& links = std::get<CutLinks>(cuts[i].fault).links;
    EXPECT_EQ(std::get<MendLinks>(cuts[i + 1].fault).links, links);
    EXPECT_FALSE(links.both_ways);
    if (links.sources.size() == 1 && links.destinations.size() == 1) link = true;
    if (links.sources.size() == 1 && links.destinations.size() == 4) sends = true;
    if (links.sources.size() == 4 && links.destinations.size() == 1) hears = true;
  }
  EXPECT_TRUE(link && sends && hears);
}

TEST(FaultGenerator, LatencyJumpsTenfoldAndBack) {
  const auto jumps = only<SetLatency>(generate_faults(chaos()));
  ASSERT_GE(jumps.size(), 2U);
  EXPECT_EQ(std::get<SetLatency>(jumps[0].fault).model.mean, seconds(1));
  EXPECT_EQ(std::get<SetLatency>(jumps[1].fault).model.mean, milliseconds(100));
}

TEST(FaultGenerator, EveryClockDriftsByUpToOnePercent) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto rates = only<SetClockRate>(generate_faults(chaos(seed)));
    ASSERT_EQ(rates.size(), 5U);
    for (const auto& [at, fault] : rates) {
      EXPECT_EQ(at, Duration::zero());
      EXPECT_LE(std::abs(std::get<SetClockRate>(fault).parts_per_million), 10'000);
    }
  }
}

TEST(FaultGenerator, NemesisKillsAndPausesSetsOfNodesAsJepsenDoes) {
  TestOptions options = usual();
  options.nemesis_kill = true;
  options.nemesis_pause = true;
  const Scenario scenario = generate_faults(options);
  EXPECT_EQ(scenario.faults.front().at, Duration::zero());
  std::set<std::uint32_t> dead;
  std::set<std::uint32_t> frozen;
  std::set<std::size_t> killed_at_once;
  std::set<Duration> times;
  for (const auto& [at, fault] : scenario.faults) {
    times.insert(at);
    if (const auto* kill = std::get_if<Kill>(&fault)) {
      EXPECT_TRUE(dead.insert(kill->node).second);
    } else if (const auto* restart = std::get_if<Restart>(&fault)) {
      killed_at_once.insert(dead.size());
      while (!dead.empty()) dead.erase(dead.begin());
      (void)restart;
    } else if (const auto* pause = std::get_if<Pause>(&fault)) {
      EXPECT_TRUE(frozen.insert(pause->node).second);
    } else {
      frozen.erase(std::get<Resume>(fault).node);
    }
  }
  // Each time one, some, or all of the five.
  killed_at_once.erase(0);
  EXPECT_TRUE(killed_at_once.contains(1));
  EXPECT_TRUE(killed_at_once.contains(5));
  EXPECT_GE(killed_at_once.size(), 4U);
  // Every ten seconds on average, for two thousand.
  EXPECT_NEAR(static_cast<double>(times.size()), 200, 40);
}

TEST(FaultGenerator, NemesisKillAloneNeverPauses) {
  TestOptions options = usual();
  options.nemesis_kill = true;
  EXPECT_TRUE((only<Pause, Resume>(generate_faults(options)).empty()));
  EXPECT_FALSE((only<Kill>(generate_faults(options)).empty()));
}

TEST(FaultGenerator, OneNodeHasNoLinksToCut) {
  TestOptions options = usual();
  options.nodes = numbered_nodes(1);
  options.faults.one_way = true;
  EXPECT_TRUE(generate_faults(options).faults.empty());
}

}  // namespace
}  // namespace bruit::workbench
