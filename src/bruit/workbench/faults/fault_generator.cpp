#include "bruit/workbench/faults/fault_generator.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>

#include "bruit/workbench/basics/random.h"

namespace bruit::workbench {
namespace {

// 3 is the nemesis's stream of old; those below 10 belong to others.
constexpr std::uint64_t partition_stream = 3;
constexpr std::uint64_t one_way_stream = 11;
constexpr std::uint64_t pause_stream = 12;
constexpr std::uint64_t kill_stream = 13;
constexpr std::uint64_t latency_stream = 14;
constexpr std::uint64_t drift_stream = 15;
constexpr std::uint64_t process_stream = 16;
constexpr std::uint64_t stall_stream = 17;

constexpr double reordered_share = 0.1;
constexpr Duration least_reordering = std::chrono::milliseconds(10);
constexpr Duration least_jump = std::chrono::milliseconds(200);
constexpr std::int64_t most_drift = 10'000;  // parts per million
// What Maelstrom's links do on an idle machine, later and in the first seconds.
constexpr SetReordering jitter{1, std::chrono::milliseconds(2)};
constexpr SetReordering start_noise{0.02, std::chrono::milliseconds(300)};
constexpr Duration start_noise_lasts = std::chrono::seconds(2);

class Generator {
 public:
  explicit Generator(const TestOptions& options)
      : options_(options), count_(static_cast<std::uint32_t>(options.nodes.size())) {}

  Scenario run() {
    const FaultOptions& faults = options_.faults;
    if (faults.drift) drift();
    if (faults.loss > 0) add({}, SetLoss{faults.loss});
    if (faults.duplication > 0) add({}, SetDuplication{faults.duplication});
    if (faults.reorder) {
      add({}, SetReordering{reordered_share, std::max(options_.latency, least_reordering)});
    }
    if (faults.jitter && !faults.start_noise) add({}, jitter);
    if (faults.start_noise) {
      add({}, start_noise);
      add(start_noise_lasts, jitter);
    }
    stalls();
    if (options_.partition) partitions();
    if (options_.nemesis_kill || options_.nemesis_pause) kills_and_pauses();
    if (faults.one_way && count_ > 1) one_way();
    if (faults.latency_jump) latency_jumps();
    if (faults.pause) {
      strike(pause_stream, [](std::uint32_t node) { return std::pair(Pause{node}, Resume{node}); });
    }
    if (faults.kill) {
      strike(kill_stream, [](std::uint32_t node) { return std::pair(Kill{node}, Restart{node}); });
    }
    std::stable_sort(scenario_.faults.begin(), scenario_.faults.end(),
                     [](const TimedFault& a, const TimedFault& b) { return a.at < b.at; });
    return std::move(scenario_);
  }

 private:
  void add(Duration at, Fault fault) {
    if (at < options_.time_limit) scenario_.faults.push_back({at, std::move(fault)});
  }

  // U[0, factor * interval).
  Duration draw(Random& random, double factor) const {
    const auto interval = static_cast<double>(options_.nemesis_interval.count());
    return Duration(static_cast<Duration::rep>(random.unit() * factor * interval));
  }

  void partitions() {
    Random random(options_.seed, partition_stream);
    bool in_force = false;
    for (Duration at{}; at < options_.time_limit; at += draw(random, 2)) {
      if (std::exchange(in_force, !in_force)) {
        add(at, StopPartition{});
        continue;
      }
      const PartitionShape shape =
          options_.partition_shape
              ? *options_.partition_shape
              : all_partition_shapes[random.below(all_partition_shapes.size())];
      add(at, StartPartition{shape, draw_grudge(shape, count_, random)});
    }
  }

  // Jepsen's node specifications.
  std::vector<std::uint32_t> draw_nodes(Random& random) const {
    std::vector<std::uint32_t> nodes(count_);
    std::iota(nodes.begin(), nodes.end(), 0U);
    random.shuffle(std::span(nodes));
    const std::uint32_t sizes[] = {static_cast<std::uint32_t>(1 + random.below(count_)),
                                   1,
                                   (count_ - 1) / 3,
                                   count_ / 2,
                                   count_ / 2 + 1,
                                   count_};
    nodes.resize(sizes[random.below(std::size(sizes))]);
    std::sort(nodes.begin(), nodes.end());
    return nodes;
  }

  void kills_and_pauses() {
    Random random(options_.seed, process_stream);
    std::vector<std::uint32_t> dead;
    std::vector<std::uint32_t> frozen;
    bool kill_next = true;
    bool pause_next = true;
    for (Duration at{}; at < options_.time_limit; at += draw(random, 2)) {
      const bool both = options_.nemesis_kill && options_.nemesis_pause;
      if (both ? random.chance(0.5) : options_.nemesis_kill) {
        if (kill_next) dead = draw_nodes(random);
        for (const auto node : dead) add(at, kill_next ? Fault(Kill{node}) : Fault(Restart{node}));
        kill_next = !kill_next;
      } else {
        if (pause_next) frozen = draw_nodes(random);
        for (const auto node : frozen) {
          add(at, pause_next ? Fault(Pause{node}) : Fault(Resume{node}));
        }
        pause_next = !pause_next;
      }
    }
  }

  // Calls start(at) and stop(at) in turn.
  template <typename Start, typename Stop>
  void in_turn(Random& random, Start start, Stop stop) {
    for (Duration at = draw(random, 2); at < options_.time_limit; at += draw(random, 2)) {
      start(at);
      at += draw(random, 1);
      stop(at);
    }
  }

  void one_way() {
    Random random(options_.seed, one_way_stream);
    Links links;
    in_turn(
        random,
        [&](Duration at) {
          const auto node = static_cast<std::uint32_t>(random.below(count_));
          const auto kind = random.below(3);
          const auto other =
              static_cast<std::uint32_t>((node + 1 + random.below(count_ - 1)) % count_);
          std::vector<std::uint32_t> others(count_);
          std::iota(others.begin(), others.end(), 0U);
          others.erase(others.begin() + node);
          if (kind == 0) links = {{node}, {other}};
          if (kind == 1) links = {{node}, others};
          if (kind == 2) links = {others, {node}};
          add(at, CutLinks{links});
        },
        [&](Duration at) { add(at, MendLinks{links}); });
  }

  void latency_jumps() {
    Random random(options_.seed, latency_stream);
    const Duration high = std::max(10 * options_.latency, least_jump);
    in_turn(
        random,
        [&](Duration at) {
          add(at, SetLatency{{}, {options_.latency_distribution, high}});
        },
        [&](Duration at) {
          add(at, SetLatency{{}, {options_.latency_distribution, options_.latency}});
        });
  }

  // One node after the other.
  template <typename StartAndStop>
  void strike(std::uint64_t stream, StartAndStop start_and_stop) {
    Random random(options_.seed, stream);
    std::uint32_t node = 0;
    in_turn(
        random,
        [&](Duration at) {
          node = static_cast<std::uint32_t>(random.below(count_));
          add(at, start_and_stop(node).first);
        },
        [&](Duration at) { add(at, start_and_stop(node).second); });
  }

  // After a third of the load, when rounds have long been at their full length.
  void stalls() {
    const FaultOptions& faults = options_.faults;
    const Duration at = options_.time_limit / 20 * 7;
    if (faults.stall > Duration::zero()) add(at, StallLinks{{}, faults.stall});
    if (faults.stall_node == Duration::zero()) return;
    const auto node = static_cast<std::uint32_t>(Random(options_.seed, stall_stream).below(count_));
    add(at, Pause{node});
    add(at + faults.stall_node, Resume{node});
  }

  void drift() {
    Random random(options_.seed, drift_stream);
    for (std::uint32_t node = 0; node < count_; ++node) {
      const auto drawn = static_cast<std::int64_t>(random.below(2 * most_drift + 1));
      add({}, SetClockRate{node, drawn - most_drift});
    }
  }

  const TestOptions& options_;
  std::uint32_t count_;
  Scenario scenario_;
};

}  // namespace

FaultOptions chaos() {
  return {.one_way = true,
          .loss = usual_loss,
          .duplication = usual_duplication,
          .reorder = true,
          .latency_jump = true,
          .pause = true,
          .kill = true,
          .drift = true,
          .jitter = false,
          .start_noise = false,
          .stall = {},
          .stall_node = {}};
}

Scenario generate_faults(const TestOptions& options) { return Generator(options).run(); }

}  // namespace bruit::workbench
