// The workloads with real processes: our example of each passes, a node that breaks its promise
// does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;

struct WorkloadRun {
  explicit WorkloadRun(const std::string& workload, const std::string& bin,
                       const std::vector<std::string>& more = {},
                       const std::vector<std::string>& node_arguments = {},
                       const std::string& nodes = "3")
      : command("test", words(workload, bin, more, node_arguments, nodes)),
        finished(command.finish()) {}

  static std::vector<std::string> words(const std::string& workload, const std::string& bin,
                                        const std::vector<std::string>& more,
                                        const std::vector<std::string>& node_arguments,
                                        const std::string& nodes) {
    std::vector<std::string> all{"-w",     workload, "--bin",        bin, "--node-count", nodes,
                                 "--rate", "100",    "--time-limit", "3"};
    all.insert(all.end(), more.begin(), more.end());
    if (!node_arguments.empty()) all.emplace_back("--");
    all.insert(all.end(), node_arguments.begin(), node_arguments.end());
    return all;
  }

  BruitCommand command;
  Finished finished;
};

TEST(Workloads, UniqueIdsPassUnderPartitionsAndAreAvailable) {
  WorkloadRun run("unique-ids", program("unique-ids"),
                  {"--nemesis", "partition", "--nemesis-interval", "1", "--availability", "total"});
  EXPECT_EQ(run.finished.code, 0) << run.finished.err;
  const auto found = run.command.results().at("workload");
  EXPECT_GT(found.at("acknowledged-count").as_int64(), 200);
  EXPECT_EQ(found.at("duplicated-count").as_int64(), 0);
}

TEST(Workloads, ANodeThatGivesAnIdTwiceFails) {
  WorkloadRun run("unique-ids", bad_node("repeats-ids"));
  EXPECT_EQ(run.finished.code, 1) << run.finished.err;
  EXPECT_GT(run.command.results().at_pointer("/workload/duplicated-count").as_int64(), 0);
}

TEST(Workloads, TheCounterOnSeqKvPassesUnderPartitions) {
  WorkloadRun run("g-counter", program("counter-4"),
                  {"--nemesis", "partition", "--nemesis-interval", "1", "--latency", "5"});
  EXPECT_EQ(run.finished.code, 0) << run.finished.err;
  EXPECT_EQ(run.command.results().at_pointer("/workload/final-reads").as_array().size(), 3U);
  // What it says to the store counts as traffic between servers.
  EXPECT_GT(run.command.results().at_pointer("/net/servers/msgs-per-op").as_double(), 1);
}

TEST(Workloads, PnCounterAlsoSubtracts) {
  // Alone it counts well, ...
  WorkloadRun alone("pn-counter", bad_node("counts-alone"), {}, {}, "1");
  EXPECT_EQ(alone.finished.code, 0) << alone.finished.err;
  // ... and the counter of challenge 4 is one that only grows.
  WorkloadRun run("pn-counter", program("counter-4"));
  EXPECT_EQ(run.finished.code, 1) << run.finished.err;
}

TEST(Workloads, CountersThatDoNotTalkToEachOtherFail) {
  WorkloadRun run("g-counter", bad_node("counts-alone"));
  EXPECT_EQ(run.finished.code, 1) << run.finished.err;
  EXPECT_FALSE(run.command.results().at_pointer("/workload/errors").as_array().empty());
}

TEST(Workloads, AProxyOfTheServiceLinKvIsLinearizable) {
  WorkloadRun run("lin-kv", program("kv-node"), {"--concurrency", "4n", "--latency", "10"});
  EXPECT_EQ(run.finished.code, 0) << run.finished.err;
  const auto results = run.command.results().at_pointer("/workload/results").as_object();
  EXPECT_EQ(results.size(), 2U);  // a key for each group of six clients
  EXPECT_GT(results.at("0").at_pointer("/linearizable/op-count").as_int64(), 20);
}

TEST(Workloads, NodesEachWithAStoreOfItsOwnAreNotLinearizableAndItIsSaidWhy) {
  WorkloadRun run("lin-kv", program("kv-node"), {}, {"--own-store"});
  EXPECT_EQ(run.finished.code, 1) << run.finished.err;
  const auto found = run.command.results().at("workload");
  ASSERT_EQ(found.at("failures").as_array().size(), 1U);
  const auto& key = found.at_pointer("/results/0/linearizable");
  EXPECT_THAT(std::string(key.at("why").as_string()),
              HasSubstr("but the register can only have held"));
}

}  // namespace
}  // namespace bruit::cli
