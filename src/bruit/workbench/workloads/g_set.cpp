#include "bruit/workbench/workloads/g_set.h"

#include <string>

namespace bruit::workbench {

Turn GSetRules::next(Random& random, std::span<const std::uint32_t>) {
  if (random.chance(0.5)) return {.operation = final_read(), .worker = {}};
  const std::uint32_t value = next_value_++;
  return {.operation = {.f = "add",
                        .value = elements_.intern(std::to_string(value)),
                        .members = {{"element", value}}},
          .worker = {}};
}

std::variant<OpValue, BadReply> GSetRules::result(const Operation& operation,
                                                  const boost::json::object& body) const {
  if (is_read(operation)) return read_list(body, "value", elements_);
  if (auto bad = find_surplus(body, {})) return *std::move(bad);
  return operation.value;
}

}  // namespace bruit::workbench
