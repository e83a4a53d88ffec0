#include "bruit/core/strategies/tree.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace bruit::core {

Tree::Tree(const StrategyOptions& options, const Members& members)
    : retry_(options.retry), queue_limit_(options.queue_limit), links_(members, 1) {}

PublishResult Tree::publish(Value value, Time now, Outbox& outbox) {
  if (seen_.contains(value)) return PublishResult::duplicate;
  if (links_.any_is_full(queue_limit_)) {
    ++counters_.refused;
    return PublishResult::refused;
  }
  seen_.insert(value);
  outbox.deliver(value);
  const ValueList alone(std::vector<Value>{std::move(value)});
  for (ReliableLink& link : links_.all()) link.send(alone, {retry_, now, outbox, counters_});
  return PublishResult::accepted;
}

void Tree::receive(NodeId from, const Message& message, Time now, Outbox& outbox) {
  const LinkCall call{retry_, now, outbox, counters_};
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

void Tree::receive_batch(NodeId from, const Batch& batch, const LinkCall& call) {
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
    const ValueList alone = values->size() == 1 ? values : ValueList(std::vector<Value>{value});
    for (ReliableLink& child : links_.children()) child.send(alone, call);
  }
}

void Tree::tick(Time now, Outbox& outbox) {
  for (ReliableLink& link : links_.all()) link.tick({retry_, now, outbox, counters_});
}

}  // namespace bruit::core
