// MedianKeeper: how long the next round may be, so that the median budget is kept and no round is
// wasted.
//
// With the period T = 2 (M - travel) half of all values make the median budget M on average, but
// the median of a run scatters around M by about T / (2 sqrt(values)), so every second run would
// miss it. A fixed margin for that scatter costs messages in every round. This keeps an account
// instead: how many more values were late than early. While it is in debt, rounds are shorter.
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
    const double seconds = std::chrono::duration<double>(length).count();
    if (seconds > 0) {
      const double rate = static_cast<double>(values) / seconds;
      rate_ = rate_ == 0 ? rate : rate_ + (rate - rate_) / 4;
    }
    // A surplus is not saved up: values that come much later should not pay for it.
    account_ =
        std::min(account_ + static_cast<double>(values) - 2 * static_cast<double>(late), 0.0);
  }

  // How much shorter than `period` the next round should be: zero or negative, at most a third of
  // it.
  Duration correction(Duration period) const {
    if (rate_ <= 0) return Duration::zero();
    const double seconds = payment * account_ / rate_;
    const auto correction =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
    return std::max(correction, -period / 3);
  }

 private:
  // The share of the debt that one round pays back. Measured on challenge 3e: more makes rounds
  // shorter for what is only noise, less leaves more runs above the median budget.
  static constexpr double payment = 0.45;

  double account_ = 0;  // early values less late ones, never above zero
  double rate_ = 0;     // values a second
};

}  // namespace bruit::core
