#include "bruit/cli/node_program.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <random>
#include <string>

#include "bruit/cli/commands.h"
#include "bruit/cli/flags/strategy_flags.h"
#include "bruit/cli/output/exit_codes.h"
#include "bruit/maelstrom/broadcast_node.h"

namespace bruit::cli {
namespace {

// No two lives of a node may have the same. A clock may be set back; chance repeats itself once in
// 2^53 times. (Exact in any program that reads numbers as doubles.)
std::uint64_t draw_incarnation() {
  std::random_device device;
  const std::uint64_t bits = std::uint64_t{device()} << 32 | device();
  return (bits >> 11) + 1;
}

}  // namespace

void add_node_options(CLI::App& app, NodeProgramOptions& options) {
  add_strategy_options(app, options.strategy);
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
  check_strategy_options(options.strategy);
  core::StrategyOptions strategy = options.strategy;
  strategy.incarnation = draw_incarnation();
  return maelstrom::run(maelstrom::broadcast_application(strategy), options.run);
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
