// Lists of values on the command line, as `bruit sweep` takes them: 50ms,100ms,...,1s
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bruit::cli {

inline constexpr std::size_t most_listed_values = 10'000;

// "a,b,c" is these three. "a,b,...,z" (or with the character …) goes on from b by the step from a
// to b until z, which must be met exactly; a, b and z are numbers, or durations with a unit. After
// z the list may go on: 1,2,...,10,20,...,100. Steps are exact in decimal. Throws
// std::invalid_argument with a text for people: an empty or repeated value, a progression that
// misses its end, more than most_listed_values values.
std::vector<std::string> expand_list(std::string_view text);

// What a value is on an axis of a plot: the number, or the milliseconds of a duration with a unit.
// Nothing if it is neither.
std::optional<double> position_of(std::string_view value);
// Whether it is a duration with a unit.
bool is_duration(std::string_view value);

}  // namespace bruit::cli
