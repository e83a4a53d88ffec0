// Nodes that break the rules end the test at once, with a message that says which node did what and
// what was expected. The nodes are the scripts in bad_nodes/; those that are only found out by
// waiting are in tests/realtime/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int bad_arguments = 254;
constexpr int broke_off = 255;

// A whole test would take more than ten seconds, its recovery period alone.
constexpr auto at_once = seconds(8);

struct BadNode {
  std::string script;
  std::vector<std::string> said;  // on stderr
};

void PrintTo(const BadNode& node, std::ostream* out) { *out << node.script; }

struct EachBadNode : testing::TestWithParam<BadNode> {};

TEST_P(EachBadNode, EndsTheTestAtOnceWithAReason) {
  BruitCommand command(
      "test", {"--bin", bad_node(GetParam().script), "--node-count", "2", "--time-limit", "5"});
  const Finished finished = command.finish();
  EXPECT_EQ(finished.code, broke_off);
  EXPECT_LT(finished.took, at_once);
  for (const auto& text : GetParam().said) EXPECT_THAT(finished.err, HasSubstr(text));
  EXPECT_THAT(finished.err, Not(HasSubstr("Everything looks good")));
  // The reason is in the results as well, and they are whole.
  const auto results = command.results();
  EXPECT_FALSE(results.at("valid").as_bool());
  EXPECT_THAT(std::string(results.at_pointer("/early-end/reason").as_string()),
              HasSubstr(GetParam().said.front().substr(0, 7)));
  EXPECT_TRUE(std::filesystem::exists(command.run_folder() / "history.edn"));
  EXPECT_TRUE(std::filesystem::exists(command.store() / "latest" / "results.edn"));
}

INSTANTIATE_TEST_SUITE_P(
    Nodes, EachBadNode,
    testing::Values(
        BadNode{"exits-at-once",
                {"node n", "exited with status 3 during the test; expected that it runs",
                 "its last line on stderr:\n    cannot open the database"}},
        BadNode{"prints-usage",
                {"node n", "printed a line that is not a message: not JSON",
                 "the line: usage: prints-usage [--help]"}},
        BadNode{"dies-mid-run",
                {"node n", "was killed by signal 11 (Segmentation fault) during the test",
                 "about to fall"}},
        BadNode{"prints-text",
                {"node n", "printed a line that is not a message: not JSON",
                 "the line: starting node n", "expected: {\"src\": \"n", "(logs belong on stderr)",
                 "(it wrote nothing to stderr)"}},
        BadNode{"prints-no-message",
                {"node n", "field \"hello\" is not allowed beside src, dest and body",
                 "the line: {\"hello\":\"world\"}"}},
        BadNode{"prints-bytes",
                {"node n", "printed a line that is not a message: not JSON",
                 "the line: \\xff\\xfe\\x00\\x01\"\n"}},
        BadNode{"adds-a-key",
                {"node n", "field \"time\" is not allowed beside src, dest and body"}},
        BadNode{"writes-to-nobody",
                {"node n", "sent a message to \"n99\", which does not exist; nodes are n0 to n1"}},
        BadNode{"writes-to-no-client",
                {"node n", "sent a message to \"c99999\", which does not exist"}},
        BadNode{"closes-stdout",
                {"node n", "closed its stdout; expected that it stays open", "goodbye"}},
        BadNode{"refuses-init",
                {"node n", "answered `init` with {\"type\":\"error\"",
                 "expected body {\"type\": \"init_ok\""}},
        BadNode{"misnumbers-init",
                {"node n", "answered `init` with {\"type\":\"init_ok\",\"in_reply_to\":7}",
                 "expected body {\"type\": \"init_ok\", \"in_reply_to\": 1}"}},
        BadNode{"floods-stderr", {"node n", "exited with status 1", "last words"}}),
    [](const auto& tested) {
      std::string name = tested.param.script;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST(Program, ThatDoesNotExistIsNamed) {
  const Finished finished = BruitCommand("test", {"--bin", "/no/such/node"}).finish();
  EXPECT_EQ(finished.code, bad_arguments);
  EXPECT_EQ(finished.err,
            "bruit: --bin /no/such/node: No such file or directory; expected the path of a "
            "program\n");
  EXPECT_EQ(finished.out, "");
}

TEST(Program, ThatIsNotExecutableIsNamed) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "node";
  std::ofstream(path) << "#!/bin/sh\n";
  const Finished finished = BruitCommand("test", {"--bin", path.string()}).finish();
  EXPECT_EQ(finished.code, bad_arguments);
  EXPECT_THAT(finished.err, AllOf(HasSubstr(path.string()), HasSubstr("not executable")));
}

TEST(Program, ThatIsAFolderIsNamed) {
  const Finished finished = BruitCommand("test", {"--bin", "/tmp"}).finish();
  EXPECT_EQ(finished.code, bad_arguments);
  EXPECT_THAT(finished.err, HasSubstr("--bin /tmp: not a file"));
}

TEST(Program, WithoutItsInterpreterIsNamed) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "node";
  std::ofstream(path) << "#!/no/such/interpreter\n";
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  const Finished finished = BruitCommand("test", {"--bin", path.string()}).finish();
  EXPECT_EQ(finished.code, broke_off);
  EXPECT_THAT(finished.err, HasSubstr("cannot execute " + path.string()));
}

TEST(Program, OfAChallengeIsCheckedToo) {
  const Finished finished = BruitCommand("challenge", {"3a", "--bin", "/no/such/node"}).finish();
  EXPECT_EQ(finished.code, bad_arguments);
  EXPECT_THAT(finished.err, HasSubstr("--bin /no/such/node"));
}

TEST(Challenge, ThatABadNodeBreaksOffSaysSoAndTriesNoOther) {
  const Finished finished =
      BruitCommand("challenge", {"all", "--bin", bad_node("exits-at-once")}).finish();
  EXPECT_EQ(finished.code, broke_off);
  EXPECT_THAT(finished.err, HasSubstr("exited with status 3"));
  EXPECT_THAT(finished.out, HasSubstr("3a"));
  EXPECT_THAT(finished.out, Not(HasSubstr("3b")));
}

TEST(Challenge, SaysAtOnceThatItsResultsCannotBeWritten) {
  const Finished finished = BruitCommand("challenge", {"3a", "--json", "/no/such/file"}).finish();
  EXPECT_EQ(finished.code, bad_arguments);
  EXPECT_EQ(finished.err,
            "bruit: --json /no/such/file: No such file or directory; expected a file that can be "
            "written\n");
}

TEST(Store, ThatCannotBeWrittenIsNamed) {
  maelstrom::Child child("bruit",
                         {"test", "--bin", program("broadcast-3a"), "--store", "/dev/null/store"});
  EXPECT_EQ(child.wait(), broke_off);
  EXPECT_THAT(child.errors(), HasSubstr("/dev/null/store"));
}

TEST(Arguments, ThatAreWrongAreNamedWithWhatWasExpected) {
  const struct {
    std::vector<std::string> arguments;
    std::string expected;
  } cases[] = {
      {{"--", "x"}, "arguments after `--` are for a program"},
      {{"--bin", "x", "--workload", "kafak"}, "kafak is not a workload"},
      {{"--bin", "x", "--consistency-models", "strict"}, "strict is not a consistency model"},
      {{"--bin", "x", "--key-count", "51"}, "--key-count"},
      {{"--bin", "x", "--node-count", "0"},
       "--node-count: \"0\" is not a whole number from 1 to 1000000\n"},
      {{"--bin", "x", "--node-count", "5.5"}, "\"5.5\" is not a whole number"},
      {{"--bin", "x", "--seed", "-1"}, "--seed: \"-1\" is not a whole number from 0 on\n"},
      {{"--bin", "x", "--seed", "18446744073709551616"}, "is not a whole number"},
      {{"--bin", "x", "--time-limit", "0"}, "--time-limit: \"0\" is not a number above 0 and"},
      {{"--bin", "x", "--time-limit", "nan"}, "--time-limit: \"nan\" is not a number"},
      {{"--bin", "x", "--rate", "many"}, "--rate: \"many\" is not a number from 0 to"},
      {{"--bin", "x", "--rate", "inf"}, "--rate: \"inf\" is not a number"},
      {{"--bin", "x", "--latency", "-1"}, "--latency: \"-1\" is not a number from 0 to 3600000\n"},
      {{"--bin", "x", "--latency-dist", "normal"}, "--latency-dist"},
      {{"--bin", "x", "--topology", "ring"}, "--topology"},
      {{"--bin", "x", "--nemesis", "fire"}, "--nemesis"},
      {{"--bin", "x", "--concurrency", "4m"}, "4m is not a number of clients"},
      {{"--bin", "x", "--concurrency", "0"}, "0 is not a number of clients"},
      {{"--bin", "x", "--availability", "1.5"}, "neither `total` nor a fraction"},
      {{"--bin", "x", "--no-such-flag"}, "--no-such-flag"},
  };
  for (const auto& bad : cases) {
    const Finished finished = BruitCommand("test", bad.arguments).finish();
    EXPECT_EQ(finished.code, bad_arguments) << bad.expected;
    EXPECT_THAT(finished.err, HasSubstr(bad.expected));
  }
}

}  // namespace
}  // namespace bruit::cli
