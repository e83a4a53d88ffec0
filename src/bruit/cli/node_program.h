// A broadcast node as a program: its flags, and running it on stdin and stdout. `bruit node` and
// the programs broadcast-3a to broadcast-3e are this with different defaults.
#pragma once

#include <string>

#include "bruit/core/make_strategy.h"
#include "bruit/maelstrom/run.h"

// Not <CLI/App.hpp>: it costs each of the small programs seconds to compile.
namespace CLI {
class App;
}

namespace bruit::cli {

struct NodeProgramOptions {
  core::StrategyOptions strategy;
  maelstrom::RunOptions run;
};

// Adds the flags; what `options` holds already are the defaults shown in the help.
void add_node_options(CLI::App& app, NodeProgramOptions& options);

// Runs the node until its input ends; the exit code is that of maelstrom::run().
int run_node(const NodeProgramOptions& options);

// main() of a program that is one node. Bad arguments are exit code 254.
int node_main(int argc, char** argv, const std::string& name, const std::string& description,
              const core::StrategyOptions& defaults);

}  // namespace bruit::cli
