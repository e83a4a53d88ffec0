// Faults of real processes: nodes that are killed and start again, and nodes that freeze.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// A test of three nodes to which the schedule happens.
struct ScheduledRun {
  ScheduledRun(const std::string& schedule, const std::vector<std::string>& words)
      : command("test", with_schedule(schedule, words)), finished(command.finish()) {}

  std::vector<std::string> with_schedule(const std::string& schedule,
                                         const std::vector<std::string>& words) const {
    const auto file = folder.path() / "schedule";
    std::ofstream(file) << "scenario 1\n" << schedule;
    std::vector<std::string> all{"--node-count", "3", "--rate",     "50",
                                 "--time-limit", "3", "--schedule", file.string()};
    all.insert(all.end(), words.begin(), words.end());
    return all;
  }

  TemporaryFolder folder;
  BruitCommand command;
  Finished finished;
};

TEST(Nemesis, ANodeThatWasKilledGetsInitAndTopologyAgain) {
  const ScheduledRun run("500ms kill n1\n1s restart n1\n",
                         {"--bin", program("broadcast-3c"), "--log-net-send"});
  // 1: a value died with the only node that had it, and was acknowledged.
  EXPECT_LE(run.finished.code, 1) << run.finished.err.substr(0, 2000);
  const std::string& sent = run.finished.err;
  EXPECT_EQ(count(sent, R"("type":"init","node_id":"n0")"), 1U);
  EXPECT_EQ(count(sent, R"("type":"init","node_id":"n1")"), 2U);
  EXPECT_EQ(count(sent, R"("type":"topology","topology")"), 4U);
  EXPECT_THAT(run.command.file("history.txt"), HasSubstr("\"kill n1\""));
}

TEST(Nemesis, WhatClientsAskOfADeadNodeTimesOut) {
  const ScheduledRun run("500ms kill n1\n", {"-w", "lin-kv", "--bin", program("kv-node")});
  EXPECT_EQ(run.finished.code, 0) << run.finished.err;
  EXPECT_THAT(run.command.file("history.txt"), HasSubstr(":net-timeout"));
}

TEST(Nemesis, AFrozenNodeAnswersWhenItThaws) {
  const ScheduledRun run("500ms pause n1\n1200ms resume n1\n",
                         {"-w", "lin-kv", "--bin", program("kv-node"), "--latency", "200"});
  EXPECT_EQ(run.finished.code, 0) << run.finished.err;
  // Clients wait two seconds: none gives up.
  EXPECT_EQ(count(run.command.file("history.txt"), ":net-timeout"), 0U);
}

TEST(Nemesis, SingleMessagesOfProgramsAreLostHeldAndDoubledAndLinksStall) {
  const ScheduledRun run(
      "0s lose n1 -> n0 message 1\n0s double n0 -> n1 message 1\n0s hold n2 -> n0 message 2\n"
      "0s lose n0 -> n1 message 1000000\n1s stall 300ms\n2s release n2 -> n0 message 2\n",
      {"--bin", program("broadcast-3c"), "--latency", "20"});
  EXPECT_EQ(run.finished.code, 0) << run.finished.err.substr(0, 2000);
  const std::string history = run.command.file("history.txt");
  for (const std::string fault : {"lose n1 -> n0 message 1", "double n0 -> n1 message 1",
                                  "hold n2 -> n0 message 2", "stall 300ms"}) {
    EXPECT_THAT(history, HasSubstr('"' + fault + '"'));
  }
  EXPECT_EQ(count(history, "1000000"), 0U);  // there is no such message
}

TEST(Nemesis, KillsPausesAndLossesLeaveAProxyLinearizable) {
  BruitCommand command(
      "test", {"-w", "lin-kv", "--bin", program("kv-node"), "--node-count", "3", "--rate", "100",
               "--time-limit", "4", "--nemesis", "partition,kill,pause", "--nemesis-interval",
               "0.2", "--faults", "loss,duplicate,oneway", "--seed", "3"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 0) << finished.err;
  const std::string history = command.file("history.txt");
  EXPECT_THAT(history, HasSubstr("\"kill n"));
  EXPECT_THAT(history, HasSubstr("\"pause n"));
}

TEST(Nemesis, ClocksOfProgramsCannotDrift) {
  BruitCommand command("test", {"--bin", program("broadcast-3c"), "--faults", "drift"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 254);
  EXPECT_THAT(finished.err, HasSubstr("the clocks of programs cannot be changed"));
}

}  // namespace
}  // namespace bruit::cli
