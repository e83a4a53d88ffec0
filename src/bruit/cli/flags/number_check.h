// Checks of numbers on the command line. What is no number, or not in range, gets a message that
// says what was expected.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>

namespace bruit::cli {

// Digits only, from `least` to `most`.
CLI::Validator whole_number(std::uint64_t least = 0,
                            std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

// From `least` to `most`; with `above`, not `least` itself. Never infinite, nor "nan".
enum class Bound : std::uint8_t { from, above };
CLI::Validator decimal_number(Bound bound, double least, double most);

}  // namespace bruit::cli
