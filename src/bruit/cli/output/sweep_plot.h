// The plot of a sweep: one figure or parameter against another, a line for each strategy.
#pragma once

#include <string>

#include "bruit/cli/output/sweep_report.h"

namespace bruit::cli {

struct SweepPlot {
  std::string file;  // ends in .svg or .png
  // Names of figures (workbench::sweep_figures()), or of axes with numbers or durations.
  std::string x = "propagation_1_ms";
  std::string y = "msgs_per_op_servers";
  bool with_bound = false;  // the lower bound as a line for each load; needs x and y as above
};

// Throws std::invalid_argument, which names the flag, if the grid cannot be drawn like that. Cheap:
// to be called before the runs.
void check_plot(const SweepPlot& plot, const SweepGrid& grid);

// What gnuplot is told. Points are means over the seeds. An axis that spans more than a factor of
// ten is logarithmic. If x is a figure, the points of a line differ in how the strategy works
// (--flush-interval, ...); if x is an axis, in that.
std::string plot_script(const SweepPlot& plot, const SweepResult& result);

}  // namespace bruit::cli
