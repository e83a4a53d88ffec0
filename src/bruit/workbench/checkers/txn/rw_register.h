// rw_register: transactions that write and read single values.
//
// Every value is written to a key once, so a read tells whose write it saw. In which order the
// values of a key followed each other is known only in part: the initial nil comes before all, and
// who reads a value and then writes another puts the two in order (writes follow reads). Most
// anomalies therefore leave no cycle behind, as in the original.
//
// Source of the rules: Elle 0.2.2, elle/rw_register.clj and elle/txn.clj, with the option wfr-keys
// that Maelstrom gives it. docs/transactions.md says what is found, what not, and which quirks are
// followed.
#pragma once

#include "bruit/workbench/checkers/txn/consistency_model.h"
#include "bruit/workbench/checkers/txn/find_cycles.h"
#include "bruit/workbench/history/txn_history.h"
#include "bruit/workbench/checkers/txn/txn_result.h"

namespace bruit::workbench::txn {

// Holds a history of registers against models. Linear in operations and micro-operations, but for
// the search for cycles in what is not without any (cycle_search.h).
//
// A history in which somebody reads a value that two ok transactions wrote, that has other
// micro-operations, or whose keys are of different types cannot be judged.
TxnResult check_rw_register(const TxnHistory& history, const ModelSet& models = default_models,
                            CycleSearch search = CycleSearch::as_original);

}  // namespace bruit::workbench::txn
