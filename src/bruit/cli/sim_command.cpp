// bruit sim: many seeds of a test in virtual time.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <atomic>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bruit/cli/commands.h"
#include "bruit/cli/flags/number_check.h"
#include "bruit/cli/flags/simulation_flags.h"
#include "bruit/cli/interrupt.h"
#include "bruit/cli/output/batch_progress.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/cli/output/output_file.h"
#include "bruit/cli/output/simulation_report.h"
#include "bruit/cli/single_run.h"
#include "bruit/core/make_strategy.h"
#include "bruit/workbench/basics/figures.h"
#include "bruit/workbench/faults/fault_generator.h"
#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/simulation/shrink.h"
#include "bruit/workbench/simulation/simulation_batch.h"

namespace bruit::cli {
namespace {

using workbench::SeedRange;
using workbench::SimulationOptions;
using workbench::SimulationOutcome;
using workbench::SimulationResult;
using workbench::SimulationSummary;

constexpr std::size_t shown_failures = 10;

struct SimCommand {
  explicit SimCommand(CLI::App& command) : app(command), flags(command) {}

  CLI::App& app;
  SimulationFlags flags;
  std::string seeds = "0..99";
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string csv_file;
  std::string json_file;
  std::string schedule_file;
  std::string trace_file;
  std::string shrunk_file;

  // The line that runs one seed of this again, as far as the shell does not need quotes.
  std::string reproduce(std::uint64_t seed) const {
    return command_line(seed, {"--seeds", "--seed", "--jobs", "--csv", "--json", "--write-schedule",
                               "--trace", "--shrink"});
  }

  // The command as it was given, without these options, and for one seed.
  std::string command_line(std::uint64_t seed, const std::vector<std::string>& without) const {
    std::string line = "bruit sim";
    for (const auto* option : app.get_options()) {
      const std::string name = option->get_name();
      if (option->count() == 0 || std::find(without.begin(), without.end(), name) != without.end())
        continue;
      line += " " + name;
      const char* separator = " ";
      for (const auto& value : option->results()) {
        if (option->get_type_size() != 0) line += std::exchange(separator, ",") + value;
      }
    }
    return fmt::format("{} --seed {}", line, seed);
  }

  void print_report(const SimulationOptions& options, const SimulationSummary& summary,
                    const std::vector<SimulationResult>& results, double wall_seconds) const {
    const auto& test = options.test;
    fmt::print("{}{}: {} nodes, {} operations/s for {:g} s, latency {:g} ms {}, network {}{}\n",
               core::to_string(options.strategy.kind),
               flags.challenge().empty() ? "" : " on " + flags.challenge(), test.nodes.size(),
               test.rate, std::chrono::duration<double>(test.time_limit).count(),
               workbench::milliseconds_of(test.latency),
               workbench::to_string(test.latency_distribution), workbench::to_string(test.network),
               test.partition ? ", partitions" : "");
    fmt::print(
        "{} of {} runs passed, {} values lost, {} died with the only node that had them, {} "
        "violations, "
        "{:.1f} s, trace {:016x}\n\n{}",
        summary.valid, summary.runs, summary.lost, summary.died, summary.violations, wall_seconds,
        summary.trace_hash, simulation_table(summary));
    for (std::size_t i = 0; i < workbench::invariant_count; ++i) {
      if (summary.violations_of[i] == 0) continue;
      fmt::print("{} violations of: {}\n", summary.violations_of[i],
                 workbench::to_string(static_cast<workbench::Invariant>(i)));
    }
    if (summary.failing_seeds.empty()) return;
    fmt::print("\nfailed:\n");
    std::size_t shown = 0;
    for (const auto& result : results) {
      if (result.passed()) continue;
      if (++shown > shown_failures) break;
      fmt::print("  {}   # {}\n", reproduce(result.seed), describe_failure(result));
    }
    if (summary.failing_seeds.size() > shown_failures) {
      fmt::print("  and {} more seeds\n", summary.failing_seeds.size() - shown_failures);
    }
  }

  static std::string describe_failure(const SimulationResult& result) {
    if (result.early_end) return result.early_end->reason;
    if (!result.invariants.told.empty()) {
      const auto& first = result.invariants.told.front();
      return fmt::format("{} violations, first of {}: {}", result.invariants.total(),
                         workbench::to_string(first.invariant), first.what);
    }
    if (result.lost > 0) return fmt::format("{} lost", result.lost);
    return result.validity == workbench::Validity::unknown ? "too little was read to tell"
                                                           : "invalid";
  }

  static void require_one_seed(const std::string& flag, SeedRange range) {
    if (range.count() != 1) throw CLI::ValidationError(flag, "needs a single seed; give --seed");
  }

  void write_schedule(SimulationOptions options, SeedRange range) const {
    require_one_seed("--write-schedule", range);
    options.test.seed = range.first;
    const workbench::Scenario scenario = options.test.scenario != nullptr
                                             ? *options.test.scenario
                                             : workbench::generate_faults(options.test);
    write_text("--write-schedule", schedule_file, workbench::to_text(scenario, options.test.nodes));
  }

  int run() const {
    const SimulationOptions chosen = flags.options();
    const SeedRange range =
        flags.seed() ? SeedRange{*flags.seed(), *flags.seed()} : parse_seeds(seeds);
    if (!trace_file.empty()) require_one_seed("--trace", range);
    if (!schedule_file.empty()) write_schedule(chosen, range);
    if (csv_file == "-" && json_file == "-") {
      throw CLI::ValidationError("--json", "only one of --csv and --json can go to stdout");
    }
    check_writable("--csv", csv_file);
    check_writable("--json", json_file);
    check_writable("--trace", trace_file);
    check_writable("--shrink", shrunk_file);
    const std::atomic<bool>& interrupted = heed_interrupts();
    const auto started = std::chrono::steady_clock::now();
    std::vector<SimulationResult> results;
    if (!trace_file.empty()) {
      results.push_back(simulate_with_trace(chosen, range.first, trace_file));
    } else {
      BatchProgress progress(range.count());
      results = workbench::simulate_seeds(
          chosen, range, jobs, [&](std::uint64_t done) { progress.show(done); }, &interrupted);
    }
    const bool complete = results.size() == range.count();
    if (!complete) {
      fmt::print(stderr, "interrupted: {} of {} runs\n", results.size(), range.count());
    }
    const double wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const SimulationSummary summary = workbench::summarise(results);
    if (csv_file != "-" && json_file != "-" && trace_file != "-" && shrunk_file != "-") {
      print_report(chosen, summary, results, wall_seconds);
    }
    if (!csv_file.empty()) write_text("--csv", csv_file, simulation_csv(results));
    if (!json_file.empty()) {
      boost::json::object options = options_json(chosen);
      if (!flags.challenge().empty()) options["challenge"] = flags.challenge();
      write_text("--json", json_file,
                 boost::json::serialize(
                     simulation_json(summary, range, std::move(options), wall_seconds)) +
                     "\n");
    }
    if (!shrunk_file.empty()) shrink_first_failure(chosen, results);
    return complete ? exit_code_of(results) : exit_unknown;
  }

  void shrink_first_failure(SimulationOptions options,
                            const std::vector<SimulationResult>& results) const {
    const auto failing = std::find_if(results.begin(), results.end(), [](const auto& result) {
      return workbench::failure_of(result).has_value();
    });
    if (failing == results.end()) {
      fmt::print(stderr, "--shrink: no run failed, so there is nothing to shrink\n");
      return;
    }
    options.test.seed = failing->seed;
    // What the smaller run says by itself, or in its schedule.
    const std::string line = command_line(
        failing->seed,
        {"--seeds", "--seed", "--jobs", "--csv", "--json", "--write-schedule", "--trace",
         "--shrink", "--schedule", "--node-count", "--concurrency", "--time-limit", "--rate",
         "--nemesis", "--nemesis-shape", "--nemesis-interval", "--faults"});
    shrink_to_file(options, line, shrunk_file);
  }

  static int exit_code_of(const std::vector<SimulationResult>& results) {
    int code = exit_valid;
    for (const auto& result : results) {
      switch (result.outcome()) {
        case SimulationOutcome::ended_early:
          return exit_crash;
        case SimulationOutcome::failed:
          code = exit_invalid;
          break;
        case SimulationOutcome::unknown:
          if (code == exit_valid) code = exit_unknown;
          break;
        case SimulationOutcome::passed:
          break;
      }
    }
    return code;
  }
};

}  // namespace

void add_sim_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "sim", "Simulate a test in virtual time, many seeds at once: milliseconds a run");
  const auto state = std::make_shared<SimCommand>(*command);
  command->add_option("--seeds", state->seeds, "Seeds to run, first..last")
      ->type_name("A..B")
      ->capture_default_str();
  command->add_option("--jobs", state->jobs, "Threads, one seed each")
      ->check(whole_number(1, 4096))
      ->default_str("all cores");
  command->add_option("--csv", state->csv_file,
                      "Write one line for each run to this file (- for stdout)");
  command->add_option("--json", state->json_file, "Write all figures to this file (- for stdout)");
  command
      ->add_option("--write-schedule", state->schedule_file,
                   "Write the faults to this file, for --schedule; needs --seed (- for stdout)")
      ->type_name("FILE");
  command
      ->add_option("--trace", state->trace_file,
                   "Write every event as a line of JSON to this file; needs --seed (- for stdout)")
      ->type_name("FILE");
  command
      ->add_option("--shrink", state->shrunk_file,
                   "Make the first run that fails as small as can be, and write it to this file,\n"
                   "for --schedule (- for stdout)")
      ->type_name("FILE");
  command->footer(
      "The same options, seed and version give the same run on every machine; the trace hash "
      "tells.\n"
      "Ctrl-C finishes the runs that were begun and reports those.\n"
      "Exit codes: 0 every run passed, 1 some did not, 2 for some it is unknown, or interrupted, "
      "254 bad\n"
      "arguments, 255 a run could not be brought to its end.");
  command->callback([state, &exit_code] { exit_code = state->run(); });
}

}  // namespace bruit::cli
