#include "bruit/workbench/options/challenge.h"

#include <array>
#include <utility>

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

// 1, 2 and 4 to 6c: one client a node unless said otherwise.
TestOptions run_of(Workload workload, std::uint32_t nodes, double rate, Duration time_limit) {
  TestOptions options;
  options.workload = workload;
  options.nodes = numbered_nodes(nodes);
  options.concurrency = nodes;
  options.rate = rate;
  options.time_limit = time_limit;
  return options;
}

TestOptions kafka_of(std::uint32_t nodes) {
  TestOptions options = run_of(Workload::kafka, nodes, 1000, seconds(20));
  options.concurrency = 2 * nodes;
  return options;
}

TestOptions txn_of(std::uint32_t nodes, std::string models) {
  TestOptions options = run_of(Workload::txn_rw_register, nodes, 1000, seconds(20));
  options.concurrency = 2 * nodes;
  options.consistency_models = std::move(models);
  options.availability = TotalAvailability{};
  return options;
}

std::vector<SeriesChallenge> make_series() {
  TestOptions unique_ids = with_partitions(run_of(Workload::unique_ids, 3, 1000, seconds(30)));
  unique_ids.availability = TotalAvailability{};
  std::vector<SeriesChallenge> all{
      {"1", "echo", "echo", run_of(Workload::echo, 1, 5, seconds(10)), {}},
      {"2", "unique ids", "unique-ids", std::move(unique_ids), {}}};
  constexpr std::array programs{"broadcast-3a", "broadcast-3b", "broadcast-3c", "broadcast-3d",
                                "broadcast-3e"};
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const Challenge& challenge = challenges()[i];
    all.push_back({challenge.name, challenge.title, programs[i], challenge.options,
                   challenge.limits});
  }
  all.push_back({"4", "grow-only counter", "counter-4",
                 with_partitions(run_of(Workload::g_counter, 3, 100, seconds(20))), {}});
  all.push_back({"5a", "log, single node", "kafka-5a", kafka_of(1), {}});
  all.push_back({"5b", "log, multi node", "kafka-5b", kafka_of(2), {}});
  all.push_back({"5c", "log, efficient", "kafka-5c", kafka_of(2), {}});
  all.push_back({"6a", "transactions, single node", "txn-6a", txn_of(1, "read-uncommitted"), {}});
  all.push_back({"6b", "read uncommitted", "txn-6c", txn_of(2, "read-uncommitted"), {}});
  all.push_back({"6b partition", "read uncommitted, with partitions", "txn-6c",
                 with_partitions(txn_of(2, "read-uncommitted")), {}});
  all.push_back({"6c", "read committed", "txn-6c",
                 with_partitions(txn_of(2, "read-committed")), {}});
  return all;
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

std::span<const SeriesChallenge> series() {
  static const std::vector<SeriesChallenge> all = make_series();
  return all;
}

std::vector<const SeriesChallenge*> series_of(std::string_view name) {
  std::vector<const SeriesChallenge*> chosen;
  for (const SeriesChallenge& challenge : series()) {
    const std::string_view base = challenge.name.substr(0, challenge.name.find(' '));
    const bool is_broadcast = challenge.options.workload == Workload::broadcast;
    if (name == "series" || name == base || (name == "all" && is_broadcast)) {
      chosen.push_back(&challenge);
    }
  }
  return chosen;
}

std::vector<std::string> series_names() {
  std::vector<std::string> names;
  for (const SeriesChallenge& challenge : series()) {
    if (challenge.name.find(' ') == std::string_view::npos) names.emplace_back(challenge.name);
  }
  names.emplace_back("all");
  names.emplace_back("series");
  return names;
}

}  // namespace bruit::workbench
