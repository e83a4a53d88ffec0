#include "bruit/workbench/workloads/workload_rules.h"

#include <fmt/format.h>

#include "bruit/core/check.h"

namespace bruit::workbench {

Operation WorkloadRules::listed(const TimedOperation&) {
  BRUIT_CHECK(false);
  return {};
}

Operation WorkloadRules::final_read() const { return {.f = "read", .value = Nil{}}; }

Payload WorkloadRules::request(const Operation& operation, std::uint64_t msg_id) const {
  return JsonBody{fmt::format(R"({{"type":"{}"{}{},"msg_id":{}}})", operation.f,
                              operation.members.empty() ? "" : ",", operation.members, msg_id)};
}

OpValue WorkloadRules::direct_result(const Operation&, Reply&&) const {
  BRUIT_CHECK(false);
  return {};
}

}  // namespace bruit::workbench
