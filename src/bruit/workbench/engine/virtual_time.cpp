#include "bruit/workbench/engine/virtual_time.h"

namespace bruit::workbench {

NodeStatistics run_virtual(Engine& engine, const core::StrategyOptions& strategy,
                           const StrategyFactory& factory, InProcessHost::Pending pending) {
  const TestOptions& test = engine.options();
  const auto node_count = static_cast<std::uint32_t>(test.nodes.size());
  InProcessHost host(strategy, node_count, engine.host_context(), test.seed, factory,
                     test.start_spread, pending);
  for (std::uint32_t node = 0; node < test.start_delays.size() && node < node_count; ++node) {
    host.delay_start(node, test.start_delays[node]);
  }
  engine.start(host, Time{});
  while (!engine.finished()) {
    const auto due = engine.next_due();
    if (!due) {
      engine.end_early({EarlyEnd::Kind::failure, "nothing is due, but the test has not ended"});
      break;
    }
    engine.run_due(*due);
  }
  return host.statistics();
}

}  // namespace bruit::workbench
