// Recorded runs of the real Maelstrom judged from their histories: what these decide is the same,
// value for value.
#include "bruit/workbench/runs/recorded_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "bruit/workbench/engine/results.h"
#include "bruit/workbench/history/compressed_input.h"
#include "bruit/workbench/history/history_io.h"

namespace bruit::workbench {
namespace {

using testing::HasSubstr;

struct Run {
  const char* folder;  // below tests/workbench
  const char* workload;
  // Whether the workload's own map is decided: of lin-kv only the verdict is.
  bool has_same_map;
};

void PrintTo(const Run& run, std::ostream* out) { *out << run.folder; }

std::string file_of(const Run& run, const char* name) {
  return std::string(BRUIT_TEST_DATA) + "/workbench/" + run.folder + "/" + name;
}

Edn recorded_results(const Run& run) {
  const auto in = open_input(file_of(run, "results.edn.gz"));
  return parse_edn(std::string(std::istreambuf_iterator<char>(*in), {}));
}

const Edn& section(const Edn& results, std::string_view key) {
  const Edn* const found = results.at(key);
  if (found == nullptr) throw std::runtime_error("there is no :" + std::string(key));
  return *found;
}

class RecordedHistory : public testing::TestWithParam<Run> {};

TEST_P(RecordedHistory, IsJudgedAsItWas) {
  const Edn results = recorded_results(GetParam());
  JudgeOptions options;
  options.workload = GetParam().workload;
  const Judgement judgement = judge_history_file(file_of(GetParam(), "history.edn.gz"), options);
  EXPECT_EQ(to_string(section(judgement.results, "stats")), to_string(section(results, "stats")));
  EXPECT_EQ(to_string(section(judgement.results, "availability")),
            to_string(section(results, "availability")));
  const Edn& ours = section(judgement.results, "workload");
  const Edn& theirs = section(results, "workload");
  EXPECT_EQ(validity_of(ours), validity_of(theirs));
  EXPECT_EQ(validity_of(judgement.results), validity_of(results));
  if (GetParam().has_same_map) {
    EXPECT_EQ(to_string(ours), to_string(theirs));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Runs, RecordedHistory,
    testing::Values(Run{"golden/3a", "broadcast", true}, Run{"golden/3b", "broadcast", true},
                    Run{"golden/3b-partition-lost", "broadcast", true},
                    Run{"golden/3c-partition", "broadcast", true},
                    Run{"golden/3d", "broadcast", true},
                    Run{"golden/3d-overload-fail-info", "broadcast", true},
                    Run{"golden/3e-partition", "broadcast", true},
                    Run{"golden-txn/g-counter-correct", "g-counter", true},
                    Run{"golden-txn/g-counter-lost", "g-counter", true},
                    Run{"golden-txn/real-program-a-4", "g-counter", true},
                    Run{"golden-txn/real-err11kept", "g-counter", true},
                    Run{"golden-txn/lin-kv-correct", "lin-kv", false},
                    Run{"golden-txn/lin-kv-local", "lin-kv", false},
                    Run{"golden-txn/lin-kv-lost-cas", "lin-kv", false},
                    Run{"golden-txn/txn-list-append-correct", "txn-list-append", true},
                    Run{"golden-txn/txn-list-append-stale", "txn-list-append", false},
                    Run{"golden-txn/txn-rw-register-aborted-read", "txn-rw-register", true}),
    [](const auto& run) {
      std::string name = run.param.folder;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '/' || c == '-'; }, '_');
      return name;
    });

class JudgedText : public testing::Test {
 protected:
  JudgedText()
      : path_(testing::TempDir() + "/judged-" +
              testing::UnitTest::GetInstance()->current_test_info()->name() + ".edn") {}
  ~JudgedText() override { std::filesystem::remove(path_); }

  Judgement judge(const std::string& workload, const std::string& text, JudgeOptions options = {}) {
    std::ofstream(path_) << text;
    options.workload = workload;
    return judge_history_file(path_, options);
  }
  Validity validity(const std::string& workload, const std::string& text) {
    return validity_of(judge(workload, text).results);
  }

  std::string path_;
};

TEST_F(JudgedText, OfTheSmallWorkloads) {
  const std::string unique =
      "{:index 0, :time 1, :type :invoke, :process 0, :f :generate, :value nil}\n"
      "{:index 1, :time 2, :type :ok, :process 0, :f :generate, :value 5}\n"
      "{:index 2, :time 3, :type :invoke, :process 0, :f :generate, :value nil}\n";
  EXPECT_EQ(validity("unique-ids",
                     unique + "{:index 3, :time 4, :type :ok, :process 0, :f :generate, :value 6}"),
            Validity::valid);
  EXPECT_EQ(validity("unique-ids",
                     unique + "{:index 3, :time 4, :type :ok, :process 0, :f :generate, :value 5}"),
            Validity::invalid);
  const std::string echo =
      "{:index 0, :time 1, :type :invoke, :process 0, :f :echo, :value \"a\"}\n";
  EXPECT_EQ(validity("echo", echo + "{:index 1, :time 2, :type :ok, :process 0, :f :echo, :value "
                                    "{:type \"echo_ok\", :echo \"a\"}}"),
            Validity::valid);
  EXPECT_EQ(validity("echo", echo + "{:index 1, :time 2, :type :ok, :process 0, :f :echo, :value "
                                    "{:type \"echo_ok\", :echo \"b\"}}"),
            Validity::invalid);
  const std::string set =
      "{:index 0, :time 1, :type :invoke, :process 0, :f :add, :value 1}\n"
      "{:index 1, :time 2, :type :ok, :process 0, :f :add, :value 1}\n"
      "{:index 2, :time 3, :type :invoke, :process 0, :f :read, :value nil}\n";
  EXPECT_EQ(
      validity("g-set", set + "{:index 3, :time 4, :type :ok, :process 0, :f :read, :value [1]}"),
      Validity::valid);
  EXPECT_EQ(
      validity("g-set", set + "{:index 3, :time 4, :type :ok, :process 0, :f :read, :value []}"),
      Validity::invalid);
  const std::string counter =
      "{:index 0, :time 1, :type :invoke, :process 0, :f :add, :value -1}\n"
      "{:index 1, :time 2, :type :ok, :process 0, :f :add, :value -1}\n"
      "{:index 2, :time 3, :type :invoke, :process 0, :f :read, :value nil, :final? true}\n";
  EXPECT_EQ(validity("pn-counter", counter + "{:index 3, :time 4, :type :ok, :process 0, :f :read, "
                                             ":value -1, :final? true}"),
            Validity::valid);
  EXPECT_EQ(validity("pn-counter", counter + "{:index 3, :time 4, :type :ok, :process 0, :f :read, "
                                             ":value 1, :final? true}"),
            Validity::invalid);
}

TEST_F(JudgedText, HasWordsOnlyForTransactionsThatAreWrong) {
  const std::string txns =
      "{:index 0, :time 1, :type :invoke, :process 0, :f :txn, :value [[:append 1 1]]}\n"
      "{:index 1, :time 2, :type :ok, :process 0, :f :txn, :value [[:append 1 1]]}\n"
      "{:index 2, :time 3, :type :invoke, :process 0, :f :txn, :value [[:r 1 nil]]}\n";
  EXPECT_EQ(judge("txn-list-append", txns + "{:index 3, :time 4, :type :ok, :process 0, :f :txn, "
                                            ":value [[:r 1 [1]]]}")
                .words,
            "");
  const std::string stale =
      txns + "{:index 3, :time 4, :type :ok, :process 0, :f :txn, :value [[:r 1 nil]]}";
  EXPECT_THAT(judge("txn-list-append", stale).words,
              HasSubstr("T1 read key 1 as nil, without 1, though T2 had appended it and was "
                        "acknowledged"));
  JudgeOptions weak;
  weak.models = "serializable";
  EXPECT_EQ(validity_of(judge("txn-list-append", stale, weak).results), Validity::valid);
}

TEST_F(JudgedText, OptionsThatDoNotFitAreErrors) {
  JudgeOptions models;
  models.models = "serializable";
  EXPECT_THROW(judge("echo", "", models), std::invalid_argument);
  models.models = "serialisable";
  EXPECT_THROW(judge("txn-list-append", "", models), std::invalid_argument);
  EXPECT_THROW(judge("no-such-workload", ""), std::invalid_argument);
}

TEST_F(JudgedText, DamagedFilesOfEveryWorkloadAreErrorsThatNameThem) {
  for (const std::string& workload : judged_workloads()) {
    for (const char* text : {"{:index 0", "7", "{:index 0, :type :ok, :process 0, :f ]"}) {
      try {
        judge(workload, text);
        ADD_FAILURE() << workload << " took " << text;
      } catch (const HistoryError& error) {
        EXPECT_THAT(error.what(), HasSubstr(path_ + ":1: ")) << workload << ": " << text;
      }
    }
  }
}

}  // namespace
}  // namespace bruit::workbench
