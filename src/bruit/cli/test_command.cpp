// bruit test: Maelstrom's `test`, with the same flags, results and exit codes.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "bruit/cli/commands.h"
#include "bruit/cli/flags/fault_flags.h"
#include "bruit/cli/flags/number_check.h"
#include "bruit/cli/flags/recording_flags.h"
#include "bruit/cli/flags/strategy_flags.h"
#include "bruit/cli/flags/test_flags.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/cli/output/progress_line.h"
#include "bruit/cli/output/run_report.h"
#include "bruit/cli/output/run_summary.h"
#include "bruit/core/make_strategy.h"
#include "bruit/workbench/faults/scenario.h"
#include "bruit/workbench/history/results_text.h"
#include "bruit/workbench/runs/test_run.h"

namespace bruit::cli {
namespace {

struct TestCommand {
  TestFlags flags;
  FaultFlags faults;
  std::string program;
  std::vector<std::string> arguments;
  std::string store = "store";
  core::StrategyOptions strategy;
  workbench::Recording recording;
  bool verbose = false;
  std::uint32_t test_count = 1;

  workbench::TestRun run_program(const workbench::TestOptions& options) const {
    const workbench::Program checked(program, arguments);
    fmt::print(stderr, "seed {}\n", options.seed);
    ProgressLine progress("test");
    return workbench::run_test(
        options, checked, store, [&](const workbench::Progress& now) { progress.show(now); },
        recording);
  }

  workbench::TestRun run_strategy(const workbench::TestOptions& options) const {
    if (!arguments.empty()) {
      throw CLI::ValidationError("--bin", "arguments after `--` are for a program; none is given");
    }
    if (options.workload != workbench::Workload::broadcast) {
      throw CLI::ValidationError("--workload", "without --bin only broadcast can be tested");
    }
    check_strategy_options(strategy);
    fmt::print(stderr, "no --bin: {} in virtual time, seed {}\n", core::to_string(strategy.kind),
               options.seed);
    return workbench::run_simulated_test(options, strategy, store, recording);
  }

  // As many tests as were asked for, each with the next seed, until one is not valid.
  int run() const {
    if (const auto ignored = flags.without_effect(); !ignored.empty()) {
      fmt::print(stderr, "note: {}: without effect, nodes run on this machine\n",
                 fmt::join(ignored, ", "));
    }
    workbench::TestOptions options = flags.options();
    for (std::uint32_t test = 1;; ++test, ++options.seed) {
      if (test_count > 1) fmt::print(stderr, "test {} of {}\n", test, test_count);
      const int code = run_one(options);
      if (code != exit_valid || test == test_count) return code;
    }
  }

  int run_one(workbench::TestOptions options) const {
    faults.apply_to(options);
    if (!program.empty()) faults.leave_out_clocks(options);
    if (options.scenario != nullptr && options.scenario->operations &&
        options.workload != workbench::Workload::broadcast) {
      throw CLI::ValidationError("--schedule",
                                 "lists broadcasts and reads, which only -w broadcast has");
    }
    const workbench::TestRun run = program.empty() ? run_strategy(options) : run_program(options);
    fmt::print("{}", summary(run));
    if (verbose) fmt::print("\n{}\n", workbench::results_edn(run.results));
    std::fflush(stdout);
    fmt::print(stderr, "seed {}; files in {}\n", options.seed, run.folder.string());
    print_findings(run);
    print_report(run);
    print_early_end(run);
    const int code = exit_code_of(run);
    if (code == exit_valid) fmt::print(stderr, "Everything looks good! The test is valid.\n");
    if (code == exit_invalid) {
      fmt::print(stderr, "The test is INVALID: look for :valid? false in results.edn.\n");
      if (!run.words.empty()) {
        fmt::print(stderr, "`bruit explain {}` says again why.\n", run.folder.string());
      }
      if (options.workload == workbench::Workload::broadcast) {
        fmt::print(stderr, "`bruit explain {}` says of the worst values what became of them.\n",
                   run.folder.string());
      }
    }
    if (code == exit_unknown && !run.early_end) {
      fmt::print(stderr, "Validity is unknown: too little was read to tell.\n");
    }
    return code;
  }
};

}  // namespace

void add_test_command(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("test",
                         "Test a node program in real time, as `maelstrom test` does, or a "
                         "strategy in virtual time");
  const auto state = std::make_shared<TestCommand>();
  state->flags.add_to(*command);
  state->faults.add_network_to(*command);
  auto* program =
      command
          ->add_option("--bin", state->program,
                       "The node: a program that speaks Maelstrom's protocol. Without it, a\n"
                       "strategy of bruit's own is tested in virtual time. Nodes run in /tmp, as\n"
                       "Maelstrom's do: give files in arguments by their whole path")
          ->type_name("PROGRAM");
  auto* strategies = command->add_option_group("Without --bin");
  add_strategy_options(*strategies, state->strategy);
  strategies->excludes(program);
  add_store_option(*command, state->store);
  command->add_flag("-v,--verbose", state->verbose,
                    "Print all results, as in results.edn, after the summary");
  add_recording_flags(*command, state->recording);
  command
      ->add_option("--test-count", state->test_count,
                   "So many tests, one after the other, each with the next seed, until one fails")
      ->check(whole_number(1, 1'000'000))
      ->default_str("1");
  command->add_option("arguments", state->arguments, "After `--`: arguments for the program");
  command->footer(
      "Results go to store/<workload>/<time>/: results.edn, results.json, history.edn, "
      "history.txt,\n"
      "trace.jsonl, report.html, node-logs/. Exit codes: 0 valid, 1 invalid, 2 unknown or "
      "interrupted,\n"
      "254 bad arguments, 255 the test could not be run to its end.");
  command->callback([state, &exit_code] { exit_code = state->run(); });
}

}  // namespace bruit::cli
