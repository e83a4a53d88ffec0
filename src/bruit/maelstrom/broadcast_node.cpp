#include "bruit/maelstrom/broadcast_node.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "bruit/maelstrom/broadcast_codec.h"
#include "bruit/maelstrom/natural_order.h"

namespace bruit::maelstrom {

BroadcastNode::BroadcastNode(Node& node, const StrategyFactory& factory)
    : node_(node), names_(node.node_ids()) {
  std::sort(names_.begin(), names_.end(), natural_less);
  for (std::uint32_t index = 0; index < names_.size(); ++index) {
    positions_.emplace(names_[index], core::NodeId{index});
  }
  self_ = positions_.at(node_.id());
  const core::Members members(self_, static_cast<std::uint32_t>(names_.size()));
  strategy_ = factory(members, node_.now());

  node_.on("broadcast", [this](const Message& request) { broadcast(request); });
  node_.on("read", [this](const Message& request) { read(request); });
  node_.on("topology", [this](const Message& request) { topology(request); });
  for (const auto type : broadcast_message_types()) {
    node_.on(std::string(type), [this](const Message& message) { from_peer(message); });
  }
  arm();
}

void BroadcastNode::broadcast(const Message& request) {
  core::Value value = to_value(required(request.body, "message"), "message");
  if (node_.output_full()) {
    throw RpcError(ErrorCode::temporarily_unavailable, "the output is full; try again later");
  }
  const auto result = strategy_->publish(std::move(value), node_.now(), outbox_);
  // The answer before the messages to peers: it is what finds room for certain.
  if (result == core::PublishResult::refused) {
    node_.reply_error(request, ErrorCode::temporarily_unavailable,
                      "too many values wait for their acknowledgement; try again later");
  } else {
    node_.reply_text(request, {R"("type":"broadcast_ok")"});
  }
  carry_out();
}

void BroadcastNode::read(const Message& request) {
  node_.reply_text(request, {R"("type":"read_ok","messages":[)", values_, "]"});
}

void BroadcastNode::topology(const Message& request) {
  required_object(request.body, "topology");
  node_.reply_text(request, {R"("type":"topology_ok")"});
}

void BroadcastNode::from_peer(const Message& message) {
  const auto sender = positions_.find(message.src);
  if (sender == positions_.end() || sender->second == self_) {
    throw RpcError(ErrorCode::malformed_request,
                   "\"" + std::string(message.type()) + "\" is for messages between nodes, and " +
                       message.src + " is not a peer of " + node_.id());
  }
  strategy_->receive(sender->second, decode_broadcast(message), node_.now(), outbox_);
  carry_out();
}

void BroadcastNode::tick() {
  armed_.reset();
  strategy_->tick(node_.now(), outbox_);
  carry_out();
}

void BroadcastNode::carry_out() {
  for (const auto& value : outbox_.delivered) {
    if (!values_.empty()) values_ += ',';
    values_ += value.bytes();
  }
  std::size_t sent = 0;
  for (const auto& send : outbox_.sends) {
    if (node_.output_full()) break;
    members_.clear();
    append_broadcast_members(send.message, members_);
    node_.send_text(names_[send.to.index], members_);
    ++sent;
  }
  if (sent != outbox_.sends.size()) {
    node_.log(LogLevel::error, "the output is full: dropped " +
                                   std::to_string(outbox_.sends.size() - sent) +
                                   " messages to peers");
  }
  outbox_.clear();
  tell_of_budget();
  arm();
}

void BroadcastNode::tell_of_budget() {
  if (std::exchange(budget_met_, strategy_->budget_met()) == strategy_->budget_met()) return;
  if (budget_met_) {
    node_.log(LogLevel::info, "the latency budget can be kept again");
  } else {
    node_.log(LogLevel::warning,
              "the latency budget cannot be kept: messages take longer than it allows; values are "
              "sent the fastest way");
  }
}

void BroadcastNode::arm() {
  const auto next = strategy_->next_tick();
  if (next == armed_) return;
  if (armed_) node_.cancel(timer_);
  armed_ = next;
  if (next) timer_ = node_.after(*next - node_.now(), [this] { tick(); });
}

Application broadcast_application(StrategyFactory factory) {
  return application<BroadcastNode>(std::move(factory));
}

Application broadcast_application(const core::StrategyOptions& options) {
  return broadcast_application([options](const core::Members& members, Time start) {
    return core::make_strategy(options, members, start);
  });
}

}  // namespace bruit::maelstrom
