// bruit test: Maelstrom's `test`, with the same flags, results and exit codes.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "bruit/cli/commands.h"
#include "bruit/cli/progress_line.h"
#include "bruit/cli/run_report.h"
#include "bruit/cli/test_flags.h"
#include "bruit/workbench/results.h"
#include "bruit/workbench/test_run.h"

namespace bruit::cli {
namespace {

struct TestCommand {
  TestFlags flags;
  std::string program;
  std::vector<std::string> arguments;
  std::string store = "store";

  int run() const {
    const workbench::TestOptions options = flags.options();
    const workbench::Program checked(program, arguments);
    fmt::print(stderr, "seed {}\n", options.seed);
    workbench::TestRun run;
    {
      ProgressLine progress("test");
      run = workbench::run_test(options, checked, store,
                                [&](const workbench::Progress& now) { progress.show(now); });
    }
    fmt::print("{}\n", workbench::results_edn(run.results));
    std::fflush(stdout);
    fmt::print(stderr, "seed {}; files in {}\n", options.seed, run.folder.string());
    print_early_end(run);
    const int code = exit_code_of(run);
    if (code == exit_valid) fmt::print(stderr, "Everything looks good! The test is valid.\n");
    if (code == exit_invalid) fmt::print(stderr, "The test is INVALID: see :valid? false above.\n");
    if (code == exit_unknown && !run.early_end) {
      fmt::print(stderr, "Validity is unknown: too little was read to tell.\n");
    }
    return code;
  }
};

}  // namespace

void add_test_command(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("test", "Test a node program in real time, as `maelstrom test` does");
  const auto state = std::make_shared<TestCommand>();
  state->flags.add_to(*command);
  command
      ->add_option("--bin", state->program, "The node: a program that speaks Maelstrom's protocol")
      ->required()
      ->type_name("PROGRAM");
  command->add_option("--store", state->store, "The folder for results")->capture_default_str();
  command->add_option("arguments", state->arguments, "After `--`: arguments for the program");
  command->footer(
      "Results go to store/<workload>/<time>/: results.edn, results.json, history.edn, "
      "history.txt,\n"
      "node-logs/. Exit codes: 0 valid, 1 invalid, 2 unknown or interrupted, 254 bad arguments,\n"
      "255 the test could not be run to its end.");
  command->callback([state, &exit_code] { exit_code = state->run(); });
}

}  // namespace bruit::cli
