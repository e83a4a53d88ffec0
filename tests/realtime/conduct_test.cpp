// Nodes that bend the rules in ways that Maelstrom accepts: each is named, and --strict fails it.
// The nodes are scripts in tests/cli/bad_nodes/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Case {
  std::string script;
  std::string said;  // on stderr, and in the results
  int code;          // of the test as Maelstrom has it
  int strict_code;
};

const Case cases[] = {
    {"repeats-values", "warning: n0 listed a value more than once in ", 0, 1},
    {"invents-values", "warning: n0 listed a value that nobody had broadcast in ", 0, 1},
    {"loses-sight", "warning: n0 no longer listed ", 0, 1},
    {"holds-back", "warning: n0 held back ", 0, 1},
    {"answers-nothing", "messages in answer to nothing they wait for; the first: ", 0, 1},
    {"answers-twice", "to c0, which waits for no answer to `init` of this node", 0, 1},
    {"adds-a-field", "to `broadcast`: broadcast_ok has a field \"status\" that it must not", 1, 1},
    {"omits-a-field",
     "to `read`: read_ok needs a field \"messages\"; it has \"values\", which it must not have", 1,
     1},
    {"mistakes-a-type", "to `read`: expected type \"read_ok\", got \"read_reply\": {", 1, 1},
    // Remarks: no more of a failure than without.
    {"is-late", "note: n0 gave 1 answer that nobody waited for any more; the first: ", 0, 0},
    {"is-late", "note: n0 left 1 request without an answer; the first: `broadcast` at ", 0, 0},
    {"cannot-read", "requests with an error; the first: `read`: [:not-supported \"read?\"]", 1, 1},
};

// All at once: most of a test is its recovery period of ten seconds.
TEST(Conduct, IsNamedAndFailsWithStrict) {
  std::map<std::pair<std::string, bool>, std::unique_ptr<BruitCommand>> commands;
  for (const Case& each : cases) {
    for (const bool strict : {false, true}) {
      auto& command = commands[{each.script, strict}];
      if (command != nullptr) continue;
      std::vector<std::string> arguments{"--bin",         bad_node(each.script),
                                         "--node-count",  "1",
                                         "--concurrency", "2n",
                                         "--time-limit",  "2",
                                         "--rate",        "20",
                                         "--seed",        "3"};
      if (strict) arguments.emplace_back("--strict");
      command = std::make_unique<BruitCommand>("test", arguments);
    }
  }
  std::map<std::pair<std::string, bool>, Finished> finished;
  for (auto& [key, command] : commands) finished[key] = command->finish();
  for (const Case& each : cases) {
    for (const bool strict : {false, true}) {
      SCOPED_TRACE(each.script + (strict ? ", strict" : ""));
      const Finished& result = finished.at({each.script, strict});
      EXPECT_EQ(result.code, strict ? each.strict_code : each.code);
      EXPECT_THAT(result.err, HasSubstr(each.said));
      const auto results = commands.at({each.script, strict})->results();
      EXPECT_FALSE(results.at_pointer("/warnings/list").as_array().empty());
      EXPECT_EQ(results.at("warnings").as_object().contains("valid"), strict);
    }
  }
}

TEST(Conduct, OfANodeThatKeepsTheRulesIsNotMentioned) {
  BruitCommand command("test", {"--bin", program("broadcast-3b"), "--node-count", "2", "--rate",
                                "50", "--time-limit", "2", "--strict"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, 0);
  EXPECT_THAT(finished.err, Not(HasSubstr("warning")));
  EXPECT_THAT(finished.err, Not(HasSubstr("note:")));
  const auto results = command.results();
  EXPECT_FALSE(results.as_object().contains("warnings"));
  EXPECT_LT(results.at_pointer("/answer-times/read/0.5").as_double(), 100);
  EXPECT_GE(results.at_pointer("/answer-times/broadcast/1").as_double(), 0);
}

TEST(Conduct, ProcessesThatAreLeftBehindAreNamedAndEnded) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "processes";
  ::setenv("BRUIT_TEST_PROCESSES", path.c_str(), 1);
  BruitCommand command("test", {"--bin", bad_node("leaves-processes"), "--node-count", "1",
                                "--time-limit", "1", "--rate", "20"});
  const Finished finished = command.finish();
  EXPECT_THAT(finished.err, HasSubstr("note: n0 left 1 process behind that it had started; the "
                                      "first: process "));
  EXPECT_THAT(finished.err, HasSubstr(", `sleep 1000`; Maelstrom would not end it"));
  EXPECT_THAT(finished.err, HasSubstr(", `sleep 2000`; Maelstrom would not end it"));
  std::ifstream in(path);
  pid_t process = 0;
  int count = 0;
  while (in >> process) {
    ++count;
    EXPECT_FALSE(runs(process)) << process;
  }
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace bruit::cli
