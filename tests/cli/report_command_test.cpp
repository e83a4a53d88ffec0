// `bruit report`, and what `bruit test` keeps of a run and prints at its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Finished report(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"report"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_bruit(words);
}

std::vector<std::string> short_run(std::vector<std::string> more = {}) {
  std::vector<std::string> words{"--strategy",   "tree", "--node-count", "3", "--rate", "20",
                                 "--time-limit", "2",    "--seed",       "1"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(ReportCommand, MakesTheSamePageAgainFromTheFilesOfARun) {
  BruitCommand run("test", short_run());
  const Finished finished = run.finish();
  ASSERT_EQ(finished.code, 0) << finished.err;
  const std::string page = run.file("report.html");
  std::filesystem::remove(run.run_folder() / "report.html");
  const Finished again = report({run.run_folder().string()});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.out, StartsWith("file:///"));
  EXPECT_THAT(again.out, EndsWith("/report.html\n"));
  EXPECT_THAT(finished.err, HasSubstr("report: " + again.out));
  const std::string store = run.run_folder().parent_path().string();
  EXPECT_EQ(report({"latest", "--store", store}).code, 0);
  // But for the folder, which was given relative to another one, perhaps.
  EXPECT_EQ(run.file("report.html").size(), page.size());
}

TEST(ReportCommand, SaysWhatIsNoRun) {
  const Finished nowhere = report({"/no/such/run"});
  EXPECT_EQ(nowhere.code, 254);
  EXPECT_THAT(nowhere.err, HasSubstr("there is no run /no/such/run"));
  const TemporaryFolder empty;
  const Finished nothing = report({empty.path().string()});
  EXPECT_EQ(nothing.code, 255);
  EXPECT_THAT(nothing.err, HasSubstr("has neither trace.jsonl nor history.edn"));
}

TEST(ReportCommand, NamesTheLineThatIsWrongAndLeavesNoPage) {
  const TemporaryFolder run;
  std::ofstream(run.path() / "trace.jsonl") << "{\"at\":0,\"event\":\"faults-over\"}\nrubbish\n";
  const Finished finished = report({run.path().string()});
  EXPECT_EQ(finished.code, 255);
  EXPECT_THAT(finished.err, HasSubstr("trace.jsonl:2: column 1: "));
  EXPECT_FALSE(std::filesystem::exists(run.path() / "report.html"));
}

TEST(TestCommand, PrintsASummaryAndTheWholeMapOnRequest) {
  const Finished finished = BruitCommand("test", short_run()).finish();
  EXPECT_THAT(finished.out, StartsWith("verdict                         valid\n"));
  EXPECT_THAT(finished.out, HasSubstr("\nmessages/op, between nodes      "));
  EXPECT_THAT(finished.out, HasSubstr("\nstable latency, maximum         "));
  EXPECT_THAT(finished.out, Not(HasSubstr(":valid? true")));
  BruitCommand verbose("test", short_run({"-v"}));
  const std::string printed = verbose.finish().out;
  EXPECT_THAT(printed, HasSubstr("\n\n" + verbose.file("results.edn")));
}

TEST(TestCommand, LeavesOutTraceAndReportWhereAsked) {
  BruitCommand neither("test", short_run({"--no-trace", "--no-report"}));
  const Finished finished = neither.finish();
  EXPECT_EQ(finished.code, 0);
  EXPECT_THAT(finished.err, Not(HasSubstr("report:")));
  EXPECT_FALSE(std::filesystem::exists(neither.run_folder() / "trace.jsonl"));
  EXPECT_FALSE(std::filesystem::exists(neither.run_folder() / "report.html"));
  BruitCommand untraced("test", short_run({"--no-trace"}));
  EXPECT_EQ(untraced.finish().code, 0);
  EXPECT_THAT(untraced.file("report.html"), HasSubstr("\"has_trace\":false"));
}

TEST(ChallengeCommand, StoresWhichChallengeItWas) {
  BruitCommand challenge("challenge", {"3a", "--sim", "--seed", "1"});
  const Finished finished = challenge.finish();
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("\n3a: file:///"));
  EXPECT_EQ(challenge.results().at("challenge").as_string(), "3a");
  EXPECT_THAT(challenge.file("report.html"), HasSubstr("\"challenge\":\"3a (single node)\""));
}

}  // namespace
}  // namespace bruit::cli
