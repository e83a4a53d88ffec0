#include "bruit/cli/flags/value_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <set>
#include <stdexcept>

#include "bruit/core/duration.h"

namespace bruit::cli {
namespace {

// Numbers are kept in billionths, durations in nanoseconds: both exact.
constexpr std::int64_t one = 1'000'000'000;
constexpr int places = 9;
constexpr std::int64_t most_units = std::int64_t{1} << 61;  // sums of two do not overflow

struct Quantity {
  std::int64_t units;
  bool is_duration;
};

// Digits, and up to nine more behind a point.
std::optional<std::int64_t> parse_billionths(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  const bool has_digits = !whole.empty() && (point == std::string_view::npos || !fraction.empty());
  if (!has_digits || fraction.size() > places ||
      whole.find_first_not_of("0123456789") != std::string_view::npos ||
      fraction.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::string digits(whole);
  digits.append(fraction).append(places - fraction.size(), '0');
  std::int64_t units = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), units);
  if (error != std::errc{} || units > most_units) return std::nullopt;
  return units;
}

std::optional<Quantity> parse_quantity(std::string_view text) {
  if (const auto units = parse_billionths(text)) return Quantity{*units, false};
  try {
    const auto duration = core::parse_duration(text);
    if (duration.count() > most_units) return std::nullopt;
    return Quantity{duration.count(), true};
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::string format_quantity(std::int64_t units, bool as_duration) {
  if (as_duration) return core::format_duration(std::chrono::nanoseconds(units));
  std::string text = fmt::format("{}.{:09}", units / one, units % one);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// The values after `before` up to `last`, by the step from `first` to `before`.
void append_progression(std::vector<std::string>& values, std::string_view last) {
  if (values.size() < 2) {
    throw std::invalid_argument("\"...\" needs two values before it, such as 50ms,100ms,...,1s");
  }
  const std::string before_text = values[values.size() - 1];
  const auto first = parse_quantity(values[values.size() - 2]);
  const auto before = parse_quantity(before_text);
  const auto end = parse_quantity(last);
  if (!first || !before || !end || first->is_duration != before->is_duration ||
      end->is_duration != before->is_duration) {
    throw std::invalid_argument(
        fmt::format("\"...\" stands between numbers, or between durations, not between {}, {} and "
                    "{}",
                    values[values.size() - 2], before_text, last));
  }
  const std::int64_t step = before->units - first->units;
  const std::int64_t distance = end->units - before->units;
  if (step == 0 || distance % step != 0 || distance / step < 1) {
    throw std::invalid_argument(fmt::format("{},{},... does not arrive at {}",
                                            values[values.size() - 2], before_text, last));
  }
  const std::int64_t count = distance / step;
  if (static_cast<std::uint64_t>(count) > most_listed_values) {
    throw std::invalid_argument(fmt::format("more than {} values", most_listed_values));
  }
  for (std::int64_t i = 1; i < count; ++i) {
    values.push_back(format_quantity(before->units + i * step, before->is_duration));
  }
  values.emplace_back(last);
}

}  // namespace

std::vector<std::string> expand_list(std::string_view text) {
  std::vector<std::string> values;
  bool dots = false;  // were the last item
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
    if (item.empty()) throw std::invalid_argument("a value is empty");
    if (item == "..." || item == "…") {
      if (dots || !more) throw std::invalid_argument("\"...\" needs a value after it");
      dots = true;
    } else if (dots) {
      append_progression(values, item);
      dots = false;
    } else {
      values.emplace_back(item);
    }
    if (values.size() > most_listed_values) {
      throw std::invalid_argument(fmt::format("more than {} values", most_listed_values));
    }
  }
  std::set<std::string_view> seen;
  for (const std::string& value : values) {
    if (!seen.insert(value).second) {
      throw std::invalid_argument(fmt::format("{} is listed twice", value));
    }
  }
  return values;
}

std::optional<double> position_of(std::string_view value) {
  const auto quantity = parse_quantity(value);
  if (!quantity) return std::nullopt;
  constexpr double units_per_millisecond = 1e6;
  const auto units = static_cast<double>(quantity->units);
  return quantity->is_duration ? units / units_per_millisecond : units / static_cast<double>(one);
}

bool is_duration(std::string_view value) {
  const auto quantity = parse_quantity(value);
  return quantity && quantity->is_duration;
}

}  // namespace bruit::cli
