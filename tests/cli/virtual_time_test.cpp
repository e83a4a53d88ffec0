// `bruit test` without a program and `bruit challenge --sim`: virtual time, the same files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cli/bruit_command.h"
#include "maelstrom/child.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;

TEST(VirtualTest, WithoutAProgramTestsAStrategyAtOnceAndStoresTheSameFiles) {
  BruitCommand test("test", {"--node-count", "5", "--time-limit", "20", "--rate", "50",
                             "--strategy", "tree", "--seed", "7"});
  const Finished finished = test.finish();
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("no --bin: tree in virtual time, seed 7"));
  EXPECT_LT(finished.took, std::chrono::seconds(10));  // of the thirty that the test lasts
  for (const auto* file : {"results.edn", "results.json", "history.edn", "history.txt"}) {
    EXPECT_TRUE(std::filesystem::exists(test.run_folder() / file)) << file;
  }
  const auto results = test.results();
  EXPECT_EQ(results.at("strategy"), "tree");
  EXPECT_EQ(results.at("valid"), true);
  EXPECT_EQ(results.at("invariants").at("valid"), true);
  EXPECT_EQ(results.at("trace-hash").as_string().size(), 16U);
}

TEST(VirtualTest, ABrokenInvariantIsAnInvalidTest) {
  BruitCommand test("test", {"--node-count", "5", "--time-limit", "20", "--strategy", "flood",
                             "--nemesis", "partition", "--rate", "50", "--seed", "2"});
  const Finished finished = test.finish();
  EXPECT_EQ(finished.code, 1) << finished.err;
  EXPECT_EQ(test.results().at("invariants").at("valid"), false);
}

TEST(VirtualTest, RefusesWhatNeedsAProgram) {
  EXPECT_EQ(BruitCommand("test", {"--", "--verbose"}).finish().code, 254);
  EXPECT_EQ(BruitCommand("test", {"-w", "echo"}).finish().code, 254);
  EXPECT_EQ(BruitCommand("test", {"--strategy", "no-such"}).finish().code, 254);
}

TEST(Store, ThatIsNoFolderAtAllIsRefused) {
  for (const auto* command : {"test", "challenge"}) {
    const Finished finished = run_bruit({command, "--store", ""});
    EXPECT_EQ(finished.code, 254);
    EXPECT_THAT(finished.err, HasSubstr("--store: is empty; expected a folder"));
  }
}

TEST(Commands, ThatDoNotExistAreNamedWithThoseThatDo) {
  maelstrom::Child misspelt("bruit", {"tset", "-w", "echo"});
  EXPECT_EQ(misspelt.wait(), 254);
  EXPECT_THAT(misspelt.errors(), HasSubstr("there is no command \"tset\"; expected one of node, "));
}

TEST(Numbers, ThatNoIntegerHoldsAreNamedWithWhatWasExpected) {
  maelstrom::Child sim("bruit", {"sim", "--expect-pending", "18446744073709551616"});
  EXPECT_EQ(sim.wait(), 254);
  EXPECT_THAT(sim.errors(), HasSubstr("--expect-pending: \"18446744073709551616\" is not a whole"));
  const Finished port = BruitCommand("serve", {"--port", "65536"}).finish();
  EXPECT_EQ(port.code, 254);
  EXPECT_THAT(port.err, HasSubstr("--port: \"65536\" is not a whole number from 0 to 65535"));
}

TEST(VirtualChallenge, AllAreTakenAtOnceInBothNetworkModels) {
  for (const auto* network : {"maelstrom", "ideal"}) {
    BruitCommand challenge("challenge", {"all", "--sim", "--seed", "1", "--network", network});
    const Finished finished = challenge.finish();
    EXPECT_EQ(finished.code, 0) << finished.out << finished.err;
    EXPECT_LT(finished.took, std::chrono::seconds(20));
    EXPECT_THAT(finished.out, HasSubstr("3e"));
  }
}

TEST(VirtualChallenge, GivesArgumentsToTheStrategy) {
  BruitCommand challenge("challenge", {"3e", "--sim", "--seed", "1", "--", "--strategy", "tree"});
  challenge.finish();
  EXPECT_EQ(challenge.results().at("strategy"), "tree");
  EXPECT_EQ(BruitCommand("challenge", {"3e", "--sim", "--", "--no-such"}).finish().code, 254);
}

}  // namespace
}  // namespace bruit::cli
