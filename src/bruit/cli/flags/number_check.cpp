#include "bruit/cli/flags/number_check.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

namespace bruit::cli {
namespace {

// The whole text, or false.
template <typename Number>
bool read(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && rest == end;
}

// Without the name that CLI11 would add to the type in help texts.
CLI::Validator validator(std::function<std::string(std::string&)> check) {
  return CLI::Validator(std::move(check), "");
}

}  // namespace

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return validator([least, most](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    if (read(text, number) && number >= least && number <= most) return {};
    if (most == std::numeric_limits<std::uint64_t>::max()) {
      return fmt::format("\"{}\" is not a whole number from {} on", text, least);
    }
    return fmt::format("\"{}\" is not a whole number from {} to {}", text, least, most);
  });
}

CLI::Validator decimal_number(Bound bound, double least, double most) {
  return validator([bound, least, most](const std::string& text) -> std::string {
    double number = 0;
    const bool is_number = read(text, number);
    // Written so that "nan" is in no range.
    const bool is_low_enough = number <= most;
    const bool is_high_enough = bound == Bound::above ? number > least : number >= least;
    if (is_number && is_low_enough && is_high_enough) return {};
    return fmt::format("\"{}\" is not a number {} {} {} {}", text,
                       bound == Bound::above ? "above" : "from", least,
                       bound == Bound::above ? "and at most" : "to", most);
  });
}

}  // namespace bruit::cli
