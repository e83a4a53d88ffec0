// SweepGrid: the flags of a simulation with a list of values each, and all simulations they span.
#pragma once

#include <CLI/App.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bruit/workbench/simulation/simulation.h"

namespace bruit::cli {

inline constexpr std::size_t most_points = 100'000;

// Flags and the values given, as text: {"--rate", "10,20"}. In the order in which `bruit sweep`
// knows them, so that the same flags in another order are the same sweep.
using SweepFlagTexts = std::vector<std::pair<std::string, std::string>>;

// Adds to `app` those flags of `bruit sim` that a sweep can vary.
class SweepFlags {
 public:
  // `app` outlives this object, as this object does its parse.
  explicit SweepFlags(CLI::App& app);
  SweepFlags(const SweepFlags&) = delete;
  SweepFlags& operator=(const SweepFlags&) = delete;

  // Those that were given.
  SweepFlagTexts given() const;

 private:
  std::vector<std::unique_ptr<std::pair<std::string, std::string>>>
      texts_;  // with stable addresses
};

struct SweepAxis {
  std::string name;  // "flush-interval"
  std::vector<std::string> values;
  bool of_strategy = false;  // it says how a strategy works, not what it is given to do
};

struct SweepPoint {
  std::vector<std::string> values;  // one for each axis; empty if it makes no difference here
  workbench::SimulationOptions options;
};

struct SweepGrid {
  SweepFlagTexts flags;
  std::vector<SweepAxis> axes;  // the first is the strategy; the others have at least two values
  std::vector<SweepPoint> points;

  // The index in `axes` of a name; their number if there is no such axis.
  std::size_t axis(std::string_view name) const;
};

// Points that differ in nothing but some axes: what a plot joins by a line.
struct SweepSeries {
  std::string label;  // "tree", "batched-tree, rate 10"
  std::vector<std::size_t> points;
};
// One for each combination of the axes for which `along` is false, in the order of the grid.
std::vector<SweepSeries> series_along(const SweepGrid& grid,
                                      const std::function<bool(std::size_t axis)>& along);

// The first flag varies slowest. A point for each combination that differs in something its
// strategy uses. Each value is expand_list()'s; in --faults "+" joins faults and "none" is none.
// Throws CLI::Error or std::invalid_argument with a text that names the flag.
SweepGrid make_grid(const SweepFlagTexts& flags);

}  // namespace bruit::cli
