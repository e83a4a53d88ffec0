// Time as the core sees it: a number that the shell passes in.
//
// The core never reads a clock. A shell maps whatever it has (CLOCK_MONOTONIC, a simulator's virtual
// time) to `Time` and passes it to every call. Only differences have a meaning; the epoch is the shell's.
#pragma once

#include <chrono>

namespace bruit::core {

using Duration = std::chrono::nanoseconds;

// A clock type without now(): asking it for the time does not compile.
struct ShellClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ShellClock>;
  static constexpr bool is_steady = true;
};

// Never goes back between two calls on one strategy.
using Time = ShellClock::time_point;

}  // namespace bruit::core
