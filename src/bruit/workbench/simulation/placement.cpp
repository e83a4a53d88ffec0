#include "bruit/workbench/simulation/placement.h"

#include <chrono>

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Whatever nodes say when they start is over by then.
constexpr Duration first_at = seconds(1);
// Shorter than a round of any budget.
constexpr Duration within_a_round = milliseconds(10);
// Longer than a cut of medium length, and shorter than a long one.
constexpr Duration long_after_first = seconds(30);

}  // namespace

std::string_view to_string(Placement placement) {
  switch (placement) {
    case Placement::one:
      return "one";
    case Placement::three:
      return "three";
    case Placement::apart:
      return "apart";
    case Placement::moments:
      return "moments";
  }
  return "?";
}

std::optional<Placement> parse_placement(std::string_view name) {
  for (const Placement placement : all_placements) {
    if (to_string(placement) == name) return placement;
  }
  return std::nullopt;
}

std::vector<TimedOperation> operations(Placement placement, std::uint32_t node_count) {
  const std::uint32_t last = node_count - 1;
  switch (placement) {
    case Placement::one:
      return {{.at = first_at, .client = 1 % node_count}};
    case Placement::three:
      return {{.at = first_at, .client = last},
              {.at = first_at + within_a_round, .client = 0},
              {.at = first_at + 2 * within_a_round, .client = 1 % node_count}};
    case Placement::apart:
      return {{.at = first_at, .client = 0}, {.at = first_at + long_after_first, .client = last}};
    case Placement::moments:
      return {};
  }
  return {};
}

}  // namespace bruit::workbench
