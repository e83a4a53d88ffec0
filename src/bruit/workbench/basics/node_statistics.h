// NodeStatistics: what strategies counted in a run.
#pragma once

#include <cstddef>

#include "bruit/core/strategy.h"

namespace bruit::workbench {

// Sums and maxima over all nodes and incarnations.
struct NodeStatistics {
  core::Counters counters;
  std::size_t pending_now = 0;    // Strategy::pending(), all nodes together
  std::size_t pending_worst = 0;  // of a single node, at any time
};

}  // namespace bruit::workbench
