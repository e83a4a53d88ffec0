// Planner: from the budget, the number of nodes and the measured latency to how values travel.
//
// A value waits at most one period T for the round that takes it, and then travels up and down a
// tree of depth d: T + 2 d L at worst and T/2 + 2 d L in the middle. So with a worst-case budget D
// and a median budget M the longest period that keeps both is T = min(D - 2 d L, 2 (M - 2 d L)),
// and the longest period is the cheapest. See docs/protocol.md, "Arithmetic".
//
// The median is an average over many values, so its share of the period is only right on average;
// who plans round after round corrects it by what came out (median.h).
#pragma once

#include <cstdint>

#include "bruit/core/strategy_options.h"
#include "bruit/core/time.h"

namespace bruit::core {

struct Plan {
  enum class Mode : std::uint8_t {
    direct,  // every node sends its values to all others at once: latency L
    rounds,  // gather and scatter through the tree, once in a period
  };
  Mode mode = Mode::rounds;
  Duration period{};       // between two cuts of the root; rounds only
  bool budget_met = true;  // false: nothing is fast enough
};

// The latency of one hop. `late` is what few messages exceed; both are equal if it does not vary.
struct Hop {
  Duration mean{};
  Duration late{};
};

// `depth` is that of the tree (0 for one node). The worst case is planned with the hop's `late`,
// the median with its mean. `median_correction` is added to the period that the median allows,
// never to what the worst case allows.
Plan make_plan(const Budget& budget, std::uint32_t depth, const Hop& hop,
               Duration median_correction = Duration::zero());

}  // namespace bruit::core
