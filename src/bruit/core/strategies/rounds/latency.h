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
    sample = std::min(sample, longest_sample());
    const Duration error = sample - *smoothed_;
    deviation_ += ((error < Duration::zero() ? -error : error) - deviation_) / 4;
    *smoothed_ += error / 4;
  }

  // Until there is a sample: a wide-area hop of 100 ms each way. Guess; too long costs a little
  // time in the first round only, too short would make the first values late.
  static constexpr Duration assumed = std::chrono::milliseconds(200);
  // A sample counts as at most three times the mean and this: one node that was frozen for seconds
  // must not change everybody's plans, a latency that has really risen will say so again.
  static constexpr Duration outlier_slack = std::chrono::milliseconds(100);

  bool is_outlier(Duration sample) const { return smoothed_ && sample > longest_sample(); }

  bool known() const { return smoothed_.has_value(); }
  Duration smoothed() const { return smoothed_.value_or(assumed); }
  Duration one_way() const { return smoothed() / 2; }
  Duration deviation() const { return deviation_; }
  // One way, what about one message in a hundred exceeds if latencies are uniform: of their sum the
  // mean deviation is a third of the mean, and three of them reach its end.
  Duration one_way_late() const { return (smoothed() + 3 * deviation_) / 2; }

 private:
  Duration longest_sample() const { return 3 * *smoothed_ + outlier_slack; }

  std::optional<Duration> smoothed_;
  Duration deviation_{};
};

}  // namespace bruit::core
