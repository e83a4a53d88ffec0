#include "bruit/core/strategies/reliable_flood.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "bruit/core/check.h"

namespace bruit::core {

ReliableFlood::ReliableFlood(const StrategyOptions& options, const Members& members)
    : retry_(options.retry), queue_limit_(options.queue_limit), self_(members.self()) {
  links_.reserve(members.count() - 1);
  for (std::uint32_t index = 0; index < members.count(); ++index) {
    if (index != self_.index) links_.emplace_back(NodeId{index}, 1);
  }
}

PublishResult ReliableFlood::publish(Value value, Time now, Outbox& outbox) {
  if (seen_.contains(value)) return PublishResult::duplicate;
  const bool full = std::any_of(links_.begin(), links_.end(), [this](const ReliableLink& link) {
    return link.pending() >= queue_limit_;
  });
  if (full) {
    ++counters_.refused;
    return PublishResult::refused;
  }
  seen_.insert(value);
  outbox.deliver(value);
  spread(ValueList(std::vector<Value>{std::move(value)}), now, outbox);
  return PublishResult::accepted;
}

void ReliableFlood::receive(NodeId from, const Message& message, Time now, Outbox& outbox) {
  if (const auto* batch = std::get_if<Batch>(&message)) {
    receive_batch(from, *batch, now, outbox);
  } else if (const auto* ack = std::get_if<Ack>(&message)) {
    receive_ack(from, *ack, now, outbox);
  } else {
    ++counters_.unexpected;
  }
}

void ReliableFlood::receive_batch(NodeId from, const Batch& batch, Time now, Outbox& outbox) {
  outbox.send(from, Ack{batch.id});
  ++counters_.sent;
  for (const Value& value : *batch.values) {
    if (!seen_.insert(value)) {
      ++counters_.duplicates;
      continue;
    }
    outbox.deliver(value);
    const bool alone = batch.values->size() == 1;
    spread(alone ? batch.values : ValueList(std::vector<Value>{value}), now, outbox);
  }
}

void ReliableFlood::receive_ack(NodeId from, const Ack& ack, Time now, Outbox& outbox) {
  BRUIT_CHECK(from != self_);
  ReliableLink& link = links_[from.index < self_.index ? from.index : from.index - 1];
  const std::size_t pending_before = link.pending();
  link.acknowledge(ack.id, {retry_, now, outbox, counters_});
  pending_ -= pending_before - link.pending();
  note_next_tick(link);
}

void ReliableFlood::spread(const ValueList& values, Time now, Outbox& outbox) {
  if (pending_ == 0) next_tick_ = Time::max();
  for (ReliableLink& link : links_) {
    link.send(values, {retry_, now, outbox, counters_});
    note_next_tick(link);
  }
  pending_ += links_.size();
}

void ReliableFlood::tick(Time now, Outbox& outbox) {
  if (now < next_tick_) return;
  next_tick_ = Time::max();
  for (ReliableLink& link : links_) {
    link.tick({retry_, now, outbox, counters_});
    note_next_tick(link);
  }
}

std::optional<Time> ReliableFlood::next_tick() const {
  if (pending_ == 0) return std::nullopt;
  return next_tick_;
}

void ReliableFlood::note_next_tick(const ReliableLink& link) {
  if (const auto time = link.next_tick()) next_tick_ = std::min(next_tick_, *time);
}

}  // namespace bruit::core
