#include "bruit/workbench/basics/excerpt.h"

#include <fmt/format.h>

#include <iterator>

#include "bruit/workbench/basics/utf8.h"

namespace bruit::workbench {
namespace {

constexpr unsigned char first_printable = 0x20;
constexpr unsigned char delete_character = 0x7f;

void append_printable(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t valid = find_invalid_utf8(text).value_or(text.size());
    for (const char c : text.substr(0, valid)) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < first_printable && c != '\t') || byte == delete_character) {
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
      } else {
        out += c;
      }
    }
    text.remove_prefix(valid);
    if (text.empty()) return;
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
  }
}

}  // namespace

std::string excerpt(std::string_view line) {
  std::string out;
  std::string_view shown = line.substr(0, excerpt_limit);
  if (shown.size() < line.size()) {
    // Not in the middle of a character: its first byte is at most three bytes back.
    const auto is_continuation = [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
    };
    std::size_t end = shown.size();
    while (end > 0 && shown.size() - end < 3 && is_continuation(line[end])) --end;
    if (!is_continuation(line[end])) shown = shown.substr(0, end);
  }
  append_printable(out, shown);
  if (shown.size() < line.size()) out += fmt::format("... ({} bytes)", line.size());
  return out;
}

}  // namespace bruit::workbench
