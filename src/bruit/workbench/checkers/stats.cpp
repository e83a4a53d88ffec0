#include "bruit/workbench/checkers/stats.h"

namespace bruit::workbench {
namespace {

void count(OutcomeCounts& counts, OpType type) {
  switch (type) {
    case OpType::invoke:
      break;
    case OpType::ok:
      ++counts.ok;
      break;
    case OpType::fail:
      ++counts.fail;
      break;
    case OpType::info:
      ++counts.info;
      break;
  }
}

Validity validity_of(const OutcomeCounts& counts) {
  return counts.ok > 0 ? Validity::valid : Validity::invalid;
}

// Operations of the workload kafka whose outcome is never known (jepsen/tests/kafka.clj,
// stats-checker, which Maelstrom has for all workloads).
bool may_always_fail(std::string_view f) { return f == "crash" || f == "debug-topic-partitions"; }

Edn counts_to_edn(Validity validity, const OutcomeCounts& counts) {
  return Edn::map({{"valid?", to_edn(validity)},
                   {"count", counts.total()},
                   {"ok-count", counts.ok},
                   {"fail-count", counts.fail},
                   {"info-count", counts.info}});
}

}  // namespace

Validity StatsResult::validity() const {
  Validity validity = Validity::valid;
  for (const auto& [f, counts] : by_f) {
    if (!may_always_fail(f)) validity = merge(validity, validity_of(counts));
  }
  return validity;
}

StatsResult check_stats(const History& history) {
  StatsResult result;
  for (const Op& op : history.ops) {
    if (op.type == OpType::invoke || op.process.is_nemesis()) continue;
    count(result.all, op.type);
    count(result.by_f[op.f], op.type);
  }
  return result;
}

Edn to_edn(const StatsResult& result) {
  EdnMap by_f;
  for (const auto& [f, counts] : result.by_f) {
    by_f.set(f, counts_to_edn(validity_of(counts), counts));
  }
  Edn edn = counts_to_edn(result.validity(), result.all);
  edn.get_if<EdnMap>()->set("by-f", std::move(by_f));
  return edn;
}

}  // namespace bruit::workbench
