// What virtual time costs: one core, whole runs as `bruit sim` does them, checked and hashed.
//
//     simulator_bench [LARGEST]
//
// First the runs of which the project promises how long they take; then the cost of a message in
// clusters of 100 nodes and ten times as many, up to LARGEST (100,000). A missed promise is exit
// code
// 1. docs/simulator.md says where the time goes.
//
// Times are of the processor, not of the wall, so that other work on the machine counts little;
// of several runs the fastest is told, since only disturbance makes a run slower.
#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "bruit/workbench/engine/virtual_time.h"
#include "bruit/workbench/faults/scenario.h"
#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/simulation/simulation.h"

namespace {

using namespace bruit::workbench;
using bruit::core::StrategyKind;
using std::chrono::milliseconds;

constexpr int repetitions = 7;

bool all_met = true;

double processor_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Cost {
  double seconds = 0;
  std::uint64_t server_messages = 0;
  bool passed = false;
};

// As `bruit sim` runs it.
Cost whole(const SimulationOptions& options) {
  const double begin = processor_seconds();
  const SimulationResult result = simulate(options);
  return {processor_seconds() - begin, result.net.servers.msg_count, result.passed()};
}

// The engine alone: no trace hash, no invariants, no checkers.
Cost bare(const SimulationOptions& options) {
  const double begin = processor_seconds();
  Engine engine(options.test);
  run_virtual(engine, options.strategy);
  return {processor_seconds() - begin, engine.net().servers.msg_count, true};
}

template <typename Run>
Cost fastest(Run run, const SimulationOptions& options, int times) {
  Cost best = run(options);
  for (int i = 1; i < times; ++i) {
    const Cost cost = run(options);
    if (cost.seconds < best.seconds) best = cost;
  }
  return best;
}

std::string judged(bool met) {
  all_met = all_met && met;
  return met ? "met" : "MISSED";
}

SimulationOptions on_challenge(std::string_view name, StrategyKind strategy) {
  SimulationOptions options{.test = find_challenge(name)->options, .strategy = {}};
  options.strategy.kind = strategy;
  options.test.seed = 1;
  return options;
}

void measure_run(const char* what, const SimulationOptions& options, double limit_ms) {
  const Cost cost = fastest(whole, options, repetitions);
  const Cost engine = fastest(bare, options, repetitions);
  fmt::print("{:<34} {:>9} {:>9.1f} ms < {:<4.0f} {:<7} {:>9.1f} ms\n", what, cost.server_messages,
             cost.seconds * 1e3, limit_ms, judged(cost.passed && cost.seconds * 1e3 < limit_ms),
             engine.seconds * 1e3);
}

// `values` broadcasts, a tenth of a second apart, at nodes all over the cluster.
SimulationOptions large_cluster(std::uint32_t nodes, StrategyKind strategy, int values,
                                Duration latency) {
  SimulationOptions options;
  options.strategy.kind = strategy;
  options.test.nodes = numbered_nodes(nodes);
  options.test.concurrency = nodes;
  options.test.latency = latency;
  options.test.network = NetworkModel::ideal;
  options.test.time_limit = values * milliseconds(100);
  options.test.seed = 1;
  Scenario scenario;
  scenario.operations.emplace();
  for (int i = 0; i < values; ++i) {
    const auto client = static_cast<std::uint32_t>(
        std::uint64_t{nodes} * static_cast<std::uint64_t>(i) / static_cast<std::uint64_t>(values));
    scenario.operations->push_back({.at = i * milliseconds(100), .client = client});
  }
  options.test.scenario = std::make_shared<const Scenario>(std::move(scenario));
  return options;
}

void measure_flood() {
  constexpr double promised = 2e6;
  const auto options = large_cluster(1000, StrategyKind::flood, 10, milliseconds(100));
  const Cost cost = fastest(whole, options, 3);
  const Cost engine = fastest(bare, options, 3);
  const auto messages = static_cast<double>(cost.server_messages);
  const double rate = messages / cost.seconds;
  fmt::print("{:<34} {:>9} {:>6.1f} M/s   > {:<4.0f} {:<7} {:>6.1f} M/s\n", "flood, 1,000 nodes",
             cost.server_messages, rate / 1e6, promised / 1e6,
             judged(cost.passed && rate > promised), messages / engine.seconds / 1e6);
}

void measure_scale(StrategyKind strategy, std::uint32_t nodes, int values) {
  // The tree of 100,000 is 316 hops deep; its last value must arrive before the run ends.
  const auto options = large_cluster(nodes, strategy, values, milliseconds(10));
  const int times = nodes <= 1000 ? 3 : 1;
  const Cost cost = fastest(whole, options, times);
  const Cost engine = fastest(bare, options, times);
  const auto messages = static_cast<double>(cost.server_messages);
  fmt::print("{:<8} {:>8} {:>11} {:>9.2f} s {:>9.0f} ns {:>9.0f} ns {:>9.0f} MB  {}\n",
             bruit::core::to_string(strategy), nodes, cost.server_messages, cost.seconds,
             cost.seconds / messages * 1e9, engine.seconds / messages * 1e9, peak_megabytes(),
             judged(cost.passed));
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t largest = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  if (largest < 100 || largest > 1'000'000) {
    fmt::print(stderr, "usage: simulator_bench [LARGEST]; LARGEST is 100 to 1,000,000 nodes\n");
    return 254;
  }
  fmt::print("{:<34} {:>9} {:>12} {:>14} {:>20}\n", "one run", "messages", "whole", "promised",
             "engine alone");
  measure_run("batched-tree, 3e, 20 s and 10 s", on_challenge("3e", StrategyKind::batched_tree),
              40);
  measure_run("tree, 3d, 20 s and 10 s", on_challenge("3d", StrategyKind::tree), 150);
  measure_flood();

  fmt::print("\n{:<8} {:>8} {:>11} {:>11} {:>12} {:>12} {:>12}  {}\n", "strategy", "nodes",
             "messages", "whole", "a message", "engine", "peak memory", "nothing lost");
  for (std::uint64_t nodes = 100; nodes <= largest; nodes *= 10) {
    measure_scale(StrategyKind::tree, static_cast<std::uint32_t>(nodes), 100);
  }
  return all_met ? 0 : 1;
}
