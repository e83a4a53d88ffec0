// lin-kv: is every key of a store a linearizable register?
//
// Source: Maelstrom 0.2.4, workload/lin_kv.clj, which has Jepsen 0.3.7 check each key by itself
// (independent.clj) with Knossos (model cas-register). As there, a read that found nil fits any
// state, an operation without an outcome may happen at any time from its invocation on, and one
// that failed did not happen. The search is our own (register_linearizability.h), and so is what is
// told of a failure.
#pragma once

#include <vector>

#include "bruit/workbench/checkers/register_linearizability.h"
#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

// What was found of one key.
struct KeyResult {
  Edn key;
  // The operations that were checked, and for each the position of its invocation in History::ops
  // (which is also RegisterOperation::invoked).
  std::vector<RegisterOperation> operations;
  std::vector<Edn> values;  // of the numbers in the operations; that of 0 is nil
  LinearizabilityResult result;
};

struct LinKvResult {
  std::vector<KeyResult> keys;  // in the order of their first operations

  Validity validity() const;
};

// Looks at the operations :read, :write and :cas, whose values are [key ..]. Throws
// std::invalid_argument if one has another value.
LinKvResult check_lin_kv(const History& history, const LinearizabilityLimits& limits = {});

// {:valid? .. :results {key {:linearizable {..} :valid? ..}} :failures [key ..]}
Edn to_edn(const LinKvResult& result, const History& history);

}  // namespace bruit::workbench
