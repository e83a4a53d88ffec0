#include "bruit/workbench/in_process_host.h"

#include <utility>

namespace bruit::workbench {
namespace {

// Maelstrom's "temporarily-unavailable": definite, the client may try again.
constexpr int temporarily_unavailable = 11;

}  // namespace

InProcessHost::InProcessHost(const core::StrategyOptions& options, std::uint32_t node_count,
                             HostContext& context)
    : options_(options), context_(context), nodes_(node_count) {}

void InProcessHost::deliver(std::uint32_t node, Packet&& packet, Time now) {
  if (const auto* request = std::get_if<Request>(&packet.payload)) {
    handle(node, packet.source, *request, now);
    return;
  }
  const auto* message = std::get_if<core::Message>(&packet.payload);
  auto& strategy = nodes_[node].strategy;
  // Only strategies send to strategies here, and none sends before every node has its `init`.
  BRUIT_CHECK(message != nullptr && strategy != nullptr);
  strategy->receive(core::NodeId{packet.source.index()}, *message, now, outbox_);
  flush(node, now);
}

void InProcessHost::handle(std::uint32_t node, Endpoint client, const Request& request, Time now) {
  Node& state = nodes_[node];
  Reply reply{
      .kind = Reply::Kind::ok, .in_reply_to = request.msg_id, .elements = {}, .error_code = 0};
  switch (request.kind) {
    case Request::Kind::init: {
      const core::Members members(core::NodeId{node}, static_cast<std::uint32_t>(nodes_.size()));
      state.strategy = core::make_strategy(options_, members, now);
      break;
    }
    case Request::Kind::topology:
      break;
    case Request::Kind::broadcast: {
      const core::Value value(context_.text_of(request.element));
      if (state.strategy->publish(value, now, outbox_) == core::PublishResult::refused) {
        reply.kind = Reply::Kind::error;
        reply.error_code = temporarily_unavailable;
      }
      break;
    }
    case Request::Kind::read:
      reply.elements = state.visible;
      break;
  }
  context_.send(node, client, std::move(reply), now);
  flush(node, now);
}

void InProcessHost::tick(std::uint32_t node, Time now) {
  Node& state = nodes_[node];
  if (now < state.armed) return;  // an earlier request replaced this one
  state.armed = Time::max();
  const auto wanted = state.strategy->next_tick();
  if (wanted && *wanted <= now) state.strategy->tick(now, outbox_);
  flush(node, now);
}

void InProcessHost::flush(std::uint32_t node, Time now) {
  Node& state = nodes_[node];
  for (const auto& value : outbox_.delivered) {
    state.visible.push_back(context_.visible(node, value.bytes(), now));
  }
  for (auto& send : outbox_.sends) {
    context_.send(node, Endpoint::node(send.to.index), std::move(send.message), now);
  }
  outbox_.clear();
  // Timers mostly move away from now. Only an earlier one is requested at once; a later one is
  // found when the requested tick comes.
  const auto wanted = state.strategy->next_tick();
  if (wanted && *wanted < state.armed) {
    state.armed = *wanted;
    context_.request_tick(node, *wanted);
  }
}

}  // namespace bruit::workbench
