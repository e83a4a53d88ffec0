// A cluster of strategies on a small simulated network, for tests of the core.
//
// Deterministic: a seed decides latencies, losses and duplicates. Shares no code with the
// workbench's network, so that the two can be compared. Slow for many nodes: each step searches all
// of them.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "bruit/core/make_strategy.h"

namespace bruit::core {

struct Network {
  Duration latency_min = std::chrono::milliseconds(100);
  Duration latency_max = std::chrono::milliseconds(100);  // different latencies reorder messages
  double loss = 0;                                        // share of messages that vanish
  double duplication = 0;                                 // share of messages that arrive twice
};

class Cluster {
 public:
  Cluster(const StrategyOptions& options, std::uint32_t count, Network initial_network = {},
          std::uint64_t seed = 1)
      : network(initial_network), random_(seed), delivered_(count) {
    for (std::uint32_t index = 0; index < count; ++index) {
      nodes_.push_back(make_strategy(options, Members(NodeId{index}, count), now_));
    }
  }

  PublishResult publish(std::uint32_t node, std::string_view bytes) {
    const PublishResult result = nodes_[node]->publish(Value(bytes), now_, outbox_);
    take_outbox(node);
    return result;
  }

  // Runs until nothing is in flight and no node wants a tick, or until `end`; false if it is `end`.
  bool run_until(Time end) {
    for (;;) {
      Time next = Time::max();
      std::uint32_t ticking = 0;
      for (std::uint32_t index = 0; index < nodes_.size(); ++index) {
        const auto tick = nodes_[index]->next_tick();
        if (tick && *tick < next) {
          next = *tick;
          ticking = index;
        }
      }
      const bool is_arrival = !wire_.empty() && wire_.top().at <= next;
      if (is_arrival) next = wire_.top().at;
      if (next == Time::max()) return true;
      if (next > end) {
        now_ = end;
        return false;
      }
      now_ = std::max(now_, next);
      if (!is_arrival) {
        nodes_[ticking]->tick(now_, outbox_);
        take_outbox(ticking);
        continue;
      }
      const Arrival arrival = wire_.top();
      wire_.pop();
      nodes_[arrival.to]->receive(NodeId{arrival.from}, arrival.message, now_, outbox_);
      take_outbox(arrival.to);
    }
  }
  bool run_for(Duration duration) { return run_until(now_ + duration); }

  Time now() const { return now_; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  const Strategy& node(std::uint32_t index) const { return *nodes_[index]; }

  // Messages that nodes have sent, lost ones included, on the way from `from` to `to` or on all.
  std::uint64_t sent() const { return sent_; }
  std::uint64_t sent(std::uint32_t from, std::uint32_t to) const {
    const auto found = sent_between_.find({from, to});
    return found == sent_between_.end() ? 0 : found->second;
  }

  // When a node delivered what; fails the test if it was twice.
  const std::map<std::string, Time>& delivered(std::uint32_t node) const {
    return delivered_[node];
  }

  // One line for every message sent and value delivered; equal runs have equal transcripts.
  const std::string& transcript() const { return transcript_; }

  Network network;
  // Whether messages from one node to another pass at the moment of sending. None: they do.
  std::function<bool(std::uint32_t from, std::uint32_t to)> connected;

 private:
  struct Arrival {
    Time at;
    std::uint64_t order;
    std::uint32_t from;
    std::uint32_t to;
    Message message;
    friend bool operator<(const Arrival& a, const Arrival& b) {  // the earliest is on top
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  bool happens(double share) { return static_cast<double>(random_() >> 11) * 0x1p-53 < share; }

  void put_on_wire(std::uint32_t from, const Send& send) {
    const auto spread =
        static_cast<std::uint64_t>((network.latency_max - network.latency_min).count() + 1);
    const Duration latency = network.latency_min + Duration(random_() % spread);
    wire_.push({now_ + latency, order_++, from, send.to.index, send.message});
  }

  void take_outbox(std::uint32_t node) {
    for (const Value& value : outbox_.delivered) {
      const bool is_new = delivered_[node].emplace(value.bytes(), now_).second;
      EXPECT_TRUE(is_new) << "node " << node << " delivered '" << value.bytes() << "' twice";
      note('d', node, node, 0);
    }
    for (const Send& send : outbox_.sends) {
      ASSERT_NE(send.to.index, node) << "a node sent a message to itself";
      ASSERT_LT(send.to.index, nodes_.size());
      ++sent_;
      ++sent_between_[{node, send.to.index}];
      note('s', node, send.to.index, send.message.index());
      if (connected && !connected(node, send.to.index)) continue;
      if (happens(network.loss)) continue;
      put_on_wire(node, send);
      if (happens(network.duplication)) put_on_wire(node, send);
    }
    outbox_.clear();
    const Strategy& strategy = *nodes_[node];
    ASSERT_TRUE(strategy.pending() == 0 || strategy.next_tick())
        << "node " << node << " has something pending and wants no tick";
  }

  void note(char what, std::uint32_t from, std::uint32_t to, std::size_t kind) {
    transcript_ += what;
    for (const std::uint64_t number :
         {static_cast<std::uint64_t>(now_.time_since_epoch().count()), std::uint64_t{from},
          std::uint64_t{to}, std::uint64_t{kind}}) {
      transcript_ += ' ';
      transcript_ += std::to_string(number);
    }
    transcript_ += '\n';
  }

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Strategy>> nodes_;
  std::vector<std::map<std::string, Time>> delivered_;
  std::priority_queue<Arrival> wire_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> sent_between_;
  std::uint64_t sent_ = 0;
  std::uint64_t order_ = 0;
  std::string transcript_;
  Outbox outbox_;
  Time now_{};
};

}  // namespace bruit::core
