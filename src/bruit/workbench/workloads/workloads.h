// Workloads: all of them, by name.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

// The rules of options.workload for one test. Both arguments outlive them; values are interned in
// `elements`.
std::unique_ptr<WorkloadRules> make_workload(const TestOptions& options, ElementTable& elements);

// The map that the workload's checker makes of a history, with :valid?.
Edn check_history(Workload workload, const History& history);

}  // namespace bruit::workbench
