#include "bruit/workbench/options/challenge.h"

namespace bruit::workbench {
namespace {

using core::StrategyKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

TestOptions cluster(std::uint32_t nodes, double rate, Duration latency) {
  TestOptions options;
  options.nodes = numbered_nodes(nodes);
  options.concurrency = nodes;
  options.rate = rate;
  options.latency = latency;
  options.time_limit = seconds(20);
  return options;
}

TestOptions with_partitions(TestOptions options) {
  options.partition = true;
  return options;
}

constexpr core::Budget budget_3d{.worst = milliseconds(600), .median = milliseconds(400)};
constexpr core::Budget budget_3e{.worst = seconds(2), .median = seconds(1)};

std::vector<Challenge> make_challenges() {
  return {
      {"3a", "single node", cluster(1, 10, {}), StrategyKind::flood, budget_3d, {}},
      {"3b", "multi node", cluster(5, 10, {}), StrategyKind::flood, budget_3d, {}},
      {"3c",
       "fault tolerant",
       with_partitions(cluster(5, 10, {})),
       StrategyKind::reliable_flood,
       budget_3d,
       {}},
      {"3d",
       "efficient, part I",
       cluster(25, 100, milliseconds(100)),
       StrategyKind::tree,
       budget_3d,
       {.messages_per_operation = 30,
        .median_stable_latency = milliseconds(400),
        .worst_stable_latency = milliseconds(600)}},
      {"3e",
       "efficient, part II",
       cluster(25, 100, milliseconds(100)),
       StrategyKind::batched_tree,
       budget_3e,
       {.messages_per_operation = 20,
        .median_stable_latency = seconds(1),
        .worst_stable_latency = seconds(2)}},
  };
}

}  // namespace

std::span<const Challenge> challenges() {
  static const std::vector<Challenge> all = make_challenges();
  return all;
}

const Challenge* find_challenge(std::string_view name) {
  for (const auto& challenge : challenges()) {
    if (challenge.name == name) return &challenge;
  }
  return nullptr;
}

}  // namespace bruit::workbench
