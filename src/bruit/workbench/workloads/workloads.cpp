#include "bruit/workbench/workloads/workloads.h"

#include "bruit/workbench/checkers/counter.h"
#include "bruit/workbench/checkers/echo.h"
#include "bruit/workbench/checkers/lin_kv.h"
#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/checkers/unique_ids.h"
#include "bruit/workbench/workloads/broadcast.h"
#include "bruit/workbench/workloads/counter.h"
#include "bruit/workbench/workloads/echo.h"
#include "bruit/workbench/workloads/g_set.h"
#include "bruit/workbench/workloads/lin_kv.h"
#include "bruit/workbench/workloads/unique_ids.h"

namespace bruit::workbench {

std::unique_ptr<WorkloadRules> make_workload(const TestOptions& options, ElementTable& elements) {
  switch (options.workload) {
    case Workload::broadcast:
      return std::make_unique<BroadcastRules>(elements);
    case Workload::echo:
      return std::make_unique<EchoRules>();
    case Workload::unique_ids:
      return std::make_unique<UniqueIdsRules>();
    case Workload::g_set:
      return std::make_unique<GSetRules>(elements);
    case Workload::g_counter:
      return std::make_unique<CounterRules>(CounterRules::Deltas::not_negative);
    case Workload::pn_counter:
      return std::make_unique<CounterRules>(CounterRules::Deltas::any_sign);
    case Workload::lin_kv:
      return std::make_unique<LinKvRules>(options);
  }
  return nullptr;
}

Edn check_history(Workload workload, const History& history) {
  switch (workload) {
    case Workload::broadcast:
    case Workload::g_set:
      return to_edn(check_set_full(history), history);
    case Workload::echo:
      return to_edn(check_echo(history));
    case Workload::unique_ids:
      return to_edn(check_unique_ids(history));
    case Workload::g_counter:
    case Workload::pn_counter:
      return to_edn(check_counter(history), history);
    case Workload::lin_kv:
      return to_edn(check_lin_kv(history), history);
  }
  return {};
}

}  // namespace bruit::workbench
