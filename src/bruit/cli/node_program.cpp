#include "bruit/cli/node_program.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstddef>
#include <string>

#include "bruit/cli/commands.h"
#include "bruit/cli/duration_option.h"
#include "bruit/maelstrom/broadcast_node.h"

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

void add_node_options(CLI::App& app, NodeProgramOptions& options) {
  auto& strategy = options.strategy;
  app.add_option_function<std::string>(
         "--strategy",
         [&strategy](const std::string& name) {
           const auto kind = core::parse_strategy(name);
           if (!kind) {
             throw CLI::ValidationError(
                 "--strategy",
                 "\"" + name + "\" is not a strategy; expected one of " + strategy_names());
           }
           strategy.kind = *kind;
         },
         strategy_help())
      ->type_name("NAME")
      ->default_str(std::string(core::to_string(strategy.kind)));
  add_duration_option(app, "--flush-interval", strategy.flush_interval,
                      "batched-tree: how often a node's batches leave");
  add_duration_option(app, "--retry-first", strategy.retry.first,
                      "How long an acknowledgement may take before the message is repeated");
  add_duration_option(app, "--retry-longest", strategy.retry.longest,
                      "The wait doubles with each repetition, up to this");
  app.add_option("--queue-limit", strategy.queue_limit,
                 "Most values that wait for one peer; beyond it clients are refused")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--log-level",
         [&options](const std::string& name) {
           const auto level = maelstrom::parse_log_level(name);
           if (!level) {
             throw CLI::ValidationError("--log-level",
                                        "\"" + name +
                                            "\" is not a level; expected trace, debug, info, "
                                            "warning, error or off");
           }
           options.run.log_level = *level;
         },
         "What is logged to stderr: trace, debug, info, warning, error or off")
      ->type_name("LEVEL")
      ->default_str(std::string(maelstrom::to_string(options.run.log_level)));
}

int run_node(const NodeProgramOptions& options) {
  const auto& retry = options.strategy.retry;
  if (retry.longest < retry.first) {
    throw CLI::ValidationError("--retry-longest", "must not be shorter than --retry-first");
  }
  return maelstrom::run(maelstrom::broadcast_application(options.strategy), options.run);
}

int node_main(int argc, char** argv, const std::string& name, const std::string& description,
              const core::StrategyOptions& defaults) {
  CLI::App app(name + ": " + description, name);
  NodeProgramOptions options{.strategy = defaults, .run = {}};
  add_node_options(app, options);
  try {
    app.parse(argc, argv);
    return run_node(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_valid : exit_bad_arguments;
  }
}

}  // namespace bruit::cli
