// bruit node: one broadcast node on stdin and stdout.
#include "bruit/cli/commands.h"

namespace bruit::cli {

void add_node_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("node", "Run one broadcast node on stdin and stdout");
  command->callback([&exit_code] { exit_code = exit_valid; });
}

}  // namespace bruit::cli
