#include "bruit/maelstrom/long_exponents.h"

#include <algorithm>

namespace bruit::maelstrom {
namespace {

constexpr std::string_view longest = "999999999";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

LongExponents::LongExponents(std::string_view text) : text_(text) {
  bool in_string = false;
  std::size_t removed = 0;
  std::size_t copied = 0;  // what comes before is in shortened_
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string && c == '\\') {
      ++at;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == 'e' || c == 'E') && at > 0 && is_digit(text[at - 1])) {
      std::size_t first = at + 1;
      if (first < text.size() && (text[first] == '+' || text[first] == '-')) ++first;
      const std::size_t digits = std::min(text.find_first_not_of('0', first), text.size());
      std::size_t end = digits;
      while (end < text.size() && is_digit(text[end])) ++end;
      if (end - digits > longest.size()) {
        shortened_ += text.substr(copied, digits - copied);
        shortened_ += longest;
        removed += end - digits - longest.size();
        cuts_.push_back({shortened_.size(), removed});
        copied = end;
      }
      at = end - 1;
    }
  }
  shortened_ += text.substr(copied);
}

std::size_t LongExponents::original(std::size_t offset) const {
  const auto after =
      std::upper_bound(cuts_.begin(), cuts_.end(), offset,
                       [](std::size_t place, const Cut& cut) { return place < cut.end; });
  return offset + (after == cuts_.begin() ? 0 : std::prev(after)->removed);
}

std::string_view LongExponents::original(std::string_view part) const {
  const auto begin = static_cast<std::size_t>(part.data() - shortened_.data());
  const std::size_t from = original(begin);
  return text_.substr(from, original(begin + part.size()) - from);
}

}  // namespace bruit::maelstrom
