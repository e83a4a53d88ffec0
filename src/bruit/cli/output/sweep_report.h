// What a sweep says: for people, for spreadsheets, for programs. The same runs give the same bytes,
// whoever did them and however long it took.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/cli/flags/sweep_grid.h"
#include "bruit/workbench/sweep/line_fit.h"
#include "bruit/workbench/sweep/lower_bound.h"
#include "bruit/workbench/sweep/sweep.h"

namespace bruit::cli {

struct SweepResult {
  SweepGrid grid;
  workbench::SeedRange seeds;
  std::vector<workbench::NumberedRun> runs;  // rising; an interrupted sweep lacks some

  std::span<const workbench::NumberedRun> of_point(std::size_t point) const;
  // Of the grid's points times the seeds.
  std::uint64_t runs_due() const { return grid.points.size() * seeds.count(); }
};

// The mean over a point's runs of one of workbench::sweep_figures(); nothing if no run has it.
std::optional<double> mean_of(const SweepResult& result, std::size_t point,
                              std::string_view figure);

// What the clients of a point ask for, as the lower bound wants it.
workbench::BroadcastLoad load_of(const SweepPoint& point);

// How figures grow with the values of one axis: for each series along it, a line through the means
// of its points. Times in milliseconds.
struct SweepFit {
  std::string series;
  std::string_view figure;
  workbench::LineFit line;
};
// Nothing for a series with fewer than three points. Throws std::invalid_argument if there is no
// such axis or its values are not numbers or durations; it names --fit.
std::vector<SweepFit> fit_along(const SweepResult& result, std::string_view axis);

// A line for each point. `with_bound` adds the lower bound for the worst propagation of the point.
std::string sweep_table(const SweepResult& result, bool with_bound);
std::string fit_table(const std::vector<SweepFit>& fits, std::string_view axis);

// One line for each point, with a header; times in milliseconds, empty where there is no figure.
std::string sweep_csv(const SweepResult& result, bool with_bound);

std::string sweep_json(const SweepResult& result, bool with_bound,
                       const std::vector<SweepFit>& fits, std::string_view fit_axis);

}  // namespace bruit::cli
