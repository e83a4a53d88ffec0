// Placement: which values clients publish in a run that the explorer changes, where and when.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bruit/workbench/faults/scenario.h"

namespace bruit::workbench {

enum class Placement : std::uint8_t {
  one,     // one value, at n1, which is a child in most layouts
  three,   // three in one round, at different nodes where there are so many
  apart,   // one at n0, which is the root in most layouts, and one long after, at the last node
  moments  // one, at each node and just before and after each event: chosen as a deviation is
};
inline constexpr std::array all_placements{Placement::one, Placement::three, Placement::apart,
                                           Placement::moments};

std::string_view to_string(Placement placement);
std::optional<Placement> parse_placement(std::string_view name);

// `moments` has none: its value is a ValuePublished of the pattern. Client i talks to node i.
std::vector<TimedOperation> operations(Placement placement, std::uint32_t node_count);

}  // namespace bruit::workbench
