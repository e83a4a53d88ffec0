#include "bruit/core/strategies/tree_relay.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace bruit::core {

PublishResult TreeRelay::publish(Value value, Time now, Outbox& outbox) {
  if (seen_.contains(value)) return PublishResult::duplicate;
  if (links_.any_is_full(queue_limit_)) {
    ++counters_.refused;
    return PublishResult::refused;
  }
  seen_.insert(value);
  pass_on(value, nullptr, links_.all(), call_at(now, outbox));
  outbox.deliver(std::move(value));
  return PublishResult::accepted;
}

void TreeRelay::receive(NodeId from, const Message& message, Time now, Outbox& outbox) {
  const LinkCall call = call_at(now, outbox);
  if (const auto* batch = std::get_if<Batch>(&message)) {
    receive_batch(from, *batch, call);
    return;
  }
  const auto* ack = std::get_if<Ack>(&message);
  ReliableLink* link = links_.find(from);
  if (ack != nullptr && link != nullptr) {
    link->acknowledge(ack->id, call);
  } else {
    ++counters_.unexpected;
  }
}

void TreeRelay::receive_batch(NodeId from, const Batch& batch, const LinkCall& call) {
  const ValueList& values = batch.values;
  if (links_.a_child_is_full(queue_limit_) &&
      !std::all_of(values->begin(), values->end(),
                   [this](const Value& value) { return seen_.contains(value); })) {
    ++counters_.pushed_back;
    return;
  }
  call.outbox.send(from, Ack{batch.id});
  ++counters_.sent;
  for (const Value& value : *values) {
    if (!seen_.insert(value)) {
      ++counters_.duplicates;
      continue;
    }
    call.outbox.deliver(value);
    pass_on(value, values, links_.children(), call);
  }
}

}  // namespace bruit::core
