// TxnResult: the verdict on a history of transactions, and the map that Elle prints of it.
#pragma once

#include <optional>
#include <string>

#include "bruit/workbench/checkers/txn/consistency_model.h"
#include "bruit/workbench/checkers/txn/findings.h"
#include "bruit/workbench/history/txn_history.h"
#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"

namespace bruit::workbench::txn {

// What a history is held against unless something else is asked for.
inline const ModelSet default_models{Model::strong_serializable};

struct TxnResult {
  Values values{};
  Validity validity = Validity::unknown;
  // All that was found, also what the models allow.
  Findings findings;
  // Of that, what is told: what the models forbid, and why there is no verdict.
  AnomalySet told;
  // The models that the history cannot satisfy, whatever was asked for.
  Boundary ruled_out;
  // Why a history cannot be judged: it breaks what the check relies on. In the words of the
  // original, which throws an exception then.
  std::optional<std::string> failure;
};

// The order in time or of processes that a check against these models needs.
Precedence precedence_for(const ModelSet& models);

// The verdict from what was found.
TxnResult judge(Values values, Findings findings, const ModelSet& models);
TxnResult unjudgeable(Values values, std::string failure);

// {:valid? true}, or {:valid? false, :anomaly-types (..), :anomalies {..}, :not #{..}, :also-not
// #{..}}; of registers, as Maelstrom wraps it.
Edn to_edn(const TxnResult& result, const TxnHistory& history);

}  // namespace bruit::workbench::txn
