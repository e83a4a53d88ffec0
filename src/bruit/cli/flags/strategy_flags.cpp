#include "bruit/cli/flags/strategy_flags.h"

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <string>

#include "bruit/cli/flags/duration_option.h"
#include "bruit/cli/flags/number_check.h"
#include "bruit/core/make_strategy.h"

namespace bruit::cli {
namespace {

std::string strategy_names() {
  std::string names;
  for (const auto kind : core::all_strategies) {
    if (!names.empty()) names += ", ";
    names += core::to_string(kind);
  }
  return names;
}

std::string strategy_help() {
  std::string help = "How values travel:";
  for (const auto kind : core::all_strategies) {
    help.append("\n").append(core::to_string(kind)).append(": ").append(core::describe(kind));
  }
  return help;
}

}  // namespace

void add_strategy_options(CLI::App& app, core::StrategyOptions& options) {
  app.add_option_function<std::string>(
         "--strategy",
         [&options](const std::string& name) {
           const auto kind = core::parse_strategy(name);
           if (!kind) {
             throw CLI::ValidationError(
                 "--strategy",
                 "\"" + name + "\" is not a strategy; expected one of " + strategy_names());
           }
           options.kind = *kind;
         },
         strategy_help())
      ->type_name("NAME")
      ->default_str(std::string(core::to_string(options.kind)));
  add_duration_option(app, "--flush-interval", options.flush_interval,
                      "batched-tree: how often a node's batches leave");
  add_duration_option(app, "--max-latency", options.rounds.budget.worst,
                      "rounds: every value is everywhere within this");
  add_duration_option(app, "--median-latency", options.rounds.budget.median,
                      "rounds: half of all values are everywhere within this");
  app.add_option("--fan-out", options.rounds.fan_out, "rounds: most children of a node")
      ->check(whole_number(1, std::numeric_limits<std::uint32_t>::max()))
      ->capture_default_str();
  add_duration_option(app, "--retry-first", options.retry.first,
                      "How long an acknowledgement may take before the message is repeated");
  add_duration_option(app, "--retry-longest", options.retry.longest,
                      "The wait doubles with each repetition, up to this");
  app.add_option("--queue-limit", options.queue_limit,
                 "Most values that wait for one peer; beyond it clients are refused")
      ->check(whole_number(1, std::numeric_limits<std::uint32_t>::max()))
      ->capture_default_str();
}

void check_strategy_options(const core::StrategyOptions& options) {
  if (options.retry.longest < options.retry.first) {
    throw CLI::ValidationError("--retry-longest", "must not be shorter than --retry-first");
  }
}

bool strategy_uses(core::StrategyKind kind, std::string_view flag) {
  using core::StrategyKind;
  if (flag == "--flush-interval") return kind == StrategyKind::batched_tree;
  if (flag == "--max-latency" || flag == "--median-latency" || flag == "--fan-out") {
    return kind == StrategyKind::rounds;
  }
  if (flag == "--retry-first" || flag == "--retry-longest") {
    return kind != StrategyKind::flood && kind != StrategyKind::rounds;
  }
  return flag != "--queue-limit" || kind != StrategyKind::flood;
}

}  // namespace bruit::cli
