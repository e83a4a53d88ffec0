// TestRun: one test, from its options to its results on disk. What `bruit test` and `bruit
// challenge` do, with node processes in real time or with strategies in virtual time.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/core/strategy_options.h"
#include "bruit/workbench/checkers/conduct.h"
#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/engine/engine.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/processes/child_process.h"
#include "bruit/workbench/runs/real_time.h"

namespace bruit::workbench {

// The numbers that people look at first.
struct Headline {
  Validity validity = Validity::unknown;
  std::uint64_t operations = 0;
  std::optional<float> server_messages_per_operation;
  std::optional<float> all_messages_per_operation;
  // nullopt if no value became stable.
  std::optional<std::chrono::milliseconds> median_stable_latency;
  std::optional<std::chrono::milliseconds> worst_stable_latency;
  std::size_t lost = 0;
};

struct TestRun {
  Headline headline;
  Edn results;                        // as in results.edn
  std::optional<EarlyEnd> early_end;  // the test did not run to its end
  std::vector<Finding> findings;      // what nodes did that they should not, the worst kinds first
  std::vector<std::string> nodes;     // their names
  std::string words;                  // of transactions and logs: what is wrong, and why
  RunTiming timing;                   // in virtual time: when the run began and ended
  std::filesystem::path folder;       // store/<workload>/<time>
  std::optional<std::filesystem::path> report;  // its report.html
};

// What is kept of a run besides its results and history.
struct Recording {
  bool trace = true;   // trace.jsonl: every message and event, some 300 bytes for each message
  bool report = true;  // report.html
  // The name of a challenge, which goes into the results: its limits stand in the report.
  std::string_view challenge{};
};

// Runs node processes in real time and writes everything below `store`. A test that ends early is
// checked and stored as far as it got. Throws std::exception with a message for people if the store
// cannot be written or the program not be started.
TestRun run_test(const TestOptions& options, const Program& program,
                 const std::filesystem::path& store,
                 const std::function<void(const Progress&)>& on_progress,
                 const Recording& recording = {});

// The same in virtual time, with strategies in this process as nodes: milliseconds. The results
// also say what simulation.h checks beyond Maelstrom, with default expectations, and the trace
// hash. There are no node logs.
TestRun run_simulated_test(const TestOptions& options, const core::StrategyOptions& strategy,
                           const std::filesystem::path& store, const Recording& recording = {});

}  // namespace bruit::workbench
