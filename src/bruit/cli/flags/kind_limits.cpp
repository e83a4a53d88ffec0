#include "bruit/cli/flags/kind_limits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/Error.hpp>
#include <charconv>
#include <string_view>

namespace bruit::cli {
namespace {

using workbench::KindLimit;
using workbench::KindSet;

[[noreturn]] void fail(const std::string& what) { throw CLI::ValidationError("--kinds", what); }

KindSet parse_group(std::string_view names) {
  KindSet kinds = 0;
  while (true) {
    const std::size_t plus = names.find('+');
    const std::string_view name = names.substr(0, plus);
    const auto kind = workbench::parse_deviation_kind(name);
    if (!kind) {
      std::vector<std::string_view> known;
      for (const auto one : workbench::fault_kinds) known.push_back(workbench::to_string(one));
      fail(fmt::format("\"{}\" is not a kind of deviation; expected {}", name,
                       fmt::join(known, ", ")));
    }
    if ((kinds & workbench::set_of(*kind)) != 0) fail(fmt::format("{} stands twice", name));
    kinds |= workbench::set_of(*kind);
    if (plus == std::string_view::npos) return kinds;
    names.remove_prefix(plus + 1);
  }
}

unsigned parse_most(std::string_view text) {
  unsigned most = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), most);
  if (error != std::errc{} || rest != text.data() + text.size() || most == 0) {
    fail(
        fmt::format("\"{}\" is not a number of deviations; expected a whole number from 1 on, as "
                    "in loss+kill:3",
                    text));
  }
  return most;
}

}  // namespace

std::vector<KindLimit> parse_kinds(const std::vector<std::string>& groups, unsigned deviations) {
  std::vector<KindLimit> limits;
  KindSet all = 0;
  for (const std::string_view group : groups) {
    const std::size_t colon = group.find(':');
    const KindSet kinds = parse_group(group.substr(0, colon));
    if ((all & kinds) != 0) fail(fmt::format("{}: a kind stands in two groups", group));
    all |= kinds;
    limits.push_back({kinds, colon == std::string_view::npos
                                 ? deviations
                                 : parse_most(group.substr(colon + 1))});
  }
  return limits;
}

}  // namespace bruit::cli
