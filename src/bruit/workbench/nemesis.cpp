#include "bruit/workbench/nemesis.h"

#include <utility>

namespace bruit::workbench {
namespace {

constexpr std::uint64_t nemesis_stream = 3;

}  // namespace

Nemesis::Nemesis(const TestOptions& options, EventQueue& queue, Network& network, History& history)
    : options_(options),
      queue_(queue),
      network_(network),
      history_(history),
      random_(options.seed, nemesis_stream) {}

void Nemesis::start(Time now) {
  started_at_ = now;
  if (!options_.partition) return;
  running_ = true;
  on_due(now);
}

void Nemesis::on_due(Time now) {
  if (!running_ || now - started_at_ >= options_.time_limit) return;
  in_force_ ? heal(now) : cut(now);
  const auto interval = static_cast<double>(options_.nemesis_interval.count());
  queue_.push(now + Duration(static_cast<Duration::rep>(random_.unit() * 2 * interval)),
              EventKind::nemesis);
}

void Nemesis::finish(Time now) {
  if (std::exchange(running_, false)) heal(now);
}

void Nemesis::cut(Time now) {
  const auto shape = all_partition_shapes[random_.below(all_partition_shapes.size())];
  const Grudge grudge =
      draw_grudge(shape, static_cast<std::uint32_t>(options_.nodes.size()), random_);
  record(now, "start-partition", EdnText{":" + std::string(to_string(shape))});
  for (std::uint32_t node = 0; node < grudge.size(); ++node) {
    for (const auto peer : grudge[node]) network_.cut(peer, node);
  }
  in_force_ = shape;
  record(now, "start-partition", EdnText{to_edn(grudge, options_.nodes)});
}

void Nemesis::heal(Time now) {
  record(now, "stop-partition", Nil{});
  network_.heal_all();
  in_force_.reset();
  record(now, "stop-partition", EdnText{":network-healed"});
}

void Nemesis::record(Time now, std::string f, OpValue value) {
  history_.ops.push_back({.index = history_.ops.size(),
                          .time = now - started_at_,
                          .type = OpType::info,
                          .process = Process::nemesis(),
                          .f = std::move(f),
                          .value = std::move(value),
                          .error = {},
                          .final = false});
}

}  // namespace bruit::workbench
