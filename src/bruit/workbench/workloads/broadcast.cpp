#include "bruit/workbench/workloads/broadcast.h"

#include <fmt/format.h>

#include <utility>

#include "bruit/workbench/faults/scenario.h"

namespace bruit::workbench {
namespace {

constexpr std::string_view read_f = "read";
constexpr std::string_view broadcast_f = "broadcast";

}  // namespace

// The number is taken when the operation begins, so that values ascend in the history.
Operation BroadcastRules::broadcast() {
  const fmt::format_int text(next_value_++);
  return {.f = broadcast_f, .value = elements_.intern({text.data(), text.size()})};
}

Turn BroadcastRules::next(Random& random, std::span<const std::uint32_t>) {
  return {.operation = random.chance(0.5) ? final_read() : broadcast(), .worker = {}};
}

Operation BroadcastRules::listed(const TimedOperation& operation) {
  return operation.read ? final_read() : broadcast();
}

Payload BroadcastRules::request(const Operation& operation, std::uint64_t msg_id) const {
  if (operation.f == read_f) return Request{Request::Kind::read, msg_id, 0};
  return Request{Request::Kind::broadcast, msg_id, std::get<ElementId>(operation.value)};
}

std::variant<OpValue, BadReply> BroadcastRules::result(const Operation& operation,
                                                       const boost::json::object& body) const {
  if (operation.f == read_f) return read_list(body, "messages", elements_);
  if (auto bad = find_surplus(body, {})) return *std::move(bad);
  return operation.value;
}

OpValue BroadcastRules::direct_result(const Operation& operation, Reply&& reply) const {
  if (operation.f == read_f) return std::move(reply.elements);
  return operation.value;
}

}  // namespace bruit::workbench
