// Durations as text: a number and a unit, as in 200ms, 1.5s, 2min. On command lines and in files.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bruit::core {

// Reads a decimal number (no sign, no exponent) followed directly by ns, us, ms, s, min or h. 0
// needs no unit. Throws std::invalid_argument with a text that says what was expected. Exact to the
// nanosecond; at most about 292 years.
std::chrono::nanoseconds parse_duration(std::string_view text);

// The shortest exact text in one unit that parse_duration() reads back: 200ms, 1500ms, 2s, 0s.
std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace bruit::core
