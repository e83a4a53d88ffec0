// UTF-8: just what the workbench's parsers and printers need to know of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bruit::workbench {

// The number of bytes of the character that starts with `lead`, which is a lead byte of valid
// UTF-8.
constexpr std::size_t utf8_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0xc0) return 1;
  if (byte < 0xe0) return 2;
  if (byte < 0xf0) return 3;
  return 4;
}

// Where the first byte stands that cannot be there in valid UTF-8 (overlong forms, surrogates and
// values above U+10FFFF are not valid), or nothing. Linear.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Appends a code point: at most U+10FFFF and no surrogate.
void append_utf8(std::string& out, std::uint32_t code_point);

// The number of characters (code points) of a valid text.
std::size_t utf8_count(std::string_view text);

}  // namespace bruit::workbench
