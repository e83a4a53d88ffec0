// Partition: which node drops messages from which, in the four shapes that Maelstrom's nemesis
// draws. Source: jepsen/nemesis.clj and jepsen/nemesis/combined.clj, Jepsen 0.3.7 (`partition-one`,
// `minority-third`, `majority` = bisect, `majorities-ring`).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/basics/random.h"

namespace bruit::workbench {

enum class PartitionShape : std::uint8_t {
  one,              // one node against the rest
  minority_third,   // floor((n-1)/3) nodes against the rest
  majority,         // floor(n/2) nodes against the rest
  majorities_ring,  // every node sees a majority, no two (in the exact ring) the same one
};

inline constexpr std::array all_partition_shapes{
    PartitionShape::one, PartitionShape::minority_third, PartitionShape::majority,
    PartitionShape::majorities_ring};

// As in a history: "one", "minority-third", "majority", "majorities-ring".
std::string_view to_string(PartitionShape shape);
std::optional<PartitionShape> parse_partition_shape(std::string_view name);

// For each node the nodes whose messages it drops, ascending. Symmetric, but for a majorities ring
// of three nodes: a majority of two has no middle, so each node there drops one and is dropped by
// the other, as in Jepsen.
using Grudge = std::vector<std::vector<std::uint32_t>>;

// Draws a grudge of this shape among `node_count` nodes.
Grudge draw_grudge(PartitionShape shape, std::uint32_t node_count, Random& random);

// As Jepsen's nemesis reports it: `[:isolated {"n2" #{"n1" "n4"}, ...}]`.
std::string to_edn(const Grudge& grudge, const std::vector<std::string>& names);

}  // namespace bruit::workbench
