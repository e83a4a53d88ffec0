// Partition: which node drops messages from which, in the four shapes that Maelstrom's nemesis
// draws. Source: jepsen/nemesis.clj and jepsen/nemesis/combined.clj, Jepsen 0.3.7 (`partition-one`,
// `minority-third`, `majority` = bisect, `majorities-ring`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bruit/workbench/basics/random.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

// For each node the nodes whose messages it drops, ascending. Symmetric, but for a majorities ring
// of three nodes: a majority of two has no middle, so each node there drops one and is dropped by
// the other, as in Jepsen.
using Grudge = std::vector<std::vector<std::uint32_t>>;

// Draws a grudge of this shape among `node_count` nodes.
Grudge draw_grudge(PartitionShape shape, std::uint32_t node_count, Random& random);

// As Jepsen's nemesis reports it: `[:isolated {"n2" #{"n1" "n4"}, ...}]`.
Edn to_edn(const Grudge& grudge, const std::vector<std::string>& names);

}  // namespace bruit::workbench
