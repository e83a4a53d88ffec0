// What a strategy costs: time for each message received, and memory for each node.
//
// A cluster of n strategies without faults or latency: messages are received in the order in which
// they were sent, by the loop that a simulator runs. Each iteration takes a new cluster and
// publishes 100 values, a tenth of a second apart, each at another node. `ns_receive` is the time
// of everything (publish, tick, receive and the loop itself) divided by the messages received;
// `bytes_node` is the heap in use at the end, values and their sets included, divided by n.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bruit/core/make_strategy.h"

namespace {

using namespace bruit::core;
using namespace std::chrono_literals;

constexpr int values_per_run = 100;

class Cluster {
 public:
  Cluster(StrategyKind kind, std::uint32_t count) {
    const StrategyOptions options{.kind = kind, .flush_interval = 100ms};
    for (std::uint32_t index = 0; index < count; ++index) {
      nodes_.push_back(make_strategy(options, Members(NodeId{index}, count), now_));
    }
  }

  void publish(std::uint32_t node, const std::string& text) {
    nodes_[node]->publish(Value(text), now_, outbox_);
    collect(node);
    settle();
  }

  // Lets `duration` pass in steps of 100 ms and ticks those who want it.
  void run_for(Duration duration) {
    const Time end = now_ + duration;
    while (now_ < end) {
      now_ += 100ms;
      for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        const auto tick = nodes_[node]->next_tick();
        if (!tick || *tick > now_) continue;
        nodes_[node]->tick(now_, outbox_);
        collect(node);
      }
      settle();
    }
  }

  std::uint64_t received() const { return received_; }

 private:
  struct Arrival {
    std::uint32_t from;
    Send send;
  };

  void collect(std::uint32_t node) {
    for (Send& send : outbox_.sends) wire_.push_back({node, std::move(send)});
    outbox_.clear();
  }

  void settle() {
    while (!wire_.empty()) {
      const Arrival arrival = std::move(wire_.front());
      wire_.pop_front();
      const std::uint32_t to = arrival.send.to.index;
      nodes_[to]->receive(NodeId{arrival.from}, arrival.send.message, now_, outbox_);
      ++received_;
      collect(to);
    }
  }

  std::vector<std::unique_ptr<Strategy>> nodes_;
  std::deque<Arrival> wire_;
  Outbox outbox_;
  Time now_{};
  std::uint64_t received_ = 0;
};

void run_cluster(benchmark::State& state, StrategyKind kind) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  std::uint64_t received = 0;
  double bytes_per_node = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::size_t bytes_before = mallinfo2().uordblks;
    auto cluster = std::make_unique<Cluster>(kind, count);
    state.ResumeTiming();
    for (int value = 0; value < values_per_run; ++value) {
      const auto origin = static_cast<std::uint32_t>(std::uint64_t{2654435761} * value % count);
      cluster->publish(origin, std::to_string(value));
      cluster->run_for(100ms);
    }
    // A batched value goes down one level a step; the last ones have to arrive.
    if (kind == StrategyKind::batched_tree) cluster->run_for(5s);
    state.PauseTiming();
    received += cluster->received();
    bytes_per_node = static_cast<double>(mallinfo2().uordblks - bytes_before) / count;
    cluster.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(received));
  state.counters["receive"] = benchmark::Counter(
      static_cast<double>(received), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes_node"] = bytes_per_node;
}

BENCHMARK_CAPTURE(run_cluster, flood, StrategyKind::flood)->Arg(25)->Arg(1000);
BENCHMARK_CAPTURE(run_cluster, reliable_flood, StrategyKind::reliable_flood)->Arg(25)->Arg(300);
BENCHMARK_CAPTURE(run_cluster, tree, StrategyKind::tree)->Arg(25)->Arg(1000)->Arg(100'000);
BENCHMARK_CAPTURE(run_cluster, batched_tree, StrategyKind::batched_tree)->Arg(25)->Arg(1000);

}  // namespace

BENCHMARK_MAIN();
