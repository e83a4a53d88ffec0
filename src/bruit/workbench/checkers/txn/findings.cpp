#include "bruit/workbench/checkers/txn/findings.h"

#include <algorithm>

namespace bruit::workbench::txn {

std::size_t Findings::count(Anomaly kind) const {
  const auto of_kind = [kind](const auto& finding) { return finding.kind == kind; };
  switch (kind) {
    case Anomaly::G1a:
      return aborted_reads.size();
    case Anomaly::G1b:
      return intermediate_reads.size();
    case Anomaly::internal:
      return internal.size();
    case Anomaly::future_read:
      return future_reads.size();
    case Anomaly::dirty_update:
      return dirty_updates.size();
    case Anomaly::duplicate_elements:
      return duplicates.size();
    case Anomaly::incompatible_order:
      return incompatible_orders.size();
    case Anomaly::lost_update:
      return lost_updates.size();
    case Anomaly::cyclic_versions:
      return cyclic_versions.size();
    case Anomaly::cycle_search_timeout:
      return limits.size();
    case Anomaly::empty_transaction_graph:
      return empty_graph ? 1 : 0;
    default:
      break;
  }
  const auto found = is_cycle_existence(kind)
                         ? std::count_if(existences.begin(), existences.end(), of_kind)
                         : std::count_if(cycles.begin(), cycles.end(), of_kind);
  return static_cast<std::size_t>(found);
}

AnomalySet Findings::kinds() const {
  AnomalySet found;
  for (std::size_t i = 0; i < anomaly_count; ++i) {
    const auto kind = static_cast<Anomaly>(i);
    if (count(kind) > 0) found.add(kind);
  }
  return found;
}

}  // namespace bruit::workbench::txn
