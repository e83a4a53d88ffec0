// The five challenges with their own programs: real processes, real time, half a minute each.
//
// Counts of messages are tested against what Maelstrom 0.2.4 counts for the same protocols. Times
// depend on the machine: they are printed, and only the challenge's own limits are demanded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;

struct Expected {
  std::string challenge;
  std::optional<double> server_messages_per_operation;  // Maelstrom's
};

void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.challenge; }

struct EachChallenge : testing::TestWithParam<Expected> {};

INSTANTIATE_TEST_SUITE_P(RealTime, EachChallenge,
                         testing::Values(Expected{"3a", 0.0}, Expected{"3b", {}},
                                         Expected{"3c", {}}, Expected{"3d", 25.1},
                                         Expected{"3e", 3.40}),
                         [](const auto& tested) { return tested.param.challenge; });

TEST_P(EachChallenge, IsPassedByItsProgram) {
  const TemporaryFolder folder;
  const auto json_file = folder.path() / "challenge.json";
  BruitCommand command("challenge", {GetParam().challenge, "--json", json_file.string()});
  const Finished finished = command.finish();
  std::printf("%s\n", finished.out.c_str());
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("passed"));

  const auto outcome = boost::json::parse(read_file(json_file)).as_array().at(0);
  EXPECT_EQ(outcome.at("challenge").as_string(), GetParam().challenge);
  EXPECT_TRUE(outcome.at("passed").as_bool());
  const auto& results = outcome.at("results");
  EXPECT_TRUE(results.at("valid").as_bool());
  EXPECT_EQ(results.at_pointer("/workload/lost-count").as_int64(), 0);
  EXPECT_EQ(results.at_pointer("/stats/info-count").as_int64(), 0);
  if (const auto expected = GetParam().server_messages_per_operation) {
    EXPECT_NEAR(results.at_pointer("/net/servers/msgs-per-op").as_double(), *expected,
                0.08 * *expected);
  }
}

}  // namespace
}  // namespace bruit::cli
