// bruit challenge: Gossip Glomers 1 to 6c with their limits, and one table at the end.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bruit/cli/commands.h"
#include "bruit/cli/flags/recording_flags.h"
#include "bruit/cli/flags/strategy_flags.h"
#include "bruit/cli/flags/test_flags.h"
#include "bruit/cli/output/build_name.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/cli/output/output_file.h"
#include "bruit/cli/output/progress_line.h"
#include "bruit/cli/output/run_report.h"
#include "bruit/cli/output/run_summary.h"
#include "bruit/cli/output/table.h"
#include "bruit/maelstrom/json.h"
#include "bruit/workbench/history/results_text.h"
#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/report/report.h"
#include "bruit/workbench/runs/test_run.h"

namespace bruit::cli {
namespace {

using Challenge = workbench::SeriesChallenge;
using workbench::Limits;
using workbench::TestRun;

struct Outcome {
  const Challenge* challenge;
  TestRun run;
  bool within_limits;

  bool passed() const { return within_limits && exit_code_of(run) == exit_valid; }
  const char* verdict() const {
    if (exit_code_of(run) == exit_unknown) return run.early_end ? "interrupted" : "unknown";
    return passed() ? "passed" : "FAILED";
  }
};

void print_table(const std::vector<Outcome>& outcomes) {
  Table table({"challenge", "nodes", "valid", "servers msgs/op", "all msgs/op", "median stable",
               "max stable", "verdict"});
  for (const auto& outcome : outcomes) {
    const auto& headline = outcome.run.headline;
    const Limits& limits = outcome.challenge->limits;
    const std::string ratio =
        limits.messages_per_operation ? fmt::format("{}", *limits.messages_per_operation) : "";
    const char* valid = headline.validity == workbench::Validity::valid     ? "yes"
                        : headline.validity == workbench::Validity::invalid ? "NO"
                                                                            : "unknown";
    table.add({std::string(outcome.challenge->name),
               fmt::format("{}", outcome.challenge->options.nodes.size()), valid,
               with_limit(format_ratio(headline.server_messages_per_operation), ratio),
               with_limit(format_ratio(headline.all_messages_per_operation), ratio),
               with_limit(format_latency(headline.median_stable_latency),
                          limit_text(limits.median_stable_latency)),
               with_limit(format_latency(headline.worst_stable_latency),
                          limit_text(limits.worst_stable_latency)),
               outcome.verdict()});
  }
  fmt::print("\n{}\n", table.text());
  for (const auto& outcome : outcomes) {
    const auto& run = outcome.run;
    fmt::print("{}: {}\n", outcome.challenge->name,
               run.report ? workbench::report::file_url(*run.report) : run.folder.string());
  }
}

// Seconds since 1970; null for what did not happen.
boost::json::value to_json(const std::optional<workbench::RunTiming::WallTime>& time) {
  if (!time) return nullptr;
  return std::chrono::duration<double>(time->time_since_epoch()).count();
}

boost::json::object to_json(const workbench::RunTiming& timing) {
  return {{"launched", to_json(timing.launched)},
          {"first-operation", to_json(timing.first_operation)},
          {"last-operation", to_json(timing.last_operation)},
          {"ended", to_json(timing.ended)}};
}

// As in results.json.
boost::json::value json_of(const workbench::Edn& results) {
  return std::get<boost::json::value>(maelstrom::read_json(results_json(results)));
}

void write_json(const std::vector<Outcome>& outcomes, const std::string& path) {
  namespace json = boost::json;
  json::array list;
  for (const auto& outcome : outcomes) {
    list.push_back(json::object{{"build", build_name()},
                                {"challenge", outcome.challenge->name},
                                {"passed", outcome.passed()},
                                {"folder", outcome.run.folder.string()},
                                {"timing", to_json(outcome.run.timing)},
                                {"results", json_of(outcome.run.results)}});
  }
  write_text("--json", path, json::serialize(list) + "\n");
}

// The folder that this program lies in; the nodes lie beside it.
std::filesystem::path own_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

struct ChallengeCommand {
  TestFlags flags;
  std::string name = "all";
  std::string program;
  std::string strategy;
  std::string json_file;
  std::string store = "store";
  std::vector<std::string> arguments;
  bool simulate = false;
  workbench::Recording recording;

  // With --sim: what a node program would make of the same arguments.
  core::StrategyOptions strategy_for(const Challenge& challenge) const {
    core::StrategyOptions options;
    options.rounds.budget = workbench::find_challenge(challenge.name)->budget;
    CLI::App app;
    add_strategy_options(app, options);
    std::vector<std::string> words = arguments;
    if (!strategy.empty()) words.insert(words.begin(), {"--strategy", strategy});
    std::reverse(words.begin(), words.end());  // as CLI11 wants it
    app.parse(words);
    check_strategy_options(options);
    return options;
  }

  TestRun run_one(const Challenge& challenge, const workbench::TestOptions& options) const {
    workbench::Recording with_name = recording;
    with_name.challenge = challenge.name;
    if (simulate) {
      return workbench::run_simulated_test(options, strategy_for(challenge), store, with_name);
    }
    ProgressLine progress(std::string(challenge.name));
    return workbench::run_test(
        options, program_for(challenge), store,
        [&](const workbench::Progress& now) { progress.show(now); }, with_name);
  }

  workbench::Program program_for(const Challenge& challenge) const {
    std::vector<std::string> words = arguments;
    if (!strategy.empty()) words.insert(words.begin(), {"--strategy", strategy});
    const auto path = program.empty() ? own_folder() / challenge.program
                                      : std::filesystem::path(program);
    return {path, std::move(words)};
  }

  int run() const {
    const std::vector<const Challenge*> chosen = workbench::series_of(name);
    const bool all_broadcast =
        std::all_of(chosen.begin(), chosen.end(), [](const Challenge* challenge) {
          return challenge->options.workload == workbench::Workload::broadcast;
        });
    if (simulate && !all_broadcast) {
      throw CLI::ValidationError("--sim", "is for strategies, which take 3a to 3e or all");
    }
    if (!strategy.empty() && !all_broadcast) {
      throw CLI::ValidationError("--strategy", "is for bruit's own nodes of 3a to 3e or all");
    }
    if (!program.empty() && !strategy.empty()) {
      throw CLI::ValidationError(
          "--strategy", "is for bruit's own nodes; a program of --bin gets what is after `--`");
    }
    // A missing program is said before minutes are spent on the others.
    for (const auto* challenge : chosen) {
      simulate ? void(strategy_for(*challenge)) : void(program_for(*challenge));
    }
    if (const int error = write_error(json_file); error != 0) {
      throw std::invalid_argument(fmt::format("--json {}: {}; expected a file that can be written",
                                              json_file, std::strerror(error)));
    }

    std::vector<Outcome> outcomes;
    for (const auto* challenge : chosen) {
      const auto options = flags.options(challenge->options);
      fmt::print(stderr, "{} ({}): {} nodes, {} operations/s, seed {}\n", challenge->name,
                 challenge->title, options.nodes.size(), options.rate, options.seed);
      TestRun run = run_one(*challenge, options);
      outcomes.push_back({challenge, std::move(run), false});
      Outcome& outcome = outcomes.back();
      outcome.within_limits = within(outcome.run.headline, challenge->limits);
      if (outcome.run.early_end) break;  // whatever stopped it would stop the others too
    }
    print_table(outcomes);
    for (const Outcome& outcome : outcomes) {
      if (&outcome != &outcomes.back() && outcome.run.words.empty()) continue;
      if (outcomes.size() > 1 && !outcome.run.words.empty()) {
        fmt::print(stderr, "\n{}: ", outcome.challenge->name);
      }
      print_findings(outcome.run);
    }
    print_early_end(outcomes.back().run);
    if (!json_file.empty()) write_json(outcomes, json_file);

    if (outcomes.back().run.early_end) return exit_code_of(outcomes.back().run);
    for (const auto& outcome : outcomes) {
      if (!outcome.passed()) return exit_invalid;
    }
    return exit_valid;
  }
};

}  // namespace

void add_challenge_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "challenge", "Take Gossip Glomers challenges, against their limits");
  const auto state = std::make_shared<ChallengeCommand>();
  command->add_option("name", state->name, "1, 2, 3a to 3e, 4, 5a to 5c, 6a to 6c; all is 3a to 3e, and series\n"
                                "everything")
      ->check(CLI::IsMember(workbench::series_names()))
      ->capture_default_str();
  auto* program =
      command
          ->add_option("--bin", state->program,
                       "The node program. Default: the one of ours, which lies beside bruit:\n"
                       "broadcast-3a ... broadcast-3e, or an example")
          ->type_name("PROGRAM");
  command
      ->add_flag("--sim", state->simulate,
                 "In virtual time, with the strategies themselves instead of programs")
      ->excludes(program);
  command->add_option(
      "--strategy", state->strategy,
      "For bruit's own nodes: another strategy than rounds with the challenge's limits");
  command->add_option("--json", state->json_file, "Write all results to this file (- for stdout)");
  add_store_option(*command, state->store);
  state->flags.add_presentation_to(*command);
  add_recording_flags(*command, state->recording);
  command->add_option("arguments", state->arguments,
                      "After `--`: arguments for the program, or for the strategy");
  command->footer(
      "A challenge passes if the run is valid and below every limit; the message limit counts "
      "against\n"
      "both `servers` and `all`. Exit codes: 0 all passed, 1 not all, 2 interrupted, 254 bad "
      "arguments,\n"
      "255 a test could not be run to its end.");
  command->callback([state, &exit_code] { exit_code = state->run(); });
}

}  // namespace bruit::cli
