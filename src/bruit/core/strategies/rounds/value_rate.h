// ValueRate: how many values a second come to this node, from wherever.
#pragma once

#include <chrono>
#include <cstdint>

#include "bruit/core/time.h"

namespace bruit::core {

// Counts in windows of a fixed length and looks at the last two, so that it needs no memory of
// single values and follows a change within seconds.
class ValueRate {
 public:
  void add(Time now) {
    turn_to(now);
    ++count_;
  }

  // Zero until a first window is full: a burst is not a rate.
  double per_second(Time now) const {
    ValueRate later = *this;
    later.turn_to(now);
    if (!later.has_former_) return 0;
    const std::chrono::duration<double> length = window + (now - later.begin_);
    return static_cast<double>(later.former_ + later.count_) / length.count();
  }

 private:
  // Guess: long enough to count a few values where sending straight could pay.
  static constexpr Duration window = std::chrono::seconds(2);

  void turn_to(Time now) {
    if (!begun_) {
      begun_ = true;
      begin_ = now;
    }
    if (now - begin_ < window) return;
    const bool is_next = now - begin_ < 2 * window;
    former_ = is_next ? count_ : 0;
    count_ = 0;
    has_former_ = true;
    begin_ = is_next ? begin_ + window : now;
  }

  bool begun_ = false;
  bool has_former_ = false;
  Time begin_{};
  std::uint64_t count_ = 0;
  std::uint64_t former_ = 0;
};

}  // namespace bruit::core
