#include "bruit/core/strategies/batched_tree.h"

#include <algorithm>

namespace bruit::core {

BatchedTree::BatchedTree(const StrategyOptions& options, const Members& members, Time start)
    : TreeRelay(options, members, values_per_message),
      start_(start),
      flush_interval_(options.flush_interval) {}

// A value that comes at the very moment of a flush, after it, waits for the next one: once a moment
// has been flushed it is over.
void BatchedTree::pass_on(const Value& value, const ValueList&, std::span<ReliableLink> links,
                          const LinkCall& call) {
  if (links.empty()) return;
  for (ReliableLink& link : links) link.queue(value);
  if (!next_flush_) {
    const auto flushes_so_far = (call.now - start_) / flush_interval_;
    next_flush_ = start_ + (flushes_so_far + 1) * flush_interval_;
  }
}

void BatchedTree::tick(Time now, Outbox& outbox) {
  const LinkCall call = call_at(now, outbox);
  const bool flushes = next_flush_ && now >= *next_flush_;
  if (flushes) next_flush_.reset();
  for (ReliableLink& link : links().all()) {
    link.tick(call);
    if (flushes) link.flush(call);
  }
}

std::optional<Time> BatchedTree::next_tick() const {
  const std::optional<Time> repeat = links().next_tick();
  if (!next_flush_ || !repeat) return next_flush_ ? next_flush_ : repeat;
  return std::min(*next_flush_, *repeat);
}

}  // namespace bruit::core
