// `bruit check`: exit codes, what is printed where, and errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cli/bruit_command.h"

namespace bruit::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Finished check(std::vector<std::string> words) {
  words.insert(words.begin(), "check");
  return run_bruit(words);
}

std::string recorded(const std::string& run) {
  return std::string(BRUIT_TEST_DATA) + "/workbench/golden-txn/" + run + "/history.edn.gz";
}

TEST(CheckCommand, AValidHistory) {
  const Finished finished =
      check({"-w", "txn-list-append", recorded("txn-list-append-correct")});
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr(":workload {:valid? true}"));
  EXPECT_THAT(finished.out, StartsWith("{:stats {:valid? true,"));
  EXPECT_EQ(finished.err, "");
}

TEST(CheckCommand, AnInvalidOneIsExplained) {
  const Finished finished = check({"-w", "txn-list-append", recorded("txn-list-append-stale")});
  EXPECT_EQ(finished.code, 1);
  EXPECT_THAT(finished.out, HasSubstr(":anomaly-types"));
  EXPECT_THAT(finished.err, StartsWith("The history is not strong-snapshot-isolation"));
  EXPECT_THAT(finished.err, HasSubstr("though T2 had appended it and was acknowledged"));
}

TEST(CheckCommand, ALogIsExplained) {
  const Finished valid = check({"-w", "kafka", recorded("kafka-correct")});
  EXPECT_EQ(valid.code, 0) << valid.err;
  EXPECT_EQ(valid.err, "");
  const Finished lost = check({"-w", "kafka", recorded("kafka-lost")});
  EXPECT_EQ(lost.code, 1);
  EXPECT_THAT(lost.out, HasSubstr(":lost-write {:count 14"));
  EXPECT_THAT(lost.err, HasSubstr("put message 5 of key \"8\" at offset 4.\n"));
  EXPECT_THAT(lost.err, HasSubstr("got the message at offset 15, and so has passed it."));
}

TEST(CheckCommand, ADamagedLogHasItsPlace) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "history.edn";
  const std::string head = "{:index 0, :time 0, :type :invoke, :process 0, :f :poll, :value [[:poll]]}\n";
  const auto said = [&](const std::string& line) {
    std::ofstream(path) << head << line << "\n";
    const Finished finished = check({"-w", "kafka", path.string()});
    EXPECT_EQ(finished.code, 254);
    return finished.err;
  };
  EXPECT_THAT(said("{:index 1, :time 1, :type :ok, :process 0, :f :poll, :value [[:poll {]]}"),
              HasSubstr(":2: column 70: expected a value, found ']'"));
  EXPECT_THAT(said("{:index 1, :time 1, :type :ok, :process 0, :f :poll, :value [[:poll {\"a\" 3}]]}"),
              HasSubstr("the operation at index 1: expected a vector of [offset value], found 3"));
}

TEST(CheckCommand, OneWithoutAVerdict) {
  const Finished finished = check({"-w", "txn-list-append", recorded("txn-list-append-future")});
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.err, HasSubstr("No transaction wrote"));
}

TEST(CheckCommand, AgainstOtherModels) {
  EXPECT_EQ(check({"-w", "txn-list-append", recorded("txn-list-append-stale"),
                   "--consistency-models", "serializable"})
                .code,
            0);
  EXPECT_EQ(check({"-w", "txn-rw-register", recorded("txn-rw-register-write-skew"),
                   "--consistency-models", "snapshot-isolation"})
                .code,
            check({"-w", "txn-rw-register", recorded("txn-rw-register-write-skew"),
                   "--consistency-models", "PL-SI"})
                .code);
}

TEST(CheckCommand, AsJson) {
  const Finished finished =
      check({"-w", "txn-rw-register", recorded("txn-rw-register-aborted-read"), "--json"});
  EXPECT_EQ(finished.code, 1);
  const auto results = boost::json::parse(finished.out).as_object();
  EXPECT_EQ(results.at("valid"), false);
  EXPECT_EQ(results.at("workload").as_object().at("anomaly-types").as_array().at(0), "G1a");
}

TEST(CheckCommand, EveryKindOfCycleOnDemand) {
  const std::vector<std::string> words = {"-w", "txn-rw-register", recorded("real-ex-6c")};
  EXPECT_THAT(check(words).err, HasSubstr("--complete looks for every kind of cycle"));
  std::vector<std::string> complete = words;
  complete.emplace_back("--complete");
  const Finished finished = check(complete);
  EXPECT_EQ(finished.code, 1);
  EXPECT_EQ(finished.err.find("--complete"), std::string::npos);
}

TEST(CheckCommand, AnotherWorkload) {
  EXPECT_EQ(check({"-w", "g-counter", recorded("g-counter-correct")}).code, 0);
  EXPECT_EQ(check({"-w", "g-counter", recorded("g-counter-lost")}).code, 1);
  EXPECT_EQ(check({"-w", "lin-kv", recorded("lin-kv-local")}).code, 1);
}

TEST(CheckCommand, AvailabilityIsHeldAgainstAGoal) {
  const std::string file = recorded("g-counter-correct");
  EXPECT_EQ(check({"-w", "g-counter", file, "--availability", "0.5"}).code, 0);
  EXPECT_THAT(check({"-w", "g-counter", file, "--availability", "most"}).err,
              HasSubstr("--availability: most is neither `total` nor a fraction from 0 to 1"));
}

TEST(CheckCommand, AHistoryOfATestOfOurs) {
  BruitCommand run("test", {"--strategy", "tree", "--node-count", "3", "--rate", "20",
                            "--time-limit", "2", "--seed", "1"});
  ASSERT_EQ(run.finish().code, 0);
  const Finished finished =
      check({"-w", "broadcast", (run.run_folder() / "history.edn").string()});
  EXPECT_EQ(finished.code, 0) << finished.err;
}

TEST(CheckCommand, DamagedFilesAreErrorsWithLineAndColumn) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "history.edn").string();
  std::ofstream(path) << "{:index 0, :time 1, :type :invoke, :process 0, :f :txn, :value []}\n"
                      << "{:index 1, :time 2, :type :ok, :process 0, :f :txn, :value [[:r 1 2]}\n";
  const Finished txn = check({"-w", "txn-list-append", path});
  EXPECT_EQ(txn.code, 254);
  EXPECT_THAT(txn.err, HasSubstr(path + ":2: column 67: expected what was read of a list: nil or a "
                                        "vector, found '2'"));
  EXPECT_EQ(txn.out, "");
  const Finished broadcast = check({"-w", "broadcast", path});
  EXPECT_EQ(broadcast.code, 254);
  EXPECT_THAT(broadcast.err, HasSubstr(path + ":"));
  EXPECT_EQ(check({"-w", "echo", (folder.path() / "nothing.edn").string()}).code, 254);
}

TEST(CheckCommand, BadArgumentsAreErrors) {
  const std::string file = recorded("txn-list-append-correct");
  const Finished workload = check({"-w", "txn", file});
  EXPECT_EQ(workload.code, 254);
  EXPECT_THAT(workload.err, HasSubstr("txn is not a workload whose histories can be judged"));
  const Finished model =
      check({"-w", "txn-list-append", file, "--consistency-models", "serialisable"});
  EXPECT_EQ(model.code, 254);
  EXPECT_THAT(model.err, HasSubstr("serialisable is not a consistency model; expected "));
  EXPECT_EQ(check({"-w", "echo", file, "--complete"}).code, 254);
  EXPECT_EQ(check({file}).code, 254);
}

}  // namespace
}  // namespace bruit::cli
