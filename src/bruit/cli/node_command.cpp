// bruit node: one broadcast node on stdin and stdout.
#include <memory>

#include "bruit/cli/commands.h"
#include "bruit/cli/node_program.h"

namespace bruit::cli {

void add_node_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("node", "Run one broadcast node on stdin and stdout");
  auto options = std::make_shared<NodeProgramOptions>();
  add_node_options(*command, *options);
  command->callback([options, &exit_code] { exit_code = run_node(*options); });
}

}  // namespace bruit::cli
