// reliable-flood (challenge 3c): as flood, but each message is repeated until it is acknowledged.
//
// Without faults a broadcast costs n (n - 1) messages and as many acknowledgements: 40 with 5
// nodes. A relay does not spare the node from which it has the value, as the usual answer to 3c
// does not.
//
// Limit: publish() is refused while any peer has queue_limit values pending. A value from another
// node is always accepted, for if two nodes with full queues to each other refused, neither could
// ever drain. What a queue holds is bounded all the same: a value is queued for a peer once, and
// each node publishes only while its own queues, which hold what it relays too, are below the
// limit; so no queue exceeds n times the limit, and that only after a partition into n parts.
#pragma once

#include <vector>

#include "bruit/core/strategies/reliable_link.h"
#include "bruit/core/strategy.h"
#include "bruit/core/strategy_options.h"
#include "bruit/core/value_set.h"

namespace bruit::core {

class ReliableFlood final : public Strategy {
 public:
  ReliableFlood(const StrategyOptions& options, const Members& members);

  PublishResult publish(Value value, Time now, Outbox& outbox) override;
  void receive(NodeId from, const Message& message, Time now, Outbox& outbox) override;
  void tick(Time now, Outbox& outbox) override;
  std::optional<Time> next_tick() const override;
  std::size_t pending() const override { return pending_; }
  const Counters& counters() const override { return counters_; }

 private:
  void receive_batch(NodeId from, const Batch& batch, Time now, Outbox& outbox);
  void receive_ack(NodeId from, const Ack& ack, Time now, Outbox& outbox);
  // Sends `values`, which is one value, to every other node.
  void spread(const ValueList& values, Time now, Outbox& outbox);
  void note_next_tick(const ReliableLink& link);

  RetryOptions retry_;
  std::size_t queue_limit_;
  NodeId self_;
  std::vector<ReliableLink> links_;  // to all members but this one, in their order
  ValueSet seen_;
  std::size_t pending_ = 0;       // the sum over links_
  Time next_tick_ = Time::max();  // not later than any link's; searched for again in tick()
  Counters counters_;
};

}  // namespace bruit::core
