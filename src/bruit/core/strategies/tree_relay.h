// TreeRelay: what `tree` and `batched-tree` share: who gets a value, when it counts as known, and
// how a relay that is full holds the sender up. They differ in how a value leaves on a link.
#pragma once

#include <cstddef>
#include <span>

#include "bruit/core/strategies/tree_links.h"
#include "bruit/core/strategy.h"
#include "bruit/core/strategy_options.h"
#include "bruit/core/value_set.h"

namespace bruit::core {

class TreeRelay : public Strategy {
 public:
  PublishResult publish(Value value, Time now, Outbox& outbox) final;
  void receive(NodeId from, const Message& message, Time now, Outbox& outbox) final;
  std::size_t pending() const final { return links_.pending(); }
  const Counters& counters() const final { return counters_; }

 protected:
  TreeRelay(const StrategyOptions& options, const Members& members, std::size_t values_per_message)
      : retry_(options.retry),
        queue_limit_(options.queue_limit),
        links_(members, values_per_message) {}

  // A new value is to leave on `links`. `came_in` is the list in which a peer sent it, null if it
  // was published here.
  virtual void pass_on(const Value& value, const ValueList& came_in, std::span<ReliableLink> links,
                       const LinkCall& call) = 0;

  LinkCall call_at(Time now, Outbox& outbox) { return {retry_, now, outbox, counters_}; }
  TreeLinks& links() { return links_; }
  const TreeLinks& links() const { return links_; }

 private:
  void receive_batch(NodeId from, const Batch& batch, const LinkCall& call);

  RetryOptions retry_;
  std::size_t queue_limit_;
  TreeLinks links_;
  ValueSet seen_;
  Counters counters_;
};

}  // namespace bruit::core
