#include "bruit/core/strategies/batched_tree.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace bruit::core {

BatchedTree::BatchedTree(const StrategyOptions& options, const Members& members, Time start)
    : retry_(options.retry),
      queue_limit_(options.queue_limit),
      start_(start),
      flush_interval_(options.flush_interval),
      links_(members, values_per_message) {}

PublishResult BatchedTree::publish(Value value, Time now, Outbox& outbox) {
  if (seen_.contains(value)) return PublishResult::duplicate;
  if (links_.any_is_full(queue_limit_)) {
    ++counters_.refused;
    return PublishResult::refused;
  }
  seen_.insert(value);
  queue(value, links_.all(), now);
  outbox.deliver(std::move(value));
  return PublishResult::accepted;
}

void BatchedTree::receive(NodeId from, const Message& message, Time now, Outbox& outbox) {
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

void BatchedTree::receive_batch(NodeId from, const Batch& batch, const LinkCall& call) {
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
    queue(value, links_.children(), call.now);
  }
}

// A value that comes at the very moment of a flush, after it, waits for the next one: once a moment
// has been flushed it is over.
void BatchedTree::queue(const Value& value, std::span<ReliableLink> links, Time now) {
  if (links.empty()) return;
  for (ReliableLink& link : links) link.queue(value);
  if (!next_flush_) {
    const auto flushes_so_far = (now - start_) / flush_interval_;
    next_flush_ = start_ + (flushes_so_far + 1) * flush_interval_;
  }
}

void BatchedTree::tick(Time now, Outbox& outbox) {
  const LinkCall call{retry_, now, outbox, counters_};
  const bool flushes = next_flush_ && now >= *next_flush_;
  if (flushes) next_flush_.reset();
  for (ReliableLink& link : links_.all()) {
    link.tick(call);
    if (flushes) link.flush(call);
  }
}

std::optional<Time> BatchedTree::next_tick() const {
  const std::optional<Time> repeat = links_.next_tick();
  if (!next_flush_ || !repeat) return next_flush_ ? next_flush_ : repeat;
  return std::min(*next_flush_, *repeat);
}

}  // namespace bruit::core
