// The files of shards: what is written is read back, and parts that do not fit are told apart.
#include "bruit/workbench/sweep/sweep_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace bruit::workbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

SweepRun run(std::uint64_t seed) {
  return {.seed = seed,
          .outcome = seed % 2 == 0 ? SimulationOutcome::passed : SimulationOutcome::unknown,
          .operations = 100 + seed,
          .broadcasts = 50,
          .server_messages = 1234,
          .all_messages = 2345,
          .lost = 1,
          .violations = 2,
          .stable = SimulationQuantiles{Duration(1), Duration(2), Duration(3), Duration(4)},
          .propagation = std::nullopt,
          .converged_after_last_heal = Duration(123'456'789'012),
          .trace_hash = 0xffff'ffff'ffff'fff0 + seed};
}

// Two points, three seeds from 10.
SweepPart part(std::uint64_t index, std::uint64_t count) {
  SweepPart result{.build = "1+abc",
                   .flags = {{"--rate", "10,20"}, {"--strategy", "\"tree\""}},
                   .seeds = {10, 12},
                   .points = 2,
                   .shard = {index, count},
                   .runs = {}};
  for (std::uint64_t number = index; number < 6; number += count) {
    result.runs.push_back({number, run(10 + number % 3)});
  }
  return result;
}

std::string refusal(const std::function<void()>& what) {
  try {
    what();
  } catch (const SweepPartError& error) {
    return error.what();
  }
  return "accepted";
}

std::string merge_refusal(const std::vector<SweepPart>& parts) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parts.size(); ++i) names.push_back("part" + std::to_string(i));
  return refusal([&] { merge_parts(parts, names); });
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  text.replace(text.find(what), what.size(), with);
  return text;
}

TEST(SweepPart, IsReadAsItWasWritten) {
  const SweepPart written = part(1, 4);
  const SweepPart read = parse_part(to_text(written), "file");
  EXPECT_EQ(read.build, written.build);
  EXPECT_EQ(read.flags, written.flags);
  EXPECT_EQ(read.seeds.first, 10U);
  EXPECT_EQ(read.seeds.last, 12U);
  EXPECT_EQ(read.points, 2U);
  EXPECT_EQ(read.shard, written.shard);
  EXPECT_EQ(read.runs, written.runs);
  EXPECT_EQ(to_text(read), to_text(written));
}

TEST(SweepPart, WithoutRunsIsAPartToo) {
  EXPECT_TRUE(parse_part(to_text(part(7, 8)), "file").runs.empty());
}

TEST(SweepPart, MergesToAllRunsInOrderWhateverTheOrderOfTheFiles) {
  const auto runs = merge_parts({part(2, 3), part(0, 3), part(1, 3)}, {"a", "b", "c"});
  EXPECT_EQ(runs, part(0, 1).runs);
}

TEST(SweepPart, AMissingPartIsNamed) {
  EXPECT_EQ(merge_refusal({part(0, 3), part(2, 3)}), "shard 1/3 is missing; 2 of 3 are here");
}

TEST(SweepPart, APartGivenTwiceIsNamedWithBothFiles) {
  EXPECT_EQ(merge_refusal({part(0, 2), part(1, 2), part(1, 2)}),
            "part1 and part2 are both shard 1/2");
}

TEST(SweepPart, PartsOfAnotherGridAreNamed) {
  for (const auto& change : std::vector<std::function<void(SweepPart&)>>{
           [](SweepPart& other) { other.flags[0].second = "10,30"; },
           [](SweepPart& other) { other = part(1, 3); }}) {
    SweepPart other = part(1, 2);
    change(other);
    EXPECT_THAT(merge_refusal({part(0, 2), other}),
                HasSubstr("part0 and part1 are parts of different sweeps"));
  }
}

TEST(SweepPart, PartsOfAnotherBuildAreRefusedWithBothBuilds) {
  SweepPart other = part(1, 2);
  other.build = "1+def";
  EXPECT_EQ(merge_refusal({part(0, 2), other}),
            "part0 was written by bruit 1+abc and part1 by bruit 1+def: parts of different builds "
            "do not mix");
}

TEST(SweepPart, AnInterruptedPartIsReadButNotMerged) {
  SweepPart broken_off = part(1, 2);
  broken_off.runs.erase(broken_off.runs.begin());
  EXPECT_EQ(parse_part(to_text(broken_off), "file").runs.size(), 2U);
  EXPECT_THAT(
      merge_refusal({part(0, 2), broken_off}),
      AllOf(HasSubstr("part1 has 2 of its 3 runs"), HasSubstr("shard 1/2 was interrupted")));
}

TEST(SweepPart, NoPartsAreRefused) { EXPECT_EQ(merge_refusal({}), "there are no parts to merge"); }

TEST(SweepPart, AFileThatIsNoPartIsRefusedWithItsNameAndTheReason) {
  const std::string good = to_text(part(0, 2));
  const auto told = [](const std::string& text) {
    return refusal([&] { parse_part(text, "some.json"); });
  };
  EXPECT_EQ(told(good), "accepted");
  EXPECT_THAT(told(""), HasSubstr("some.json: not JSON"));
  EXPECT_THAT(told(good.substr(0, good.size() / 2)), HasSubstr("some.json: not JSON"));
  EXPECT_EQ(told("{}"), "some.json: this is not a part of a sweep");
  EXPECT_EQ(told("[1]"), "some.json: this is not a part of a sweep");
  EXPECT_THAT(told(replaced(good, "\"bruit_sweep_part\":2", "\"bruit_sweep_part\":1")),
              HasSubstr("another version"));
  EXPECT_THAT(told(replaced(good, "\"points\":2", "\"points\":-2")), HasSubstr("\"points\""));
  EXPECT_THAT(told(replaced(good, "\"shard\":[0,2]", "\"shard\":[2,2]")), HasSubstr("no range"));
  EXPECT_THAT(told(replaced(good, "\"seeds\":[10,12]", "\"seeds\":[12,10]")),
              HasSubstr("no range"));
  EXPECT_THAT(told(replaced(good, "\"seed\":10", "\"seed\":11")),
              HasSubstr("run 0 is not one of this shard"));
  EXPECT_THAT(told(replaced(good, "\"run\":2", "\"run\":3")),
              HasSubstr("run 3 is not one of this shard"));
  EXPECT_THAT(told(replaced(good, "\"passed\"", "\"perfect\"")), HasSubstr("not an outcome"));
  EXPECT_THAT(told(replaced(good, "\"lost\":1", "\"lost\":1.5")), HasSubstr("\"lost\""));
  EXPECT_THAT(told(replaced(good, "\"lost\":1,", "")), HasSubstr("\"lost\" is missing"));
  EXPECT_THAT(told(replaced(good, "[1,2,3,4]", "[1,2,3]")), HasSubstr("has not 4 times"));
}

}  // namespace
}  // namespace bruit::workbench
