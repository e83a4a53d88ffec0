#include "bruit/workbench/workloads/workloads.h"

#include "bruit/workbench/checkers/echo.h"
#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/workloads/broadcast.h"
#include "bruit/workbench/workloads/echo.h"

namespace bruit::workbench {

std::unique_ptr<WorkloadRules> make_workload(const TestOptions& options, ElementTable& elements) {
  switch (options.workload) {
    case Workload::broadcast:
      return std::make_unique<BroadcastRules>(elements);
    case Workload::echo:
      return std::make_unique<EchoRules>();
  }
  return nullptr;
}

Edn check_history(Workload workload, const History& history) {
  switch (workload) {
    case Workload::broadcast:
      return to_edn(check_set_full(history), history);
    case Workload::echo:
      return to_edn(check_echo(history));
  }
  return {};
}

}  // namespace bruit::workbench
