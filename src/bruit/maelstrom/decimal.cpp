#include "bruit/maelstrom/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <system_error>

namespace bruit::maelstrom {
namespace {

// No double needs more digits, and whole numbers of so many fit 64 bits.
constexpr int digits_most = std::numeric_limits<double>::max_digits10;

// A number as digits * 10^exponent. The last digit is not 0, but for 0 itself, which is 0 * 10^0.
struct Decimal {
  std::uint64_t digits = 0;
  int count = 0;  // of digits
  std::int64_t exponent = 0;

  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// Nothing if it has more digits than a double can tell apart, or an exponent beyond all doubles.
std::optional<Decimal> parse(std::string_view text) {
  Decimal decimal;
  std::int64_t zeros = 0;  // after the last digit that is none
  std::int64_t after_point = 0;
  bool fraction = false;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    const char c = text[at];
    if (c == '-') continue;
    if (c == '.') {
      fraction = true;
      continue;
    }
    if (fraction) ++after_point;
    if (c == '0') {
      if (decimal.count > 0) ++zeros;
      continue;
    }
    if (decimal.count + zeros + 1 > digits_most) return std::nullopt;
    for (; zeros > 0; --zeros, ++decimal.count) decimal.digits *= 10;
    decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(c - '0');
    ++decimal.count;
  }
  if (decimal.count == 0) return Decimal{};
  decimal.exponent = zeros - after_point;
  if (at < text.size()) {
    ++at;
    if (at < text.size() && text[at] == '+') ++at;
    std::int64_t exponent = 0;
    const auto [end, error] =
        std::from_chars(text.data() + at, text.data() + text.size(), exponent);
    constexpr std::int64_t beyond_all = std::int64_t{1} << 32;
    if (error != std::errc{} || exponent > beyond_all || exponent < -beyond_all)
      return std::nullopt;
    decimal.exponent += exponent;
  }
  return decimal;
}

}  // namespace

std::string_view shortest_decimal(double number, DecimalBuffer& buffer) {
  const auto size_of = [&](std::to_chars_result result) {
    return static_cast<std::size_t>(result.ptr - buffer.data());
  };
  char* const end = buffer.data() + buffer.size();
  const std::size_t size = size_of(std::to_chars(buffer.data(), end, number));
  const std::string_view text(buffer.data(), size);
  constexpr double whole = 9007199254740992;  // 2^53: above it doubles are further apart than 1
  if (std::fabs(number) <= whole || text.find_first_of(".e") != std::string_view::npos) return text;
  // d.ddde+17: the digits, without the point, and zeros to the same length.
  std::size_t digits =
      size_of(std::to_chars(buffer.data(), end, number, std::chars_format::scientific));
  digits = std::string_view(buffer.data(), digits).find('e');
  char* const past_digits = buffer.data() + digits;
  char* const kept = std::remove(buffer.data(), past_digits, '.');
  std::fill(kept, buffer.data() + size, '0');
  return {buffer.data(), size};
}

bool is_value_of(double nearest, std::string_view text) {
  if (!std::isfinite(nearest)) return false;
  // Decimals of up to 15 digits have doubles of their own (IEEE 754, binary64), so that the
  // shortest one of a double is the one that was read. The smallest doubles lie further apart.
  constexpr int digits_of_their_own = std::numeric_limits<double>::digits10;
  const bool normal = std::fabs(nearest) >= std::numeric_limits<double>::min();
  const std::size_t digits_at_most = text.size() - 1;  // without the point or the exponent
  if (normal && digits_at_most <= digits_of_their_own) return true;
  DecimalBuffer buffer;
  const std::string_view shortest = shortest_decimal(nearest, buffer);
  if (shortest == text) return true;
  const auto meant = parse(text);
  if (!meant) return false;
  if (meant->count == 0) return nearest == 0;
  if (normal && meant->count <= digits_of_their_own) return true;
  return parse(shortest) == meant;
}

}  // namespace bruit::maelstrom
