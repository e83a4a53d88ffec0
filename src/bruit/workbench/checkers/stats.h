// stats: how many operations succeeded, failed, or nobody knows, in all and by :f.
// Source: Jepsen 0.3.7, jepsen/checker.clj, stats.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

// Counts of completions by clients; invocations that never completed do not count.
struct OutcomeCounts {
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;

  std::uint64_t total() const { return ok + fail + info; }
  friend bool operator==(const OutcomeCounts&, const OutcomeCounts&) = default;
};

struct StatsResult {
  OutcomeCounts all;
  std::map<std::string, OutcomeCounts> by_f;

  // Invalid if an :f has no ok operation at all.
  Validity validity() const;
};

StatsResult check_stats(const History& history);

// {:valid? .. :count .. :ok-count .. :fail-count .. :info-count .. :by-f {..}}
Edn to_edn(const StatsResult& result);

}  // namespace bruit::workbench
