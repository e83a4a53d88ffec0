// bruit check: judges a recorded history, of Maelstrom, of Jepsen or our own.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/cli/commands.h"
#include "bruit/workbench/checkers/txn/list_append.h"
#include "bruit/workbench/checkers/txn/rw_register.h"
#include "bruit/workbench/checkers/txn/txn_stats.h"
#include "bruit/workbench/checkers/txn/txn_words.h"
#include "bruit/workbench/edn_json.h"
#include "bruit/workbench/history/compressed_input.h"
#include "bruit/workbench/history/txn_history_reader.h"
#include "bruit/workbench/history_io.h"
#include "bruit/workbench/options.h"
#include "bruit/workbench/results.h"
#include "bruit/workbench/workloads/workloads.h"

namespace bruit::cli {
namespace {

using workbench::AvailabilityGoal;
using workbench::Edn;
using workbench::EdnMap;
using workbench::Validity;
namespace txn = workbench::txn;

constexpr std::string_view list_append = "txn-list-append";
constexpr std::string_view rw_register = "txn-rw-register";

// What a history was found to be: the map, and the same in words.
struct Verdict {
  EdnMap results;
  std::string words;
};

// The names of workloads whose histories can be checked.
std::vector<std::string> checkable() {
  std::vector<std::string> names = workbench::workload_list();
  for (const std::string_view name : {list_append, rw_register}) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  }
  return names;
}

std::string check_workload(const std::string& name) {
  const auto names = checkable();
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  return fmt::format("{} is not a workload whose histories can be checked; expected {}", name,
                     fmt::join(names, ", "));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

txn::ModelSet parse_models(const std::string& text) {
  txn::ModelSet models;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    std::string_view name = trimmed(rest.substr(0, comma));
    if (name.starts_with(':')) name.remove_prefix(1);
    const auto model = txn::parse_model(name);
    if (!model) {
      throw CLI::ValidationError("--consistency-models",
                                 fmt::format("{} is not a consistency model; expected {}",
                                             name.empty() ? "nothing" : name,
                                             fmt::join(txn::model_list(), ", ")));
    }
    models.add(*model);
    if (comma == std::string_view::npos) return models;
    rest.remove_prefix(comma + 1);
  }
}

AvailabilityGoal parse_availability(const std::string& text) {
  if (text.empty()) return workbench::NoAvailabilityGoal{};
  if (text == "total") return workbench::TotalAvailability{};
  double fraction = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, fraction);
  if (error != std::errc{} || rest != end || !(fraction >= 0 && fraction <= 1)) {
    throw CLI::ValidationError(
        "--availability", fmt::format("{} is neither `total` nor a fraction from 0 to 1", text));
  }
  return workbench::AvailabilityFraction{fraction};
}

struct CheckCommand {
  std::string workload;
  std::string file;
  std::optional<std::string> models;
  std::string availability;
  bool as_json = false;

  bool is_txn() const { return workload == list_append || workload == rw_register; }

  Verdict check_txn(const AvailabilityGoal& goal) const {
    const bool lists = workload == list_append;
    const txn::ModelSet held_against = models ? parse_models(*models) : txn::default_models;
    const txn::TxnHistory history = workbench::read_txn_history_file(
        file, lists ? txn::Values::lists : txn::Values::registers);
    const txn::TxnResult result = lists ? txn::check_list_append(history, held_against)
                                        : txn::check_rw_register(history, held_against);
    return {.results = merged(to_edn(txn::check_stats(history)),
                              to_edn(txn::check_availability(history, goal)),
                              to_edn(result, history)),
            .words = txn::in_words(result, history)};
  }

  Verdict check_other(const AvailabilityGoal& goal) const {
    if (models) {
      throw CLI::ValidationError("--consistency-models",
                                 fmt::format("{} is not checked against models; {} and {} are",
                                             workload, list_append, rw_register));
    }
    const auto history = [&] {
      try {
        const auto in = workbench::open_input(file);
        return workbench::read_history_edn(*in, file);
      } catch (const workbench::InputError& error) {
        throw workbench::HistoryError(file, 0, error.what());
      }
    }();
    const auto checked = [&] {
      try {
        return workbench::check_history(*workbench::parse_workload(workload), history);
      } catch (const std::invalid_argument& error) {
        // A value that this workload does not have.
        throw workbench::HistoryError(file, 0, error.what());
      }
    }();
    return {.results = merged(to_edn(workbench::check_stats(history)),
                              to_edn(workbench::check_availability(history, goal)), checked),
            .words = {}};
  }

  // The part of Maelstrom's results.edn that a history alone decides.
  static EdnMap merged(Edn stats, Edn availability, Edn workload) {
    EdnMap results;
    results.set("stats", std::move(stats));
    results.set("availability", std::move(availability));
    results.set("workload", std::move(workload));
    Validity validity = Validity::valid;
    for (const workbench::EdnEntry& entry : results.entries) {
      validity = merge(validity, workbench::validity_of(entry.value));
    }
    results.set("valid?", to_edn(validity));
    return results;
  }

  int run_command() const {
    const AvailabilityGoal goal = parse_availability(availability);
    const Verdict verdict = [&] {
      try {
        return is_txn() ? check_txn(goal) : check_other(goal);
      } catch (const workbench::HistoryError& error) {
        throw CLI::ValidationError("HISTORY", error.what());
      }
    }();
    const Edn results(verdict.results);
    fmt::print("{}", as_json ? workbench::results_json(results) : workbench::results_edn(results));
    std::fflush(stdout);
    if (!verdict.words.empty()) fmt::print(stderr, "{}", verdict.words);
    return workbench::exit_code(workbench::validity_of(results));
  }
};

}  // namespace

void add_check_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("check", "Judge a recorded history, and say why it is wrong");
  const auto state = std::make_shared<CheckCommand>();
  command
      ->add_option("-w,--workload", state->workload,
                   fmt::format("What the history is of: {}", fmt::join(checkable(), ", ")))
      ->check(check_workload, "")
      ->required();
  command->add_option("history", state->file, "history.edn, which may be compressed by gzip")
      ->type_name("HISTORY")
      ->required();
  command->add_option(
      "--consistency-models", state->models,
      "What transactions are held against, with commas between them.\n"
      "Default: strict-serializable");
  command->add_option("--availability", state->availability,
                      "Share of operations that must succeed: total, or a fraction from 0 to 1");
  command->add_flag("--json", state->as_json, "Print JSON instead of EDN");
  command->footer(
      "Reads histories of Maelstrom and Jepsen, and those of `bruit test`. Prints the part of\n"
      "results.edn that the history decides, and on stderr, in words, what is wrong with\n"
      "transactions. Exit codes: 0 valid, 1 invalid, 2 unknown, 254 bad arguments or a history that\n"
      "cannot be read.");
  command->callback([state, &exit_code] { exit_code = state->run_command(); });
}

}  // namespace bruit::cli
