// The checker of logs against recorded runs of the real Maelstrom 0.2.4 (Jepsen 0.3.7). Everything
// that the original prints of them must be the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "bruit/workbench/checkers/availability.h"
#include "bruit/workbench/checkers/kafka/kafka.h"
#include "bruit/workbench/checkers/kafka/kafka_words.h"
#include "bruit/workbench/checkers/stats.h"
#include "bruit/workbench/history/compressed_input.h"
#include "bruit/workbench/history/history_io.h"

namespace bruit::workbench::kafka {
namespace {

namespace fs = std::filesystem;

fs::path folder(const std::string& run) {
  return fs::path(BRUIT_TEST_DATA) / "workbench" / "golden-txn" / run;
}

std::string unpacked(const fs::path& path) {
  const auto in = open_input(path.string());
  return {std::istreambuf_iterator<char>(*in), {}};
}

std::vector<std::string> runs() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder(""))) {
    const std::string name = entry.path().filename().string();
    if (unpacked(entry.path() / "options.txt").find(" -w kafka ") != std::string::npos) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct GoldenKafka : testing::TestWithParam<std::string> {};

TEST_P(GoldenKafka, IsJudgedAsByTheOriginalValueForValue) {
  const std::string path = (folder(GetParam()) / "history.edn.gz").string();
  const History history = read_history_edn(*open_input(path), path);
  const Edn results = parse_edn(unpacked(folder(GetParam()) / "results.edn.gz"));
  const KafkaCheck check = check_kafka(history);
  const Edn ours = to_edn(check);
  const EdnMap& theirs = *results.at("workload")->get_if<EdnMap>();
  for (const EdnEntry& entry : theirs.entries) {
    const Edn* const found = ours.get_if<EdnMap>()->find_key(entry.key);
    ASSERT_NE(found, nullptr) << to_string(entry.key);
    EXPECT_EQ(to_string(*found), to_string(entry.value)) << to_string(entry.key);
  }
  EXPECT_EQ(ours.get_if<EdnMap>()->entries.size(), theirs.entries.size());
  EXPECT_EQ(to_pretty_string(ours), to_pretty_string(*results.at("workload"))) << "order of keys";
  EXPECT_EQ(to_edn(check_stats(history)), *results.at("stats"));
  EXPECT_EQ(to_edn(check_availability(history, NoAvailabilityGoal{})),
            *results.at("availability"));
  EXPECT_EQ(in_words(check).empty(), check.result.validity == Validity::valid);
}

INSTANTIATE_TEST_SUITE_P(Runs, GoldenKafka, testing::ValuesIn(runs()), [](const auto& run) {
  std::string name = run.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace bruit::workbench::kafka
