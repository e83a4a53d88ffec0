// Real time: waits for each event of an engine, and for the node processes. Virtual time is
// engine/virtual_time.h.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>

#include "bruit/workbench/engine/engine.h"
#include "bruit/workbench/processes/child_process.h"

namespace bruit::workbench {

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
