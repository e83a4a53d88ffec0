#include "bruit/workbench/checkers/txn/txn_stats.h"

#include <string>

namespace bruit::workbench::txn {
namespace {

void count(OutcomeCounts& counts, OpType type) {
  if (type == OpType::ok) ++counts.ok;
  if (type == OpType::fail) ++counts.fail;
  if (type == OpType::info) ++counts.info;
}

}  // namespace

StatsResult check_stats(const TxnHistory& history) {
  StatsResult result;
  for (OpPlace place = 0; place < history.ops().size(); ++place) {
    const OpType type = history.ops()[place].type;
    if (type == OpType::invoke) continue;
    count(result.all, type);
    count(result.by_f[std::string(history.f(place))], type);
  }
  return result;
}

AvailabilityResult check_availability(const TxnHistory& history, const AvailabilityGoal& goal) {
  std::uint64_t invoked = 0;
  std::uint64_t ok = 0;
  for (const TxnOp& op : history.ops()) {
    if (op.type == OpType::invoke) ++invoked;
    if (op.type == OpType::ok) ++ok;
  }
  return workbench::check_availability(invoked, ok, goal);
}

}  // namespace bruit::workbench::txn
