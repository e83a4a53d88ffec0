// What `rounds` costs a processor on the load of challenge 3e: 25 nodes, 100 ms between them, 100
// client operations a second for 20 s, half of them broadcasts.
//
// Each iteration is such a run with nodes that have just started. `operation` is the time in all
// strategies together (publish, receive, tick, next_tick) divided by the client operations of the
// whole cluster; a read costs a strategy nothing. `longest_call` is the longest that a node was
// busy at once, averaged over runs. Both in seconds.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "bruit/core/make_strategy.h"

namespace {

using namespace bruit::core;
using namespace std::chrono_literals;
using Stopwatch = std::chrono::steady_clock;

constexpr std::uint32_t node_count = 25;
constexpr int operations = 2000;  // 20 s of 100 a second
constexpr Duration latency = 100ms;

class Cluster {
 public:
  Cluster() {
    StrategyOptions options;
    options.kind = StrategyKind::rounds;
    options.rounds.budget = {.worst = 2s, .median = 1s};
    for (std::uint32_t index = 0; index < node_count; ++index) {
      nodes_.push_back(make_strategy(options, Members(NodeId{index}, node_count), now_));
      ticks_.push_back(nodes_.back()->next_tick());
    }
  }

  void publish(std::uint32_t node, const std::string& text) {
    call(node, [&](Strategy& strategy) { strategy.publish(Value(text), now_, outbox_); });
  }

  void run_until(Time end) {
    for (;;) {
      Time next = Time::max();
      std::uint32_t ticking = 0;
      for (std::uint32_t node = 0; node < node_count; ++node) {
        if (ticks_[node] && *ticks_[node] < next) {
          next = *ticks_[node];
          ticking = node;
        }
      }
      const bool is_arrival = !wire_.empty() && wire_.front().at <= next;
      if (is_arrival) next = wire_.front().at;
      if (next > end) break;
      now_ = std::max(now_, next);
      if (!is_arrival) {
        call(ticking, [&](Strategy& strategy) { strategy.tick(now_, outbox_); });
        continue;
      }
      const Arrival arrival = std::move(wire_.front());
      wire_.pop();
      call(arrival.send.to.index, [&](Strategy& strategy) {
        strategy.receive(NodeId{arrival.from}, arrival.send.message, now_, outbox_);
      });
    }
    now_ = end;
  }

  Duration busy{};     // all strategies
  Duration longest{};  // one call
  std::uint64_t messages = 0;

 private:
  struct Arrival {
    Time at;
    std::uint32_t from;
    Send send;
  };

  template <typename Call>
  void call(std::uint32_t node, Call what) {
    const auto begin = Stopwatch::now();
    what(*nodes_[node]);
    ticks_[node] = nodes_[node]->next_tick();
    const Duration took = Stopwatch::now() - begin;
    busy += took;
    longest = std::max(longest, took);
    // All links are equally long, so messages arrive in the order in which they leave.
    for (Send& send : outbox_.sends) wire_.push({now_ + latency, node, std::move(send)});
    messages += outbox_.sends.size();
    outbox_.clear();
  }

  std::vector<std::unique_ptr<Strategy>> nodes_;
  std::vector<std::optional<Time>> ticks_;
  std::queue<Arrival> wire_;
  Outbox outbox_;
  Time now_{};
};

void rounds_on_3e(benchmark::State& state) {
  double busy = 0;
  double longest = 0;
  double messages = 0;
  for (auto _ : state) {
    Cluster cluster;
    Time now{};
    for (int operation = 0; operation < operations; ++operation) {
      now += 10ms;
      cluster.run_until(now);
      if (operation % 2 != 0) continue;  // a read
      const auto node = static_cast<std::uint32_t>(std::uint64_t{2654435761} *
                                                   static_cast<std::uint64_t>(operation) % 4093);
      cluster.publish(node % node_count, std::to_string(operation));
    }
    cluster.run_until(now + 5s);
    const double seconds = std::chrono::duration<double>(cluster.busy).count();
    state.SetIterationTime(seconds);
    busy += seconds;
    longest += std::chrono::duration<double>(cluster.longest).count();
    messages += static_cast<double>(cluster.messages);
  }
  const auto runs = static_cast<double>(state.iterations());
  state.counters["operation"] = busy / runs / operations;
  state.counters["longest_call"] = longest / runs;
  state.counters["messages_operation"] = messages / runs / operations;
}

BENCHMARK(rounds_on_3e)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
