#include "bruit/cli/single_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "bruit/cli/output_file.h"
#include "bruit/workbench/scenario_text.h"
#include "bruit/workbench/shrink.h"
#include "bruit/workbench/trace_writer.h"

namespace bruit::cli {
namespace {

using std::chrono::steady_clock;

constexpr auto interval_on_terminal = std::chrono::milliseconds(100);
constexpr auto interval_without_terminal = std::chrono::seconds(5);
constexpr const char* clear_line = "\r\x1b[K";

std::string describe(const workbench::ShrinkProgress& size) {
  return fmt::format("{} faults, {} operations, {} nodes", size.faults, size.operations,
                     size.nodes);
}

// One line on stderr, rewritten; where that is no terminal, a line every few seconds.
class ShrinkLine {
 public:
  ShrinkLine() : terminal_(::isatty(STDERR_FILENO) == 1), last_(steady_clock::now()) {}
  ~ShrinkLine() {
    if (terminal_) fmt::print(stderr, "{}", clear_line);
  }
  ShrinkLine(const ShrinkLine&) = delete;
  ShrinkLine& operator=(const ShrinkLine&) = delete;

  void show(const workbench::ShrinkProgress& progress) {
    const auto now = steady_clock::now();
    const steady_clock::duration interval =
        terminal_ ? steady_clock::duration(interval_on_terminal) : interval_without_terminal;
    if (now - last_ < interval) return;
    last_ = now;
    fmt::print(stderr, "{}shrinking: {} left after {} runs{}", terminal_ ? clear_line : "",
               describe(progress), progress.runs, terminal_ ? "" : "\n");
    std::fflush(stderr);
  }

 private:
  bool terminal_;
  steady_clock::time_point last_;
};

}  // namespace

workbench::SimulationResult simulate_with_trace(workbench::SimulationOptions options,
                                                std::uint64_t seed, const std::string& path) {
  options.test.seed = seed;
  std::ofstream file;
  if (path != "-") file.open(path);
  std::ostream& out = path == "-" ? std::cout : file;
  workbench::TraceWriter trace(out, options.test);
  workbench::SimulationResult result;
  if (out) {
    result = workbench::simulate(options, &trace);
    trace.finish(result);
  }
  if (!out.flush()) throw std::runtime_error(fmt::format("--trace {}: cannot be written", path));
  return result;
}

void shrink_to_file(const workbench::SimulationOptions& options, const std::string& line,
                    const std::string& path) {
  std::optional<workbench::Shrunk> shrunk;
  {
    ShrinkLine progress;
    shrunk = workbench::shrink(options, [&](const auto& now) { progress.show(now); });
  }
  if (!shrunk) {
    fmt::print(stderr,
               "--shrink: seed {} no longer fails once its operations are listed; nothing is "
               "written\n",
               options.test.seed);
    return;
  }
  const auto& test = shrunk->options.test;
  const std::string replay =
      fmt::format("{} --node-count {} --concurrency {} --time-limit {:g} --schedule {}", line,
                  test.nodes.size(), test.concurrency,
                  std::chrono::duration<double>(test.time_limit).count(), path);
  std::string why = std::string(to_string(shrunk->failure));
  if (!shrunk->result.invariants.told.empty()) {
    why += ": " + shrunk->result.invariants.told.front().what;
  }
  write_text(
      "--shrink", path,
      fmt::format("# {}\n# {}\n{}", why, replay, workbench::to_text(*test.scenario, test.nodes)));
  fmt::print(stderr, "shrunk to {} in {} runs{}\n  {}   # {}\n", describe(shrunk->size),
             shrunk->size.runs, shrunk->minimal ? "" : " (there may be more to take away)", replay,
             why);
}

}  // namespace bruit::cli
