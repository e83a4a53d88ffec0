// The flags of `maelstrom test`: names, defaults, and what they come to.
#include "bruit/cli/flags/test_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "bruit/workbench/options/challenge.h"

namespace bruit::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using workbench::Duration;
using workbench::TestOptions;

TestOptions parsed(std::vector<std::string> words, const TestOptions& preset = {}) {
  CLI::App app;
  TestFlags flags;
  flags.add_to(app);
  std::reverse(words.begin(), words.end());  // as CLI11 wants it
  app.parse(words);
  return flags.options(preset);
}

std::string refusal(const std::vector<std::string>& words) {
  try {
    parsed(words);
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(TestFlags, DefaultToMaelstroms) {
  const TestOptions options = parsed({});
  EXPECT_THAT(options.nodes, ElementsAre("n1", "n2", "n3", "n4", "n5"));
  EXPECT_EQ(options.rate, 5);
  EXPECT_EQ(options.time_limit, seconds(60));
  EXPECT_EQ(options.concurrency, 5U);
  EXPECT_EQ(options.latency, Duration::zero());
  EXPECT_EQ(options.latency_distribution, workbench::LatencyDistribution::constant);
  EXPECT_EQ(options.topology, workbench::Topology::grid);
  EXPECT_FALSE(options.partition);
  EXPECT_EQ(options.nemesis_interval, seconds(10));
  EXPECT_TRUE(std::holds_alternative<workbench::NoAvailabilityGoal>(options.availability));
  EXPECT_EQ(options.network, workbench::NetworkModel::maelstrom);
  EXPECT_FALSE(options.log_stderr || options.log_net_send || options.log_net_recv);
}

TEST(TestFlags, NodeCountNamesNodesFromZeroAndSetsTheConcurrency) {
  const TestOptions options = parsed({"--node-count", "3"});
  EXPECT_THAT(options.nodes, ElementsAre("n0", "n1", "n2"));
  EXPECT_EQ(options.concurrency, 3U);
}

TEST(TestFlags, ConcurrencyIsANumberOrAMultipleOfTheNodes) {
  EXPECT_EQ(parsed({"--concurrency", "7"}).concurrency, 7U);
  EXPECT_EQ(parsed({"--concurrency", "4n"}).concurrency, 20U);
  EXPECT_EQ(parsed({"--concurrency", "4n", "--node-count", "25"}).concurrency, 100U);
  for (const auto* bad : {"0", "0n", "n", "4nn", "4 n", "-1", "1.5", "99999999999"}) {
    EXPECT_THAT(refusal({"--concurrency", bad}), HasSubstr("--concurrency")) << bad;
  }
}

TEST(TestFlags, AvailabilityIsTotalOrAFraction) {
  EXPECT_TRUE(std::holds_alternative<workbench::TotalAvailability>(
      parsed({"--availability", "total"}).availability));
  const auto goal = parsed({"--availability", "0.99"}).availability;
  EXPECT_EQ(std::get<workbench::AvailabilityFraction>(goal).at_least, 0.99);
  for (const auto* bad : {"1.01", "-0.1", "most", "0.5x", "nan"}) {
    EXPECT_THAT(refusal({"--availability", bad}), HasSubstr("--availability")) << bad;
  }
}

TEST(TestFlags, TimesHaveMaelstromsUnits) {
  const TestOptions options =
      parsed({"--time-limit", "20", "--latency", "100", "--nemesis-interval", "2.5"});
  EXPECT_EQ(options.time_limit, seconds(20));
  EXPECT_EQ(options.latency, milliseconds(100));
  EXPECT_EQ(options.nemesis_interval, milliseconds(2500));
}

TEST(TestFlags, TreeIsTheTreeOfTwo) {
  EXPECT_EQ(parsed({"--topology", "tree"}).topology, workbench::Topology::tree2);
  EXPECT_EQ(parsed({"--topology", "tree4"}).topology, workbench::Topology::tree4);
}

TEST(TestFlags, NemesisIsPartitionOrNone) {
  EXPECT_TRUE(parsed({"--nemesis", "partition"}).partition);
  EXPECT_FALSE(parsed({"--nemesis", "none"}).partition);
  const TestOptions preset = workbench::find_challenge("3c")->options;
  EXPECT_TRUE(parsed({}, preset).partition);
  EXPECT_FALSE(parsed({"--nemesis", "none"}, preset).partition);
}

TEST(TestFlags, SeedIsTakenOrDrawn) {
  EXPECT_EQ(parsed({"--seed", "18446744073709551615"}).seed, ~0ULL);
  EXPECT_LT(parsed({}).seed, 1'000'000U);
}

TEST(TestFlags, LeaveWhatIsNotGivenToAPreset) {
  const TestOptions preset = workbench::find_challenge("3e")->options;
  const TestOptions options = parsed({"--rate", "50"}, preset);
  EXPECT_EQ(options.rate, 50);
  EXPECT_EQ(options.nodes.size(), 25U);
  EXPECT_EQ(options.concurrency, 25U);
  EXPECT_EQ(options.latency, milliseconds(100));
  EXPECT_EQ(options.time_limit, seconds(20));
}

TEST(TestFlags, TheWorkloadIsBroadcastUnlessAnotherIsAsked) {
  EXPECT_EQ(parsed({}).workload, workbench::Workload::broadcast);
  EXPECT_EQ(parsed({"-w", "broadcast"}).workload, workbench::Workload::broadcast);
  EXPECT_EQ(parsed({"-w", "echo"}).workload, workbench::Workload::echo);
  EXPECT_EQ(parsed({"-w", "g-counter"}).workload, workbench::Workload::g_counter);
}

TEST(TestFlags, AnUnknownWorkloadIsRefusedWithThoseThereAre) {
  EXPECT_THAT(refusal({"-w", "gset"}),
              HasSubstr("gset is not a workload; expected broadcast, echo"));
}

TEST(TestFlags, TransactionsAndLogsHaveFlagsOfTheirOwn) {
  const TestOptions usual = parsed({"-w", "txn-list-append"});
  EXPECT_EQ(usual.workload, workbench::Workload::txn_list_append);
  EXPECT_EQ(usual.max_txn_length, 4U);
  EXPECT_EQ(usual.max_writes_per_key, 16U);
  EXPECT_EQ(usual.key_count, 10U);
  EXPECT_EQ(usual.consistency_models, "strict-serializable");
  const TestOptions asked =
      parsed({"-w", "txn-rw-register", "--max-txn-length", "2", "--max-writes-per-key", "3",
              "--key-count", "5", "--consistency-models", "read-committed , read-atomic"});
  EXPECT_EQ(asked.max_txn_length, 2U);
  EXPECT_EQ(asked.max_writes_per_key, 3U);
  EXPECT_EQ(asked.key_count, 5U);
  EXPECT_EQ(asked.consistency_models, "read-committed , read-atomic");
  EXPECT_THAT(refusal({"--consistency-models", "strict"}),
              HasSubstr("strict is not a consistency model; expected "));
  EXPECT_THAT(refusal({"--key-count", "0"}), HasSubstr("--key-count"));
}

TEST(TestFlags, TheNemesisIsAListOfFaults) {
  const TestOptions options = parsed({"--nemesis", "kill,pause"});
  EXPECT_TRUE(options.nemesis_kill && options.nemesis_pause);
  EXPECT_FALSE(options.partition);
  EXPECT_FALSE(parsed({"--nemesis", "none"}).partition);
  EXPECT_TRUE(parsed({"--nemesis", "partition,pause"}).partition);
  EXPECT_THAT(refusal({"--nemesis", "none,kill"}), HasSubstr("none excludes the others"));
}

TEST(TestFlags, LinKvHasTwoClientsANodeOrAMultipleOfThat) {
  EXPECT_EQ(parsed({"-w", "lin-kv"}).concurrency, 10U);
  EXPECT_EQ(parsed({"-w", "lin-kv", "--node-count", "3", "--concurrency", "4n"}).concurrency, 12U);
  EXPECT_THAT(refusal({"-w", "lin-kv", "--concurrency", "15"}),
              HasSubstr("15 clients; lin-kv needs a multiple of two a node: 2n, that is 10, 4n"));
}

TEST(TestFlags, BadValuesAreRefusedWithTheFlagsName) {
  const std::vector<std::vector<std::string>> cases{
      {"--node-count", "0"},    {"--node-count", "x"},       {"--time-limit", "0"},
      {"--rate", "-5"},         {"--latency", "-1"},         {"--latency-dist", "normal"},
      {"--topology", "circle"}, {"--nemesis", "earthquake"}, {"--network", "real"},
      {"--workload", "bank"},   {"--nemesis-interval", "0"}, {"--seed", "-1"}};
  for (const auto& words : cases) {
    EXPECT_THAT(refusal(words), HasSubstr(words.front())) << words.back();
  }
}

}  // namespace
}  // namespace bruit::cli
