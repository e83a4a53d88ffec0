// Results: everything that the checkers found, as the one map that Maelstrom prints at the end.
// history/results_text.h writes it.
#pragma once

#include <cstdint>
#include <string_view>

#include "bruit/workbench/checkers/availability.h"
#include "bruit/workbench/checkers/net.h"
#include "bruit/workbench/checkers/stats.h"
#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/network/net_stats.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/workloads/workloads.h"

namespace bruit::workbench {

// What each checker found.
struct CheckerResults {
  StatsResult stats;
  AvailabilityResult availability;
  NetResult net;
  WorkloadResult workload;  // of the workload's own
};

// Runs the checkers of a workload. Milliseconds for thousands of operations. `models`: what
// transactions are held against.
CheckerResults check_workload(Workload workload, const History& history, const NetStats& net_stats,
                              const AvailabilityGoal& availability_goal,
                              std::string_view models = "strict-serializable");
// The same for Workload::broadcast.
CheckerResults check_broadcast(const History& history, const NetStats& net_stats,
                               const AvailabilityGoal& availability_goal);

// The whole map, keys in Maelstrom's order: :perf :timeline :exceptions (constants, as there is
// nothing in them that could be invalid) :stats :availability :net :workload, then the entries of
// `extra`, then :valid?, the merged verdict of all. An extra section that is a map with :valid?
// takes part in the verdict. Throws std::invalid_argument if `extra` has a key of Maelstrom's.
//
// The verdict on an interrupted run is :unknown whatever the checkers found: what seems lost or
// unavailable may have been on its way.
enum class Ending : std::uint8_t { own, interrupt };
Edn compose_results(const CheckerResults& checked, const EdnMap& extra = {},
                    Ending ending = Ending::own);

// The verdict of a map by its :valid? (true, :unknown or false). Throws std::invalid_argument if it
// has none.
Validity validity_of(const Edn& results);

}  // namespace bruit::workbench
