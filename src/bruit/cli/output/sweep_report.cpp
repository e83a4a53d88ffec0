#include "bruit/cli/output/sweep_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "bruit/cli/flags/value_list.h"
#include "bruit/cli/output/aggregate_json.h"
#include "bruit/cli/output/build_name.h"
#include "bruit/cli/output/table.h"
#include "bruit/workbench/trace/trace_hash.h"

namespace bruit::cli {
namespace {

namespace json = boost::json;
using workbench::Aggregate;
using workbench::NumberedRun;
using workbench::SimulationOutcome;
using workbench::SweepFigure;

constexpr std::string_view worst_propagation = "propagation_1_ms";

struct Totals {
  std::uint64_t runs = 0;
  std::uint64_t passed = 0;
  std::uint64_t lost = 0;
  std::uint64_t died = 0;
  std::uint64_t violations = 0;
  std::vector<std::uint64_t> failing_seeds;
  std::uint64_t trace_hash = 0;
};

Totals total(std::span<const NumberedRun> runs) {
  Totals totals;
  workbench::WordHash hash;
  for (const auto& [number, run] : runs) {
    ++totals.runs;
    if (run.outcome == SimulationOutcome::passed) {
      ++totals.passed;
    } else {
      totals.failing_seeds.push_back(run.seed);
    }
    totals.lost += run.lost;
    totals.died += run.died;
    totals.violations += run.violations;
    hash.add(run.trace_hash);
  }
  totals.trace_hash = hash.value();
  return totals;
}

std::optional<Aggregate> aggregate_of(const SweepResult& result, std::size_t point,
                                      std::string_view figure) {
  return workbench::aggregate(result.of_point(point),
                              workbench::sweep_figures()[workbench::figure_index(figure)]);
}

std::optional<double> bound_of(const SweepResult& result, std::size_t point) {
  const auto reached = aggregate_of(result, point, worst_propagation);
  if (!reached) return std::nullopt;
  const auto within = std::chrono::duration_cast<workbench::Duration>(
      std::chrono::duration<double, std::milli>(reached->worst));
  if (within <= workbench::Duration::zero()) return std::nullopt;
  return workbench::lower_bound(load_of(result.grid.points[point]), within);
}

// Two places for small figures, whole numbers for large ones.
std::string cell(double figure) {
  return std::abs(figure) < 100 ? fmt::format("{:.2f}", figure) : fmt::format("{:.0f}", figure);
}

std::string cell(const std::optional<double>& figure) { return figure ? cell(*figure) : "-"; }

std::string csv_cell(const std::optional<double>& figure) {
  return figure ? fmt::format("{}", *figure) : "";
}

void add_totals(json::object& object, const Totals& totals) {
  object["runs"] = totals.runs;
  object["valid"] = totals.passed;
  object["lost"] = totals.lost;
  object["died"] = totals.died;
  object["violations"] = totals.violations;
}

json::object point_json(const SweepResult& result, std::size_t point, bool with_bound) {
  json::object object;
  const auto& values = result.grid.points[point].values;
  for (std::size_t axis = 0; axis < values.size(); ++axis) {
    object[result.grid.axes[axis].name] =
        values[axis].empty() ? json::value(nullptr) : json::value(values[axis]);
  }
  const Totals totals = total(result.of_point(point));
  add_totals(object, totals);
  object["failing_seeds"] = json::array(totals.failing_seeds.begin(), totals.failing_seeds.end());
  const auto figure = [&](std::string_view name) {
    return aggregate_json(aggregate_of(result, point, name));
  };
  object["msgs_per_op"] =
      json::object{{"servers", figure("msgs_per_op_servers")}, {"all", figure("msgs_per_op_all")}};
  object["msgs_per_broadcast"] = figure("msgs_per_broadcast");
  for (const std::string kind : {"stable", "propagation"}) {
    json::object quantiles;
    for (const double at : workbench::simulation_points) {
      quantiles[fmt::format("{}", at)] = figure(fmt::format("{}_{}_ms", kind, at));
    }
    object[kind] = std::move(quantiles);
  }
  object["converged_after_last_heal"] = figure("converged_after_last_heal_ms");
  if (with_bound) {
    const auto bound = bound_of(result, point);
    object["lower_bound"] = bound ? json::value(*bound) : json::value(nullptr);
  }
  object["trace_hash"] = fmt::format("{:016x}", totals.trace_hash);
  return object;
}

json::object fit_json(const SweepFit& fit) {
  return {{"series", fit.series},
          {"figure", fit.figure},
          {"slope", fit.line.slope},
          {"slope_error", fit.line.slope_error},
          {"intercept", fit.line.intercept},
          {"intercept_error", fit.line.intercept_error},
          {"r_squared", fit.line.r_squared},
          {"largest_residual", fit.line.largest_residual},
          {"points", fit.line.points}};
}

}  // namespace

std::span<const NumberedRun> SweepResult::of_point(std::size_t point) const {
  const auto from = std::partition_point(runs.begin(), runs.end(), [&](const NumberedRun& each) {
    return each.number < point * seeds.count();
  });
  const auto to = std::partition_point(from, runs.end(), [&](const NumberedRun& each) {
    return each.number < (point + 1) * seeds.count();
  });
  return {from, to};
}

std::optional<double> mean_of(const SweepResult& result, std::size_t point,
                              std::string_view figure) {
  const auto aggregate = aggregate_of(result, point, figure);
  if (!aggregate) return std::nullopt;
  return aggregate->mean;
}

workbench::BroadcastLoad load_of(const SweepPoint& point) {
  const auto& test = point.options.test;
  return {.nodes = static_cast<std::uint32_t>(test.nodes.size()),
          .operations_per_second = test.rate,
          .latency = test.latency};
}

std::vector<SweepFit> fit_along(const SweepResult& result, std::string_view axis) {
  const std::size_t along = result.grid.axis(axis);
  if (along == result.grid.axes.size()) {
    throw std::invalid_argument(fmt::format(
        "--fit {}: nothing of this name has several values; for example, --fit flush-interval goes "
        "with --flush-interval 50ms,100ms,...,1s",
        axis));
  }
  for (const std::string& value : result.grid.axes[along].values) {
    if (!position_of(value)) {
      throw std::invalid_argument(
          fmt::format("--fit {}: {} is neither a number nor a duration", axis, value));
    }
  }
  std::vector<SweepFit> fits;
  for (const SweepSeries& series :
       series_along(result.grid, [along](std::size_t each) { return each == along; })) {
    for (const SweepFigure& figure : workbench::sweep_figures()) {
      std::vector<workbench::PlanePoint> cloud;
      for (const std::size_t point : series.points) {
        const auto x = position_of(result.grid.points[point].values[along]);
        const auto y = mean_of(result, point, figure.name);
        if (x && y) cloud.push_back({*x, *y});
      }
      if (const auto line = workbench::fit_line(cloud)) {
        fits.push_back({series.label, figure.name, *line});
      }
    }
  }
  return fits;
}

std::string sweep_table(const SweepResult& result, bool with_bound) {
  std::vector<std::string> header;
  for (const SweepAxis& axis : result.grid.axes) header.push_back(axis.name);
  for (const char* name : {"runs", "passed", "msgs/op", "+/-", "stable 0.5", "0.95", "0.99", "1",
                           "true 0.5", "0.95", "0.99", "1", "worst"}) {
    header.emplace_back(name);
  }
  if (with_bound) header.emplace_back("bound");
  Table table(header);
  for (std::size_t point = 0; point < result.grid.points.size(); ++point) {
    std::vector<std::string> row;
    for (const std::string& value : result.grid.points[point].values) {
      row.push_back(value.empty() ? "-" : value);
    }
    const Totals totals = total(result.of_point(point));
    row.push_back(std::to_string(totals.runs));
    row.push_back(std::to_string(totals.passed));
    const auto messages = aggregate_of(result, point, "msgs_per_op_servers");
    row.push_back(messages ? cell(messages->mean) : "-");
    row.push_back(messages ? cell((messages->ci95_high - messages->ci95_low) / 2) : "-");
    for (const char* kind : {"stable", "propagation"}) {
      for (const double at : workbench::simulation_points) {
        row.push_back(cell(mean_of(result, point, fmt::format("{}_{}_ms", kind, at))));
      }
    }
    const auto reached = aggregate_of(result, point, worst_propagation);
    row.push_back(reached ? cell(reached->worst) : "-");
    if (with_bound) row.push_back(cell(bound_of(result, point)));
    table.add(std::move(row));
  }
  const Totals totals = total(result.runs);
  return fmt::format(
      "{} of {} runs ({} points, seeds {}..{}): {} passed, {} values lost, {} died, {} violations, "
      "trace "
      "{:016x}\n"
      "messages between servers; times in milliseconds: stable latency and true propagation; means "
      "over the\n"
      "seeds, +/- half of the 95 % interval, worst of all seeds{}\n\n{}",
      totals.runs, result.runs_due(), result.grid.points.size(), result.seeds.first,
      result.seeds.last, totals.passed, totals.lost, totals.died, totals.violations,
      totals.trace_hash, with_bound ? "; bound: the fewest messages for that worst" : "",
      table.text());
}

std::string fit_table(const std::vector<SweepFit>& fits, std::string_view axis) {
  if (fits.empty()) return "too few points for a line\n";
  Table table({"series", "figure", "slope", "+/-", "intercept", "+/-", "R^2", "farthest point"});
  for (const SweepFit& fit : fits) {
    table.add(
        {fit.series, std::string(fit.figure), fmt::format("{:.4g}", fit.line.slope),
         fmt::format("{:.2g}", fit.line.slope_error), fmt::format("{:.4g}", fit.line.intercept),
         fmt::format("{:.2g}", fit.line.intercept_error), fmt::format("{:.4f}", fit.line.r_squared),
         fmt::format("{:.3g}", fit.line.largest_residual)});
  }
  return fmt::format(
      "figure = intercept + slope * {} (durations in ms); +/- one standard error\n\n{}", axis,
      table.text());
}

std::string sweep_csv(const SweepResult& result, bool with_bound) {
  std::string csv;
  for (const SweepAxis& axis : result.grid.axes) csv += axis.name + ",";
  csv += "runs,passed,lost,died,violations";
  for (const SweepFigure& figure : workbench::sweep_figures()) {
    for (const char* of : {"mean", "median", "best", "worst", "ci95_low", "ci95_high"}) {
      csv += fmt::format(",{}_{}", figure.name, of);
    }
  }
  csv += with_bound ? ",lower_bound,trace_hash,build\n" : ",trace_hash,build\n";
  for (std::size_t point = 0; point < result.grid.points.size(); ++point) {
    for (const std::string& value : result.grid.points[point].values) csv += value + ",";
    const Totals totals = total(result.of_point(point));
    csv += fmt::format("{},{},{},{},{}", totals.runs, totals.passed, totals.lost, totals.died,
                       totals.violations);
    for (const SweepFigure& figure : workbench::sweep_figures()) {
      const auto aggregate = workbench::aggregate(result.of_point(point), figure);
      csv += aggregate ? fmt::format(",{},{},{},{},{},{}", aggregate->mean, aggregate->median,
                                     aggregate->best, aggregate->worst, aggregate->ci95_low,
                                     aggregate->ci95_high)
                       : ",,,,,,";
    }
    if (with_bound) csv += "," + csv_cell(bound_of(result, point));
    csv += fmt::format(",{:016x},{}\n", totals.trace_hash, build_name());
  }
  return csv;
}

std::string sweep_json(const SweepResult& result, bool with_bound,
                       const std::vector<SweepFit>& fits, std::string_view fit_axis) {
  json::object flags;
  for (const auto& [flag, text] : result.grid.flags) {
    flags[flag.substr(flag.find_first_not_of('-'))] = text;
  }
  json::object object{{"build", build_name()},
                      {"flags", std::move(flags)},
                      {"seeds", json::array{result.seeds.first, result.seeds.last}}};
  const Totals totals = total(result.runs);
  add_totals(object, totals);
  json::array points;
  for (std::size_t point = 0; point < result.grid.points.size(); ++point) {
    points.push_back(point_json(result, point, with_bound));
  }
  object["points"] = std::move(points);
  if (!fit_axis.empty()) {
    json::array lines;
    for (const SweepFit& fit : fits) lines.push_back(fit_json(fit));
    object["fit"] = json::object{{"along", fit_axis}, {"lines", std::move(lines)}};
  }
  object["trace_hash"] = fmt::format("{:016x}", totals.trace_hash);
  return json::serialize(object) + "\n";
}

}  // namespace bruit::cli
