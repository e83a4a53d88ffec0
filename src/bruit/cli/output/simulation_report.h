// What `bruit sim` says of many runs: for people, for spreadsheets, for programs.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "bruit/workbench/simulation/simulation_batch.h"

namespace bruit::cli {

// A table of all figures.
std::string simulation_table(const workbench::SimulationSummary& summary);

// One line for each run, with a header; times in milliseconds, empty where there is no figure.
std::string simulation_csv(const std::vector<workbench::SimulationResult>& results);

// All figures, times in milliseconds, null where there is none. `options` goes in as it is.
boost::json::object simulation_json(const workbench::SimulationSummary& summary,
                                    workbench::SeedRange seeds, boost::json::object options,
                                    double wall_seconds);

// The options of a simulation, all of them, so that the result tells how it was made.
boost::json::object options_json(const workbench::SimulationOptions& options);

}  // namespace bruit::cli
