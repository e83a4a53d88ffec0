#include "bruit/core/strategies/flood.h"

#include <variant>

namespace bruit::core {

PublishResult Flood::publish(Value value, Time, Outbox& outbox) {
  return learn(value, outbox) ? PublishResult::accepted : PublishResult::duplicate;
}

void Flood::receive(NodeId, const Message& message, Time, Outbox& outbox) {
  const auto* rumor = std::get_if<Rumor>(&message);
  if (rumor == nullptr) {
    ++counters_.unexpected;
  } else if (!learn(rumor->value, outbox)) {
    ++counters_.duplicates;
  }
}

bool Flood::learn(const Value& value, Outbox& outbox) {
  if (!seen_.insert(value)) return false;
  outbox.deliver(value);
  for (std::uint32_t index = 0; index < members_.count(); ++index) {
    if (index != members_.self().index) outbox.send(NodeId{index}, Rumor{value});
  }
  counters_.sent += members_.count() - 1;
  return true;
}

}  // namespace bruit::core
