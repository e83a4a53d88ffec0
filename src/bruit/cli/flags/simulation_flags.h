// The flags that describe one simulation: challenge, strategy, load, network, faults, expectations.
// Shared by the subcommands that run simulations.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "bruit/cli/flags/fault_flags.h"
#include "bruit/cli/flags/test_flags.h"
#include "bruit/core/strategy_options.h"
#include "bruit/workbench/simulation/simulation.h"
#include "bruit/workbench/simulation/simulation_batch.h"

namespace bruit::cli {

class SimulationFlags {
 public:
  // Adds the flags to `app`; both outlive its parse.
  explicit SimulationFlags(CLI::App& app);
  SimulationFlags(const SimulationFlags&) = delete;
  SimulationFlags& operator=(const SimulationFlags&) = delete;

  // What was parsed. Throws CLI::ValidationError, which names the flag. Without --seed one is
  // drawn.
  workbench::SimulationOptions options() const;

  const std::string& challenge() const { return challenge_; }  // empty if none was given
  const std::optional<std::uint64_t>& seed() const { return test_.seed(); }

 private:
  CLI::App& app_;
  std::string challenge_;
  core::StrategyOptions strategy_;
  TestFlags test_;
  FaultFlags faults_;
};

// What --seeds takes: "0..99", or "7" for one. Throws CLI::ValidationError.
workbench::SeedRange parse_seeds(const std::string& text);

}  // namespace bruit::cli
