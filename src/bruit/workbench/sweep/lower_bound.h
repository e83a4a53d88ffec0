// lower_bound: the fewest messages that any protocol needs to have every value everywhere in time.
//
// One message goes to one node and takes the latency L. n nodes publish lambda values a second
// between them, and each must be everywhere within D.
//
//   D < L         impossible.
//   L <= D < 2L   nothing can be passed on, so each value goes from its origin to each other node
//                 straight. A node may wait D - L for more values of its own, then n / lambda for
//                 the next one: n (n - 1) / (D - L + n / lambda) messages a second. This is exact
//                 for values that come at random.
//   2L <= D       if every node has news at any time, each window of length D is a gossip problem:
//                 all that n nodes know must reach all of them, which takes 2n - 2 one-way
//                 messages. (2n - 2) / D a second. Values that come at random leave some nodes
//                 without news in short windows; then this is what the bound tends to, not a proof.
//                 Never more than n - 1 for each value, which sending straight costs.
#pragma once

#include <cstdint>
#include <optional>

#include "bruit/core/time.h"

namespace bruit::workbench {

struct BroadcastLoad {
  std::uint32_t nodes = 1;
  double operations_per_second = 1;  // above 0; half of them are broadcasts, half are reads
  core::Duration latency{};
  friend bool operator==(const BroadcastLoad&, const BroadcastLoad&) = default;
};

// Messages between nodes for each operation. Nothing if no protocol is in time. `within` is above
// 0.
std::optional<double> lower_bound(const BroadcastLoad& load, core::Duration within);

}  // namespace bruit::workbench
