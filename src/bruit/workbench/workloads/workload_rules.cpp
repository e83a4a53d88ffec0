#include "bruit/workbench/workloads/workload_rules.h"

#include <utility>

#include "bruit/core/check.h"

namespace bruit::workbench {

Operation WorkloadRules::listed(const TimedOperation&) {
  BRUIT_CHECK(false);
  return {};
}

Operation WorkloadRules::final_read() const { return {.f = "read", .value = Nil{}}; }

std::optional<FinalOperation> WorkloadRules::final_operation(std::uint32_t, std::uint32_t step,
                                                             Duration, Random&) {
  if (step > 0) return std::nullopt;
  return FinalOperation{.operation = final_read()};
}

Payload WorkloadRules::request(const Operation& operation, std::uint64_t msg_id) const {
  boost::json::object body{{"type", operation.type.empty() ? operation.f : operation.type}};
  for (const auto& member : operation.members) body.insert(member);
  body["msg_id"] = msg_id;
  return json_body(std::move(body));
}

OpValue WorkloadRules::direct_result(const Operation&, Reply&&) const {
  BRUIT_CHECK(false);
  return {};
}

}  // namespace bruit::workbench
