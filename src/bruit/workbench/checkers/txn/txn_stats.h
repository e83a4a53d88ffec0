// What every workload is judged by, for transactions: how many succeeded, and which fraction.
#pragma once

#include "bruit/workbench/checkers/availability.h"
#include "bruit/workbench/checkers/stats.h"
#include "bruit/workbench/history/txn_history.h"

namespace bruit::workbench::txn {

StatsResult check_stats(const TxnHistory& history);
AvailabilityResult check_availability(const TxnHistory& history, const AvailabilityGoal& goal);

}  // namespace bruit::workbench::txn
