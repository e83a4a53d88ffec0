// list_append: transactions that append elements to lists and read whole lists.
//
// Every element is appended to a key once, so a read tells in which order the elements before its
// end were appended, and that order tells which transaction must come before which. The longest
// read of a key is the order of its versions. Elements that nobody read come after the last that
// somebody did, in no order among each other.
//
// Source of the rules: Elle 0.2.2, elle/list_append.clj and elle/txn.clj ("Elle: Inferring Isolation
// Anomalies from Experimental Observations", Kingsbury and Alvaro, 2020). docs/transactions.md says
// what is found, what not, and which quirks are followed. The algorithms are our own: everything
// that concerns one key is done in one pass over the operations on it.
#pragma once

#include "bruit/workbench/checkers/txn/consistency_model.h"
#include "bruit/workbench/checkers/txn/find_cycles.h"
#include "bruit/workbench/history/txn_history.h"
#include "bruit/workbench/checkers/txn/txn_result.h"

namespace bruit::workbench::txn {

// Holds a history of lists against models. Linear in operations, micro-operations and elements, but
// for the search for cycles in what is not without any (cycle_search.h).
//
// A history that has other micro-operations, that appends an element to a key twice, or that reads
// an element that no operation appended cannot be judged.
TxnResult check_list_append(const TxnHistory& history, const ModelSet& models = default_models,
                            CycleSearch search = CycleSearch::as_original);

}  // namespace bruit::workbench::txn
