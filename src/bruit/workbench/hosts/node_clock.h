// NodeClock: what a simulated node's clock shows, against the time of the simulation.
#pragma once

#include <cstdint>

#include "bruit/core/check.h"
#include "bruit/core/time.h"

namespace bruit::workbench {

using core::Duration;
using core::Time;

class NodeClock {
 public:
  NodeClock() = default;
  // Shows `offset` when the simulation begins.
  explicit NodeClock(Duration offset) : shown_base_(offset) {}

  Time shown(Time now) const { return shown_base_ + since_base(now); }

  // The first time of the simulation at which the clock shows `shown`, or the base if that was
  // before; Time::max() for what is too far away.
  Time when_shown(Time shown) const {
    if (shown == Time::max()) return Time::max();
    const Duration wait = shown - shown_base_;
    if (wait <= Duration::zero()) return base_;
    if (rate_ == 0) return base_ + wait;
    Wide ticks = static_cast<Wide>(wait.count()) * million / (million + rate_);
    while (since_base(base_ + Duration(static_cast<Duration::rep>(ticks))) < wait) ++ticks;
    return base_ + Duration(static_cast<Duration::rep>(ticks));
  }

  // From `now` on it runs fast by this many millionths (slow if negative; above -1,000,000). What
  // it shows never jumps.
  void set_rate(std::int64_t parts_per_million, Time now) {
    BRUIT_CHECK(parts_per_million > -million);
    shown_base_ = shown(now);
    base_ = now;
    rate_ = parts_per_million;
  }

 private:
  __extension__ using Wide = __int128;
  static constexpr std::int64_t million = 1'000'000;

  Duration since_base(Time now) const {
    const Duration elapsed = now - base_;
    if (rate_ == 0) return elapsed;
    return Duration(static_cast<Duration::rep>(static_cast<Wide>(elapsed.count()) *
                                               (million + rate_) / million));
  }

  Time base_{};
  Time shown_base_{};
  std::int64_t rate_ = 0;
};

}  // namespace bruit::workbench
