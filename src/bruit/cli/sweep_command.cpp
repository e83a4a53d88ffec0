// bruit sweep: a grid of simulations, on one machine or many, and what they come to.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bruit/cli/commands.h"
#include "bruit/cli/flags/input_file.h"
#include "bruit/cli/flags/number_check.h"
#include "bruit/cli/flags/shard_flag.h"
#include "bruit/cli/flags/simulation_flags.h"
#include "bruit/cli/flags/sweep_grid.h"
#include "bruit/cli/interrupt.h"
#include "bruit/cli/output/batch_progress.h"
#include "bruit/cli/output/build_name.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/cli/output/gnuplot.h"
#include "bruit/cli/output/output_file.h"
#include "bruit/cli/output/sweep_plot.h"
#include "bruit/cli/output/sweep_report.h"
#include "bruit/workbench/sweep/sweep.h"
#include "bruit/workbench/sweep/sweep_part.h"

namespace bruit::cli {
namespace {

using workbench::SimulationOutcome;
using workbench::SweepPart;

// The flags that say what becomes of the runs, the same for a whole sweep and for merged parts.
class ReportFlags {
 public:
  explicit ReportFlags(CLI::App& app) {
    const std::string group = "What to make of the runs";
    app.add_option("--csv", csv_, "Write one line for each point to this file (- for stdout)")
        ->type_name("FILE")
        ->group(group);
    app.add_option("--json", json_, "Write all figures to this file (- for stdout)")
        ->type_name("FILE")
        ->group(group);
    auto* plot = app.add_option("--plot", plot_.file, "Draw this .svg or .png file; needs gnuplot")
                     ->type_name("FILE")
                     ->group(group);
    app.add_option("--x", plot_.x, "What is drawn to the right: a column of --csv, or a flag")
        ->type_name("NAME")
        ->capture_default_str()
        ->needs(plot)
        ->group(group);
    app.add_option("--y", plot_.y, "What is drawn upwards")
        ->type_name("NAME")
        ->capture_default_str()
        ->needs(plot)
        ->group(group);
    app.add_flag("--lower-bound", plot_.with_bound,
                 "Show the fewest messages that any protocol needs, too")
        ->group(group);
    app.add_option("--fit", fit_, "Fit lines to the figures as they grow with this flag")
        ->type_name("NAME")
        ->group(group);
  }

  // What can be told before any run. Throws std::invalid_argument, and what check_writable() does.
  void check(const SweepGrid& grid) const {
    check_writable("--csv", csv_);
    check_writable("--json", json_);
    check_writable("--plot", plot_.file);
    if (!plot_.file.empty()) check_plot(plot_, grid);
    if (!fit_.empty()) static_cast<void>(fit_along({.grid = grid, .seeds = {}, .runs = {}}, fit_));
    if (csv_ == "-" && json_ == "-") {
      throw std::invalid_argument("only one of --csv and --json can be written to stdout");
    }
  }

  bool any() const { return !csv_.empty() || !json_.empty() || !plot_.file.empty(); }

  void report(const SweepResult& result) const {
    const bool bound = plot_.with_bound;
    const std::vector<SweepFit> fits =
        fit_.empty() ? std::vector<SweepFit>() : fit_along(result, fit_);
    if (csv_ != "-" && json_ != "-") {
      fmt::print("{}", sweep_table(result, bound));
      if (!fit_.empty()) fmt::print("\n{}", fit_table(fits, fit_));
    }
    if (!csv_.empty()) write_text("--csv", csv_, sweep_csv(result, bound));
    if (!json_.empty()) write_text("--json", json_, sweep_json(result, bound, fits, fit_));
    if (!plot_.file.empty() && !result.runs.empty()) run_gnuplot(plot_script(plot_, result));
  }

 private:
  std::string csv_;
  std::string json_;
  std::string fit_;
  SweepPlot plot_;
};

int exit_code_of(const std::vector<workbench::NumberedRun>& runs) {
  int code = exit_valid;
  for (const auto& [number, run] : runs) {
    if (run.outcome == SimulationOutcome::ended_early) return exit_crash;
    if (run.outcome == SimulationOutcome::failed) code = exit_invalid;
    if (run.outcome == SimulationOutcome::unknown && code == exit_valid) code = exit_unknown;
  }
  return code;
}

struct MergeCommand {
  explicit MergeCommand(CLI::App& command) : report(command) {
    command.add_option("parts", files, "The files that the shards wrote, all of them")
        ->required()
        ->type_name("FILE");
  }

  ReportFlags report;
  std::vector<std::string> files;

  int run() const {
    std::vector<SweepPart> parts;
    for (const std::string& name : files) {
      parts.push_back(workbench::parse_part(read_text(name), name));
      if (parts.back().build != build_name()) {
        throw std::invalid_argument(fmt::format(
            "{}: written by bruit {}; this is bruit {}, and figures of different builds do not mix",
            name, parts.back().build, build_name()));
      }
    }
    std::vector<workbench::NumberedRun> runs = workbench::merge_parts(parts, files);
    SweepGrid grid = make_grid(parts.front().flags);
    if (grid.points.size() != parts.front().points) {
      throw std::invalid_argument(fmt::format("{}: its flags span {} points, but it says {}",
                                              files.front(), grid.points.size(),
                                              parts.front().points));
    }
    report.check(grid);
    report.report({std::move(grid), parts.front().seeds, runs});
    return exit_code_of(runs);
  }
};

struct SweepCommand {
  explicit SweepCommand(CLI::App& command) : flags(command), report(command) {
    const std::string group = "How it is run";
    command.add_option("--seeds", seeds, "Seeds for each point, first..last")
        ->type_name("A..B")
        ->capture_default_str()
        ->group(group);
    command.add_option("--jobs", jobs, "Threads, one run each")
        ->check(whole_number(1, 4096))
        ->default_str("all cores of this process; 1 under GNU parallel")
        ->group(group);
    command
        .add_option("--shard", shard,
                    "Do the runs of shard i of N only, counted from 0, and write them for `bruit "
                    "sweep merge`. \"/N\" under GNU parallel. Under mpirun and Slurm it is known")
        ->type_name("i/N")
        ->group(group);
    command.add_option("--parts", parts_folder, "The folder for a shard's file. Default: here")
        ->type_name("FOLDER")
        ->group(group);
  }

  SweepFlags flags;
  ReportFlags report;
  std::string seeds = "0..19";
  std::optional<unsigned> jobs;
  std::string shard;
  std::string parts_folder;

  unsigned jobs_or_default() const {
    if (jobs) return *jobs;
    // GNU parallel starts a job for each core by itself. mpirun and srun bind a process to its own
    // cores, which are what this counts.
    if (std::getenv("PARALLEL_SEQ") != nullptr) return 1;
    return std::max(1U, std::thread::hardware_concurrency());
  }

  void write_part(const SweepPart& part) const {
    const std::filesystem::path folder = parts_folder.empty() ? "." : parts_folder;
    std::error_code error;
    std::filesystem::create_directories(folder, error);  // if it fails, writing says so
    const std::string name =
        (folder / fmt::format("sweep-{}-of-{}.json", part.shard.index, part.shard.count))
            .lexically_normal()
            .string();
    write_text("--parts", name, workbench::to_text(part));
    fmt::print(stderr, "{}: {} runs\n", name, part.runs.size());
  }

  int run() const {
    const ChosenShard chosen =
        choose_shard(shard, [](const char* name) { return std::getenv(name); });
    const bool whole = chosen.shard.count == 1;
    if (!whole && report.any()) {
      throw std::invalid_argument(
          fmt::format("this is shard {} of {} ({}): --csv, --json and --plot are for the whole; "
                      "give them to `bruit sweep merge`",
                      chosen.shard.index, chosen.shard.count, chosen.source));
    }
    SweepGrid grid = make_grid(flags.given());
    report.check(grid);
    const workbench::SeedRange range = parse_seeds(seeds);
    if (range.count() > workbench::most_sweep_runs / grid.points.size()) {
      throw std::invalid_argument(fmt::format("{} points with {} seeds each are more than {} runs",
                                              grid.points.size(), range.count(),
                                              workbench::most_sweep_runs));
    }
    workbench::SweepPlan plan{.points = {}, .seeds = range};
    for (const SweepPoint& point : grid.points) plan.points.push_back(point.options);

    const std::uint64_t due = workbench::run_count(plan.run_count(), chosen.shard);
    const auto started = std::chrono::steady_clock::now();
    std::vector<workbench::NumberedRun> runs;
    const std::atomic<bool>& interrupted = heed_interrupts();
    fmt::print(stderr, "{} points, {} seeds: {} runs{}\n", grid.points.size(), range.count(), due,
               whole ? ""
                     : fmt::format(", shard {} of {} ({})", chosen.shard.index, chosen.shard.count,
                                   chosen.source));
    {
      BatchProgress progress(due);
      runs = workbench::run_sweep(plan, chosen.shard, jobs_or_default(), interrupted,
                                  [&](std::uint64_t done) { progress.show(done); });
    }
    const bool complete = runs.size() == due;
    fmt::print(stderr, "{}{} of {} runs in {:.1f} s\n",
               complete ? "" : "interrupted: ", runs.size(), due,
               std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    if (!whole || !parts_folder.empty()) {
      write_part({.build = std::string(build_name()),
                  .flags = grid.flags,
                  .seeds = range,
                  .points = grid.points.size(),
                  .shard = chosen.shard,
                  .runs = runs});
    }
    if (whole) report.report({std::move(grid), range, runs});
    return complete ? exit_code_of(runs) : exit_unknown;
  }
};

}  // namespace

void add_sweep_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "sweep", "Simulate a grid of parameters with many seeds each: tables, plots, lines");
  const auto state = std::make_shared<SweepCommand>(*command);
  command->footer(
      "A LIST is values with commas: 100ms,200ms,500ms, or 50ms,100ms,...,1s for equal steps. A "
      "flag that a\n"
      "strategy does not use is not varied for it. In --faults + joins faults: "
      "none,loss=0.05,loss=0.05+kill.\n"
      "Ctrl-C finishes the runs that were begun and reports those.\n"
      "Exit codes: 0 every run passed, 1 some did not, 2 for some it is unknown, or interrupted, "
      "254 bad\n"
      "arguments or parts that do not fit, 255 a run could not be brought to its end.");
  command->allow_extras(false);
  auto* merge = command->add_subcommand(
      "merge", "Join what the shards of a sweep wrote: the result is that of one process");
  const auto merging = std::make_shared<MergeCommand>(*merge);
  merge->callback([merging, &exit_code] { exit_code = merging->run(); });
  command->callback([state, merge, &exit_code] {
    if (!merge->parsed()) exit_code = state->run();
  });
}

}  // namespace bruit::cli
