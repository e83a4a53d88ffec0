// The times that the rounds and the failover of `rounds` share.
#pragma once

#include <chrono>
#include <cstdint>

#include "bruit/core/time.h"

namespace bruit::core::rounds {

using std::chrono::milliseconds;
using std::chrono::seconds;

// How much before its parent's cut a gather should arrive. Guess: timers of an ordinary machine.
inline constexpr Duration early_arrival = milliseconds(2);
// What an answer may take beyond the measured round trip. Guess: a busy machine's scheduling.
inline constexpr Duration answer_slack = milliseconds(50);
inline constexpr Duration answer_slack_unmeasured = milliseconds(100);
// However much latencies have varied: nothing is waited for longer, beyond what is usual. Guess:
// who takes longer is found later, by its answer.
inline constexpr Duration longest_wait = seconds(2);
// A node with nothing to send acknowledges what it got after this long. Guess: a few rounds of
// challenge 3d, so that most acknowledgements ride on a gather.
inline constexpr Duration acknowledge_after = milliseconds(800);
// A timer that comes later than this says that the node was frozen. Guess: a busy machine's worst.
inline constexpr Duration freeze_at_least = milliseconds(100);
// A node that has heard nothing since it started may have restarted, and asks what it missed.
inline constexpr Duration hello_after = seconds(1);

}  // namespace bruit::core::rounds
