// What a sweep says of its runs, and what gnuplot is told.
#include "bruit/cli/output/sweep_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <stdexcept>
#include <string>

#include "bruit/cli/output/sweep_plot.h"

namespace bruit::cli {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using workbench::SimulationQuantiles;

constexpr int seeds = 2;

// Messages fall and latencies grow by 4 ms for each of the interval, the second seed 2 ms above.
SweepResult result_of(const SweepFlagTexts& flags) {
  SweepResult result{.grid = make_grid(flags), .seeds = {7, 6 + seeds}, .runs = {}};
  for (std::uint64_t number = 0; number < result.runs_due(); ++number) {
    const auto& point = result.grid.points[number / seeds];
    const auto seed = number % seeds;
    const auto interval =
        std::chrono::duration_cast<milliseconds>(point.options.strategy.flush_interval).count();
    workbench::SweepRun run;
    run.seed = 7 + seed;
    run.operations = 1000;
    run.broadcasts = 500;
    run.server_messages = 1'000'000 / static_cast<std::uint64_t>(interval);
    run.all_messages = run.server_messages + 2000;
    run.stable = SimulationQuantiles{};
    run.stable->fill(milliseconds(4 * interval + 100 + 2 * static_cast<int>(seed)));
    run.propagation = run.stable;
    run.trace_hash = number;
    result.runs.push_back({number, run});
  }
  return result;
}

SweepResult three_intervals() {
  return result_of({{"--challenge", "3e"},
                    {"--strategy", "batched-tree"},
                    {"--flush-interval", "100ms,200ms,300ms"}});
}

std::string refusal(const SweepResult& result, const std::string& axis) {
  try {
    fit_along(result, axis);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(SweepReport, HasARowForEachPoint) {
  EXPECT_THAT(sweep_table(three_intervals(), false),
              AllOf(StartsWith("6 of 6 runs (3 points, seeds 7..8): 6 passed"),
                    HasSubstr("batched-tree  100ms           2     2       10.00    0.00  501"),
                    HasSubstr("batched-tree  300ms           2     2       3.33     0.00  1301")));
}

TEST(SweepReport, HasTheBoundIfWanted) {
  EXPECT_THAT(sweep_table(three_intervals(), true), HasSubstr("bound"));
  EXPECT_THAT(sweep_csv(three_intervals(), true), HasSubstr(",lower_bound,"));
  EXPECT_THAT(sweep_csv(three_intervals(), false), Not(HasSubstr("bound")));
}

TEST(SweepReport, SaysWhatIsMissingFromAnInterruptedSweep) {
  SweepResult interrupted = three_intervals();
  interrupted.runs.erase(interrupted.runs.begin() + 1, interrupted.runs.begin() + 4);
  EXPECT_THAT(sweep_table(interrupted, false),
              AllOf(StartsWith("3 of 6 runs"), HasSubstr("200ms           0     0       -")));
  EXPECT_THAT(sweep_csv(interrupted, false), HasSubstr("\nbatched-tree,200ms,0,0,0,0,0,,,"));
  EXPECT_EQ(mean_of(interrupted, 0, "stable_1_ms"), 500);
}

TEST(SweepReport, CsvHasTheFiguresUnrounded) {
  const std::string csv = sweep_csv(three_intervals(), false);
  EXPECT_THAT(csv, StartsWith("strategy,flush-interval,runs,passed,lost,died,violations,"
                              "msgs_per_op_servers_mean,msgs_per_op_servers_median,"));
  EXPECT_THAT(csv, HasSubstr("\nbatched-tree,300ms,2,2,0,0,0,3.333,3.333,3.333,3.333,"));
  const auto columns = [&](std::size_t from) {
    const std::size_t end = csv.find('\n', from);
    return std::count(csv.begin() + static_cast<std::ptrdiff_t>(from),
                      csv.begin() + static_cast<std::ptrdiff_t>(end), ',');
  };
  EXPECT_EQ(columns(0), columns(csv.find('\n') + 1));
}

TEST(SweepReport, JsonHasTheFormOfASimulations) {
  const auto json = boost::json::parse(sweep_json(
      three_intervals(), true, fit_along(three_intervals(), "flush-interval"), "flush-interval"));
  EXPECT_EQ(json.at("flags").at("challenge").as_string(), "3e");
  EXPECT_EQ(json.at("runs").to_number<int>(), 6);
  const auto& point = json.at("points").at(1);
  EXPECT_EQ(point.at("strategy").as_string(), "batched-tree");
  EXPECT_EQ(point.at("flush-interval").as_string(), "200ms");
  EXPECT_EQ(point.at("msgs_per_op").at("servers").at("mean").as_double(), 5);
  EXPECT_EQ(point.at("stable").at("0.95").at("worst").as_double(), 902);
  EXPECT_TRUE(point.at("converged_after_last_heal").is_null());
  EXPECT_NEAR(json.at("fit").at("lines").at(3).at("slope").as_double(), 4, 1e-9);
}

TEST(SweepReport, FitsALineThroughTheMeans) {
  const auto fits = fit_along(three_intervals(), "flush-interval");
  const auto stable = std::find_if(
      fits.begin(), fits.end(), [](const SweepFit& fit) { return fit.figure == "stable_0.95_ms"; });
  ASSERT_NE(stable, fits.end());
  EXPECT_EQ(stable->series, "batched-tree");
  EXPECT_NEAR(stable->line.slope, 4, 1e-9);
  EXPECT_NEAR(stable->line.intercept, 101, 1e-9);
  EXPECT_THAT(fit_table(fits, "flush-interval"), HasSubstr("stable_0.95_ms"));
}

TEST(SweepReport, AFitNeedsAnAxisOfNumbers) {
  EXPECT_THAT(refusal(three_intervals(), "rate"), HasSubstr("--fit rate"));
  EXPECT_THAT(refusal(three_intervals(), "strategy"), HasSubstr("batched-tree is neither"));
}

TEST(SweepPlot, DrawsALineForEachStrategyAndTheBound) {
  const SweepResult result = result_of({{"--challenge", "3e"},
                                        {"--strategy", "tree,batched-tree"},
                                        {"--flush-interval", "100ms,200ms,300ms"}});
  const std::string script = plot_script({.file = "it's.svg", .with_bound = true}, result);
  EXPECT_THAT(script, AllOf(HasSubstr("set terminal svg"), HasSubstr("set output 'it''s.svg'"),
                            HasSubstr("set title 'challenge 3e'"), HasSubstr("title 'tree'"),
                            HasSubstr("title 'batched-tree'"), HasSubstr("title 'lower bound'")));
  EXPECT_THAT(script, HasSubstr("$line1 << EOD\n501 10\n901 5\n1301 3.333\nEOD\n"));
}

TEST(SweepPlot, DrawsAFigureAlongAnAxis) {
  const std::string script =
      plot_script({.file = "a.png", .x = "flush-interval", .y = "stable_1_ms"}, three_intervals());
  EXPECT_THAT(script, AllOf(HasSubstr("set terminal pngcairo"),
                            HasSubstr("set xlabel 'flush-interval, ms'"),
                            HasSubstr("set ylabel 'stable latency, quantile 1, ms'"),
                            HasSubstr("$line0 << EOD\n100 501\n200 901\n300 1301\nEOD\n")));
  EXPECT_THAT(script, Not(HasSubstr("lower bound")));
}

TEST(SweepPlot, WhatCannotBeDrawnIsRefusedBeforeTheRuns) {
  const auto told = [](const SweepPlot& plot) {
    try {
      check_plot(plot, three_intervals().grid);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(told({.file = "a.pdf"}), HasSubstr("ends in .svg or .png"));
  EXPECT_THAT(told({.file = "a.svg", .x = "rate"}), HasSubstr("--x rate"));
  EXPECT_THAT(told({.file = "a.svg", .y = "strategy"}), HasSubstr("--y strategy"));
  EXPECT_THAT(told({.file = "a.svg", .x = "flush-interval", .with_bound = true}),
              HasSubstr("--lower-bound"));
}

}  // namespace
}  // namespace bruit::cli
