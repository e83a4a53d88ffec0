// ClockRatio: how fast this node's clock runs against another's, from when messages were sent there
// and came here.
#pragma once

#include <chrono>
#include <cmath>
#include <optional>

#include "bruit/core/time.h"

namespace bruit::core {

class ClockRatio {
 public:
  // Messages whose latency varies by more than this tell nothing.
  static constexpr Duration steady = std::chrono::milliseconds(10);

  // A message was sent at `theirs`, on the other clock, and came at `here`.
  void add(Time theirs, Time here) {
    if (!first_theirs_ || theirs < *first_theirs_) {
      begin(theirs, here);
      return;
    }
    if (theirs - *first_theirs_ < window) return;
    const std::chrono::duration<double> elapsed_here = here - first_here_;
    const std::chrono::duration<double> elapsed_theirs = theirs - *first_theirs_;
    const double sample = elapsed_here / elapsed_theirs;
    // Anything else was a latency that changed.
    if (std::abs(sample - 1) < most_drift) value_ += (sample - value_) / 2;
    begin(theirs, here);
  }

  // How long on this clock what the other one calls a second takes.
  double value() const { return value_; }

 private:
  // Guess: long enough that a few milliseconds of latency are a thousandth of it.
  static constexpr Duration window = std::chrono::seconds(3);
  // Guess: ordinary clocks differ by less than a ten-thousandth, those of the simulator by up to a
  // fiftieth.
  static constexpr double most_drift = 0.025;

  void begin(Time theirs, Time here) {
    first_theirs_ = theirs;
    first_here_ = here;
  }

  double value_ = 1;
  std::optional<Time> first_theirs_;
  Time first_here_{};
};

}  // namespace bruit::core
