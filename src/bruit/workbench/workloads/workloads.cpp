#include "bruit/workbench/workloads/workloads.h"

#include "bruit/workbench/checkers/counter.h"
#include "bruit/workbench/checkers/echo.h"
#include "bruit/workbench/checkers/lin_kv.h"
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

WorkloadResult check_history(Workload workload, const History& history) {
  WorkloadResult result;
  switch (workload) {
    case Workload::broadcast:
    case Workload::g_set:
      result.set_full = check_set_full(history);
      result.map = to_edn(*result.set_full, history);
      break;
    case Workload::echo:
      result.map = to_edn(check_echo(history));
      break;
    case Workload::unique_ids:
      result.map = to_edn(check_unique_ids(history));
      break;
    case Workload::g_counter:
    case Workload::pn_counter:
      result.map = to_edn(check_counter(history), history);
      break;
    case Workload::lin_kv:
      result.map = to_edn(check_lin_kv(history), history);
      break;
  }
  return result;
}

}  // namespace bruit::workbench
