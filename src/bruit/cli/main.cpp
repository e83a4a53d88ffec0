// bruit: parse the command line, run one subcommand, return its exit code.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "bruit/cli/commands.h"

int main(int argc, char** argv) {
  using namespace bruit::cli;

  CLI::App app{
      "bruit: fault-tolerant broadcast. You say how late is too late; bruit sends the fewest "
      "messages "
      "that arrive on time.",
      "bruit"};
  app.set_version_flag("--version", "bruit " BRUIT_VERSION);
  app.require_subcommand(1);

  int exit_code = exit_valid;
  add_node_command(app, exit_code);
  add_test_command(app, exit_code);
  add_challenge_command(app, exit_code);
  add_sim_command(app, exit_code);
  add_sweep_command(app, exit_code);
  add_serve_command(app, exit_code);
  add_report_command(app, exit_code);
  add_explain_command(app, exit_code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_valid : exit_bad_arguments;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "bruit: %s\n", error.what());
    return exit_bad_arguments;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bruit: %s\n", error.what());
    return exit_crash;
  }
  return exit_code;
}
