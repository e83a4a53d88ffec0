// Simulation: one seed in virtual time, from its options to its figures.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "bruit/core/strategy_options.h"
#include "bruit/workbench/checkers/invariants.h"
#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/engine/engine.h"
#include "bruit/workbench/hosts/in_process_host.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

struct SimulationOptions {
  TestOptions test;  // test.seed is the seed of the run
  core::StrategyOptions strategy;
  Expectations expectations{};
  StrategyFactory factory = core::make_strategy;  // called from several threads at once
  // For who runs millions: nothing but the invariants, the messages and the trace hash. Maelstrom's
  // verdict is unknown then, what only it needs is zero, and how much nodes keep for others is
  // measured only if there is a limit for it.
  bool only_invariants = false;
};

// The fractions at which a simulation reports latencies.
inline constexpr std::array<double, 4> simulation_points = {0.5, 0.95, 0.99, 1};
// As quantile.h has them.
using SimulationQuantiles = std::array<Duration, simulation_points.size()>;

enum class SimulationOutcome : std::uint8_t {
  passed,      // valid by Maelstrom's checkers, and no invariant was broken
  failed,      // invalid, or an invariant was broken
  unknown,     // too little was read to tell
  ended_early  // could not be run to its end
};

struct SimulationResult {
  std::uint64_t seed = 0;
  Validity validity = Validity::unknown;  // Maelstrom's verdict, but for values that died
  std::uint64_t operations = 0;
  std::uint64_t broadcasts = 0;
  std::size_t lost = 0;  // values, by the set-full checker; without those that died
  NetStats net;
  // Maelstrom's: sampled by reads, whole milliseconds. Nothing if no value became stable.
  std::optional<SimulationQuantiles> stable;
  // True: acknowledged -> visible on the last node. Nothing if no value got everywhere.
  std::optional<SimulationQuantiles> propagation;
  InvariantReport invariants;
  core::Counters counters;  // of all nodes
  std::uint64_t trace_hash = 0;
  std::optional<EarlyEnd> early_end;  // the run is a failure of the workbench or of the options

  SimulationOutcome outcome() const {
    if (early_end) return SimulationOutcome::ended_early;
    if (validity == Validity::invalid || invariants.total() > 0) return SimulationOutcome::failed;
    return validity == Validity::valid ? SimulationOutcome::passed : SimulationOutcome::unknown;
  }
  bool passed() const { return outcome() == SimulationOutcome::passed; }
};

// Runs one test in virtual time. A function of its arguments: equal ones give equal results.
// `log`, which may be null, sees all events.
SimulationResult simulate(const SimulationOptions& options, EventLog* log = nullptr);

}  // namespace bruit::workbench
