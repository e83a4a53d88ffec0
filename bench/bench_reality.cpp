// Whether virtual time tells the truth: every challenge with every strategy, in both network
// models, as real processes in real time and in virtual time, side by side.
//
//     bench_reality [--parallel N] [--challenge 3d] [--strategy tree] [--network ideal] [--seed K]
//
// A real run takes 30 seconds, so all of them take 25 minutes divided by N (1). Both sides get the
// same seed, and so the same load and the same partitions, and simulated nodes start as long after
// each other as the processes did (docs/simulator.md says why that matters). Beside that stands the
// mean of 50 seeds in virtual time. The figures agree if messages per operation differ by at most
// 3 %, and latencies by at most 5 % or 10 ms. Where chance decides much (few values, timers that
// are out of step by less than a pipe takes), a real run that is not that close but between the
// best and the worst of the 50 seeds is said to be in their scatter. The exit code is 1 if one is
// neither.
//
// Run it on an idle machine: a process that waits for a core makes a latency longer.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bruit/core/make_strategy.h"
#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/simulation/simulation_batch.h"

extern char** environ;

namespace {

using namespace bruit::workbench;
using bruit::core::StrategyKind;
using std::chrono::milliseconds;

constexpr double messages_tolerance = 0.03;
constexpr double latency_tolerance = 0.05;
constexpr double latency_tolerance_ms = 10;
constexpr std::uint64_t mean_seeds = 50;

struct Case {
  NetworkModel network;
  std::string challenge;
  StrategyKind strategy;
};

// What is compared: messages per operation, and stable latencies at simulation_points.
struct Figures {
  double messages = 0;
  std::array<double, simulation_points.size()> latencies_ms{};
};

struct RealRun {
  Figures figures;
  std::vector<bruit::core::Duration> start_delays;  // from the `init` of each node to its answer
};

std::vector<bruit::core::Duration> read_start_delays(const std::filesystem::path& trace_file,
                                                     const std::vector<std::string>& nodes) {
  std::vector<bruit::core::Duration> delays(nodes.size());
  std::size_t found = 0;
  std::ifstream trace(trace_file);
  for (std::string line; found < nodes.size() && std::getline(trace, line);) {
    if (line.find("\"init_ok\"") == std::string::npos) continue;
    const auto event = boost::json::parse(line);
    if (event.at("event") != "sent") continue;
    const auto node = std::find(nodes.begin(), nodes.end(), event.at("from").as_string().c_str());
    if (node == nodes.end()) continue;
    const std::chrono::duration<double, std::milli> at(event.at("at").to_number<double>());
    delays[static_cast<std::size_t>(node - nodes.begin())] =
        std::chrono::duration_cast<bruit::core::Duration>(at);
    ++found;
  }
  return delays;
}

// Runs `bruit challenge` and reads its JSON. Nothing if it could not be brought to its end.
std::optional<RealRun> real(const Case& one, std::uint64_t seed,
                            const std::filesystem::path& folder) {
  const std::string json_file = (folder / "results.json").string();
  std::vector<std::string> words = {BRUIT_BIN_DIR "/bruit",
                                    "challenge",
                                    one.challenge,
                                    "--strategy",
                                    std::string(to_string(one.strategy)),
                                    "--network",
                                    std::string(to_string(one.network)),
                                    "--seed",
                                    std::to_string(seed),
                                    "--json",
                                    json_file,
                                    "--store",
                                    (folder / "store").string()};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (error != 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
      WEXITSTATUS(status) > 1) {
    return std::nullopt;
  }
  std::ifstream file(json_file);
  std::stringstream text;
  text << file.rdbuf();
  const auto json = boost::json::parse(text.str());
  const auto& results = json.at(0).at("results");
  RealRun run;
  run.start_delays = read_start_delays(folder / "store" / "latest" / "trace.jsonl",
                                       find_challenge(one.challenge)->options.nodes);
  run.figures.messages = results.at("net").at("servers").at("msgs-per-op").to_number<double>();
  const auto& latencies = results.at("workload").at("stable-latencies");
  if (!latencies.is_object()) return run;
  for (std::size_t i = 0; i < simulation_points.size(); ++i) {
    run.figures.latencies_ms[i] =
        latencies.at(fmt::format("{:g}", simulation_points[i])).to_number<double>();
  }
  return run;
}

// `which` is Aggregate::mean, best or worst.
Figures figures_of(const SimulationSummary& summary, double Aggregate::*which) {
  Figures figures;
  figures.messages = *summary.server_messages_per_operation.*which;
  for (std::size_t i = 0; i < simulation_points.size(); ++i) {
    if (summary.stable[i]) figures.latencies_ms[i] = *summary.stable[i].*which;
  }
  return figures;
}

SimulationSummary simulated(const Case& one, SeedRange seeds,
                            const std::vector<bruit::core::Duration>& start_delays) {
  const Challenge& challenge = *find_challenge(one.challenge);
  SimulationOptions options{.test = challenge.options, .strategy = {}};
  options.strategy.kind = one.strategy;
  options.strategy.rounds.budget = challenge.budget;
  options.test.network = one.network;
  options.test.start_delays = start_delays;
  return summarise(simulate_seeds(options, seeds, 1, {}));
}

bool agree(double a, double b, double fraction, double absolute) {
  return std::abs(a - b) <= std::max(absolute, fraction * std::max(std::abs(a), std::abs(b)));
}

bool agree(const Figures& a, const Figures& b) {
  bool all = agree(a.messages, b.messages, messages_tolerance, 0);
  for (std::size_t i = 0; i < a.latencies_ms.size(); ++i) {
    all =
        all && agree(a.latencies_ms[i], b.latencies_ms[i], latency_tolerance, latency_tolerance_ms);
  }
  return all;
}

// Each figure is between those of the best and the worst seed, or close to them.
bool is_between(const Figures& figures, const Figures& best, const Figures& worst) {
  const auto between = [](double figure, double low, double high, double fraction,
                          double absolute) {
    return (figure >= low && figure <= high) || agree(figure, low, fraction, absolute) ||
           agree(figure, high, fraction, absolute);
  };
  bool all = between(figures.messages, best.messages, worst.messages, messages_tolerance, 0);
  for (std::size_t i = 0; i < figures.latencies_ms.size(); ++i) {
    all = all && between(figures.latencies_ms[i], best.latencies_ms[i], worst.latencies_ms[i],
                         latency_tolerance, latency_tolerance_ms);
  }
  return all;
}

std::string text_of(const Figures& figures) {
  std::string latencies;
  for (const double latency : figures.latencies_ms) latencies += fmt::format(" {:>6.0f}", latency);
  return fmt::format("{:>7.2f} {}", figures.messages, latencies);
}

class Comparison {
 public:
  explicit Comparison(std::uint64_t seed) : seed_(seed) {
    std::string name = std::filesystem::temp_directory_path() / "bench-reality-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) folder_ = name;
  }
  ~Comparison() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Comparison(const Comparison&) = delete;
  Comparison& operator=(const Comparison&) = delete;

  // From one thread at a time for each number.
  void compare(const Case& one, std::size_t number) {
    const auto folder = folder_ / std::to_string(number);
    std::filesystem::create_directories(folder);
    const auto measured = real(one, seed_, folder);
    std::filesystem::remove_all(folder);
    const auto delays = measured ? measured->start_delays : std::vector<bruit::core::Duration>{};
    const Figures same = figures_of(simulated(one, {seed_, seed_}, delays), &Aggregate::mean);
    const auto many = simulated(one, {0, mean_seeds - 1}, delays);
    const char* verdict = "DIFFER";
    if (measured && agree(measured->figures, same)) {
      verdict = "agree";
    } else if (measured && is_between(measured->figures, figures_of(many, &Aggregate::best),
                                      figures_of(many, &Aggregate::worst))) {
      verdict = "in the scatter";
    }
    const std::scoped_lock lock(mutex_);
    if (verdict == std::string_view("agree")) ++agree_;
    if (verdict == std::string_view("DIFFER")) ++differ_;
    fmt::print("{:<10} {:<4} {:<15} real       {}\n", to_string(one.network), one.challenge,
               to_string(one.strategy), measured ? text_of(measured->figures) : "could not be run");
    fmt::print("{:<31} virtual    {}   {}\n{:<31} 50 seeds   {}\n", "", text_of(same), verdict, "",
               text_of(figures_of(many, &Aggregate::mean)));
    std::fflush(stdout);
  }
  std::size_t agree_count() const { return agree_; }
  std::size_t differ_count() const { return differ_; }

 private:
  std::uint64_t seed_;
  std::filesystem::path folder_;
  std::mutex mutex_;  // guards what is printed, and:
  std::size_t agree_ = 0;
  std::size_t differ_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Real time against virtual time", "bench_reality");
  unsigned parallel = 1;
  std::string challenge;
  std::string strategy;
  std::string network;
  std::uint64_t seed = 0;
  app.add_option("--parallel", parallel, "Real runs at a time")->check(CLI::Range(1U, 64U));
  app.add_option("--challenge", challenge, "Only this one");
  app.add_option("--strategy", strategy, "Only this one");
  app.add_option("--network", network, "Only this model: maelstrom or ideal");
  app.add_option("--seed", seed, "Of the load and the partitions");
  CLI11_PARSE(app, argc, argv);

  std::vector<Case> cases;
  for (const auto model : {NetworkModel::maelstrom, NetworkModel::ideal}) {
    for (const auto& each : challenges()) {
      for (const auto kind : bruit::core::all_strategies) {
        if (!network.empty() && network != to_string(model)) continue;
        if (!challenge.empty() && challenge != each.name) continue;
        if (!strategy.empty() && strategy != to_string(kind)) continue;
        cases.push_back({model, std::string(each.name), kind});
      }
    }
  }
  fmt::print("{:<10} {:<4} {:<15} {:<10} {:>7} {:>7} {:>6} {:>6} {:>6}\n", "network", "",
             "strategy", "", "msgs/op", "0.5 ms", "0.95", "0.99", "1");
  Comparison comparison(seed);
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < parallel; ++i) {
      threads.emplace_back([&] {
        for (std::size_t number = next++; number < cases.size(); number = next++) {
          comparison.compare(cases[number], number);
        }
      });
    }
  }
  fmt::print("of {}: {} agree, {} are in the scatter of the seeds, {} differ\n", cases.size(),
             comparison.agree_count(),
             cases.size() - comparison.agree_count() - comparison.differ_count(),
             comparison.differ_count());
  return comparison.differ_count() == 0 ? 0 : 1;
}
