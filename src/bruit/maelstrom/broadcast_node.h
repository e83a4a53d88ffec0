// BroadcastNode: Maelstrom's broadcast workload around a strategy of the core.
//
// Source: Maelstrom, doc/workloads.md, "Broadcast". Clients send `broadcast`, `read` and
// `topology`; nodes send each other what broadcast_codec.h lists. The topology is advice, and not
// followed: strategies compute their own from the member list, which every node sorts in natural
// order.
//
// Errors to clients: malformed-request names the field; temporarily-unavailable when the strategy's
// queues or the output are full, and nothing was changed then.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bruit/core/make_strategy.h"
#include "bruit/core/strategy.h"
#include "bruit/maelstrom/node.h"
#include "bruit/maelstrom/node_process.h"

namespace bruit::maelstrom {

// Constructs the strategy of one node, given the time of its `init`.
using StrategyFactory =
    std::function<std::unique_ptr<core::Strategy>(const core::Members&, Time start)>;

class BroadcastNode {
 public:
  BroadcastNode(Node& node, const StrategyFactory& factory);

  const core::Strategy& strategy() const { return *strategy_; }

 private:
  void broadcast(const Message& request);
  void read(const Message& request);
  void topology(const Message& request);
  void from_peer(const Message& message);
  void tick();

  // Carries out what the last call of the strategy asked for.
  void carry_out();
  void tell_of_budget();
  void arm();

  Node& node_;
  std::vector<std::string> names_;                           // by NodeId
  std::unordered_map<std::string, core::NodeId> positions_;  // the inverse
  core::NodeId self_;
  std::unique_ptr<core::Strategy> strategy_;
  core::Outbox outbox_;
  std::string values_;   // what clients read, as the inside of a JSON array
  std::string members_;  // scratch: the body of one outgoing message
  bool budget_met_ = true;
  std::optional<Time> armed_;
  TimerId timer_;
};

Application broadcast_application(StrategyFactory factory);
Application broadcast_application(const core::StrategyOptions& options);

}  // namespace bruit::maelstrom
