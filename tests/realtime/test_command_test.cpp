// `bruit test` with real processes in real time, as a drop-in for `maelstrom test -w broadcast`:
// its flags, its files, its output and its exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "bruit/workbench/history/edn.h"
#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::size_t lines_with(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(TestCommand, TakesMaelstromsFlagsAndLeavesItsFiles) {
  BruitCommand command("test", {"--verbose",
                                "-w",
                                "broadcast",
                                "--bin",
                                program("bruit"),
                                "--time-limit",
                                "2",
                                "--rate",
                                "50",
                                "--concurrency",
                                "4n",
                                "--latency",
                                "10",
                                "--latency-dist",
                                "uniform",
                                "--topology",
                                "tree",
                                "--nemesis",
                                "partition",
                                "--nemesis-interval",
                                "1",
                                "--availability",
                                "0.5",
                                "--log-stderr",
                                "--log-net-send",
                                "--log-net-recv",
                                "--seed",
                                "7",
                                "--",
                                "node",
                                "--strategy",
                                "reliable-flood",
                                "--log-level",
                                "info"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 0) << finished.err;

  // Without --node-count the nodes are Maelstrom's default, n1 to n5.
  for (const auto* node : {"n1", "n2", "n3", "n4", "n5"}) {
    EXPECT_TRUE(
        std::filesystem::exists(command.run_folder() / "node-logs" / (std::string(node) + ".log")));
  }
  // The seed is printed, and what was asked to be logged.
  EXPECT_THAT(finished.err, StartsWith("seed 7\n"));
  EXPECT_THAT(finished.err, HasSubstr("\nsend {\"id\":0,\"src\":\"c0\",\"dest\":\"n1\",\"body\":"
                                      "{\"type\":\"init\",\"node_id\":\"n1\""));
  // The topology is that of a tree with two branches.
  EXPECT_THAT(finished.err,
              HasSubstr(R"("topology":{"n1":["n2","n3"],"n2":["n1","n4","n5"],"n3":["n1"])"));
  EXPECT_THAT(finished.err, HasSubstr("Everything looks good! The test is valid.\n"));

  // What is printed is a summary, then what is in results.edn; the same is in results.json.
  EXPECT_THAT(finished.out, StartsWith("verdict                         valid\n"));
  EXPECT_THAT(finished.out, HasSubstr("\n\n" + command.file("results.edn")));
  EXPECT_THAT(command.file("trace.jsonl"), HasSubstr("\n{\"event\":\"end\",\"passed\":true}\n"));
  EXPECT_THAT(finished.err, HasSubstr("report: file:///"));
  EXPECT_THAT(command.file("report.html"), StartsWith("<!doctype html>"));
  const auto results = command.results();
  EXPECT_TRUE(results.at("valid").as_bool());
  EXPECT_EQ(results.at("seed").as_int64(), 7);
  EXPECT_GT(results.at_pointer("/net/servers/msgs-per-op").as_double(), 4);
  EXPECT_TRUE(results.at_pointer("/workload/stable-latencies/0.5").is_int64());
  EXPECT_TRUE(results.at_pointer("/availability/valid").as_bool());

  // Every message that was sent and received was printed once.
  EXPECT_EQ(lines_with(finished.err, "\nsend {"),
            static_cast<std::size_t>(results.at_pointer("/net/all/send-count").as_int64()));
  EXPECT_EQ(lines_with(finished.err, "\nrecv {"),
            static_cast<std::size_t>(results.at_pointer("/net/all/recv-count").as_int64()));

  // 4n clients: processes 0 to 19, and then one final read of each.
  const std::string history = command.file("history.edn");
  EXPECT_EQ(lines_with(history, ":final? true"), 40U);
  EXPECT_THAT(history, HasSubstr(":process :nemesis, :f :start-partition"));
  EXPECT_THAT(history, Not(HasSubstr(":process 20")));
  EXPECT_EQ(lines_with(command.file("history.txt"), "\n"), lines_with(history, "\n"));

  for (const auto* link : {"current", "latest", "broadcast/latest"}) {
    EXPECT_EQ(std::filesystem::canonical(command.store() / link),
              std::filesystem::canonical(command.run_folder()))
        << link;
  }
}

TEST(TestCommand, FailsARunThatLostValues) {
  BruitCommand command("test", {"--bin", bad_node("forgets"), "--node-count", "1", "--time-limit",
                                "2", "--rate", "20"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("The test is INVALID"));
  EXPECT_GT(command.results().at_pointer("/workload/lost-count").as_int64(), 0);
}

TEST(TestCommand, FailsARunBelowTheAvailabilityThatWasAsked) {
  BruitCommand command("test", {"--bin", bad_node("falls-silent"), "--node-count", "1",
                                "--time-limit", "2", "--rate", "10", "--availability", "total"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 1);
  EXPECT_FALSE(command.results().at_pointer("/availability/valid").as_bool());
  EXPECT_TRUE(command.results().at_pointer("/workload/valid").as_bool());
}

TEST(TestCommand, FailsARunThatReadNothingBack) {
  BruitCommand command("test", {"--bin", bad_node("remembers-nothing"), "--node-count", "1",
                                "--time-limit", "2", "--rate", "20"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 1);
  const auto results = command.results();
  EXPECT_EQ(results.at_pointer("/workload/lost-count").as_int64(),
            results.at_pointer("/workload/attempt-count").as_int64());
}

TEST(TestCommand, TestsEchoWithoutAnyOtherRequest) {
  BruitCommand command("test", {"-w", "echo", "--bin", program("echo"), "--node-count", "1",
                                "--time-limit", "2", "--rate", "50", "--availability", "total"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 0) << finished.err;
  const auto results = command.results();
  EXPECT_TRUE(results.at_pointer("/workload/valid").as_bool());
  EXPECT_TRUE(results.at_pointer("/workload/errors").as_array().empty());
  EXPECT_EQ(results.at_pointer("/stats/by-f").as_object().size(), 1U);
  // A message for each request and one for each answer, and two of `init`.
  EXPECT_EQ(results.at_pointer("/net/all/msg-count").as_int64(),
            2 * results.at_pointer("/stats/count").as_int64() + 2);
}

TEST(TestCommand, FailsAnEchoThatSomebodyDoesNotAnswer) {
  BruitCommand command("test", {"-w", "echo", "--bin", program("broadcast-3a"), "--node-count", "1",
                                "--time-limit", "1", "--rate", "10"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 1);
  EXPECT_FALSE(command.results().at_pointer("/workload/errors").as_array().empty());
}

TEST(TestCommand, DoesNotKnowOfARunWithoutABroadcast) {
  // With this seed the first operation is a read, and there is no other.
  BruitCommand command("test", {"--bin", program("broadcast-3a"), "--node-count", "1", "--rate",
                                "0.0001", "--time-limit", "1", "--seed", "1"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.err, HasSubstr("Validity is unknown"));
  EXPECT_EQ(command.results().at("valid").as_string(), "unknown");
}

TEST(TestCommand, IsNotHeldUpByANodeThatFloodsItsLog) {
  BruitCommand command("test", {"--bin", bad_node("chatters"), "--node-count", "2", "--time-limit",
                                "2", "--rate", "20"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 1);  // it remembers nothing
  const auto results = command.results();
  EXPECT_EQ(results.at_pointer("/stats/ok-count").as_int64(),
            results.at_pointer("/stats/count").as_int64());
  for (const auto* node : {"n0", "n1"}) {
    const std::string log = command.file("node-logs/" + std::string(node) + ".log");
    EXPECT_EQ(lines_with(log, "chatter chatter chatter\n"), 200'000U);
  }
}

}  // namespace
}  // namespace bruit::cli
