// batched-tree (challenge 3e): the ways of `tree`, but values leave together, on a fixed timer.
//
// Each link queues values; at start + k * flush_interval every link sends what it has queued as one
// acknowledged Batch, and nothing if it has nothing. The timer runs from construction, so a value
// waits between nothing and flush_interval at every hop, and nodes that were started at different
// moments flush at different moments. Only what a link had to keep because its peer was silent
// leaves off the timer: as soon as the peer answers.
//
// Limits: as in `tree`. A Batch carries at most values_per_message values, and a relay may pass
// queue_limit by one Batch.
#pragma once

#include <optional>
#include <span>

#include "bruit/core/strategies/tree_relay.h"

namespace bruit::core {

class BatchedTree final : public TreeRelay {
 public:
  // Guess: far more than any challenge queues in an interval, and a message below 100 kB if values
  // are numbers.
  static constexpr std::size_t values_per_message = 4096;

  BatchedTree(const StrategyOptions& options, const Members& members, Time start);

  void tick(Time now, Outbox& outbox) override;
  std::optional<Time> next_tick() const override;

 private:
  void pass_on(const Value& value, const ValueList& came_in, std::span<ReliableLink> links,
               const LinkCall& call) override;

  Time start_;
  Duration flush_interval_;
  std::optional<Time> next_flush_;  // while something was queued since the last flush
};

}  // namespace bruit::core
