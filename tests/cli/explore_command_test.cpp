// bruit explore as people start it: its exit codes, the schedule that it leaves, what it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

Finished explore(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "explore");
  return run_bruit(arguments);
}

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The words of the line that begins with "# bruit".
std::vector<std::string> replay_of(const std::string& schedule) {
  const std::size_t begin = schedule.find("# bruit ") + 8;
  std::istringstream line(schedule.substr(begin, schedule.find('\n', begin) - begin));
  return {std::istream_iterator<std::string>(line), std::istream_iterator<std::string>()};
}

TEST(ExploreCommand, LeavesAScheduleThatSimReplays) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "found.txt";
  const Finished finished = explore(
      {"--strategy", "flood", "--node-count", "2", "--kinds", "loss", "--found", file.string()});
  EXPECT_EQ(finished.code, 1) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("flood: 2 nodes, latency 100 ms; up to 1 deviation"));
  EXPECT_THAT(finished.out, HasSubstr("message 1 n1 -> n0 (rumor) is lost"));
  const std::string schedule = content(file);
  EXPECT_THAT(schedule, HasSubstr("# no loss: 0, acknowledged at 1s, is missing at n0\n"
                                  "#   a client of n1 broadcasts a value, at 1s\n"
                                  "#   message 1 n1 -> n0 (rumor) is lost\n"
                                  "# bruit sim --strategy flood --node-count 2"));
  const Finished replayed = run_bruit(replay_of(schedule));
  EXPECT_EQ(replayed.code, 1) << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("first of no loss: 0, acknowledged at 1s, is missing at n0"));
}

TEST(ExploreCommand, LeavesTheLimitOfMessagesWithASchedule) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "found.txt";
  const Finished finished =
      explore({"--strategy", "reliable-flood", "--node-count", "3", "-k", "0", "--expect-messages",
               "5", "--values", "three", "--found", file.string()});
  EXPECT_EQ(finished.code, 1) << finished.err;
  const Finished replayed = run_bruit(replay_of(content(file)));
  EXPECT_EQ(replayed.code, 1) << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("messages between nodes; expected at most 5"));
}

TEST(ExploreCommand, EndsWellIfNothingFails) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "found.txt";
  const Finished finished = explore({"--strategy", "reliable-flood", "--node-count", "2", "--kinds",
                                     "loss,double", "--found", file.string()});
  EXPECT_EQ(finished.code, 0) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("0 of"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(ExploreCommand, CountsAndListsWithoutJudging) {
  const std::vector<std::string> tiny = {"--strategy", "flood",    "--node-count",
                                         "2",          "--values", "one"};
  auto counting = tiny;
  counting.push_back("--count");
  const Finished counted = explore(counting);
  EXPECT_EQ(counted.code, 0);
  EXPECT_THAT(counted.out, HasSubstr("one     1             71           72"));
  auto listing = tiny;
  listing.insert(listing.end(), {"--list", "--kinds", "loss"});
  EXPECT_EQ(explore(listing).out,
            "one: nothing\none: message 1 n1 -> n0 is lost\none: message 1 n0 -> n1 is lost\n");
}

TEST(ExploreCommand, WritesAllFiguresAsJson) {
  const Finished finished =
      explore({"--strategy", "flood", "--node-count", "2", "--kinds", "kill+loss:1", "--values",
               "one,moments", "--keep-going", "--found", "/dev/null", "--json", "-"});
  EXPECT_EQ(finished.code, 1);
  const json::value figures = json::parse(finished.out);
  EXPECT_EQ(figures.at("end").as_string(), "complete");
  EXPECT_EQ(figures.at_pointer("/options/kinds").as_string(), "loss+kill:1");
  EXPECT_EQ(figures.at_pointer("/options/strategy").as_string(), "flood");
  const auto& placements = figures.at("placements").as_array();
  ASSERT_EQ(placements.size(), 2U);
  EXPECT_EQ(placements[0].at("runs").as_int64(), 27);
  EXPECT_GT(placements[0].at("failing").as_int64(), 0);
  EXPECT_GT(placements[0].at("died").as_int64(), 0);
  EXPECT_EQ(figures.at_pointer("/smallest/values").as_string(), "one");
  EXPECT_THAT(std::string(figures.at_pointer("/smallest/command").as_string()),
              HasSubstr("bruit sim"));
}

TEST(ExploreCommand, WritesEveryPatternThatFails) {
  const TemporaryFolder folder;
  const auto failing = folder.path() / "all" / "failing";
  const Finished finished =
      explore({"--strategy", "flood", "--node-count", "2", "--kinds", "loss", "--values",
               "one,apart", "--keep-going", "--found", "/dev/null", "--failing", failing.string()});
  EXPECT_EQ(finished.code, 1) << finished.err;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(failing)) {
    ++files;
    EXPECT_EQ(run_bruit(replay_of(content(entry.path()))).code, 1) << entry.path();
  }
  EXPECT_EQ(files, 3U);  // the message of the value; of each of the two
  EXPECT_THAT(content(failing / "00001.txt"), HasSubstr("message 1 n1 -> n0 (rumor) is lost"));
}

TEST(ExploreCommand, SaysWhichMarksNothingReached) {
  const Finished finished = explore({"--strategy", "reliable-flood", "--node-count", "2",
                                     "--values", "one", "-k", "0", "--marks", "reliable-link."});
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("0 of 5 coverage marks were reached"));
  EXPECT_THAT(finished.out, HasSubstr("  never: reliable-link.repeats\n"));
}

TEST(ExploreCommand, TakesTheBudgetOfAChallenge) {
  const Finished finished = explore({"--challenge", "3e", "-k", "0"});
  EXPECT_EQ(finished.code, 0) << finished.out;
  EXPECT_THAT(finished.out,
              HasSubstr("rounds on 3e: 3 nodes, latency 100 ms, budget 2s, median 1s"));
}

TEST(ExploreCommand, ReportsWhatItFoundWhenItIsInterrupted) {
  const TemporaryFolder folder;
  // It may be interrupted as soon as it catches SIGINT, the second bit of a mask.
  const std::string line =
      "cd '" + folder.path().string() + "' && { '" + program("bruit") +
      "' explore --strategy reliable-flood --kinds loss,hold -k 8 > out 2> err & pid=$!; "
      "until grep -q 'Name:.*bruit' /proc/$pid/status &&"
      " grep -q 'SigCgt:.*[2367abef]$' /proc/$pid/status; do :; done; "
      "kill -INT $pid; wait $pid; }";
  const int status = std::system(line.c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_THAT(content(folder.path() / "out"), HasSubstr("; interrupted"));
}

// As when an assertion of a strategy fails.
TEST(ExploreCommand, LeavesTheScheduleOfTheRunInWhichItBreaksOff) {
  const TemporaryFolder folder;
  const std::string line =
      "cd '" + folder.path().string() + "' && { '" + program("bruit") +
      "' explore --strategy reliable-flood --kinds loss,hold -k 8 --jobs 1 > out 2> err & pid=$!; "
      // It catches SIGABRT, the sixth bit of a mask, and has begun to search.
      "until grep -q 'Name:.*bruit' /proc/$pid/status &&"
      " grep -q 'SigCgt:.*[2367abef].$' /proc/$pid/status; do :; done; "
      "sleep 0.3; kill -ABRT $pid; wait $pid; }";
  const int status = std::system(line.c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 255);
  EXPECT_THAT(content(folder.path() / "err"),
              HasSubstr("the run broke off: Aborted; its schedule is in found.txt:\n  bruit sim "));
  const std::string schedule = content(folder.path() / "found.txt");
  EXPECT_THAT(schedule, HasSubstr("\nscenario 1\n"));
  EXPECT_THAT(schedule, HasSubstr("# bruit sim --strategy reliable-flood"));
}

TEST(ExploreCommand, RefusesWhatMakesNoSense) {
  const auto expect = [](const std::vector<std::string>& arguments, const std::string& words) {
    const Finished finished = explore(arguments);
    EXPECT_EQ(finished.code, 254) << finished.out;
    EXPECT_THAT(finished.err, HasSubstr(words));
  };
  expect({"--node-count", "1"}, "\"1\" is not a whole number from 2 to 10");
  expect({"--latency", "0"}, "\"0\" is not a number above 0");
  expect({"--kinds", "fire"}, "\"fire\" is not a kind of deviation");
  expect({"--values", "two"}, "\"two\" is no placement of values; expected one, three, apart");
  expect({"-k", "9"}, "\"9\" is not a whole number from 0 to 8");
  expect({"--strategy", "luck"}, "\"luck\" is not a strategy");
}

TEST(ExploreCommand, SaysThatAFileCannotBeWrittenBeforeItBegins) {
  for (const auto* flag : {"--found", "--json"}) {
    const Finished finished = explore({"-k", "8", flag, "/no-such-folder/file"});
    EXPECT_EQ(finished.code, 255) << flag;
    EXPECT_THAT(finished.err, HasSubstr(std::string(flag) + " /no-such-folder/file: cannot be "
                                                            "written: No such file or directory"));
  }
  EXPECT_THAT(explore({"-k", "8", "--failing", "/dev/null/folder"}).err,
              HasSubstr("--failing /dev/null/folder: cannot be written: Not a directory"));
}

}  // namespace
}  // namespace bruit::cli
