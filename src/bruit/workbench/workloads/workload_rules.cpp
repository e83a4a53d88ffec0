#include "bruit/workbench/workloads/workload_rules.h"

#include <utility>

#include "bruit/core/check.h"

namespace bruit::workbench {

Operation WorkloadRules::listed(const TimedOperation&) {
  BRUIT_CHECK(false);
  return {};
}

Operation WorkloadRules::final_read() const { return {.f = "read", .value = Nil{}}; }

OpValue WorkloadRules::direct_result(const Operation&, Reply&&) const {
  BRUIT_CHECK(false);
  return {};
}

}  // namespace bruit::workbench
