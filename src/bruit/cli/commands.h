// The subcommands of `bruit`: one file each, named after it.
//
// A subcommand adds its flags to `app` and a callback that runs it and returns the exit code
// through `exit_code`. Exit codes are Maelstrom's: 0 valid, 1 invalid, 2 unknown, 254 bad
// arguments, 255 crash.
#pragma once

#include <CLI/App.hpp>

namespace bruit::cli {

inline constexpr int exit_valid = 0;
inline constexpr int exit_invalid = 1;
inline constexpr int exit_unknown = 2;
inline constexpr int exit_bad_arguments = 254;
inline constexpr int exit_crash = 255;

void add_node_command(CLI::App& app, int& exit_code);
void add_test_command(CLI::App& app, int& exit_code);
void add_sim_command(CLI::App& app, int& exit_code);
void add_explore_command(CLI::App& app, int& exit_code);
void add_sweep_command(CLI::App& app, int& exit_code);
void add_challenge_command(CLI::App& app, int& exit_code);
void add_serve_command(CLI::App& app, int& exit_code);
void add_report_command(CLI::App& app, int& exit_code);
void add_explain_command(CLI::App& app, int& exit_code);

}  // namespace bruit::cli
