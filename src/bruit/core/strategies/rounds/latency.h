// RoundTrip: how long a message to a peer and back takes, measured from echoed timestamps.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "bruit/core/time.h"

namespace bruit::core {

// Smoothed as TCP does it (RFC 6298, section 2: mean and mean deviation), with a larger gain (1/4
// for 1/8), since a round gives few samples and a latency that changes must be followed within a
// few.
class RoundTrip {
 public:
  void add(Duration sample) {
    sample = std::max(sample, Duration::zero());
    if (!smoothed_) {
      smoothed_ = sample;
      deviation_ = Duration::zero();
      return;
    }
    const Duration error = sample - *smoothed_;
    deviation_ += ((error < Duration::zero() ? -error : error) - deviation_) / 4;
    *smoothed_ += error / 4;
  }

  // Until there is a sample: a wide-area hop of 100 ms each way. Guess; too long costs a little
  // time in the first round only, too short would make the first values late.
  static constexpr Duration assumed = std::chrono::milliseconds(200);

  bool known() const { return smoothed_.has_value(); }
  Duration smoothed() const { return smoothed_.value_or(assumed); }
  Duration one_way() const { return smoothed() / 2; }
  Duration deviation() const { return deviation_; }

 private:
  std::optional<Duration> smoothed_;
  Duration deviation_{};
};

}  // namespace bruit::core
