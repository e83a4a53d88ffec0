// bruit explain: why a value of a run was late or lost, and which message did it; and of transactions
// and logs, what is wrong with them.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bruit/cli/commands.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/cli/run_folder.h"
#include "bruit/maelstrom/json.h"
#include "bruit/workbench/history/history_io.h"
#include "bruit/workbench/report/explanation_text.h"
#include "bruit/workbench/runs/recorded_history.h"
#include "bruit/workbench/trace/trace_reader.h"

namespace bruit::cli {
namespace {

namespace fs = std::filesystem;
namespace report = workbench::report;
using workbench::ElementId;

// Without a value: so many of the worst.
constexpr std::size_t worst_shown = 3;
// Enough for hours of a busy cluster; bodies are not needed.
constexpr report::Bounds bounds{.messages = 20'000'000,
                                .body_bytes = 0,
                                .node_body_bytes = 0,
                                .client_body_bytes = 0,
                                .operations = 20'000'000,
                                .arrivals = 50'000'000};

std::optional<std::int64_t> integer_of(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

struct ExplainCommand {
  RunArgument run;
  std::string value;
  bool as_json = false;

  static report::RunRecord read(const fs::path& folder) {
    // What is wrong with the files is for who gave them to mend.
    try {
      return report::read_run(folder, bounds);
    } catch (const report::RunError& error) {
      throw CLI::ValidationError("RUN", error.what());
    } catch (const workbench::TraceError& error) {
      throw CLI::ValidationError("RUN", error.what());
    } catch (const workbench::HistoryError& error) {
      throw CLI::ValidationError("RUN", error.what());
    }
  }

  // Values that were broadcast, in the order of their broadcasts.
  static std::vector<ElementId> broadcast_values(const report::RunRecord& record) {
    std::vector<ElementId> values;
    std::vector<bool> seen(record.history.elements.size());
    for (const auto& op : record.history.ops) {
      const auto* element = std::get_if<ElementId>(&op.value);
      if (op.f != "broadcast" || element == nullptr || seen[*element]) continue;
      seen[*element] = true;
      values.push_back(*element);
    }
    return values;
  }

  ElementId find(const report::RunRecord& record, const std::vector<ElementId>& values) const {
    const auto& elements = record.history.elements;
    std::optional<ElementId> found = elements.find(value);
    const auto parsed = maelstrom::read_json(value);
    if (const auto* json = std::get_if<boost::json::value>(&parsed); json != nullptr && !found) {
      found = elements.find(maelstrom::canonical_json(*json));
    }
    if (found && std::find(values.begin(), values.end(), *found) != values.end()) return *found;
    if (values.empty()) throw CLI::ValidationError("VALUE", "nothing was broadcast in this run");
    throw CLI::ValidationError(
        "VALUE", fmt::format("no value {} was broadcast in this run; it has {} values, from {} to "
                             "{}{}",
                             value, values.size(), elements.text(values.front()),
                             elements.text(values.back()), nearest(elements, values)));
  }

  std::string nearest(const workbench::ElementTable& elements,
                      const std::vector<ElementId>& values) const {
    const auto wanted = integer_of(value);
    if (!wanted) return "";
    std::optional<std::int64_t> best;
    const auto distance = [&](std::int64_t number) {
      return number > *wanted
                 ? static_cast<std::uint64_t>(number) - static_cast<std::uint64_t>(*wanted)
                 : static_cast<std::uint64_t>(*wanted) - static_cast<std::uint64_t>(number);
    };
    for (const ElementId element : values) {
      const auto number = integer_of(elements.text(element));
      if (number && (!best || distance(*number) < distance(*best))) best = number;
    }
    return best ? fmt::format("; the nearest is {}", *best) : "";
  }

  // The workload of a run of transactions or logs, empty for others. Without a trace the history
  // tells.
  static std::string workload_in_words(const report::RunRecord& record) {
    for (const char* name : {"kafka", "txn-list-append", "txn-rw-register"}) {
      if (record.workload == name) return name;
    }
    if (!record.workload.empty()) return {};
    for (const auto& op : record.history.ops) {
      if (op.f == "send" || op.f == "poll") return "kafka";
      const auto* const value = std::get_if<workbench::Edn>(&op.value);
      if (op.f != "txn" || value == nullptr) continue;
      const std::string text = to_string(*value);
      if (text.find("[:append ") != std::string::npos) return "txn-list-append";
      if (text.find("[:w ") != std::string::npos) return "txn-rw-register";
    }
    return {};
  }

  // What the run was held against, as results.edn says it.
  static std::optional<std::string> models_of(const fs::path& folder) {
    std::ifstream in(folder / "results.edn", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    try {
      const workbench::Edn results = workbench::parse_edn(text);
      const workbench::Edn* const models = results.at("consistency-models");
      if (models != nullptr) return *models->get_if<std::string>();
    } catch (const workbench::EdnError&) {
      // Without results there is the history still.
    }
    return std::nullopt;
  }

  int explain_in_words(const fs::path& folder, const std::string& workload) const {
    if (!value.empty()) {
      throw CLI::ValidationError("VALUE", "runs of " + workload + " are explained as a whole");
    }
    workbench::JudgeOptions options{.workload = workload};
    if (workload != "kafka") options.models = models_of(folder);
    const std::string words = [&] {
      try {
        return workbench::judge_history_file((folder / "history.edn").string(), options).words;
      } catch (const workbench::HistoryError& error) {
        throw CLI::ValidationError("RUN", error.what());
      }
    }();
    if (as_json) {
      fmt::print("{}\n", boost::json::serialize(boost::json::object{{"run", folder.string()},
                                                                    {"words", words}}));
    } else {
      fmt::print("{}", words.empty() ? "Nothing is wrong with this history.\n" : words);
    }
    return exit_valid;
  }

  int run_command() const {
    const report::RunRecord record = read(run.folder());
    if (const std::string workload = workload_in_words(record); !workload.empty()) {
      return explain_in_words(run.folder(), workload);
    }
    if (record.history.ops.empty()) {
      throw CLI::ValidationError("RUN", "its clients did nothing: there is no value to explain");
    }
    const auto values = broadcast_values(record);
    std::vector<ElementId> chosen;
    if (value.empty()) {
      chosen = report::worst_values(record, worst_shown);
    } else {
      chosen.push_back(find(record, values));
    }
    if (record.has_trace && !record.complete) {
      fmt::print(stderr,
                 "note: trace.jsonl has no last line; the run was broken off, and what "
                 "came after is not known\n");
    }
    if (record.messages.size() < record.message_count) {
      fmt::print(stderr, "note: only the first {} of {} messages are looked at\n",
                 record.messages.size(), record.message_count);
    }
    if (as_json) {
      print_json(record, chosen);
      return exit_valid;
    }
    if (values.empty()) {
      throw CLI::ValidationError(
          "RUN",
          "nothing was broadcast in this run: only values of the workload broadcast can be "
          "explained");
    }
    if (chosen.empty()) {
      fmt::print(
          "Each of {} values was in time: no read that began after it was known missed "
          "it.\n",
          values.size());
    }
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      fmt::print("{}{}", i == 0 ? "" : "\n----\n\n",
                 report::to_text(record, report::explain(record, chosen[i])));
    }
    return exit_valid;
  }

  void print_json(const report::RunRecord& record, const std::vector<ElementId>& chosen) const {
    boost::json::array explanations;
    for (const ElementId element : chosen) {
      explanations.push_back(report::to_json(record, report::explain(record, element)));
    }
    const boost::json::object whole{{"run", record.folder},
                                    {"complete", !record.has_trace || record.complete},
                                    {"values", std::move(explanations)}};
    fmt::print("{}\n", boost::json::serialize(whole));
  }
};

}  // namespace

void add_explain_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "explain", "Say why a value of a run was late or lost, with the messages concerned");
  const auto state = std::make_shared<ExplainCommand>();
  add_run_argument(*command, state->run)->required();
  command
      ->add_option("value", state->value,
                   "A value that was broadcast. Without it, the three that were worst")
      ->type_name("VALUE");
  command->add_flag("--json", state->as_json, "As JSON, times in milliseconds");
  command->footer(
      "Of runs of kafka and txn-* it says what is wrong with the history, if anything is.\n"
      "Reads trace.jsonl of the run, or history.edn where there is none, as in runs of Maelstrom.\n"
      "Exit codes: 0 explained, 254 bad arguments, no such run or value, or files that cannot be "
      "read.");
  command->callback([state, &exit_code] { exit_code = state->run_command(); });
}

}  // namespace bruit::cli
