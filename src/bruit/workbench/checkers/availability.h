// availability: which fraction of the operations succeeded, and whether that is enough.
// Source: Maelstrom 0.2.4, maelstrom/checker.clj.
#pragma once

#include <cstdint>
#include <optional>

#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

struct AvailabilityResult {
  Validity validity = Validity::valid;
  // ok completions per invocation, in single precision as the original computes it; nothing if
  // nothing was invoked, which counts as 1.
  std::optional<float> ok_fraction;
};

AvailabilityResult check_availability(const History& history, const AvailabilityGoal& goal);
// The same from counts of invocations and of ok completions.
AvailabilityResult check_availability(std::uint64_t invoked, std::uint64_t ok,
                                      const AvailabilityGoal& goal);

// {:valid? .. :ok-fraction ..}
Edn to_edn(const AvailabilityResult& result);

}  // namespace bruit::workbench
