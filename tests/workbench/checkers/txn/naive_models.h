// Consistency models by their definitions, without a graph of dependencies: every order is tried.
// For histories of a few transactions.
//
// Failed transactions did not happen. An indeterminate one may have happened, whenever it likes
// after its beginning, and what it read says nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "small_history.h"

namespace bruit::workbench::txn {

enum class NaiveOrder : std::uint8_t { any, of_processes, of_real_time };

// Whether the transactions can have happened one after the other.
bool is_serializable(const SmallHistory& history, NaiveOrder order);

// Whether they can have happened each with what was committed when it began, with no other commit
// to a key that it writes until it ends (first committer wins).
bool has_snapshot_isolation(const SmallHistory& history);

// Adya's PL-2: an order of the versions of each key in which nobody reads what was aborted,
// intermediate or not yet written by itself, and dependencies have no circle. Nothing if there are
// more orders than can be tried.
std::optional<bool> is_read_committed(const SmallHistory& history);

}  // namespace bruit::workbench::txn
