// A verdict on transactions in words: what is wrong, which transactions show it, and why each step
// of a cycle must come before the next.
#pragma once

#include <string>

#include "bruit/workbench/history/txn_history.h"
#include "bruit/workbench/checkers/txn/txn_result.h"

namespace bruit::workbench::txn {

// Some lines for each kind of anomaly that is told, with its first example. Empty for a valid
// history.
std::string in_words(const TxnResult& result, const TxnHistory& history);

// Why one transaction must come before another, in one sentence, by the names that they are given:
// "T1 read key 9 as [1 2], without 3, though T2 had appended it and was acknowledged 40 ms before
// T1 began".
std::string reason(const Step& step, OpPlace first, OpPlace second, std::string_view first_name,
                   std::string_view second_name, const TxnHistory& history);

// The micro-operations of an operation, long lists shortened: [[:r 9 [1 2 … 40]] [:append 9 41]].
std::string short_text(OpPlace op, const TxnHistory& history);

}  // namespace bruit::workbench::txn
