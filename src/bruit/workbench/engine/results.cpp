#include "bruit/workbench/engine/results.h"

#include <stdexcept>

#include <fmt/format.h>

namespace bruit::workbench {

CheckerResults check_workload(Workload workload, const History& history, const NetStats& net_stats,
                              const AvailabilityGoal& availability_goal,
                              std::string_view models) {
  return {.stats = check_stats(history),
          .availability = check_availability(history, availability_goal),
          .net = check_net(history, net_stats),
          .workload = check_history(workload, history, models)};
}

CheckerResults check_broadcast(const History& history, const NetStats& net_stats,
                               const AvailabilityGoal& availability_goal) {
  return check_workload(Workload::broadcast, history, net_stats, availability_goal);
}

Validity validity_of(const Edn& results) {
  const Edn* const valid = results.at("valid?");
  for (const Validity validity : {Validity::valid, Validity::unknown, Validity::invalid}) {
    if (valid != nullptr && *valid == to_edn(validity)) return validity;
  }
  throw std::invalid_argument(
      fmt::format("expected a map with :valid? true, false or :unknown, found {}",
                  valid == nullptr ? "no :valid?" : ":valid? " + to_string(*valid)));
}

Edn compose_results(const CheckerResults& checked, const EdnMap& extra, Ending ending) {
  const Edn fine = Edn::map({{"valid?", true}});
  EdnMap results;
  results.set("perf", Edn::map({{"latency-graph", fine}, {"rate-graph", fine}, {"valid?", true}}));
  results.set("timeline", fine);
  results.set("exceptions", fine);
  results.set("stats", to_edn(checked.stats));
  results.set("availability", to_edn(checked.availability));
  results.set("net", to_edn(checked.net));
  results.set("workload", checked.workload.map);
  for (const EdnEntry& entry : extra.entries) {
    if (results.find_key(entry.key) != nullptr || entry.key.is_keyword("valid?")) {
      throw std::invalid_argument("results: the key " + to_string(entry.key) + " is taken");
    }
    results.entries.push_back(entry);
  }
  Validity validity = Validity::valid;
  for (const EdnEntry& entry : results.entries) {
    const bool has_verdict = entry.value.at("valid?") != nullptr;
    if (has_verdict || entry.key.is_keyword("workload")) {
      validity = merge(validity, validity_of(entry.value));
    }
  }
  if (ending == Ending::interrupt) validity = Validity::unknown;
  results.set("valid?", to_edn(validity));
  return results;
}

}  // namespace bruit::workbench
