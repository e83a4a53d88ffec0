#include "bruit/workbench/checkers/availability.h"

#include <algorithm>

namespace bruit::workbench {

AvailabilityResult check_availability(const History& history, const AvailabilityGoal& goal) {
  const auto count = [&](OpType type) {
    return static_cast<std::uint64_t>(
        std::count_if(history.ops.begin(), history.ops.end(),
                      [type](const Op& op) { return op.type == type; }));
  };
  return check_availability(count(OpType::invoke), count(OpType::ok), goal);
}

AvailabilityResult check_availability(std::uint64_t invoked, std::uint64_t ok,
                                      const AvailabilityGoal& goal) {
  AvailabilityResult result;
  if (invoked > 0) {
    result.ok_fraction = static_cast<float>(static_cast<double>(ok) / static_cast<double>(invoked));
  }
  const double fraction = result.ok_fraction.value_or(1.0F);
  bool enough = true;
  if (std::holds_alternative<TotalAvailability>(goal)) {
    enough = fraction == 1;
  } else if (const auto* const bound = std::get_if<AvailabilityFraction>(&goal)) {
    enough = fraction >= bound->at_least;
  }
  result.validity = enough ? Validity::valid : Validity::invalid;
  return result;
}

Edn to_edn(const AvailabilityResult& result) {
  return Edn::map({{"valid?", to_edn(result.validity)},
                   {"ok-fraction", result.ok_fraction ? Edn(*result.ok_fraction) : Edn(1)}});
}

}  // namespace bruit::workbench
