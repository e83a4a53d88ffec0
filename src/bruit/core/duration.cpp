#include "bruit/core/duration.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace bruit::core {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longest first, so that format_duration() finds the largest that divides.
constexpr std::array units{
    Unit{"h", 3'600'000'000'000}, Unit{"min", 60'000'000'000}, Unit{"s", 1'000'000'000},
    Unit{"ms", 1'000'000},        Unit{"us", 1'000},           Unit{"ns", 1},
};

[[noreturn]] void bad(std::string_view text, std::string_view why) {
  std::string message = "\"";
  message.append(text).append("\" is not a duration: ").append(why);
  throw std::invalid_argument(message +
                              "; expected a number and a unit, such as 200ms, 1.5s or 2min");
}

}  // namespace

std::chrono::nanoseconds parse_duration(std::string_view text) {
  const std::size_t number_end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, number_end);
  const std::string_view unit_name = text.substr(number_end);
  const std::size_t point = number.find('.');
  const std::string_view whole = number.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : number.substr(point + 1);

  if (number.empty()) bad(text, "it does not begin with a number");
  if (whole.empty() || (point != std::string_view::npos && fraction.empty()) ||
      fraction.find('.') != std::string_view::npos) {
    bad(text, "a decimal point stands between digits, and only once");
  }
  if (unit_name.empty()) {
    if (number.find_first_not_of("0.") == std::string_view::npos) return {};
    bad(text, "the unit is missing");
  }
  const Unit* unit = nullptr;
  for (const auto& candidate : units) {
    if (candidate.name == unit_name) unit = &candidate;
  }
  if (unit == nullptr) bad(text, "the units are ns, us, ms, s, min and h");

  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::int64_t total = 0;
  for (const char digit : whole) {
    const std::int64_t step = digit - '0';
    if (total > (most - step) / 10) bad(text, "it is too long");
    total = total * 10 + step;
  }
  if (total > most / unit->nanoseconds) bad(text, "it is too long");
  total *= unit->nanoseconds;
  std::int64_t place = unit->nanoseconds;
  for (const char digit : fraction) {
    if (digit != '0' && (place == 0 || place % 10 != 0)) bad(text, "it is finer than a nanosecond");
    place /= 10;
    const std::int64_t part = (digit - '0') * place;
    if (total > most - part) bad(text, "it is too long");
    total += part;
  }
  return std::chrono::nanoseconds(total);
}

std::string format_duration(std::chrono::nanoseconds duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  for (const auto& unit : units) {
    if (count % unit.nanoseconds == 0) {
      return std::to_string(count / unit.nanoseconds) + std::string(unit.name);
    }
  }
  return std::to_string(count) + "ns";
}

}  // namespace bruit::core
