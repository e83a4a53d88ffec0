// The five challenges with real processes, in real time, half a minute each.
//
// Counts of messages of the baselines are tested against what Maelstrom 0.2.4 counts for the same
// protocols; those of `rounds` against twice what it costs in virtual time, since a busy machine
// makes messages late. Times depend on the machine: they are printed, and only the challenge's own
// limits are demanded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;

// Takes the challenge and returns the messages per operation between servers.
double take(const std::string& challenge, const std::vector<std::string>& more = {}) {
  const TemporaryFolder folder;
  const auto json_file = folder.path() / "challenge.json";
  std::vector<std::string> arguments{challenge, "--json", json_file.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  BruitCommand command("challenge", arguments);
  const Finished finished = command.finish();
  std::printf("%s\n", finished.out.c_str());
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("passed"));

  const auto outcome = boost::json::parse(read_file(json_file)).as_array().at(0);
  EXPECT_EQ(outcome.at("challenge").as_string(), challenge);
  EXPECT_TRUE(outcome.at("passed").as_bool());
  const auto& results = outcome.at("results");
  EXPECT_TRUE(results.at("valid").as_bool());
  EXPECT_EQ(results.at_pointer("/workload/lost-count").as_int64(), 0);
  EXPECT_EQ(results.at_pointer("/stats/info-count").as_int64(), 0);
  return results.at_pointer("/net/servers/msgs-per-op").as_double();
}

struct Expected {
  std::string challenge;
  double most;  // messages per operation between servers
};

void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.challenge; }

struct EachChallenge : testing::TestWithParam<Expected> {};

INSTANTIATE_TEST_SUITE_P(RealTime, EachChallenge,
                         testing::Values(Expected{"3a", 0}, Expected{"3b", 2.4}, Expected{"3c", 5},
                                         Expected{"3d", 2.2}, Expected{"3e", 0.7}),
                         [](const auto& tested) { return tested.param.challenge; });

TEST_P(EachChallenge, IsPassedByItsProgram) {
  EXPECT_LE(take(GetParam().challenge), GetParam().most);
}

struct EachBaseline : testing::TestWithParam<std::vector<std::string>> {};

INSTANTIATE_TEST_SUITE_P(RealTime, EachBaseline,
                         testing::Values(std::vector<std::string>{"3d", "tree", "25.1"},
                                         std::vector<std::string>{"3e", "batched-tree", "3.40"}),
                         [](const auto& tested) { return tested.param[0]; });

TEST_P(EachBaseline, CostsWhatItCostsUnderMaelstrom) {
  const double expected = std::stod(GetParam()[2]);
  EXPECT_NEAR(take(GetParam()[0], {"--strategy", GetParam()[1]}), expected, 0.08 * expected);
}

}  // namespace
}  // namespace bruit::cli
