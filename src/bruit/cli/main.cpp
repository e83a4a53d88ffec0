// bruit: parse the command line, run one subcommand, return its exit code.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "bruit/cli/commands.h"
#include "bruit/cli/output/build_name.h"
#include "bruit/cli/output/exit_codes.h"

namespace {

// CLI11 would only say of a misspelt command that one is required.
void check_command(const CLI::App& app, const std::string& word) {
  if (word.starts_with('-')) return;
  std::string names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == word) return;
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  throw std::invalid_argument("there is no command \"" + word + "\"; expected one of " + names);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace bruit::cli;

  CLI::App app{
      "bruit: fault-tolerant broadcast. You say how late is too late; bruit sends the fewest "
      "messages "
      "that arrive on time.",
      "bruit"};
  app.set_version_flag("--version", "bruit " + std::string(build_name()));
  app.require_subcommand(1);

  int exit_code = exit_valid;
  add_node_command(app, exit_code);
  add_test_command(app, exit_code);
  add_challenge_command(app, exit_code);
  add_sim_command(app, exit_code);
  add_explore_command(app, exit_code);
  add_sweep_command(app, exit_code);
  add_serve_command(app, exit_code);
  add_report_command(app, exit_code);
  add_explain_command(app, exit_code);
  add_check_command(app, exit_code);

  try {
    if (argc > 1) check_command(app, argv[1]);
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
