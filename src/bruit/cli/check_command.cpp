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
#include <string>
#include <vector>

#include "bruit/cli/commands.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/workbench/engine/results.h"
#include "bruit/workbench/history/history_io.h"
#include "bruit/workbench/history/results_text.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/runs/recorded_history.h"

namespace bruit::cli {
namespace {

std::string check_workload(const std::string& name) {
  const auto names = workbench::judged_workloads();
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  return fmt::format("{} is not a workload whose histories can be judged; expected {}", name,
                     fmt::join(names, ", "));
}

workbench::AvailabilityGoal parse_availability(const std::string& text) {
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
  workbench::JudgeOptions options;
  std::string file;
  std::string availability;
  bool as_json = false;

  int run() {
    options.availability = parse_availability(availability);
    const workbench::Judgement judgement = [&] {
      try {
        return workbench::judge_history_file(file, options);
      } catch (const workbench::HistoryError& error) {
        throw CLI::ValidationError("HISTORY", error.what());
      }
    }();
    const auto& results = judgement.results;
    fmt::print("{}", as_json ? workbench::results_json(results) : workbench::results_edn(results));
    std::fflush(stdout);
    if (!judgement.words.empty()) fmt::print(stderr, "{}", judgement.words);
    switch (workbench::validity_of(results)) {
      case workbench::Validity::valid:
        return exit_valid;
      case workbench::Validity::invalid:
        return exit_invalid;
      case workbench::Validity::unknown:
        break;
    }
    return exit_unknown;
  }
};

}  // namespace

void add_check_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("check", "Judge a recorded history, and say why it is wrong");
  const auto state = std::make_shared<CheckCommand>();
  command
      ->add_option("-w,--workload", state->options.workload,
                   fmt::format("What the history is of: {}",
                               fmt::join(workbench::judged_workloads(), ", ")))
      ->check(check_workload, "")
      ->required();
  command->add_option("history", state->file, "history.edn, which may be compressed by gzip")
      ->type_name("HISTORY")
      ->required();
  command->add_option(
      "--consistency-models", state->options.models,
      "What transactions are held against, with commas between them.\n"
      "Default: strict-serializable");
  command->add_flag("--complete", state->options.complete,
                    "Tell every kind of cycle there is, not only those that the original finds");
  command->add_option("--availability", state->availability,
                      "Share of operations that must succeed: total, or a fraction from 0 to 1");
  command->add_flag("--json", state->as_json, "Print JSON instead of EDN");
  command->footer(
      "Reads histories of Maelstrom and Jepsen, and those of `bruit test`. Prints the part of\n"
      "results.edn that the history decides, and on stderr, in words, what is wrong with\n"
      "transactions. Exit codes: 0 valid, 1 invalid, 2 unknown, 254 bad arguments or a history that\n"
      "cannot be read.");
  command->callback([state, &exit_code] { exit_code = state->run(); });
}

}  // namespace bruit::cli
