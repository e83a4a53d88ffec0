// `bruit explain` as people use it: on a run that lost values, and on everything that is no run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr int bad_arguments = 254;

Finished explain(const std::vector<std::string>& arguments, const std::filesystem::path& store) {
  std::vector<std::string> words{"explain", "--store", store.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_bruit(words);
}

// A simulated run in which `flood` loses values to partitions.
struct Explain : testing::Test {
  static void SetUpTestSuite() {
    run_ = std::make_unique<BruitCommand>(
        "test", std::vector<std::string>{"--node-count", "5", "--time-limit", "20", "--rate", "20",
                                         "--latency", "50", "--nemesis", "partition", "--strategy",
                                         "flood", "--seed", "2"});
    ASSERT_EQ(run_->finish().code, 1);
  }
  static void TearDownTestSuite() { run_.reset(); }
  static const std::filesystem::path& store() { return run_->store(); }

  static std::unique_ptr<BruitCommand> run_;
};

std::unique_ptr<BruitCommand> Explain::run_;

TEST_F(Explain, TellsOfTheWorstValuesWithoutAnArgument) {
  const Finished finished = explain({"latest"}, store());
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_THAT(finished.out, StartsWith("value 0: LOST"));
  EXPECT_THAT(finished.out, HasSubstr("  n0     2 messages with the value went there, all lost\n"));
  EXPECT_THAT(finished.out,
              HasSubstr("What was broken meanwhile:\n  0.000 s to 11.215 s  partition"));
  EXPECT_THAT(finished.out, HasSubstr("\nvalue 3: LOST"));
}

TEST_F(Explain, TellsOfOneValueOfAFolder) {
  const Finished finished = explain({(store() / "latest").string(), "180"}, "/nowhere");
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_THAT(finished.out, StartsWith("value 180: "));
}

TEST_F(Explain, PrintsJson) {
  const Finished finished = explain({"latest", "3", "--json"}, store());
  const auto json = boost::json::parse(finished.out);
  EXPECT_TRUE(json.at("complete").as_bool());
  ASSERT_EQ(json.at("values").as_array().size(), 1U);
  EXPECT_EQ(json.at_pointer("/values/0/value").as_int64(), 3);
  EXPECT_EQ(json.at_pointer("/values/0/outcome").as_string(), "lost");
}

TEST_F(Explain, NamesTheNearestValue) {
  const Finished finished = explain({"latest", "99999"}, store());
  EXPECT_EQ(finished.code, bad_arguments);
  EXPECT_THAT(finished.err,
              HasSubstr("no value 99999 was broadcast in this run; it has 181 values, "
                        "from 0 to 180; the nearest is 180"));
  EXPECT_EQ(finished.out, "");
}

TEST_F(Explain, NamesARunThatDoesNotExist) {
  const Finished finished = explain({"yesterday"}, store());
  EXPECT_EQ(finished.code, bad_arguments);
  EXPECT_THAT(finished.err, HasSubstr("there is no run yesterday"));
}

TEST_F(Explain, SaysThatAFolderIsNoRun) {
  const Finished finished = explain({store().string()}, store());
  EXPECT_EQ(finished.code, bad_arguments);
  EXPECT_THAT(finished.err, HasSubstr("has neither trace.jsonl nor history.edn"));
}

TEST_F(Explain, ReadsATraceThatWasBrokenOff) {
  const std::string trace = read_file(store() / "latest" / "trace.jsonl");
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "trace.jsonl") << trace.substr(0, trace.size() / 2);
  const Finished finished = explain({folder.path().string(), "0"}, store());
  EXPECT_EQ(finished.code, 0);
  EXPECT_THAT(finished.err, HasSubstr("trace.jsonl has no last line; the run was broken off"));
  EXPECT_THAT(finished.out, StartsWith("value 0: "));
}

TEST_F(Explain, NamesTheLineThatIsNoTrace) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "trace.jsonl") << "{\"at\":0,\"event\":\"dance\"}\n";
  const Finished finished = explain({folder.path().string()}, store());
  EXPECT_EQ(finished.code, bad_arguments);
  EXPECT_THAT(finished.err, HasSubstr("trace.jsonl:1: "));
}

// Runs of transactions and logs, as Maelstrom leaves them: without a trace.
std::string explained(const std::string& history) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "history.edn") << history;
  const Finished finished = explain({folder.path().string()}, "/nowhere");
  EXPECT_EQ(finished.code, 0) << finished.err;
  return finished.out;
}

TEST(ExplainInWords, ALogThatLostAMessage) {
  const std::string sent =
      "{:index 0, :time 0, :type :invoke, :process 0, :f :send, :value [[:send \"k\" 1]]}\n"
      "{:index 1, :time 1, :type :ok, :process 0, :f :send, :value [[:send \"k\" [0 1]]]}\n"
      "{:index 2, :time 2, :type :invoke, :process 0, :f :send, :value [[:send \"k\" 2]]}\n"
      "{:index 3, :time 3, :type :ok, :process 0, :f :send, :value [[:send \"k\" [1 2]]]}\n"
      "{:index 4, :time 4, :type :invoke, :process 0, :f :poll, :value [[:poll]]}\n";
  EXPECT_THAT(explained(sent + "{:index 5, :time 5, :type :ok, :process 0, :f :poll, :value [[:poll "
                               "{\"k\" [[1 2]]}]]}\n"),
              HasSubstr("put message 1 of key \"k\" at offset 0."));
  EXPECT_EQ(explained(sent + "{:index 5, :time 5, :type :ok, :process 0, :f :poll, :value [[:poll "
                             "{\"k\" [[0 1] [1 2]]}]]}\n"),
            "Nothing is wrong with this history.\n");
}

TEST(ExplainInWords, AnAbortedRead) {
  EXPECT_THAT(
      explained("{:index 0, :time 0, :type :invoke, :process 0, :f :txn, :value [[:w 1 1]]}\n"
                "{:index 1, :time 1, :type :fail, :process 0, :f :txn, :value [[:w 1 1]]}\n"
                "{:index 2, :time 2, :type :invoke, :process 0, :f :txn, :value [[:r 1 nil]]}\n"
                "{:index 3, :time 3, :type :ok, :process 0, :f :txn, :value [[:r 1 1]]}\n"),
      HasSubstr("T1 read 1 in key 1, which T2 wrote. T2 failed: it must not have had any effect."));
}

}  // namespace
}  // namespace bruit::cli
