#include "bruit/cli/single_run.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "bruit/cli/output/output_file.h"
#include "bruit/cli/output/status_line.h"
#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/simulation/shrink.h"
#include "bruit/workbench/trace/trace_writer.h"

namespace bruit::cli {
namespace {

constexpr auto interval_on_terminal = std::chrono::milliseconds(100);

std::string describe(const workbench::ShrinkProgress& size) {
  return fmt::format("{} faults, {} operations, {} nodes", size.faults, size.operations,
                     size.nodes);
}

}  // namespace

workbench::SimulationResult simulate_with_trace(workbench::SimulationOptions options,
                                                std::uint64_t seed, const std::string& path) {
  options.test.seed = seed;
  std::ofstream file;
  errno = 0;
  if (path != "-") file.open(path);
  std::ostream& out = path == "-" ? std::cout : file;
  workbench::TraceWriter trace(out, options.test);
  workbench::SimulationResult result;
  if (out) {
    result = workbench::simulate(options, &trace);
    trace.finish(result.passed(), result.invariants.told, result.trace_hash);
  }
  if (!out.flush()) throw_unwritable("--trace", path, errno);
  return result;
}

void shrink_to_file(const workbench::SimulationOptions& options, const std::string& line,
                    const std::string& path) {
  std::optional<workbench::Shrunk> shrunk;
  {
    StatusLine line_of_progress(interval_on_terminal, StatusLine::First::after_an_interval);
    shrunk = workbench::shrink(options, [&](const workbench::ShrinkProgress& now) {
      if (!line_of_progress.due()) return;
      line_of_progress.show(
          fmt::format("shrinking: {} left after {} runs", describe(now), now.runs));
    });
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
