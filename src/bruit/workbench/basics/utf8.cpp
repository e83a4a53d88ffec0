#include "bruit/workbench/basics/utf8.h"

#include <algorithm>
#include <cstring>

namespace bruit::workbench {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

// Whether the character of 2 to 4 bytes at the front of `text` is valid.
bool is_valid_sequence(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0xc2 || lead > 0xf4) return false;
  const std::size_t length = utf8_length(text.front());
  if (text.size() < length) return false;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length),
                   is_continuation)) {
    return false;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  switch (lead) {
    case 0xe0:
      return second >= 0xa0;  // below: overlong
    case 0xed:
      return second <= 0x9f;  // above: surrogates
    case 0xf0:
      return second >= 0x90;  // below: overlong
    case 0xf4:
      return second <= 0x8f;  // above: beyond U+10FFFF
    default:
      return true;
  }
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    // Most texts are ASCII: eight bytes at a time.
    std::uint64_t eight = 0;
    if (text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080U) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
    } else if (is_valid_sequence(text.substr(at))) {
      at += utf8_length(text[at]);
    } else {
      return at;
    }
  }
  return std::nullopt;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto continuation = [](std::uint32_t bits) {
    return static_cast<char>(0x80U | (bits & 0x3fU));
  };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0U | (code_point >> 6U));
    out += continuation(code_point);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xe0U | (code_point >> 12U));
    out += continuation(code_point >> 6U);
    out += continuation(code_point);
  } else {
    out += static_cast<char>(0xf0U | (code_point >> 18U));
    out += continuation(code_point >> 12U);
    out += continuation(code_point >> 6U);
    out += continuation(code_point);
  }
}

std::size_t utf8_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

}  // namespace bruit::workbench
