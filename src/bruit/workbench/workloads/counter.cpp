#include "bruit/workbench/workloads/counter.h"

namespace bruit::workbench {

Turn CounterRules::next(Random& random, std::span<const std::uint32_t>) {
  while (true) {
    if (random.chance(0.5)) return {.operation = final_read(), .worker = {}};
    const auto delta = static_cast<std::int64_t>(random.below(10)) - 5;
    if (delta < 0 && deltas_ == Deltas::not_negative) continue;
    return {.operation = {.f = "add", .value = Edn(delta), .members = {{"delta", delta}}},
            .worker = {}};
  }
}

std::variant<OpValue, BadReply> CounterRules::result(const Operation& operation,
                                                     const boost::json::object& body) const {
  if (!is_read(operation)) {
    if (auto bad = find_surplus(body, {})) return *std::move(bad);
    return operation.value;
  }
  if (auto bad = find_surplus(body, {"value"})) return *std::move(bad);
  const auto* value = body.if_contains("value");
  if (value == nullptr || !value->is_int64()) {
    return BadReply{"read_ok needs a field \"value\" that is an integer"};
  }
  return Edn(value->get_int64());
}

}  // namespace bruit::workbench
