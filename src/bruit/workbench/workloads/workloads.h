// Workloads: all of them, by name.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

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
  Edn map;            // as it is printed, with :valid?
  std::string words;  // of transactions and logs: what is wrong and why; empty if nothing is
  // The figures behind it, where values are added and listed: broadcast and g-set.
  std::optional<SetFullResult> set_full;
};
// Transactions are held against `models`, names of consistency models with commas between them.
// Throws std::invalid_argument for values that the workload does not have, and for other names.
WorkloadResult check_history(Workload workload, const History& history,
                             std::string_view models = "strict-serializable");

}  // namespace bruit::workbench
