// reliable-flood (challenge 3c): as flood, but each message is repeated until it is acknowledged.
//
// Without faults a broadcast costs n (n - 1) messages and as many acknowledgements: 40 with 5
// nodes. A node sends a value also to the peer from which it came, as the usual answer to 3c does.
//
// Limit: publish() is refused while any link has queue_limit values pending. A value from a peer is
// always accepted: if two nodes whose queues for each other are full refused, neither could ever
// drain. So a queue for a peer that is cut off may pass the limit by what others publish, up to one
// 8-byte reference for each value that the node knows and stores anyway.
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
