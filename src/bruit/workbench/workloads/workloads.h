// Workloads: all of them, by name.
#pragma once

#include <memory>
#include <optional>

#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

// The rules of options.workload for one test. Both arguments outlive them; values are interned in
// `elements`.
std::unique_ptr<WorkloadRules> make_workload(const TestOptions& options, ElementTable& elements);

// What the workload's checker found in a history.
struct WorkloadResult {
  Edn map;  // as it is printed, with :valid?
  // The figures behind it, where values are added and listed: broadcast and g-set.
  std::optional<SetFullResult> set_full;
};
WorkloadResult check_history(Workload workload, const History& history);

}  // namespace bruit::workbench
