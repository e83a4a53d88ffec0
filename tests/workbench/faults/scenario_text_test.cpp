// Scenario files: every fault and operation survives being written and read again, and what is
// wrong with a file is told with its line.
#include "bruit/workbench/faults/scenario_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "bruit/workbench/faults/fault_generator.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

class ScenarioText : public testing::Test {
 protected:
  Scenario parse(std::string_view text) const {
    return parse_scenario(text, {.nodes = names_, .clients = 5, .time_limit = seconds(20)});
  }
  // The message of the error that parse() throws.
  std::string error_of(std::string_view text) const {
    try {
      parse(text);
    } catch (const ScenarioError& error) {
      return error.what();
    }
    return "no error";
  }
  // The same for a file with this line after the header.
  std::string error_of_line(const std::string& line) const {
    return error_of("scenario 1\n" + line + "\n");
  }

  const std::vector<std::string> names_ = numbered_nodes(5);
};

TEST_F(ScenarioText, EveryFaultSurvivesBeingWrittenAndReadAgain) {
  const Links one{{0}, {1}, false};
  const Links many{{1, 3}, {0, 2, 4}, true};
  const LatencyModel slow{LatencyDistribution::exponential, milliseconds(300)};
  Scenario scenario;
  scenario.faults = {
      {seconds(0),
       StartPartition{PartitionShape::majority, {{2, 3, 4}, {2, 3, 4}, {0, 1}, {0, 1}, {0, 1}}}},
      {nanoseconds(1), StopPartition{}},
      {microseconds(1500), CutLinks{one}},
      {milliseconds(2), CutLinks{many}},
      {milliseconds(3), MendLinks{one}},
      {milliseconds(3), SetLatency{{}, slow}},
      {milliseconds(3), SetLatency{many, {LatencyDistribution::uniform, Duration::zero()}}},
      {seconds(4), SetLoss{0.1}},
      {seconds(5), SetDuplication{1.0 / 3}},
      {seconds(6), SetReordering{1, milliseconds(50)}},
      {seconds(7), Kill{0}},
      {seconds(8), Restart{0}},
      {seconds(9), Pause{4}},
      {seconds(10), Resume{4}},
      {seconds(11), SetClockRate{2, -500'000}},
      {seconds(12), StallLinks{{}, milliseconds(300)}},
      {seconds(12), StallLinks{many, nanoseconds(1)}},
      {seconds(13), LoseMessage{{0, 4, 1}}},
      {seconds(13), DoubleMessage{{4, 0, 12}, {}}},
      {seconds(13), DoubleMessage{{4, 0, 13}, seconds(2)}},
      {seconds(13), HoldMessage{{1, 2, UINT64_MAX}}},
      {seconds(14), ReleaseMessage{{1, 2, UINT64_MAX}}},
      {nanoseconds(19'999'999'999), SetClockRate{2, 0}},
  };
  EXPECT_EQ(parse(to_text(scenario, names_)), scenario);
}

TEST_F(ScenarioText, OperationsSurviveTooAndNoneIsNotTheSameAsAnEmptyLoad) {
  Scenario scenario;
  EXPECT_FALSE(parse(to_text(scenario, names_)).operations.has_value());
  scenario.operations = {{.at = seconds(0), .client = 4, .read = false},
                         {.at = milliseconds(1234), .client = 0, .read = true}};
  EXPECT_EQ(parse(to_text(scenario, names_)), scenario);
}

TEST_F(ScenarioText, WhatTheGeneratorDrawsSurvivesForManySeeds) {
  TestOptions options;
  options.nodes = names_;
  options.time_limit = seconds(20);
  options.nemesis_interval = seconds(1);
  options.latency = milliseconds(7);
  options.partition = true;
  options.faults = {true, 0.05, 0.02, true, true, true, true, true};
  for (options.seed = 0; options.seed < 200; ++options.seed) {
    const Scenario scenario = generate_faults(options);
    ASSERT_GT(scenario.faults.size(), 5U);
    EXPECT_EQ(parse(to_text(scenario, names_)), scenario) << "seed " << options.seed;
  }
}

TEST_F(ScenarioText, IsWhatPeopleWouldWrite) {
  const Scenario scenario = parse(
      "# A file may begin with a remark.\n"
      "scenario 1\r\n"
      "\n"
      "0s\tpartition majority n0,n1 drop n4,n3,n2 ;n2,n3,n4 drop n0,n1\r\n"
      "8.25s heal # and so the trouble ends\n"
      "9s cut n3 <-> n4\n"
      "9s lose n3 -> n4 message 3\n"
      "9s double n3 -> n4 message 4\n"
      "9s double n3 -> n4 message 5 after 0.5s\n"
      "9s hold n3 -> n4 message 6\n"
      "9.5s release n3 -> n4 message 6\n"
      "10s stall 300ms\n"
      "10s stall n0 <-> n2,n1 1s\n"
      "1s client 2 broadcast");
  EXPECT_EQ(to_text(scenario, names_),
            "scenario 1\n"
            "0s              partition majority n0,n1 drop n2,n3,n4; n2,n3,n4 drop n0,n1\n"
            "8250ms          heal\n"
            "9s              cut n3 <-> n4\n"
            "9s              lose n3 -> n4 message 3\n"
            "9s              double n3 -> n4 message 4\n"
            "9s              double n3 -> n4 message 5 after 500ms\n"
            "9s              hold n3 -> n4 message 6\n"
            "9500ms          release n3 -> n4 message 6\n"
            "10s             stall 300ms\n"
            "10s             stall n0 <-> n1,n2 1s\n"
            "1s              client 2 broadcast\n");
}

TEST_F(ScenarioText, ErrorsNameTheLine) {
  EXPECT_THAT(error_of(""), HasSubstr("the file is empty; expected \"scenario 1\""));
  EXPECT_THAT(error_of("# nothing\n\n"), HasSubstr("empty"));
  EXPECT_THAT(error_of("\nscenario 2\n"), StartsWith("line 2: expected \"scenario 1\""));
  EXPECT_THAT(error_of("scenario 1\n\n1s heal\n2s hael\n"),
              StartsWith("line 4: \"hael\" is unknown; expected partition, heal, cut"));
}

TEST_F(ScenarioText, ErrorsSayWhatWasExpected) {
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"soon heal", "soon"},
      {"1s", "a time alone"},
      {"20s heal", "20s is not before the end of the load, 20s"},
      {"-1s heal", "-1s"},
      {"1s heal n1", "expected `heal`"},
      {"1s partition", "expected `partition SHAPE NODES drop NODES"},
      {"1s partition halves n0 drop n1", "\"halves\" is not a shape"},
      {"1s partition one n0 drops n1", "expected `partition SHAPE"},
      {"1s partition one n0 drop n1 n2 drop n3", "expected `partition SHAPE"},
      {"1s partition one n0 drop n1; n0 drop n2", "n0 stands twice on the left"},
      {"1s cut n0 n1", "expected `cut NODES -> NODES`"},
      {"1s mend n0 - n1", "expected `NODES -> NODES` or `NODES <-> NODES`"},
      {"1s cut n0,n0 -> n1", "a node stands twice in a list"},
      {"1s cut n0, -> n1", "\"\" is not a node"},
      {"1s cut n5 -> n1", "\"n5\" is not a node; expected n0 to n4"},
      {"1s latency 5ms", "expected `latency DISTRIBUTION MEAN`"},
      {"1s latency normal 5ms", "expected constant, uniform or exponential"},
      {"1s latency uniform 2h", "2h is too long; expected at most 1h"},
      {"1s loss", "expected `loss PROBABILITY`"},
      {"1s loss 1.5", "\"1.5\" is not a probability"},
      {"1s loss nan", "\"nan\" is not a probability"},
      {"1s duplicate -0.1", "\"-0.1\" is not a probability"},
      {"1s reorder 0.1 50ms", "expected `reorder PROBABILITY by DURATION`"},
      {"1s kill", "expected `kill, restart, pause or resume NODE`"},
      {"1s kill n0 n1", "expected `kill, restart, pause or resume NODE`"},
      {"1s clock n0 200ppm", "expected `clock NODE +200ppm`"},
      {"1s clock n0 +200", "expected `clock NODE +200ppm`"},
      {"1s clock n0 +500001ppm", "expected -500000 to +500000 ppm"},
      {"1s clock n0 +-5ppm", "is not a rate"},
      {"1s stall", "expected `stall DURATION` or `stall NODES -> NODES DURATION`"},
      {"1s stall n0 300ms", "expected `stall DURATION` or `stall NODES -> NODES DURATION`"},
      {"1s stall n0 - n1 300ms", "expected `NODES -> NODES` or `NODES <-> NODES`"},
      {"1s stall 0s", "0s is no time; expected a duration above zero"},
      {"1s stall 2h", "2h is too long; expected at most 1h"},
      {"1s lose", "expected `lose NODE -> NODE message NUMBER`"},
      {"1s lose n0 -> n1 3", "expected `lose NODE -> NODE message NUMBER`"},
      {"1s lose n0 <-> n1 message 3", "expected `lose NODE -> NODE message NUMBER`"},
      {"1s hold n0,n2 -> n1 message 3", "\"n0,n2\" is not a node; expected n0 to n4"},
      {"1s release n1 -> n1 message 3", "n1 sends nothing to itself; expected two nodes"},
      {"1s lose n0 -> n1 message 0", "\"0\" is not the number of a message; expected a whole"},
      {"1s lose n0 -> n1 message 1.5", "\"1.5\" is not the number of a message"},
      {"1s lose n0 -> n1 message 18446744073709551616", "is not the number of a message"},
      {"1s double n0 -> n1 message 3 by 5ms", "expected `double NODE -> NODE message NUMBER` or"},
      {"1s double n0 -> n1 message 3 after", "expected `double NODE -> NODE message NUMBER` or"},
      {"1s double n0 -> n1 message 3 after 2h", "2h is too long"},
      {"1s client 5 read", "\"5\" is not a client; expected a number below 5"},
      {"1s client 1 write", "expected `client NUMBER broadcast` or `client NUMBER read`"},
  };
  for (const auto& [line, expected] : lines) {
    EXPECT_THAT(error_of_line(line), testing::AllOf(StartsWith("line 2: "), HasSubstr(expected)))
        << line;
  }
}

TEST_F(ScenarioText, TimesDoNotDescend) {
  EXPECT_THAT(error_of_line("2s heal\n1s heal"), HasSubstr("1s is before the fault above it"));
  EXPECT_THAT(error_of_line("2s client 0 read\n1s client 0 read"),
              HasSubstr("the operation above is later"));
  // Faults and operations may be mixed.
  EXPECT_EQ(error_of_line("2s heal\n1s client 0 read"), "no error");
}

TEST(Scenario, FitsANumberOfNodesIfItNamesNoneBeyond) {
  EXPECT_TRUE(fits(Kill{4}, 5));
  EXPECT_FALSE(fits(Kill{4}, 4));
  EXPECT_TRUE(fits(CutLinks{{{0}, {1, 2}}}, 3));
  EXPECT_FALSE(fits(CutLinks{{{0}, {1, 2}}}, 2));
  EXPECT_FALSE(fits(SetLatency{Links{{3}, {0}}, {}}, 3));
  EXPECT_TRUE(fits(SetLatency{}, 1));
  EXPECT_TRUE(fits(StartPartition{PartitionShape::one, {{1}, {0}}}, 2));
  EXPECT_FALSE(fits(StartPartition{PartitionShape::one, {{1}, {0}}}, 3));
  EXPECT_TRUE(fits(SetLoss{0.5}, 1));
  EXPECT_TRUE(fits(LoseMessage{{0, 2, 1}}, 3));
  EXPECT_FALSE(fits(LoseMessage{{0, 2, 1}}, 2));
  EXPECT_FALSE(fits(ReleaseMessage{{2, 0, 1}}, 2));
  EXPECT_TRUE(fits(StallLinks{{}, seconds(1)}, 1));
  EXPECT_FALSE(fits(StallLinks{Links{{0}, {1, 2}}, seconds(1)}, 2));
}

TEST(Scenario, KnowsWhichFaultsConcernANode) {
  EXPECT_TRUE(concerns_node(Kill{}));
  EXPECT_TRUE(concerns_node(SetClockRate{}));
  EXPECT_FALSE(concerns_node(StopPartition{}));
  EXPECT_FALSE(concerns_node(SetLoss{}));
  EXPECT_FALSE(concerns_node(LoseMessage{}));
}

TEST(Scenario, KnowsWhichFaultsConcernASingleMessage) {
  const Fault hold = HoldMessage{{1, 0, 7}};
  ASSERT_NE(message_of(hold), nullptr);
  EXPECT_EQ(*message_of(hold), (NthMessage{1, 0, 7}));
  EXPECT_EQ(message_of(SetLoss{}), nullptr);
}

}  // namespace
}  // namespace bruit::workbench
