#include "bruit/workbench/hosts/in_process_host.h"

#include <algorithm>
#include <utility>

#include "bruit/workbench/basics/random.h"

namespace bruit::workbench {
namespace {

constexpr std::uint64_t clock_stream = 5;
constexpr std::uint64_t start_stream = 6;
constexpr std::uint64_t incarnation_stream = 8;
// As real nodes draw them: exact in any program that reads numbers as doubles.
constexpr std::uint64_t most_incarnations = (std::uint64_t{1} << 53) - 1;
constexpr std::uint64_t most_offset =
    std::chrono::duration_cast<Duration>(std::chrono::hours(1)).count();

void add(core::Counters& sum, const core::Counters& more) {
  sum.sent += more.sent;
  sum.retried += more.retried;
  sum.duplicates += more.duplicates;
  sum.unexpected += more.unexpected;
  sum.refused += more.refused;
  sum.pushed_back += more.pushed_back;
}

}  // namespace

InProcessHost::InProcessHost(const core::StrategyOptions& options, std::uint32_t node_count,
                             HostContext& context, std::uint64_t seed, StrategyFactory factory,
                             Duration start_spread, Pending pending)
    : options_(options),
      watches_pending_(pending == Pending::watched),
      context_(context),
      factory_(std::move(factory)),
      nodes_(node_count),
      incarnations_(seed, incarnation_stream) {
  Random random(seed, clock_stream);
  for (auto& node : nodes_) {
    node.clock = NodeClock(Duration(static_cast<Duration::rep>(random.below(most_offset))));
  }
  if (start_spread <= Duration::zero()) return;
  Random starts(seed, start_stream);
  for (std::uint32_t node = 0; node < node_count; ++node) {
    delay_start(node, Duration(static_cast<Duration::rep>(
                          starts.below(static_cast<std::uint64_t>(start_spread.count())))));
  }
}

void InProcessHost::begin(std::uint32_t node, Time now) {
  Node& state = nodes_[node];
  core::StrategyOptions options = options_;
  options.incarnation = 1 + incarnations_.below(most_incarnations);
  const core::Members members(core::NodeId{node}, static_cast<std::uint32_t>(nodes_.size()));
  state.strategy = factory_(options, members, state.clock.shown(now));
}

void InProcessHost::deliver(std::uint32_t node, Packet&& packet, Time now) {
  if (Aside* aside = nodes_[node].aside.get()) {
    if (aside->paused) {
      aside->backlog.push_back(std::move(packet));
      return;
    }
    if (aside->start_delay > Duration::zero()) {
      // Nobody sends to it before it has answered.
      context_.request_tick(node, now + std::exchange(aside->start_delay, {}));
      aside->starting = std::move(packet);
      return;
    }
  }
  handle(node, std::move(packet), now);
}

void InProcessHost::handle(std::uint32_t node, Packet&& packet, Time now) {
  if (const auto* request = std::get_if<Request>(&packet.payload)) {
    answer(node, packet.source, *request, now);
    return;
  }
  const auto* message = std::get_if<core::Message>(&packet.payload);
  Node& state = nodes_[node];
  // Only strategies send to strategies here, none sends before every node has its `init`, and the
  // network holds back what is for a dead one.
  BRUIT_CHECK(message != nullptr && state.strategy != nullptr);
  state.strategy->receive(core::NodeId{packet.source.index()}, *message, state.clock.shown(now),
                          outbox_);
  flush(node, now);
}

void InProcessHost::answer(std::uint32_t node, Endpoint client, const Request& request, Time now) {
  Node& state = nodes_[node];
  Reply reply{
      .kind = Reply::Kind::ok, .in_reply_to = request.msg_id, .elements = {}, .error_code = {}};
  switch (request.kind) {
    case Request::Kind::init:
      begin(node, now);
      break;
    case Request::Kind::topology:
      break;
    case Request::Kind::broadcast: {
      const core::Value value(context_.text_of(request.element));
      if (state.strategy->publish(value, state.clock.shown(now), outbox_) ==
          core::PublishResult::refused) {
        reply.kind = Reply::Kind::error;
        reply.error_code = maelstrom::ErrorCode::temporarily_unavailable;
      }
      break;
    }
    case Request::Kind::read:
      reply.elements = state.visible;
      break;
  }
  context_.send(Endpoint::node(node), client, std::move(reply), now);
  flush(node, now);
}

void InProcessHost::tick(std::uint32_t node, Time now) {
  Node& state = nodes_[node];
  if (state.aside != nullptr && state.aside->starting) {
    const auto aside = std::exchange(state.aside, nullptr);
    handle(node, std::move(*aside->starting), now);
    return;
  }
  if (now < state.armed) return;  // an earlier request replaced this one
  state.armed = Time::max();
  if (!state.paused()) run_timer(node, now);
}

void InProcessHost::prefetch(std::uint32_t node, PrefetchStep step) const {
  const Node& state = nodes_[node];
  if (step == PrefetchStep::far) {
    workbench::prefetch(&state, sizeof(Node));
  } else if (state.strategy != nullptr) {
    // With it what it allocated when it was made: that mostly lies behind it.
    constexpr std::size_t strategy_bytes = 384;
    workbench::prefetch(state.strategy.get(), strategy_bytes);
    state.visible.prefetch();
  }
}

void InProcessHost::run_timer(std::uint32_t node, Time now) {
  Node& state = nodes_[node];
  if (state.strategy == nullptr) return;
  const Time shown = state.clock.shown(now);
  const auto wanted = state.strategy->next_tick();
  if (wanted && *wanted <= shown) state.strategy->tick(shown, outbox_);
  flush(node, now);
}

void InProcessHost::flush(std::uint32_t node, Time now) {
  Node& state = nodes_[node];
  for (const auto& value : outbox_.delivered) {
    state.visible.push_back(context_.visible(node, value.bytes(), now));
  }
  for (auto& send : outbox_.sends) {
    context_.send(Endpoint::node(node), Endpoint::node(send.to.index), std::move(send.message),
                  now);
  }
  outbox_.clear();
  if (watches_pending_) {
    state.pending_worst = std::max(state.pending_worst, state.strategy->pending());
  }
  // Timers mostly move away from now. Only an earlier one is requested at once; a later one is
  // found when the requested tick comes.
  const auto wanted = state.strategy->next_tick();
  if (!wanted) return;
  const Time when = std::max(now, state.clock.when_shown(*wanted));
  if (when < state.armed) {
    state.armed = when;
    context_.request_tick(node, when);
  }
}

void InProcessHost::kill(std::uint32_t node, Time) {
  Node& state = nodes_[node];
  if (state.strategy != nullptr) add(former_, state.strategy->counters());
  state.strategy.reset();
  state.visible = {};
  state.aside.reset();
}

void InProcessHost::restart(std::uint32_t node, Time now) {
  begin(node, now);
  flush(node, now);
}

void InProcessHost::pause(std::uint32_t node, Time) { nodes_[node].put_aside().paused = true; }

void InProcessHost::resume(std::uint32_t node, Time now) {
  if (const auto aside = std::exchange(nodes_[node].aside, nullptr)) {
    for (auto& packet : aside->backlog) handle(node, std::move(packet), now);
  }
  // A tick that came while it was frozen is made up for; one that is to come stays requested.
  run_timer(node, now);
}

void InProcessHost::set_clock_rate(std::uint32_t node, std::int64_t parts_per_million, Time now) {
  Node& state = nodes_[node];
  state.clock.set_rate(parts_per_million, now);
  // The tick that is requested may come too early, which is harmless, or too late.
  state.armed = Time::max();
  if (state.strategy != nullptr && !state.paused()) flush(node, now);
}

NodeStatistics InProcessHost::statistics() const {
  NodeStatistics statistics{.counters = former_};
  for (const auto& node : nodes_) {
    statistics.pending_worst = std::max(statistics.pending_worst, node.pending_worst);
    if (node.strategy == nullptr) continue;
    add(statistics.counters, node.strategy->counters());
    statistics.pending_now += node.strategy->pending();
  }
  return statistics;
}

}  // namespace bruit::workbench
