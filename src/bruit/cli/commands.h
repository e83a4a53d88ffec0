// The subcommands of `bruit`: one file each, named after it.
//
// A subcommand adds its flags to `app` and a callback that runs it and returns the exit code
// through `exit_code` (output/exit_codes.h).
#pragma once

#include <CLI/App.hpp>

namespace bruit::cli {

void add_node_command(CLI::App& app, int& exit_code);
void add_test_command(CLI::App& app, int& exit_code);
void add_sim_command(CLI::App& app, int& exit_code);
void add_explore_command(CLI::App& app, int& exit_code);
void add_sweep_command(CLI::App& app, int& exit_code);
void add_challenge_command(CLI::App& app, int& exit_code);
void add_serve_command(CLI::App& app, int& exit_code);
void add_report_command(CLI::App& app, int& exit_code);
void add_explain_command(CLI::App& app, int& exit_code);
void add_check_command(CLI::App& app, int& exit_code);

}  // namespace bruit::cli
