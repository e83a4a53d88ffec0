// What `bruit sim` does with a single seed: a trace of it, and the smallest run that fails like it.
#pragma once

#include <cstdint>
#include <string>

#include "bruit/workbench/simulation/simulation.h"

namespace bruit::cli {

// Runs the seed and writes every event to the file `path` ("-": stdout), as trace_writer.h has it.
// Throws std::runtime_error if that does not work.
workbench::SimulationResult simulate_with_trace(workbench::SimulationOptions options,
                                                std::uint64_t seed, const std::string& path);

// Shrinks a run that fails and writes its schedule to `path`, with the command that replays it
// above. `line` is the beginning of that command. Shows how far it is on stderr, and in the end
// what remains. Throws std::runtime_error if the file cannot be written.
void shrink_to_file(const workbench::SimulationOptions& options, const std::string& line,
                    const std::string& path);

}  // namespace bruit::cli
