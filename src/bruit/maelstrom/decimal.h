// Decimals: how a double is written, and whether it has the very value that a text of digits says
// or only one near it.
#pragma once

#include <array>
#include <string_view>

namespace bruit::maelstrom {

// A finite double as the shortest decimal that reads back as it, in `buffer`, with an exponent
// where that is shorter: 0.1, 100, 1e+22. As std::to_chars, but for whole numbers above 2^53, of
// which that writes the digits of the double: here 922337203685430000, not 922337203685430016.
using DecimalBuffer = std::array<char, 32>;
std::string_view shortest_decimal(double number, DecimalBuffer& buffer);

// `text` is a number of JSON, `nearest` the double that is nearest to it. True if
// shortest_decimal(nearest) has the value of the text: of 0.1, 1e2, 1.50 and -0.0, not of
// 0.10000000000000001, 1e400, 1e-400 or 2^64. Linear.
bool is_value_of(double nearest, std::string_view text);

}  // namespace bruit::maelstrom
