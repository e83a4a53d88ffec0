#include "bruit/cli/flags/simulation_flags.h"

#include <fmt/format.h>

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <charconv>
#include <string_view>
#include <utility>

#include "bruit/cli/flags/strategy_flags.h"
#include "bruit/workbench/options/challenge.h"

namespace bruit::cli {
namespace {

constexpr std::uint64_t most_seeds = 1'000'000'000;

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

SimulationFlags::SimulationFlags(CLI::App& app) : app_(app) {
  app.add_option("--challenge", challenge_, "Begin with the options of 3a, 3b, 3c, 3d or 3e")
      ->check(CLI::IsMember({"3a", "3b", "3c", "3d", "3e"}));
  add_strategy_options(app, strategy_);
  test_.add_to(app);
  faults_.add_to(app);
}

workbench::SimulationOptions SimulationFlags::options() const {
  workbench::SimulationOptions options{.test = {}, .strategy = strategy_};
  if (const auto* preset = workbench::find_challenge(challenge_)) {
    options.test = preset->options;
    core::Budget& budget = options.strategy.rounds.budget;
    if (app_.count("--max-latency") == 0) budget.worst = preset->budget.worst;
    if (app_.count("--median-latency") == 0) budget.median = preset->budget.median;
  }
  options.test = test_.options(std::move(options.test));
  if (options.test.workload != workbench::Workload::broadcast) {
    throw CLI::ValidationError("--workload",
                               "only broadcast can be simulated: that is what "
                               "strategies are for; test programs with --bin");
  }
  faults_.apply_to(options.test);
  options.expectations = faults_.expectations();
  check_strategy_options(options.strategy);
  return options;
}

workbench::SeedRange parse_seeds(const std::string& text) {
  const std::size_t dots = text.find("..");
  const auto first = whole_number(std::string_view(text).substr(0, dots));
  const auto last =
      dots == std::string::npos ? first : whole_number(std::string_view(text).substr(dots + 2));
  if (!first || !last || *last < *first || *last - *first >= most_seeds) {
    throw CLI::ValidationError(
        "--seeds", fmt::format("\"{}\" is not a range of seeds; expected two whole numbers, the "
                               "greater one last, such as 0..99",
                               text));
  }
  return {*first, *last};
}

}  // namespace bruit::cli
