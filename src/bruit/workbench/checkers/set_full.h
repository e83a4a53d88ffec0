// set-full: does every broadcast value reach every reader for good, and how long does that take?
//
// A value is *known* from the first completion that proves it: its acknowledgement, or a read that
// contains it. It is *stable* if the last read (by invocation) since which nothing is missing
// contains it, *lost* if a read that began after it was known misses it and no later one has it,
// and otherwise *never-read*. The stable latency is the time from known to the last invocation of a
// read that misses it. Source: Jepsen 0.3.7, jepsen/checker.clj, set-full; Maelstrom 0.2.4 calls it
// with broadcasts as the additions.
//
// As in the original, a value that is read but was never broadcast is passed over, and duplicates
// within a read are not found (the original compares a count with 1 the wrong way round).
//
// The original visits every value at every read and copies a map each time. Here a read costs what
// it lists, plus a walk back over the values created since the oldest that it misses, and a value
// costs 16 bytes beside the history.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

// The fractions at which latencies are reported.
inline constexpr std::array<double, 5> latency_points = {0, 0.5, 0.95, 0.99, 1};

// The latency at each of latency_points (quantile.h).
using LatencyQuantiles = std::array<std::chrono::milliseconds, latency_points.size()>;

// Nothing for no latencies. Sorts what it is given.
std::optional<LatencyQuantiles> latency_quantiles(std::vector<std::chrono::milliseconds> latencies);

// A stable value that some read missed after it was known.
struct StaleElement {
  ElementId element = 0;
  std::chrono::milliseconds stable_latency{};
  std::size_t known = 0;        // position in History::ops of the completion
  std::size_t last_absent = 0;  // position of the invocation of the last read that missed it
};

struct SetFullResult {
  static constexpr std::size_t worst_stale_max = 8;

  Validity validity = Validity::unknown;
  std::size_t attempt_count = 0;
  std::size_t stable_count = 0;
  // Each in the order of the values (numbers by size).
  std::vector<ElementId> lost;
  std::vector<ElementId> never_read;
  std::vector<ElementId> stale;
  std::vector<StaleElement> worst_stale;  // longest latency first; of equal ones the greater value
  std::optional<LatencyQuantiles> stable_latencies;
  std::optional<LatencyQuantiles> lost_latencies;
};

// What became of one value.
struct ElementOutcome {
  enum class Kind : std::uint8_t { stable, lost, never_read };

  ElementId element = 0;
  Kind kind = Kind::never_read;
  std::chrono::milliseconds stable_latency{};  // of stable ones
  // Positions in History::ops; nothing if it never came to that.
  std::optional<std::size_t> known;         // the completion that first proves the value
  std::optional<std::size_t> last_present;  // the invocation of the last read with it
  std::optional<std::size_t> last_absent;   // the invocation of the last read without it
};

// Each value that was broadcast, in the order of the first invocations. Throws and costs what
// check_set_full() does.
std::vector<ElementOutcome> element_outcomes(const History& history);

// Additions are the operations :broadcast and :add. Throws std::invalid_argument if an ok read has
// a value that is neither nil nor a list of elements, or more than 2^31 operations are given.
SetFullResult check_set_full(const History& history);

// The map that Maelstrom prints as :workload, its keys in the same order. Operations in
// :worst-stale have :f :add in place of :broadcast, as there.
Edn to_edn(const SetFullResult& result, const History& history);

}  // namespace bruit::workbench
