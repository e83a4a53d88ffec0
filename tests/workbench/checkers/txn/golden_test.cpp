// The checkers of transactions against recorded runs of the real Maelstrom 0.2.4 (Elle 0.2.2), and
// against its verdicts on the same histories under ten consistency models.
//
// Everything that is determined must be the same: verdict, kinds and numbers of anomalies, models
// ruled out, and each entry that is not a cycle. Which cycle proves an anomaly is not determined:
// ours must be of the kind, and cycle_check.h has looked at it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "bruit/workbench/checkers/txn/list_append.h"
#include "bruit/workbench/checkers/txn/rw_register.h"
#include "bruit/workbench/checkers/txn/txn_stats.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/compressed_input.h"
#include "bruit/workbench/history/txn_history_reader.h"

namespace bruit::workbench::txn {
namespace {

namespace fs = std::filesystem;

std::string unpacked(const fs::path& path) {
  const auto in = open_input(path.string());
  return {std::istreambuf_iterator<char>(*in), {}};
}

fs::path folder(const std::string& run) {
  return fs::path(BRUIT_TEST_DATA) / "workbench" / "golden-txn" / run;
}

std::vector<std::string> runs() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder(""))) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("txn-") || name == "real-ex-6c") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The words after a flag in options.txt, up to the next one.
std::string option(const std::string& run, const std::string& flag) {
  const std::string text = unpacked(folder(run) / "options.txt");
  const std::size_t begin = text.find(" " + flag + " ");
  if (begin == std::string::npos) return {};
  const std::size_t first = begin + flag.size() + 2;
  return text.substr(first, text.find_first_of(" \n", first) - first);
}

struct Recording {
  std::string name;
  Values values;
  TxnHistory history;

  explicit Recording(const std::string& run)
      : name(run),
        values(option(run, "-w") == "txn-list-append" ? Values::lists : Values::registers),
        history(read_txn_history_file((folder(run) / "history.edn.gz").string(), values)) {}

  TxnResult check(const ModelSet& models) const {
    return values == Values::lists ? check_list_append(history, models)
                                   : check_rw_register(history, models);
  }
  ModelSet models() const {
    const std::string asked = option(name, "--consistency-models");
    return asked.empty() ? default_models : ModelSet{parse_model(asked).value()};
  }
};

std::vector<std::string> names_in(const Edn* edn) {
  std::vector<std::string> names;
  if (edn == nullptr) return names;
  const auto take = [&](const std::vector<Edn>& items) {
    for (const Edn& item : items) names.push_back(item.get_if<EdnKeyword>()->name);
  };
  if (const auto* list = edn->get_if<EdnList>()) take(list->items);
  if (const auto* vector = edn->get_if<EdnVector>()) take(vector->items);
  if (const auto* set = edn->get_if<EdnSet>()) take(set->items);
  std::sort(names.begin(), names.end());
  return names;
}

const std::vector<Edn>& items_of(const Edn& edn) {
  if (const auto* list = edn.get_if<EdnList>()) return list->items;
  return edn.get_if<EdnVector>()->items;
}

// What is compared of a verdict.
struct Summary {
  Edn valid;
  std::vector<std::string> types;
  std::map<std::string, std::int64_t> counts;
  std::vector<std::string> ruled_out;
  std::vector<std::string> also_ruled_out;

  friend bool operator==(const Summary&, const Summary&) = default;
};

std::ostream& operator<<(std::ostream& out, const Summary& summary) {
  out << to_string(summary.valid);
  for (const auto& type : summary.types) out << ' ' << type;
  out << " |";
  for (const auto& [type, count] : summary.counts) out << ' ' << type << ' ' << count;
  out << " | not";
  for (const auto& model : summary.ruled_out) out << ' ' << model;
  out << " | also not";
  for (const auto& model : summary.also_ruled_out) out << ' ' << model;
  return out;
}

std::map<std::string, std::int64_t> counts_in(const Edn& workload) {
  std::map<std::string, std::int64_t> counts;
  const Edn* const anomalies = workload.at("anomalies");
  if (anomalies == nullptr || anomalies->is_nil()) return counts;
  for (const EdnEntry& entry : anomalies->get_if<EdnMap>()->entries) {
    const bool is_list = entry.value.get_if<bool>() == nullptr;
    counts[entry.key.get_if<EdnKeyword>()->name] =
        is_list ? static_cast<std::int64_t>(items_of(entry.value).size()) : 1;
  }
  return counts;
}

Summary summary_of(const Edn& workload) {
  return {.valid = *workload.at("valid?"),
          .types = names_in(workload.at("anomaly-types")),
          .counts = counts_in(workload),
          .ruled_out = names_in(workload.at("not")),
          .also_ruled_out = names_in(workload.at("also-not"))};
}

Summary summary_of_model_line(const Edn& line) {
  Summary summary{.valid = *line.at("valid?"),
                  .types = names_in(line.at("anomaly-types")),
                  .counts = {},
                  .ruled_out = names_in(line.at("not")),
                  .also_ruled_out = names_in(line.at("also-not"))};
  for (const EdnEntry& entry : line.at("counts")->get_if<EdnMap>()->entries) {
    summary.counts[entry.key.get_if<EdnKeyword>()->name] = *entry.value.get_if<std::int64_t>();
  }
  return summary;
}

// The original searches each component for one second of its clock. Ours counts steps, so that a
// verdict never depends on how busy a machine was. In one recorded verdict the original's second was
// over in a component of twenty transactions, which it managed in time when it judged the same
// history under the same model at the end of the run.
bool was_interrupted(const std::string& run, const std::string& model) {
  return run == "txn-list-append-async" && model == "strict-serializable";
}

struct GoldenTxn : testing::TestWithParam<std::string> {};

TEST_P(GoldenTxn, IsJudgedAsByTheOriginal) {
  const Recording run(GetParam());
  const Edn results = parse_edn(unpacked(folder(run.name) / "results.edn.gz"));
  const Edn ours = to_edn(run.check(run.models()), run.history);
  const Edn* const original = results.at("workload");
  if (original == nullptr) {
    // The check threw an exception.
    EXPECT_EQ(*ours.at("valid?"), *results.at("valid?"));
    EXPECT_EQ(*ours.at("error", "cause"), *results.at("error", "cause"));
    return;
  }
  EXPECT_EQ(summary_of(ours), summary_of(*original));
  EXPECT_EQ(to_edn(check_stats(run.history)), *results.at("stats"));
  EXPECT_EQ(to_edn(check_availability(run.history, NoAvailabilityGoal{})),
            *results.at("availability"));
}

// Entries as texts, sorted: their order is that of a hash table in some.
std::vector<std::string> sorted_entries(const Edn& entries) {
  std::vector<std::string> texts;
  for (const Edn& entry : items_of(entries)) texts.push_back(to_string(entry));
  std::sort(texts.begin(), texts.end());
  return texts;
}

TEST_P(GoldenTxn, HasTheSameEntriesWhereTheyAreDetermined) {
  const Recording run(GetParam());
  const Edn results = parse_edn(unpacked(folder(run.name) / "results.edn.gz"));
  const Edn* const anomalies = results.at("workload", "anomalies");
  if (anomalies == nullptr || anomalies->is_nil()) return;
  const Edn ours = to_edn(run.check(run.models()), run.history);
  for (const EdnEntry& entry : anomalies->get_if<EdnMap>()->entries) {
    const std::string name = entry.key.get_if<EdnKeyword>()->name;
    const Anomaly kind = parse_anomaly(name).value();
    if (cycle_kinds().contains(kind) || is_cycle_existence(kind)) continue;
    const Edn* const found = ours.at("anomalies", name);
    ASSERT_NE(found, nullptr) << name;
    EXPECT_EQ(sorted_entries(*found), sorted_entries(entry.value)) << name;
    EXPECT_EQ(found->data().index(), entry.value.data().index()) << name << ": list or vector";
  }
}

TEST_P(GoldenTxn, IsJudgedAsByTheOriginalUnderEveryModel) {
  const Recording run(GetParam());
  const fs::path path = folder(run.name) / "models.edn";
  if (!fs::exists(path)) GTEST_SKIP() << "no verdicts under other models were recorded";
  std::istringstream lines(unpacked(path));
  std::string line;
  std::size_t compared = 0;
  while (std::getline(lines, line)) {
    if (line.empty()) continue;
    const Edn verdict = parse_edn(line);
    const std::string model = verdict.at("model")->get_if<EdnKeyword>()->name;
    Summary expected = summary_of_model_line(verdict);
    if (was_interrupted(run.name, model)) {
      EXPECT_EQ(expected.counts.erase("cycle-search-timeout"), 1);
      std::erase(expected.types, "cycle-search-timeout");
    }
    EXPECT_EQ(summary_of(to_edn(run.check({parse_model(model).value()}), run.history)), expected)
        << model;
    ++compared;
  }
  EXPECT_EQ(compared, 10);
}

INSTANTIATE_TEST_SUITE_P(Runs, GoldenTxn, testing::ValuesIn(runs()), [](const auto& run) {
  std::string name = run.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace bruit::workbench::txn
