// However the workbench ends, nothing of the nodes stays: an interrupt, a kill, and nodes that are
// only found out by waiting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::AllOf;
using testing::HasSubstr;

constexpr auto patience = seconds(30);

template <typename Condition>
bool comes_true(Condition condition) {
  const auto deadline = steady_clock::now() + patience;
  while (!condition()) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

// A test of two real nodes, each started by a wrapper script, that has been running for a second.
struct WrappedRun {
  explicit WrappedRun(const std::string& schedule = {}) {
    const auto path = folder.path() / "processes";
    ::setenv("BRUIT_TEST_PROCESSES", path.c_str(), 1);
    std::vector<std::string> words{"--bin", bad_node("wrapper"), "--node-count", "2", "--rate",
                                   "50",    "--time-limit",      "100"};
    if (!schedule.empty()) {
      const auto file = folder.path() / "schedule";
      std::ofstream(file) << "scenario 1\n" << schedule;
      words.insert(words.end(), {"--schedule", file.string()});
    }
    words.insert(words.end(), {"--", program("broadcast-3b")});
    command = std::make_unique<BruitCommand>("test", words);
    EXPECT_TRUE(comes_true([&] { return read_processes(path).size() == 4; }));
    processes = read_processes(path);
    std::this_thread::sleep_for(seconds(2));  // some load
    for (const auto process : processes) EXPECT_TRUE(runs(process));
  }
  static std::vector<pid_t> read_processes(const std::filesystem::path& path) {
    std::vector<pid_t> found;
    std::ifstream in(path);
    pid_t process = 0;
    while (in >> process) found.push_back(process);
    return found;
  }
  bool all_have_ended() const { return std::none_of(processes.begin(), processes.end(), runs); }

  TemporaryFolder folder;
  std::unique_ptr<BruitCommand> command;
  std::vector<pid_t> processes;  // wrappers and nodes
};

struct EachInterrupt : testing::TestWithParam<int> {};

INSTANTIATE_TEST_SUITE_P(Ending, EachInterrupt, testing::Values(SIGINT, SIGTERM),
                         [](const auto& tested) {
                           return tested.param == SIGINT ? "SIGINT" : "SIGTERM";
                         });

TEST_P(EachInterrupt, WritesTheResultsSoFarAndLeavesNoProcess) {
  WrappedRun run;
  run.command->signal(GetParam());
  const Finished finished = run.command->finish();
  EXPECT_EQ(finished.code, 2);
  EXPECT_TRUE(run.all_have_ended());
  const std::string name = GetParam() == SIGINT ? "SIGINT" : "SIGTERM";
  EXPECT_THAT(finished.err, HasSubstr("interrupted (" + name + "); the results so far are in "));
  const auto results = run.command->results();
  EXPECT_EQ(results.at_pointer("/early-end/reason").as_string(), name);
  EXPECT_EQ(results.at("valid").as_string(), "unknown");
  EXPECT_GT(results.at_pointer("/stats/ok-count").as_int64(), 20);
  EXPECT_THAT(finished.out, HasSubstr("verdict                         unknown\n"));
  EXPECT_THAT(run.command->file("report.html"), HasSubstr("\"early-end\""));
  EXPECT_THAT(run.command->file("history.txt"), HasSubstr("\t:ok\t"));
}

TEST(Ending, ByAKillLeavesNoProcessEither) {
  WrappedRun run;
  run.command->signal(SIGKILL);
  EXPECT_EQ(run.command->finish().code, 256 + SIGKILL);
  EXPECT_TRUE(comes_true([&] { return run.all_have_ended(); }));
}

// Frozen processes do not handle a signal, but SIGKILL ends them.
TEST(Ending, ByAKillLeavesNoProcessThatIsFrozen) {
  WrappedRun run("0s pause n0\n0s pause n1\n");
  const auto frozen = [](pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.rfind("State:", 0) == 0) return line.find('T') != std::string::npos;
    }
    return false;
  };
  EXPECT_TRUE(std::all_of(run.processes.begin(), run.processes.end(), frozen));
  run.command->signal(SIGKILL);
  EXPECT_EQ(run.command->finish().code, 256 + SIGKILL);
  EXPECT_TRUE(comes_true([&] { return run.all_have_ended(); }));
}

TEST(Ending, ByACrashLeavesNoProcessEither) {
  WrappedRun run;
  run.command->signal(SIGABRT);
  EXPECT_EQ(run.command->finish().code, 256 + SIGABRT);
  EXPECT_TRUE(comes_true([&] { return run.all_have_ended(); }));
}

struct SilentNode {
  std::string script;
  std::string said;
};

// One after the other these would take ten seconds each.
TEST(SilentNodes, AreGivenTenSecondsAndToldWhatMayBeWrong) {
  const SilentNode nodes[] = {
      {"deaf", "it has not read its stdin: "},
      {"deaf", "its last line on stderr:\n    thinking"},
      {"mute", "it has read its stdin and printed nothing\n  (it wrote nothing to stderr)"},
      {"never-flushes", "it printed only when its stdin was closed: {\"src\":\"n0\""},
      {"never-flushes", "is stdout flushed after each message?"},
      {"ends-no-line", "expected a line break after each message"},
      {"answers-on-stderr", "it printed a message on stderr; messages belong on stdout"},
      {"says-hello", "it has printed 1 line so far, and none is this answer"}};
  std::vector<std::unique_ptr<BruitCommand>> commands;
  for (const auto& node : nodes) {
    commands.push_back(std::make_unique<BruitCommand>(
        "test", std::vector<std::string>{"--bin", bad_node(node.script), "--node-count", "2"}));
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    SCOPED_TRACE(nodes[i].script);
    const Finished finished = commands[i]->finish();
    EXPECT_EQ(finished.code, 255);
    EXPECT_GE(finished.took, seconds(10));
    EXPECT_THAT(
        finished.err,
        AllOf(HasSubstr("node n0 did not answer `init` within 10 s; expected a message with "
                        "body {\"type\": \"init_ok\", \"in_reply_to\": 1} on its stdout\n"),
              HasSubstr(nodes[i].said)));
  }
}

}  // namespace
}  // namespace bruit::cli
