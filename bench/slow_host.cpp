// Why stable latencies here are a little below Maelstrom's: the same challenges in virtual time,
// with nodes that take their time for each message and do not start in the same moment.
//
//     slow_host [SEEDS]
//
// Prints the mean over SEEDS (20) runs. docs/compatibility.md discusses the figures.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "bruit/workbench/basics/random.h"
#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/engine/engine.h"
#include "bruit/workbench/hosts/in_process_host.h"
#include "bruit/workbench/options/challenge.h"

namespace {

using namespace bruit::workbench;
using std::chrono::milliseconds;

struct Slowness {
  Duration handling{};  // from the delivery of a message until the node sees it
  Duration spread{};    // nodes start within this time, uniformly
};

// The in-process host behind a queue for each node.
class SlowHost : public Host {
 public:
  SlowHost(const Challenge& challenge, const Slowness& slowness, Engine& engine)
      : slowness_(slowness),
        context_(engine.host_context()),
        starts_(engine.options().seed, starts_stream),
        nodes_(options_of(challenge), static_cast<std::uint32_t>(engine.options().nodes.size()),
               context_),
        waiting_(engine.options().nodes.size()) {}

  void deliver(std::uint32_t node, Packet&& packet, Time now) override {
    const auto* request = std::get_if<Request>(&packet.payload);
    const bool is_start = request != nullptr && request->kind == Request::Kind::init;
    const auto spread = static_cast<std::uint64_t>(slowness_.spread.count());
    Duration wait = slowness_.handling;
    if (is_start && spread > 0) wait = Duration(static_cast<Duration::rep>(starts_.below(spread)));
    waiting_[node].emplace_back(now + wait, std::move(packet));
    context_.request_tick(node, now + wait);
  }
  void tick(std::uint32_t node, Time now) override {
    auto& queue = waiting_[node];
    while (!queue.empty() && queue.front().first <= now) {
      Packet packet = std::move(queue.front().second);
      queue.pop_front();
      nodes_.deliver(node, std::move(packet), now);
    }
    nodes_.tick(node, now);
  }

 private:
  static constexpr std::uint64_t starts_stream = 1000;

  static bruit::core::StrategyOptions options_of(const Challenge& challenge) {
    bruit::core::StrategyOptions options;
    options.kind = challenge.baseline;
    return options;
  }

  Slowness slowness_;
  HostContext& context_;
  Random starts_;
  InProcessHost nodes_;
  std::vector<std::deque<std::pair<Time, Packet>>> waiting_;
};

struct Figures {
  double operations = 0;
  double messages_per_broadcast = 0;
  double median_ms = 0;
  double worst_ms = 0;
  double client_median_ms = 0;  // how long an operation takes
};

double median_client_time(const History& history) {
  std::map<std::int64_t, Duration> invoked;
  std::vector<double> times;
  for (const auto& op : history.ops) {
    if (op.type == OpType::invoke) {
      invoked[op.process.id] = op.time;
    } else if (!op.process.is_nemesis()) {
      times.push_back(
          std::chrono::duration<double, std::milli>(op.time - invoked[op.process.id]).count());
    }
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

Figures measure(const Challenge& challenge, const Slowness& slowness, std::uint64_t seeds) {
  Figures sum;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    TestOptions options = challenge.options;
    options.seed = seed;
    Engine engine(options);
    SlowHost host(challenge, slowness, engine);
    engine.start(host, Time{});
    for (auto due = engine.next_due(); due; due = engine.next_due()) engine.run_due(*due);
    const auto& ops = engine.history().ops;
    const auto count = [&](auto which) {
      return static_cast<double>(std::count_if(ops.begin(), ops.end(), which));
    };
    const auto latencies = check_set_full(engine.history()).stable_latencies.value();
    sum.operations += count([](const Op& op) { return op.type == OpType::invoke; });
    sum.messages_per_broadcast +=
        static_cast<double>(engine.net().servers.msg_count) /
        count([](const Op& op) { return op.type == OpType::invoke && op.f == "broadcast"; });
    sum.median_ms += static_cast<double>(latencies[1].count());
    sum.worst_ms += static_cast<double>(latencies.back().count());
    sum.client_median_ms += median_client_time(engine.history());
  }
  const auto runs = static_cast<double>(seeds);
  return {sum.operations / runs, sum.messages_per_broadcast / runs, sum.median_ms / runs,
          sum.worst_ms / runs, sum.client_median_ms / runs};
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t seeds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20;
  if (seeds == 0) {
    fmt::print(stderr, "usage: slow_host [SEEDS]; SEEDS is a number above 0\n");
    return 254;
  }
  fmt::print("{:<10} {:>9} {:>14} {:>11} {:>14} {:>14} {:>11} {:>16}\n", "challenge", "handling",
             "starts within", "operations", "msgs/broadcast", "stable median", "stable max",
             "operation median");
  for (const auto* name : {"3d", "3e"}) {
    for (const auto& slowness :
         {Slowness{}, Slowness{milliseconds(0), milliseconds(20)},
          Slowness{milliseconds(0), milliseconds(200)}, Slowness{milliseconds(2), milliseconds(20)},
          Slowness{milliseconds(2), milliseconds(200)},
          Slowness{milliseconds(4), milliseconds(200)}}) {
      const Figures figures = measure(*find_challenge(name), slowness, seeds);
      const auto ms = [](Duration duration) {
        return fmt::format("{} ms", std::chrono::duration_cast<milliseconds>(duration).count());
      };
      fmt::print("{:<10} {:>9} {:>14} {:>11.0f} {:>14.2f} {:>11.0f} ms {:>8.0f} ms {:>13.0f} ms\n",
                 name, ms(slowness.handling), ms(slowness.spread), figures.operations,
                 figures.messages_per_broadcast, figures.median_ms, figures.worst_ms,
                 figures.client_median_ms);
    }
  }
}
