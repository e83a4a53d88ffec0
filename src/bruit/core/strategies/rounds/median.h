// MedianKeeper: how long the next round may be, so that the median budget is kept and no round is
// wasted.
//
// With the period T = 2 (M - travel) half of all values make the median budget M on average, but
// the median of a run scatters around M by about T / (2 sqrt(values)), and where values end in the
// middle of a round, up to half a round of them is late. So every second run would miss it. A fixed
// margin against that costs messages in every round. This keeps an account instead, of the values
// that were early less those that were late, and steers it to a reserve for the end that may come
// at any time: rounds are shorter below it and, a little, longer above it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "bruit/core/time.h"

namespace bruit::core {

class MedianKeeper {
 public:
  // A round of this length brought that many values, `late` of which missed the median budget.
  // Length zero: values that did not wait for a round.
  void add_round(std::uint64_t values, std::uint64_t late, Duration length) {
    if (length > Duration::zero()) {
      const double share = round_values_ == 0 ? 1 : 0.25;
      round_values_ += share * (static_cast<double>(values) - round_values_);
      round_seconds_ += share * (std::chrono::duration<double>(length).count() - round_seconds_);
    }
    account_ += static_cast<double>(values) - 2 * static_cast<double>(late);
    // More is not saved up: values that come much later should not pay for it.
    account_ = std::min(account_, (reserve + spare) * round_values_);
  }

  // How much longer than `period` the next round should be: at most a third of it shorter, and
  // never more than the spare longer.
  Duration correction(Duration period) const {
    if (round_values_ <= 0) return Duration::zero();
    const double surplus = account_ / round_values_ - reserve;  // in rounds
    const auto correction = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(payment * surplus * round_seconds_));
    return std::max(correction, -period / 3);
  }

 private:
  // In values of a usual round. At worst an end makes half a round late, on average a quarter; more
  // than that covers what the rounds before it leave to chance. Measured on challenge 3e: with a
  // smaller reserve more than one run in twenty misses the median budget, a larger one costs a
  // hundredth of the messages for each tenth.
  static constexpr double reserve = 0.48;
  // What may be saved up beyond it. Without it the reserve would grow by whatever is only noise.
  static constexpr double spare = 0.2;
  // The share of the difference that one round corrects. Measured likewise: more follows the noise.
  static constexpr double payment = 0.3;

  double account_ = 0;  // early values less late ones
  // Of a usual round: smoothed.
  double round_values_ = 0;
  double round_seconds_ = 0;
};

}  // namespace bruit::core
