// What published, correct programs do and Maelstrom carries: the test goes on, with a warning; with
// --strict it ends with the reason. The nodes are those of odd_nodes/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;

struct OddNode {
  std::string kind;    // of odd_node.py
  std::string warned;  // on stderr
  std::string strict;  // the reason with --strict
};
void PrintTo(const OddNode& node, std::ostream* out) { *out << node.kind; }

std::string folder() { return std::string(BRUIT_TEST_DATA) + "/odd_nodes/"; }

Finished echo(std::vector<std::string> flags, const std::string& kind) {
  flags.insert(flags.end(), {"-w", "echo", "--node-count", "2", "--time-limit", "1"});
  if (kind == "without-interpreter") {
    flags.insert(flags.end(), {"--bin", folder() + kind});
  } else {
    flags.insert(flags.end(), {"--bin", folder() + "odd_node.py", "--", kind});
  }
  return BruitCommand("test", flags).finish();
}

struct EachOddNode : testing::TestWithParam<OddNode> {};

TEST_P(EachOddNode, IsCarriedAndWarnedOf) {
  const Finished finished = echo({}, GetParam().kind);
  EXPECT_EQ(finished.code, 0);
  EXPECT_THAT(finished.err + finished.out, HasSubstr("Everything looks good!"));
  EXPECT_THAT(finished.err + finished.out, HasSubstr(GetParam().warned));
}

TEST_P(EachOddNode, IsRefusedIfStrict) {
  const Finished finished = echo({"--strict"}, GetParam().kind);
  EXPECT_EQ(finished.code, 255);
  EXPECT_THAT(finished.err, HasSubstr(GetParam().strict));
}

constexpr const char* odd_id = "whose msg_id or in_reply_to is no 64-bit integer";
INSTANTIATE_TEST_SUITE_P(
    Nodes, EachOddNode,
    testing::Values(
        OddNode{"null-ids", odd_id,
                "field \"body.msg_id\" must be a signed 64-bit integer, not null"},
        OddNode{"string-ids", odd_id, "must be a signed 64-bit integer, not a string"},
        OddNode{"float-ids", odd_id, "must be a signed 64-bit integer, not a number"},
        OddNode{"big-ids", odd_id, "must be a signed 64-bit integer, not a number beyond 64 bits"},
        OddNode{"no-type", "whose body has no type", "field \"body.type\" is missing"},
        OddNode{"relay", "under a name that is not its own", "expected its own name \"n1\" as src"},
        OddNode{"init-more", "init_ok with more than it must have", "\"type\": \"init_ok\""},
        OddNode{"without-interpreter", "without a first line such as #!",
                "a script needs a first line such as #!"}),
    [](const auto& tested) {
      std::string name = tested.param.kind;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

// The answer is no valid one, there or here: the operation is `info`, and the test goes on.
TEST(OddAnswer, WithANullIdMakesTheOperationUnknown) {
  const Finished finished = echo({}, "null-ids-in-replies");
  EXPECT_EQ(finished.code, 1);
  EXPECT_THAT(finished.err + finished.out,
              HasSubstr("the msg_id of echo_ok must be an integer or absent, not null"));
}

// --- Maelstrom's flags ---

TEST(OriginalsFlags, ForSshAreTakenWithANote) {
  const Finished finished =
      BruitCommand("test", {"--time-limit", "1", "--no-ssh", "--username", "root"}).finish();
  EXPECT_EQ(finished.code, 0);
  EXPECT_THAT(finished.err, HasSubstr("note: --no-ssh, --username: without effect"));
}

TEST(OriginalsFlags, NameTheNodes) {
  BruitCommand command("test", {"--time-limit", "1", "--nodes", "red,green"});
  EXPECT_EQ(command.finish().code, 0);
  const Finished twice = BruitCommand("test", {"-n", "red", "-n", "red"}).finish();
  EXPECT_EQ(twice.code, 254);
  EXPECT_THAT(twice.err, HasSubstr("\"red\" twice; expected different names"));
  const Finished client = BruitCommand("test", {"-n", "c3"}).finish();
  EXPECT_EQ(client.code, 254);
  EXPECT_THAT(client.err, HasSubstr("\"c3\" is no name of a node"));
}

TEST(OriginalsFlags, ARateOfZeroIsNoLoad) {
  const Finished finished = BruitCommand("test", {"--time-limit", "1", "--rate", "0"}).finish();
  EXPECT_EQ(finished.code, 2);  // nothing was read of anything
  EXPECT_THAT(finished.out, HasSubstr("values                          0"));
}

TEST(OriginalsFlags, SoManyTestsAsAreWantedEachWithTheNextSeed) {
  const Finished finished =
      BruitCommand("test", {"--time-limit", "1", "--seed", "7", "--test-count", "3"}).finish();
  EXPECT_EQ(finished.code, 0);
  for (const char* said : {"test 1 of 3", "seed 7;", "test 3 of 3", "seed 9;"}) {
    EXPECT_THAT(finished.err, HasSubstr(said));
  }
}

}  // namespace
}  // namespace bruit::cli
