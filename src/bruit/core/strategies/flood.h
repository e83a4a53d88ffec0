// flood (challenge 3b): a node that sees a value for the first time sends it to all others, once.
//
// Nothing is acknowledged or repeated: a value survives a lost message only because it reaches each
// node n - 1 times. A broadcast costs n (n - 1) messages and one latency. It loses values under
// partitions; that is what the reliable strategies are measured against.
#pragma once

#include "bruit/core/strategy.h"
#include "bruit/core/value_set.h"

namespace bruit::core {

class Flood final : public Strategy {
 public:
  explicit Flood(const Members& members) : members_(members) {}

  PublishResult publish(Value value, Time now, Outbox& outbox) override;
  void receive(NodeId from, const Message& message, Time now, Outbox& outbox) override;
  void tick(Time, Outbox&) override {}
  std::optional<Time> next_tick() const override { return std::nullopt; }
  std::size_t pending() const override { return 0; }
  const Counters& counters() const override { return counters_; }

 private:
  // Delivers and spreads `value`; false if it was known.
  bool learn(const Value& value, Outbox& outbox);

  Members members_;
  ValueSet seen_;
  Counters counters_;
};

}  // namespace bruit::core
