#include "bruit/cli/output/sweep_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "bruit/cli/flags/value_list.h"
#include "bruit/cli/output/gnuplot.h"
#include "bruit/workbench/basics/figures.h"

namespace bruit::cli {
namespace {

constexpr double logarithmic_from = 10;  // times the least
constexpr int bound_steps = 200;

// Okabe and Ito's colours, which people who see colours differently can tell apart, but for yellow.
constexpr std::array colours{"#0072B2", "#E69F00", "#CC79A7", "#009E73", "#D55E00", "#56B4E9"};

bool is_figure(std::string_view name) {
  const auto figures = workbench::sweep_figures();
  return std::any_of(figures.begin(), figures.end(),
                     [name](const workbench::SweepFigure& each) { return each.name == name; });
}

void check_name(const std::string& flag, const std::string& name, const SweepGrid& grid) {
  if (is_figure(name)) return;
  const std::size_t axis = grid.axis(name);
  if (axis == grid.axes.size()) {
    std::string names;
    for (const auto& figure : workbench::sweep_figures()) names.append(", ").append(figure.name);
    throw std::invalid_argument(
        fmt::format("{} {}: expected a flag with several values, such as rate, or one of {}", flag,
                    name, names.substr(2)));
  }
  for (const std::string& value : grid.axes[axis].values) {
    if (!position_of(value)) {
      throw std::invalid_argument(
          fmt::format("{} {}: {} is neither a number nor a duration", flag, name, value));
    }
  }
}

std::optional<double> coordinate(const SweepResult& result, std::size_t point,
                                 const std::string& name) {
  if (is_figure(name)) return mean_of(result, point, name);
  return position_of(result.grid.points[point].values[result.grid.axis(name)]);
}

std::string label(const std::string& name, const SweepGrid& grid) {
  if (name == "msgs_per_op_servers") return "messages between servers per operation";
  if (name == "msgs_per_op_all") return "messages per operation";
  if (name == "msgs_per_broadcast") return "messages between servers per broadcast";
  if (name == "propagation_1_ms") return "until the last value is on every node, ms";
  if (is_figure(name)) {
    const std::size_t first = name.find('_');
    const std::size_t last = name.rfind('_');
    const std::string kind = name.substr(0, first);
    if (kind == "stable" || kind == "propagation") {
      return fmt::format("{}, quantile {}, ms",
                         kind == "stable" ? "stable latency" : "true propagation",
                         name.substr(first + 1, last - first - 1));
    }
    return name;
  }
  return is_duration(grid.axes[grid.axis(name)].values.front()) ? name + ", ms" : name;
}

struct Line {
  std::string title;
  std::string style;
  std::vector<workbench::PlanePoint> points;
};

std::vector<Line> lines_of(const SweepPlot& plot, const SweepResult& result) {
  const SweepGrid& grid = result.grid;
  const std::size_t x_axis = grid.axis(plot.x);
  const bool x_is_axis = x_axis < grid.axes.size();
  std::vector<Line> lines;
  for (const SweepSeries& series : series_along(grid, [&](std::size_t axis) {
         return x_is_axis ? axis == x_axis : grid.axes[axis].of_strategy;
       })) {
    Line line{series.label, "linespoints linewidth 2 pointtype 7 pointsize 0.6", {}};
    for (const std::size_t point : series.points) {
      const auto x = coordinate(result, point, plot.x);
      const auto y = coordinate(result, point, plot.y);
      if (x && y) line.points.push_back({*x, *y});
    }
    if (line.points.size() == 1) line.style = "points linewidth 2 pointtype 7 pointsize 1.2";
    if (!line.points.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

std::pair<double, double> range(const std::vector<Line>& lines,
                                double workbench::PlanePoint::*coordinate) {
  double least = INFINITY;
  double most = -INFINITY;
  for (const Line& line : lines) {
    for (const auto& point : line.points) {
      least = std::min(least, point.*coordinate);
      most = std::max(most, point.*coordinate);
    }
  }
  return {least, most};
}

bool is_logarithmic(std::pair<double, double> range) {
  return range.first > 0 && range.second >= logarithmic_from * range.first;
}

// From the latency of the load to `most`, in equal ratios.
Line bound_line(const workbench::BroadcastLoad& load, const std::string& title, double most) {
  Line line{title, "lines linewidth 2 dashtype 2 linecolor 'black'", {}};
  const double latency = workbench::milliseconds_of(load.latency);
  const double least = std::max(latency, 1.0);
  for (int step = 0; step <= bound_steps; ++step) {
    const double x = least * std::pow(most / least, static_cast<double>(step) / bound_steps);
    // Not below the latency by a rounding.
    const auto within = std::max(load.latency, std::chrono::duration_cast<workbench::Duration>(
                                                   std::chrono::duration<double, std::milli>(x)));
    if (const auto y = workbench::lower_bound(load, within)) line.points.push_back({x, *y});
  }
  return line;
}

void append_bounds(std::vector<Line>& lines, const SweepResult& result) {
  const double most = range(lines, &workbench::PlanePoint::x).second;
  std::vector<workbench::BroadcastLoad> loads;
  for (const SweepPoint& point : result.grid.points) {
    const auto load = load_of(point);
    if (std::find(loads.begin(), loads.end(), load) == loads.end()) loads.push_back(load);
  }
  for (const auto& load : loads) {
    const std::string of =
        loads.size() == 1
            ? ""
            : fmt::format(" ({} nodes, rate {:g}, latency {:g} ms)", load.nodes,
                          load.operations_per_second, workbench::milliseconds_of(load.latency));
    lines.push_back(bound_line(load, "lower bound" + of, most));
  }
}

std::string title_of(const SweepResult& result) {
  std::string title;
  for (const auto& [flag, text] : result.grid.flags) {
    const std::string name = flag.substr(flag.find_first_not_of('-'));
    if (name == "strategy" || result.grid.axis(name) < result.grid.axes.size()) continue;
    title += (title.empty() ? "" : ", ") + name + " " + text;
  }
  return title;
}

}  // namespace

void check_plot(const SweepPlot& plot, const SweepGrid& grid) {
  const auto ends_in = [&](std::string_view end) {
    return std::string_view(plot.file).ends_with(end);
  };
  if (!ends_in(".svg") && !ends_in(".png")) {
    throw std::invalid_argument(
        fmt::format("--plot {}: expected a file that ends in .svg or .png", plot.file));
  }
  check_name("--x", plot.x, grid);
  check_name("--y", plot.y, grid);
  const SweepPlot usual;
  if (plot.with_bound && (plot.x != usual.x || plot.y != usual.y)) {
    throw std::invalid_argument(
        fmt::format("--lower-bound is drawn with --x {} and --y {} only", usual.x, usual.y));
  }
  require_gnuplot();
}

std::string plot_script(const SweepPlot& plot, const SweepResult& result) {
  std::vector<Line> lines = lines_of(plot, result);
  if (lines.empty()) throw std::runtime_error("--plot: no run has these figures");
  if (plot.with_bound) append_bounds(lines, result);
  std::string script;
  if (std::string_view(plot.file).ends_with(".svg")) {
    script = "set terminal svg size 900,560 font 'sans-serif,14' background 'white'\n";
  } else {
    script = "set terminal pngcairo size 900,560 font 'sans-serif,11'\n";
  }
  script += fmt::format("set output {}\n", gnuplot_quoted(plot.file));
  if (const std::string title = title_of(result); !title.empty()) {
    script += fmt::format("set title {} noenhanced\n", gnuplot_quoted(title));
  }
  const auto axis = [&](const char* name, const std::string& of,
                        double workbench::PlanePoint::*coordinate) {
    script +=
        fmt::format("set {}label {} noenhanced\n", name, gnuplot_quoted(label(of, result.grid)));
    const auto span = range(lines, coordinate);
    if (!is_logarithmic(span)) return;
    // A little room, and marks that people know.
    script += fmt::format(
        "set logscale {0}\nset {0}range [{1:g}:{2:g}]\n"
        "set {0}tics (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, "
        "20000, 50000, 100000)\n",
        name, span.first / 1.15, span.second * 1.15);
  };
  axis("x", plot.x, &workbench::PlanePoint::x);
  axis("y", plot.y, &workbench::PlanePoint::y);
  for (std::size_t i = 0; i < colours.size(); ++i) {
    script += fmt::format("set linetype {} linecolor rgb '{}'\n", i + 1, colours[i]);
  }
  script += fmt::format("set linetype cycle {}\n", colours.size());
  script += "set grid\nset key outside right top noenhanced\n";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    script += fmt::format("$line{} << EOD\n", i);
    for (const auto& point : lines[i].points) script += fmt::format("{} {}\n", point.x, point.y);
    script += "EOD\n";
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    script += fmt::format("{} $line{} using 1:2 with {} title {}", i == 0 ? "plot" : ", \\\n ", i,
                          lines[i].style, gnuplot_quoted(lines[i].title));
  }
  return script + "\n";
}

}  // namespace bruit::cli
