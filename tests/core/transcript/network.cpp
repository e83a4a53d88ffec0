#include "core/transcript/network.h"

#include <fmt/format.h>

#include <algorithm>

#include "bruit/core/make_strategy.h"
#include "core/transcript/describe.h"

namespace bruit::core::transcript {
namespace {

// In one `advance`: a strategy that never comes to rest is stopped here.
constexpr int most_moments = 100'000;

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string list_in_brackets(const std::vector<std::string>& values) {
  return fmt::format("[{}]", list_values(values));
}

}  // namespace

Network::Network(const StartCluster& cluster, Journal& journal)
    : cluster_(cluster), journal_(journal), nodes_(cluster.count) {
  for (std::uint32_t index = 0; index < cluster.count; ++index) {
    const Duration uptime = cluster.uptimes.empty() ? Duration{} : cluster.uptimes[index];
    nodes_[index].strategy = make_node(NodeId{index}, now_ - uptime);
  }
}

std::unique_ptr<Strategy> Network::make_node(NodeId id, Time start) {
  StrategyOptions options = cluster_.options;
  options.incarnation = ++starts_;
  return make_strategy(options, Members(id, cluster_.count), start);
}

Network::Node& Network::living(NodeId id) {
  if (node(id).strategy == nullptr) throw Refusal(fmt::format("n{} is down", id.index));
  return node(id);
}

Network::Link& Network::link(NodeId from, NodeId to) {
  return links_.try_emplace({from, to}, Link{.latency = cluster_.latency, .held = {}})
      .first->second;
}

void Network::carry_out(const Broadcast& broadcast) {
  Node& origin = living(broadcast.node);
  for (const std::string& value : broadcast.values) {
    switch (origin.strategy->publish(Value(value), now_, outbox_)) {
      case PublishResult::accepted:
        accepted_.push_back(value);
        break;
      case PublishResult::duplicate:
        journal_.note(now_, fmt::format("n{} knows {} already", broadcast.node.index, value));
        break;
      case PublishResult::refused:
        journal_.note(now_, fmt::format("n{} refuses {}", broadcast.node.index, value));
        break;
    }
    take_outbox(broadcast.node);
  }
}

void Network::carry_out(const Advance& advance) {
  journal_.set_brief(advance.brief);
  const Time end = now_ + advance.duration;
  int moments = 0;
  for (auto next = next_moment(); next && *next <= end; next = next_moment()) {
    if (++moments > most_moments) throw Refusal("the nodes do not come to rest");
    now_ = std::max(now_, *next);
    run_moment();
  }
  now_ = end;
}

std::optional<Time> Network::next_moment() const {
  std::optional<Time> next;
  const auto note = [&next](Time time) { next = next ? std::min(*next, time) : time; };
  if (!in_flight_.empty()) note(in_flight_.begin()->first.first);
  for (const Node& each : nodes_) {
    if (each.strategy == nullptr) continue;
    if (const auto tick = each.strategy->next_tick()) note(*tick);
  }
  return next;
}

void Network::run_moment() {
  while (!in_flight_.empty() && in_flight_.begin()->first.first <= now_) {
    const InFlight arrival = std::move(in_flight_.extract(in_flight_.begin()).mapped());
    arrive(arrival.from, arrival.to, arrival.message);
  }
  for (std::uint32_t index = 0; index < nodes_.size(); ++index) {
    Strategy* strategy = nodes_[index].strategy.get();
    if (strategy == nullptr) continue;
    const auto tick = strategy->next_tick();
    if (!tick || *tick > now_) continue;
    strategy->tick(now_, outbox_);
    take_outbox(NodeId{index});
  }
}

void Network::take_outbox(NodeId from) {
  journal_.learned(now_, from, outbox_.delivered);
  for (const Value& value : outbox_.delivered) {
    std::string text(value.bytes());
    if (contains(node(from).known, text)) {
      throw Refusal(fmt::format("n{} delivered {} twice", from.index, text));
    }
    node(from).known.push_back(std::move(text));
  }
  for (const Send& each : outbox_.sends) send(from, each);
  outbox_.clear();
}

void Network::send(NodeId from, const Send& send) {
  if (send.to == from || send.to.index >= nodes_.size()) {
    throw Refusal(fmt::format("n{} sends to n{}", from.index, send.to.index));
  }
  Link& way = link(from, send.to);
  ++sent_by_kind_[kind_of(send.message)];
  const auto note = [&](std::string_view fate) {
    journal_.sent(now_, from, send.to, send.message, fate);
  };
  if (way.is_cut) return note("lost: cut");
  if (way.to_drop > 0) {
    --way.to_drop;
    return note("lost: dropped");
  }
  if (way.holds) {
    way.held.push_back(send.message);
    return note("held");
  }
  const bool twice = way.to_duplicate > 0;
  if (twice) --way.to_duplicate;
  way.last_arrival = std::max(way.last_arrival, now_ + way.latency);
  for (int copies = twice ? 2 : 1; copies > 0; --copies) {
    in_flight_.insert({{way.last_arrival, sends_++}, {from, send.to, send.message}});
  }
  note(twice ? "twice" : "");
}

void Network::arrive(NodeId from, NodeId to, const Message& message) {
  if (link(from, to).is_cut) return journal_.arrived(now_, from, to, message, "lost: cut");
  Strategy* strategy = node(to).strategy.get();
  if (strategy == nullptr) return journal_.arrived(now_, from, to, message, "lost: down");
  journal_.arrived(now_, from, to, message, "");
  strategy->receive(from, message, now_, outbox_);
  take_outbox(to);
}

void Network::carry_out(const SetLatency& latency) {
  for (const NodeId a : latency.some) {
    for (const NodeId b : latency.others) {
      link(a, b).latency = latency.latency;
      link(b, a).latency = latency.latency;
    }
  }
}

void Network::carry_out(const Hold& hold) { link(hold.from, hold.to).holds = true; }

void Network::carry_out(const Release& release) {
  Link& way = link(release.from, release.to);
  if (!way.holds && way.held.empty()) throw Refusal("this link holds no messages");
  if (release.next_only && way.held.empty()) throw Refusal("no message is held");
  do {
    if (way.held.empty()) break;
    const Message message = std::move(way.held.front());
    way.held.pop_front();
    arrive(release.from, release.to, message);
  } while (!release.next_only);
  if (!release.next_only) way.holds = false;
}

void Network::carry_out(const Resume& resume) {
  Link& way = link(resume.from, resume.to);
  if (!way.holds) throw Refusal("this link holds no messages");
  way.holds = false;
}

void Network::carry_out(const Drop& drop) {
  Link& way = link(drop.from, drop.to);
  if (!drop.held) {
    way.to_drop += drop.count;
    return;
  }
  if (way.held.empty()) throw Refusal("no message is held");
  for (const Message& message : way.held) {
    journal_.arrived(now_, drop.from, drop.to, message, "lost: dropped");
  }
  way.held.clear();
}

void Network::carry_out(const Duplicate& duplicate) {
  ++link(duplicate.from, duplicate.to).to_duplicate;
}

void Network::carry_out(const Cut& cut) {
  for (const NodeId a : cut.some) {
    for (const NodeId b : cut.others) {
      link(a, b).is_cut = true;
      if (!cut.one_way) link(b, a).is_cut = true;
    }
  }
}

void Network::carry_out(const Heal& heal) {
  if (heal.some.empty()) {
    for (auto& [ends, each] : links_) each.is_cut = false;
  }
  for (const NodeId a : heal.some) {
    for (const NodeId b : heal.others) {
      link(a, b).is_cut = false;
      link(b, a).is_cut = false;
    }
  }
}

void Network::carry_out(const Kill& kill) {
  living(kill.node).strategy.reset();
  node(kill.node).known.clear();
}

void Network::carry_out(const Restart& restart) {
  Node& target = node(restart.node);
  if (target.strategy != nullptr) throw Refusal(fmt::format("n{} is up", restart.node.index));
  target.strategy = make_node(restart.node, now_);
}

void Network::carry_out(const ShowState& show) {
  for (const NodeId id : show.nodes) {
    const Strategy* strategy = node(id).strategy.get();
    if (strategy == nullptr) {
      journal_.note(fmt::format("n{}  down", id.index));
      continue;
    }
    std::string text = fmt::format("n{}  has {}", id.index, list_in_brackets(node(id).known));
    if (strategy->pending() > 0) text += fmt::format(", pending {}", strategy->pending());
    if (const auto tick = strategy->next_tick()) {
      text += fmt::format(", next tick {}", in_milliseconds(tick->time_since_epoch()));
    }
    journal_.note(text);
  }
}

void Network::carry_out(const ShowCounters& show) {
  for (const NodeId id : show.nodes) {
    const Counters& counters = living(id).strategy->counters();
    std::string text = fmt::format("n{}  sent {}", id.index, counters.sent);
    const auto add = [&text](std::string_view name, std::uint64_t count) {
      if (count > 0) text += fmt::format(", {} {}", name, count);
    };
    add("retried", counters.retried);
    add("duplicates", counters.duplicates);
    add("unexpected", counters.unexpected);
    add("refused", counters.refused);
    add("pushed back", counters.pushed_back);
    journal_.note(text);
  }
}

void Network::carry_out(const ShowMessages&) {
  journal_.note(describe_counts(sent_by_kind_));
  sent_by_kind_.clear();
}

void Network::carry_out(const ExpectSilence&) {
  std::string noise;
  const auto add = [&noise](const std::string& text) {
    noise += (noise.empty() ? "" : "; ") + text;
  };
  for (const auto& [when, message] : in_flight_) {
    add(fmt::format("n{} -> n{} {} is in flight", message.from.index, message.to.index,
                    describe(message.message)));
  }
  for (const auto& [ends, each] : links_) {
    if (!each.held.empty()) {
      add(fmt::format("n{} -> n{} holds {}", ends.first.index, ends.second.index,
                      each.held.size()));
    }
  }
  for (std::uint32_t index = 0; index < nodes_.size(); ++index) {
    const Strategy* strategy = nodes_[index].strategy.get();
    if (strategy == nullptr) continue;
    if (strategy->pending() > 0) add(fmt::format("n{} has {} pending", index, strategy->pending()));
    if (strategy->next_tick()) add(fmt::format("n{} wants a tick", index));
  }
  if (!noise.empty()) throw Refusal("expected silence, but " + noise);
  journal_.note("silent: nothing in flight, nothing pending, no tick wanted");
}

void Network::carry_out(const ExpectAgreement&) {
  std::uint32_t living_nodes = 0;
  for (std::uint32_t index = 0; index < nodes_.size(); ++index) {
    if (nodes_[index].strategy == nullptr) continue;
    ++living_nodes;
    for (const std::string& value : accepted_) {
      if (!contains(nodes_[index].known, value)) {
        throw Refusal(fmt::format("expected agreement, but n{} lacks {}", index, value));
      }
    }
    for (const std::string& value : nodes_[index].known) {
      if (!contains(accepted_, value)) {
        throw Refusal(fmt::format("n{} has {}, which nobody broadcast", index, value));
      }
    }
  }
  journal_.note(fmt::format("{} nodes have {}", living_nodes, list_in_brackets(accepted_)));
}

}  // namespace bruit::core::transcript
