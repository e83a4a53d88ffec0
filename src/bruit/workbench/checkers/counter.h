// counter: is every final read the sum of all additions that happened, and any of those of which
// nobody knows whether they did?
// Source: Maelstrom 0.2.4, workload/pn_counter.clj, which g-counter shares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

// Integers, as closed intervals that ascend and neither overlap nor touch.
class IntegerSet {
 public:
  struct Interval {
    std::int64_t lower = 0;
    std::int64_t upper = 0;
    friend bool operator==(const Interval&, const Interval&) = default;
  };

  explicit IntegerSet(std::int64_t only) : intervals_{{only, only}} {}
  // Unites the set with itself, moved by `delta`. Sums beyond 64 bits stay at the limit. Linear in
  // the intervals, of which the small deltas of a test leave few.
  void add_shifted(std::int64_t delta);
  bool contains(std::int64_t number) const;
  const std::vector<Interval>& intervals() const { return intervals_; }

 private:
  std::vector<Interval> intervals_;
};

struct CounterResult {
  std::vector<std::size_t> errors;        // positions in History::ops of final reads
  std::vector<std::int64_t> final_reads;  // in the order of their completions
  IntegerSet acceptable{0};

  Validity validity() const { return errors.empty() ? Validity::valid : Validity::invalid; }
};

// Additions are the operations :add, final reads all with :final? true. Throws
// std::invalid_argument if one of them has a value that is not an integer.
CounterResult check_counter(const History& history);

// {:valid? .. :errors ({..}) or nil, :final-reads (..) :acceptable ([lower upper] ..)}
Edn to_edn(const CounterResult& result, const History& history);

}  // namespace bruit::workbench
