// bruit explore: every run of a small cluster with up to k deviations from the one without faults.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <atomic>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bruit/cli/commands.h"
#include "bruit/cli/flags/duration_option.h"
#include "bruit/cli/flags/kind_limits.h"
#include "bruit/cli/flags/number_check.h"
#include "bruit/cli/flags/strategy_flags.h"
#include "bruit/cli/interrupt.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/cli/output/explore_report.h"
#include "bruit/cli/output/output_file.h"
#include "bruit/cli/output/status_line.h"
#include "bruit/core/coverage_marks.h"
#include "bruit/core/duration.h"
#include "bruit/core/make_strategy.h"
#include "bruit/workbench/basics/figures.h"
#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/simulation/explore.h"

namespace bruit::cli {
namespace {

using std::chrono::steady_clock;
using workbench::Exploration;
using workbench::ExploreOptions;
using workbench::ExploreProgress;
using workbench::FoundPattern;

// As in the challenges 3d and 3e.
constexpr double usual_latency_ms = 100;
constexpr double longest_latency_ms = 10'000;
constexpr std::uint32_t nodes_most = 10;
constexpr unsigned deviations_most = 8;
constexpr std::size_t failing_kept = 10'000;

// Of the present stage: how large the next ones are is not known before they are reached.
class ExploreLine {
 public:
  ExploreLine()
      : started_(steady_clock::now()),
        stage_began_(started_),
        line_(std::chrono::milliseconds(200), StatusLine::First::after_an_interval) {}

  void show(const ExploreProgress& now) {
    if (now.placement != placement_ || now.deviations != deviations_) {
      placement_ = now.placement;
      deviations_ = now.deviations;
      stage_began_ = steady_clock::now();
    }
    if (seconds_since(started_) < shown_from_s || !line_.due()) return;
    const double elapsed = seconds_since(stage_began_);
    std::string text = fmt::format("{}, {} deviation{}: {:.1f} %", to_string(now.placement),
                                   now.deviations, now.deviations == 1 ? "" : "s", 100 * now.share);
    if (now.runs > 0) {
      text += fmt::format(", {} runs, {:.0f}/s", now.runs,
                          static_cast<double>(now.runs) / seconds_since(started_));
    }
    if (now.failing > 0) text += fmt::format(", {} failing", now.failing);
    if (now.share > 0) {
      text += fmt::format(", about {:.0f} s left of this", elapsed / now.share * (1 - now.share));
    }
    line_.show(text);
  }

 private:
  static constexpr double shown_from_s = 2;

  static double seconds_since(steady_clock::time_point then) {
    return std::chrono::duration<double>(steady_clock::now() - then).count();
  }

  steady_clock::time_point started_;
  steady_clock::time_point stage_began_;
  workbench::Placement placement_{};
  unsigned deviations_ = ~0U;
  StatusLine line_;
};

struct ExploreCommand {
  explicit ExploreCommand(CLI::App& command) : app(command) {
    app.add_option("--challenge", challenge,
                   "With the latency and the budget of 3a, 3b, 3c, 3d or 3e")
        ->check(CLI::IsMember({"3a", "3b", "3c", "3d", "3e"}));
    add_strategy_options(app, strategy);
    app.add_option("--node-count", node_count, "Nodes, named n0, n1, ...")
        ->check(whole_number(2, nodes_most))
        ->capture_default_str();
    app.add_option("--latency", latency_ms, "One-way latency between nodes, milliseconds")
        ->check(decimal_number(Bound::above, 0, longest_latency_ms))
        ->default_str("100");
    app.add_option("--seed", seed, "Decides what the nodes' clocks show")
        ->check(whole_number())
        ->capture_default_str();
    app.add_option("-k,--deviations", deviations, "Most deviations of a run")
        ->check(whole_number(0, deviations_most))
        ->capture_default_str();
    app.add_option("--kinds", kinds,
                   "Which deviations, with commas between them: loss, double, hold, cut, kill,\n"
                   "freeze. A group and its maximum: loss+kill:3,cut:1. Default: all")
        ->delimiter(',')
        ->type_name("KINDS");
    app.add_option("--values", placements,
                   "Which values are published, with commas between them:\n"
                   "one: a single one; three: three in one round, at different nodes; apart: one,\n"
                   "and one long after; moments: one at each node and around each event, with at\n"
                   "most one deviation. Default: all")
        ->delimiter(',')
        ->type_name("NAMES");
    add_duration_option(app, "--reach", reach,
                        "Leave alone what happens longer than this before or after each change,\n"
                        "which is a value, or the beginning or the end of a fault");
    add_duration_option(app, "--expect-convergence", expectations.convergence,
                        "Values from before the last fault's end are at every node within this");
    add_duration_option(app, "--expect-component-progress", expectations.component_progress,
                        "Nodes that can reach each other share all values within this");
    add_duration_option(app, "--failover-grace", expectations.failover_grace,
                        "Not counted in that: time to notice each change");
    add_duration_option(app, "--expect-silence", expectations.silence,
                        "With nothing new, the last message between nodes comes within this");
    app.add_option("--expect-pending", expectations.pending,
                   "Most values that a node keeps for others at any time")
        ->check(whole_number());
    app.add_option("--expect-messages", messages_most, "Most messages between nodes in a run")
        ->check(whole_number())
        ->default_str("20 for each link and direction and each deviation, see docs/explorer.md");
    app.add_option("--jobs", jobs, "Threads")
        ->check(whole_number(1, 4096))
        ->default_str("all cores");
    app.add_option("--limit", runs_most, "Stop after so many runs")
        ->check(whole_number(1))
        ->default_str("none");
    app.add_flag("--keep-going", keep_going, "Do not stop at the first pattern that fails");
    app.add_flag("--count", count_only, "Only say how many patterns there are");
    app.add_flag("--list", list_only, "Only say what the patterns are, a line each");
    app.add_option("--found", found_file,
                   "Write the smallest pattern that fails to this file, for bruit sim --schedule\n"
                   "(- for stdout)")
        ->type_name("FILE")
        ->capture_default_str();
    app.add_option("--failing", failing_folder,
                   "Write every pattern that fails to this folder, a schedule each, up to 10000;\n"
                   "with --keep-going")
        ->type_name("FOLDER");
    app.add_option("--marks", marks,
                   "Say at the end which coverage marks whose names begin so were never reached,\n"
                   "such as reliable-link.")
        ->type_name("PREFIX");
    app.add_option("--json", json_file, "Write all figures to this file (- for stdout)")
        ->type_name("FILE");
  }

  ExploreOptions options() const {
    ExploreOptions chosen;
    chosen.simulation.strategy = strategy;
    auto& test = chosen.simulation.test;
    double latency = latency_ms.value_or(usual_latency_ms);
    if (const auto* preset = workbench::find_challenge(challenge)) {
      core::Budget& budget = chosen.simulation.strategy.rounds.budget;
      if (app.count("--max-latency") == 0) budget.worst = preset->budget.worst;
      if (app.count("--median-latency") == 0) budget.median = preset->budget.median;
      const double preset_ms = workbench::milliseconds_of(preset->options.latency);
      if (!latency_ms && preset_ms > 0) latency = preset_ms;
    }
    check_strategy_options(chosen.simulation.strategy);
    test.nodes = workbench::numbered_nodes(node_count);
    test.latency = std::chrono::duration_cast<workbench::Duration>(
        std::chrono::duration<double, std::milli>(latency));
    test.seed = seed;
    chosen.simulation.expectations = expectations;
    chosen.deviations = deviations;
    chosen.reach = reach;
    chosen.kinds = kinds.empty() ? workbench::any_kind(deviations) : parse_kinds(kinds, deviations);
    if (!placements.empty()) chosen.placements.clear();
    for (const auto& name : placements) {
      const auto placement = workbench::parse_placement(name);
      if (!placement) {
        throw CLI::ValidationError(
            "--values", fmt::format("\"{}\" is no placement of values; expected one, three, apart "
                                    "or moments",
                                    name));
      }
      chosen.placements.push_back(*placement);
    }
    chosen.messages_most = messages_most;
    chosen.jobs = jobs;
    chosen.runs_most = runs_most.value_or(UINT64_MAX);
    chosen.keep_going = keep_going;
    if (!failing_folder.empty()) chosen.failing_kept = failing_kept;
    return chosen;
  }

  // The line that runs a pattern again.
  std::string replay(const FoundPattern& found, const std::string& file) const {
    const bool too_many = found.what.starts_with(to_string(workbench::Invariant::bounds));
    return replay(found.options, file, too_many);
  }
  std::string replay(const workbench::SimulationOptions& options, const std::string& file,
                     bool limits_messages) const {
    std::string line = "bruit sim";
    for (const char* name :
         {"--strategy", "--flush-interval", "--fan-out", "--retry-first", "--retry-longest",
          "--queue-limit", "--expect-convergence", "--expect-component-progress",
          "--failover-grace", "--expect-silence", "--expect-pending"}) {
      const auto* option = app.get_option(name);
      if (option->count() > 0) line += fmt::format(" {} {}", name, option->results().back());
    }
    if (options.strategy.kind == core::StrategyKind::rounds) {
      line += fmt::format(" --max-latency {} --median-latency {}",
                          core::format_duration(options.strategy.rounds.budget.worst),
                          core::format_duration(options.strategy.rounds.budget.median));
    }
    if (limits_messages) {
      line += fmt::format(" --expect-messages {}", *options.expectations.messages);
    }
    return fmt::format(
        "{} --node-count {} --concurrency {} --latency {:g} --network ideal --time-limit {:g} "
        "--seed {} --schedule {}",
        line, options.test.nodes.size(), options.test.concurrency,
        workbench::milliseconds_of(options.test.latency),
        std::chrono::duration<double>(options.test.time_limit).count(), options.test.seed, file);
  }

  int run() const {
    const ExploreOptions chosen = options();
    check_writable("--json", json_file);
    const std::atomic<bool>& interrupted = heed_interrupts();
    if (list_only) return list(chosen, interrupted);
    return count_only ? count(chosen, interrupted) : search(chosen, interrupted);
  }

  static int list(const ExploreOptions& chosen, const std::atomic<bool>& interrupted) {
    const workbench::Deviations deviations(
        static_cast<std::uint32_t>(chosen.simulation.test.nodes.size()));
    const auto untyped = [](const workbench::NthMessage&) { return std::string(); };
    workbench::list_patterns(chosen, [&](workbench::Placement placement,
                                         const workbench::Pattern& pattern) {
      fmt::print("{}:", to_string(placement));
      const char* separator = " ";
      for (const auto& deviation : pattern) {
        fmt::print("{}{}", std::exchange(separator, "; "), deviations.describe(deviation, untyped));
      }
      fmt::print("{}\n", pattern.empty() ? " nothing" : "");
      return !interrupted;
    });
    return interrupted ? exit_unknown : exit_valid;
  }

  int count(const ExploreOptions& chosen, const std::atomic<bool>& interrupted) const {
    std::vector<workbench::PatternCount> counts;
    {
      ExploreLine line;
      counts = workbench::count_patterns(
          chosen, [&](const ExploreProgress& now) { line.show(now); }, &interrupted);
    }
    if (json_file != "-") fmt::print("{}", pattern_count_table(counts));
    if (!json_file.empty()) {
      write_text("--json", json_file, boost::json::serialize(pattern_count_json(counts)) + "\n");
    }
    return interrupted ? exit_unknown : exit_valid;
  }

  // A strategy whose assertion fails ends the program. It shall not take with it how that came.
  void leave_schedule_on_crash() const {
    crashing = this;
    for (const int signal : {SIGABRT, SIGSEGV}) {
      struct sigaction action {};
      // What this does is more than a handler may, but the program is lost anyway, and the signal
      // is raised by the thread itself.
      action.sa_handler = [](int number) {
        const auto* options = workbench::run_in_progress();
        if (options == nullptr || crashing == nullptr) {
          ::raise(number);  // as usual
          return;
        }
        crashing.load()->leave_schedule(*options, number);
        ::_exit(exit_crash);
      };
      action.sa_flags = static_cast<int>(SA_RESETHAND);
      ::sigaction(signal, &action, nullptr);
    }
  }

  void leave_schedule(const workbench::SimulationOptions& options, int signal) const {
    const std::string command = replay(options, found_file, false);
    const std::string what = fmt::format("the run broke off: {}", ::strsignal(signal));
    fmt::print(stderr, "{}; its schedule is in {}:\n  {}\n", what, found_file, command);
    write_text("--found", found_file,
               fmt::format("# {}\n# {}\n{}", what, command,
                           workbench::to_text(*options.test.scenario, options.test.nodes)));
  }

  int search(const ExploreOptions& chosen, const std::atomic<bool>& interrupted) const {
    leave_schedule_on_crash();
    check_writable("--found", found_file);
    make_failing_folder();
    if (marks) core::forget_coverage();
    const auto started = steady_clock::now();
    Exploration exploration;
    {
      ExploreLine line;
      exploration = workbench::explore(
          chosen, [&](const ExploreProgress& now) { line.show(now); }, &interrupted);
    }
    const double seconds = std::chrono::duration<double>(steady_clock::now() - started).count();
    std::string command;
    if (exploration.smallest) {
      command = replay(*exploration.smallest, found_file);
      write_text("--found", found_file, schedule_of(*exploration.smallest, command));
    }
    write_failing(chosen, exploration);
    if (json_file != "-" && (found_file != "-" || !exploration.smallest)) {
      print_report(chosen, exploration, command, seconds);
    }
    if (!json_file.empty()) {
      write_text(
          "--json", json_file,
          boost::json::serialize(exploration_json(chosen, exploration, command, seconds)) + "\n");
    }
    if (exploration.end == Exploration::End::interrupt) return exit_unknown;
    return exploration.smallest ? exit_invalid : exit_valid;
  }

  void make_failing_folder() const {
    if (failing_folder.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(failing_folder, error);
    if (error) throw_unwritable("--failing", failing_folder, error.value());
  }

  void write_failing(const ExploreOptions& chosen, const Exploration& exploration) const {
    std::size_t number = 0;
    for (const auto& summary : exploration.placements) {
      for (const auto& pattern : summary.failing_patterns) {
        const FoundPattern found = describe(chosen, summary.placement, pattern);
        const std::string file =
            (std::filesystem::path(failing_folder) / fmt::format("{:05}.txt", ++number)).string();
        write_text("--failing", file, schedule_of(found, replay(found, file)));
      }
    }
  }

  void print_report(const ExploreOptions& chosen, const Exploration& exploration,
                    const std::string& command, double seconds) const {
    const auto& simulation = chosen.simulation;
    std::string budget;
    if (simulation.strategy.kind == core::StrategyKind::rounds) {
      budget = fmt::format(", budget {}, median {}",
                           core::format_duration(simulation.strategy.rounds.budget.worst),
                           core::format_duration(simulation.strategy.rounds.budget.median));
    }
    fmt::print("{}{}: {} nodes, latency {:g} ms{}; up to {} deviation{}\n",
               core::to_string(simulation.strategy.kind),
               challenge.empty() ? "" : " on " + challenge, simulation.test.nodes.size(),
               workbench::milliseconds_of(simulation.test.latency), budget, chosen.deviations,
               chosen.deviations == 1 ? "" : "s");
    fmt::print("{} of {} runs failed, {} more made on the way, {:.1f} s, {:.0f} a second{}\n\n{}",
               exploration.failing(), exploration.runs(), exploration.auxiliary_runs, seconds,
               static_cast<double>(exploration.runs() + exploration.auxiliary_runs) / seconds,
               end_of(exploration.end), exploration_table(exploration));
    for (const auto& summary : exploration.placements) {
      for (const auto& [kind, runs, first] : summary.failures) {
        const FoundPattern found = describe(chosen, summary.placement, first);
        fmt::print("\n{}: {} in {} run{}, first of them: {}\n", to_string(summary.placement),
                   to_string(kind), runs, runs == 1 ? "" : "s", found.what);
        for (const auto& line : story_of(found)) fmt::print("  {}\n", line);
      }
    }
    if (marks) print_marks();
    if (exploration.smallest) {
      fmt::print("\nthe smallest pattern that fails is in {}:\n  {}\n", found_file, command);
    }
  }

  void print_marks() const {
    const auto all = core::coverage_marks(*marks);
    const auto missing = core::marks_not_reached(*marks);
    fmt::print("\n{} of {} coverage marks were reached\n", all.size() - missing.size(), all.size());
    for (const auto name : missing) fmt::print("  never: {}\n", name);
  }

  static std::string end_of(Exploration::End end) {
    switch (end) {
      case Exploration::End::complete:
        return "";
      case Exploration::End::first_failure:
        return "; ended with the first that failed (--keep-going)";
      case Exploration::End::limit:
        return "; ended by --limit";
      case Exploration::End::interrupt:
        return "; interrupted";
    }
    return "";
  }

  static inline std::atomic<const ExploreCommand*> crashing = nullptr;  // for the handler

  CLI::App& app;
  core::StrategyOptions strategy;
  std::string challenge;
  std::uint32_t node_count = 3;
  std::optional<double> latency_ms;
  std::uint64_t seed = 0;
  unsigned deviations = 1;
  workbench::Duration reach = workbench::usual_reach;
  std::vector<std::string> kinds;
  std::vector<std::string> placements;
  workbench::Expectations expectations;
  std::optional<std::uint64_t> messages_most;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::optional<std::uint64_t> runs_most;
  bool keep_going = false;
  bool count_only = false;
  bool list_only = false;
  std::string found_file = "found.txt";
  std::string failing_folder;
  std::optional<std::string> marks;
  std::string json_file;
};

}  // namespace

void add_explore_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "explore", "Search small clusters exhaustively: every run with up to k deviations");
  const auto state = std::make_shared<ExploreCommand>(*command);
  command->footer(
      "What a deviation is, and what is demanded in the end, is in docs/explorer.md.\n"
      "Ctrl-C ends the search and reports what was found so far.\n"
      "Exit codes: 0 no pattern failed, 1 some did, 2 interrupted, 254 bad arguments, 255 crash.");
  command->callback([state, &exit_code] { exit_code = state->run(); });
}

}  // namespace bruit::cli
