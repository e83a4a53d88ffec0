// Drivers: what moves an engine through time.
//
// Virtual time jumps from event to event, so a test of half a minute takes milliseconds. Real time
// waits for each event and for the node processes.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "bruit/core/make_strategy.h"
#include "bruit/workbench/child_process.h"
#include "bruit/workbench/engine.h"
#include "bruit/workbench/in_process_host.h"

namespace bruit::workbench {

// Runs the engine to its end with in-process nodes, which `factory` makes. Deterministic: a
// function of the engine's options and `strategy`.
NodeStatistics run_virtual(Engine& engine, const core::StrategyOptions& strategy,
                           const StrategyFactory& factory = core::make_strategy,
                           InProcessHost::Pending pending = InProcessHost::Pending::watched);

// When a real-time run did what, on the wall clock; nothing if it did not come so far.
struct RunTiming {
  using WallTime = std::chrono::system_clock::time_point;
  WallTime launched;                        // before the first process was started
  std::optional<WallTime> first_operation;  // time zero of the history
  std::optional<WallTime> last_operation;   // its completion
  WallTime ended;                           // all processes have gone
};

// Runs the engine to its end with node processes. SIGINT and SIGTERM end the load early; what was
// recorded stays, and Engine::early_end() says so. `on_progress` is called about five times a
// second and once at the end.
RunTiming run_processes(Engine& engine, const Program& program,
                        const std::filesystem::path& log_folder,
                        const std::function<void(const Progress&)>& on_progress);

}  // namespace bruit::workbench
