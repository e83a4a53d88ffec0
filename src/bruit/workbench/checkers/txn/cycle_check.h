// Cycles, looked at a second time.
//
// Whoever is shown a cycle must be able to believe it. So each is held against the history once
// more, edge by edge, by code that shares nothing with the search: it looks for the reads and writes
// that an edge names, and for what makes one version follow another.
#pragma once

#include <span>

#include "bruit/workbench/checkers/txn/findings.h"
#include "bruit/workbench/history/txn_history.h"

namespace bruit::workbench::txn {

// Throws std::logic_error, with the cycle and the edge that does not hold. Linear in the history.
void verify_cycles(const TxnHistory& history, std::span<const Cycle> cycles);

}  // namespace bruit::workbench::txn
