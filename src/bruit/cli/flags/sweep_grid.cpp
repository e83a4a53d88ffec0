#include "bruit/cli/flags/sweep_grid.h"

#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <string_view>

#include "bruit/cli/flags/simulation_flags.h"
#include "bruit/cli/flags/strategy_flags.h"
#include "bruit/cli/flags/value_list.h"
#include "bruit/core/make_strategy.h"

namespace bruit::cli {
namespace {

// A sweep has --seeds instead of a seed, and one workload. What is in a file the parts of a sweep
// on many machines need not agree about.
constexpr std::array<std::string_view, 5> not_swept{"--help", "--seed", "--schedule",
                                                    "--latency-matrix", "--workload"};

constexpr const char* faults_description =
    "none, or faults joined by +: oneway, loss=P, duplicate=P, reorder, latency-jump, pause, kill, "
    "drift, chaos; see bruit sim --help";

std::vector<std::string> values_of(const std::string& flag, const std::string& text) {
  try {
    return expand_list(text);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", flag, error.what()));
  }
}

// The words of a command line that ask for `value`.
void append_words(std::vector<std::string>& words, const std::string& flag, std::string value) {
  if (flag == "--faults") {
    if (value == "none") return;
    std::replace(value.begin(), value.end(), '+', ',');
  }
  words.push_back(flag);
  words.push_back(std::move(value));
}

workbench::SimulationOptions parse_point(std::vector<std::string> words) {
  CLI::App app;
  SimulationFlags flags(app);
  words.insert(words.end(), {"--seed", "0"});  // a point has none; so that none is drawn
  std::reverse(words.begin(), words.end());    // as CLI11 wants it
  app.parse(words);
  return flags.options();
}

bool of_strategy(const std::string& flag) {
  return std::any_of(core::all_strategies.begin(), core::all_strategies.end(),
                     [&](core::StrategyKind kind) { return !strategy_uses(kind, flag); });
}

// Combinations are numbered; the last list varies fastest.
std::vector<std::string> combination(const std::vector<std::vector<std::string>>& lists,
                                     std::size_t number) {
  std::vector<std::string> values(lists.size());
  for (std::size_t i = lists.size(); i-- > 0;) {
    values[i] = lists[i][number % lists[i].size()];
    number /= lists[i].size();
  }
  return values;
}

}  // namespace

SweepFlags::SweepFlags(CLI::App& app) {
  CLI::App single;
  const SimulationFlags flags(single);
  for (const CLI::Option* option : single.get_options()) {
    const std::string name = option->get_name();
    const bool takes_value = option->get_items_expected_max() != 0;
    if (!takes_value || std::find(not_swept.begin(), not_swept.end(), name) != not_swept.end()) {
      continue;
    }
    texts_.push_back(std::make_unique<std::pair<std::string, std::string>>(name, ""));
    app.add_option(name, texts_.back()->second,
                   name == "--faults" ? faults_description : option->get_description())
        ->type_name("LIST")
        ->default_str(option->get_default_str())
        ->group("What a simulation is; each takes a list");
  }
}

SweepFlagTexts SweepFlags::given() const {
  SweepFlagTexts flags;
  for (const auto& text : texts_) {
    if (!text->second.empty()) flags.push_back(*text);
  }
  return flags;
}

std::size_t SweepGrid::axis(std::string_view name) const {
  return static_cast<std::size_t>(
      std::find_if(axes.begin(), axes.end(),
                   [name](const SweepAxis& each) { return each.name == name; }) -
      axes.begin());
}

std::vector<SweepSeries> series_along(const SweepGrid& grid,
                                      const std::function<bool(std::size_t axis)>& along) {
  std::vector<SweepSeries> all;
  for (std::size_t point = 0; point < grid.points.size(); ++point) {
    const auto& values = grid.points[point].values;
    std::string label;
    for (std::size_t axis = 0; axis < values.size(); ++axis) {
      if (values[axis].empty() || along(axis)) continue;
      if (!label.empty()) label += ", ";
      if (axis > 0) label += grid.axes[axis].name + " ";
      label += values[axis];
    }
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const SweepSeries& each) { return each.label == label; });
    if (found == all.end()) found = all.insert(found, {label, {}});
    found->points.push_back(point);
  }
  return all;
}

SweepGrid make_grid(const SweepFlagTexts& flags) {
  std::vector<std::vector<std::string>> lists;
  std::size_t combinations = 1;
  for (const auto& [flag, text] : flags) {
    lists.push_back(values_of(flag, text));
    combinations *= lists.back().size();
    if (combinations > most_points) {
      throw std::invalid_argument(fmt::format("the grid has more than {} points", most_points));
    }
  }

  SweepGrid grid{.flags = flags, .axes = {{"strategy", {}}}, .points = {}};
  std::vector<std::size_t> axis_lists;  // of each axis after the first, which list it is
  for (std::size_t i = 0; i < flags.size(); ++i) {
    const std::string& flag = flags[i].first;
    if (lists[i].size() < 2 || flag == "--strategy") continue;
    grid.axes.push_back({flag.substr(flag.find_first_not_of('-')), lists[i], of_strategy(flag)});
    axis_lists.push_back(i);
  }

  std::set<std::vector<std::string>> known;
  for (std::size_t number = 0; number < combinations; ++number) {
    const std::vector<std::string> values = combination(lists, number);
    std::vector<std::string> words;
    for (std::size_t i = 0; i < flags.size(); ++i) append_words(words, flags[i].first, values[i]);
    SweepPoint point{.values = {}, .options = parse_point(std::move(words))};
    const core::StrategyKind kind = point.options.strategy.kind;
    point.values.emplace_back(core::to_string(kind));
    for (const std::size_t list : axis_lists) {
      point.values.push_back(strategy_uses(kind, flags[list].first) ? values[list] : "");
    }
    if (!known.insert(point.values).second) continue;
    auto& strategies = grid.axes.front().values;
    if (std::find(strategies.begin(), strategies.end(), point.values.front()) == strategies.end()) {
      strategies.push_back(point.values.front());
    }
    grid.points.push_back(std::move(point));
  }
  return grid;
}

}  // namespace bruit::cli
