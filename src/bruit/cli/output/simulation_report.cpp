#include "bruit/cli/output/simulation_report.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <optional>

#include "bruit/cli/output/aggregate_json.h"
#include "bruit/cli/output/build_name.h"
#include "bruit/cli/output/table.h"
#include "bruit/core/make_strategy.h"
#include "bruit/workbench/basics/figures.h"
#include "bruit/workbench/network/latency_matrix.h"

namespace bruit::cli {
namespace {

namespace json = boost::json;
using workbench::Aggregate;
using workbench::AggregateQuantiles;
using workbench::milliseconds_of;
using workbench::ratio;
using workbench::simulation_points;
using workbench::SimulationResult;
using workbench::SimulationSummary;

// Three significant places for small figures, whole numbers for large ones.
std::string format_figure(double figure) {
  if (figure == 0) return "0";
  return figure < 100 ? fmt::format("{:.2f}", figure) : fmt::format("{:.0f}", figure);
}

void add_row(Table& table, const std::string& name, const std::optional<Aggregate>& aggregate) {
  if (!aggregate) {
    table.add({name, "-", "-", "-", "-", "-"});
    return;
  }
  table.add({name, format_figure(aggregate->mean),
             fmt::format("{} .. {}", format_figure(aggregate->ci95_low),
                         format_figure(aggregate->ci95_high)),
             format_figure(aggregate->median), format_figure(aggregate->best),
             format_figure(aggregate->worst)});
}

void add_rows(Table& table, const std::string& name, const AggregateQuantiles& quantiles) {
  for (std::size_t point = 0; point < quantiles.size(); ++point) {
    add_row(table, fmt::format("{}, {}, ms", name, simulation_points[point]), quantiles[point]);
  }
}

json::object quantiles_json(const AggregateQuantiles& quantiles) {
  json::object object;
  for (std::size_t point = 0; point < quantiles.size(); ++point) {
    object[fmt::format("{}", simulation_points[point])] = aggregate_json(quantiles[point]);
  }
  return object;
}

std::string csv_cell(const std::optional<double>& figure) {
  return figure ? fmt::format("{}", *figure) : "";
}

std::string csv_cell(const std::optional<workbench::Duration>& duration) {
  return csv_cell(milliseconds_of(duration));
}

const char* csv_validity(workbench::Validity validity) {
  switch (validity) {
    case workbench::Validity::valid:
      return "true";
    case workbench::Validity::invalid:
      return "false";
    case workbench::Validity::unknown:
      return "unknown";
  }
  return "unknown";
}

json::object violations_json(const SimulationSummary& summary) {
  json::object object;
  for (std::size_t i = 0; i < summary.violations_of.size(); ++i) {
    if (summary.violations_of[i] == 0) continue;
    object[to_string(static_cast<workbench::Invariant>(i))] = summary.violations_of[i];
  }
  return object;
}

json::value faults_json(const workbench::TestOptions& test) {
  if (test.scenario != nullptr) return "schedule";
  const auto& faults = test.faults;
  return json::object{{"oneway", faults.one_way},
                      {"loss", faults.loss},
                      {"duplicate", faults.duplication},
                      {"reorder", faults.reorder},
                      {"latency_jump", faults.latency_jump},
                      {"pause", faults.pause},
                      {"kill", faults.kill},
                      {"drift", faults.drift},
                      {"jitter", faults.jitter},
                      {"start_noise", faults.start_noise},
                      {"stall_ms", workbench::milliseconds_of(faults.stall)},
                      {"stall_node_ms", workbench::milliseconds_of(faults.stall_node)}};
}

json::value availability_json(const workbench::AvailabilityGoal& goal) {
  if (std::holds_alternative<workbench::TotalAvailability>(goal)) return "total";
  if (const auto* fraction = std::get_if<workbench::AvailabilityFraction>(&goal)) {
    return fraction->at_least;
  }
  return nullptr;
}

}  // namespace

std::string simulation_table(const SimulationSummary& summary) {
  Table table({"", "mean", "95 % interval", "median", "best", "worst"});
  add_row(table, "messages per operation, servers", summary.server_messages_per_operation);
  add_row(table, "messages per operation, all", summary.all_messages_per_operation);
  add_row(table, "messages per broadcast, servers", summary.server_messages_per_broadcast);
  add_rows(table, "stable latency", summary.stable);
  add_rows(table, "true propagation", summary.propagation);
  add_row(table, "converged after the last fault, ms", summary.converged_after_last_heal);
  add_row(table, "  values older than 2 s by then, ms", summary.backlog_after_last_heal);
  add_row(table, "component progress, ms", summary.component_progress);
  add_row(table, "silent after, ms", summary.silent_after);
  return table.text();
}

std::string simulation_csv(const std::vector<SimulationResult>& results) {
  std::string csv =
      "seed,passed,valid,lost,died,violations,operations,broadcasts,server_messages,all_messages,"
      "msgs_per_op_servers,msgs_per_op_all,msgs_per_broadcast";
  for (const char* name : {"stable", "propagation"}) {
    for (const double point : simulation_points) csv += fmt::format(",{}_{}_ms", name, point);
  }
  csv +=
      ",converged_after_last_heal_ms,backlog_after_last_heal_ms,component_progress_ms,silent_after_"
      "ms,trace_hash,build\n";
  for (const auto& result : results) {
    const auto servers = result.net.servers.msg_count;
    const auto all = result.net.all().msg_count;
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}", result.seed, result.passed(),
                       csv_validity(result.validity), result.lost, result.invariants.died,
                       result.invariants.total(), result.operations, result.broadcasts, servers,
                       all, csv_cell(ratio(servers, result.operations)),
                       csv_cell(ratio(all, result.operations)),
                       csv_cell(ratio(servers, result.broadcasts)));
    for (const auto& quantiles : {result.stable, result.propagation}) {
      for (std::size_t point = 0; point < simulation_points.size(); ++point) {
        csv += ',';
        if (quantiles) csv += csv_cell((*quantiles)[point]);
      }
    }
    csv += fmt::format(",{},{},{},{},{:016x},{}\n",
                       csv_cell(result.invariants.converged_after_last_heal),
                       csv_cell(result.invariants.backlog_after_last_heal),
                       csv_cell(result.invariants.component_progress),
                       csv_cell(result.invariants.silent_after), result.trace_hash, build_name());
  }
  return csv;
}

json::object simulation_json(const SimulationSummary& summary, workbench::SeedRange seeds,
                             json::object options, double wall_seconds) {
  json::array failing(summary.failing_seeds.begin(), summary.failing_seeds.end());
  return {{"build", build_name()},
          {"options", std::move(options)},
          {"seeds", json::array{seeds.first, seeds.last}},
          {"runs", summary.runs},
          {"valid", summary.valid},
          {"lost", summary.lost},
          {"died", summary.died},
          {"violations", summary.violations},
          {"failing_seeds", std::move(failing)},
          {"msgs_per_op",
           json::object{{"servers", aggregate_json(summary.server_messages_per_operation)},
                        {"all", aggregate_json(summary.all_messages_per_operation)}}},
          {"msgs_per_broadcast", aggregate_json(summary.server_messages_per_broadcast)},
          {"stable", quantiles_json(summary.stable)},
          {"propagation", quantiles_json(summary.propagation)},
          {"converged_after_last_heal", aggregate_json(summary.converged_after_last_heal)},
          {"backlog_after_last_heal", aggregate_json(summary.backlog_after_last_heal)},
          {"component_progress", aggregate_json(summary.component_progress)},
          {"silent_after", aggregate_json(summary.silent_after)},
          {"violations_of", violations_json(summary)},
          {"wall_seconds", wall_seconds},
          {"trace_hash", fmt::format("{:016x}", summary.trace_hash)}};
}

json::object options_json(const workbench::SimulationOptions& options) {
  const auto& test = options.test;
  const auto& strategy = options.strategy;
  return {{"strategy", core::to_string(strategy.kind)},
          {"max_latency", milliseconds_of(strategy.rounds.budget.worst)},
          {"median_latency", milliseconds_of(strategy.rounds.budget.median)},
          {"fan_out", strategy.rounds.fan_out},
          {"flush_interval", milliseconds_of(strategy.flush_interval)},
          {"retry_first", milliseconds_of(strategy.retry.first)},
          {"retry_longest", milliseconds_of(strategy.retry.longest)},
          {"queue_limit", strategy.queue_limit},
          {"node_count", test.nodes.size()},
          {"rate", test.rate},
          {"time_limit", milliseconds_of(test.time_limit)},
          {"concurrency", test.concurrency},
          {"latency", milliseconds_of(test.latency)},
          {"latency_dist", workbench::to_string(test.latency_distribution)},
          {"topology", workbench::to_string(test.topology)},
          {"nemesis", test.partition ? json::value("partition") : json::value(nullptr)},
          {"nemesis_shape", test.partition_shape
                                ? json::value(workbench::to_string(*test.partition_shape))
                                : json::value(nullptr)},
          {"faults", faults_json(test)},
          {"start_spread", milliseconds_of(test.start_spread)},
          {"regions", test.regions},
          {"region_latency", milliseconds_of(test.region_latency)},
          {"latency_matrix", test.latency_matrix != nullptr
                                 ? json::value(workbench::to_text(*test.latency_matrix))
                                 : json::value(nullptr)},
          {"nemesis_interval", milliseconds_of(test.nemesis_interval)},
          {"availability", availability_json(test.availability)},
          {"network", workbench::to_string(test.network)}};
}

}  // namespace bruit::cli
