#include "bruit/workbench/workloads/echo.h"

#include <fmt/format.h>

#include "bruit/workbench/history/edn_json.h"

namespace bruit::workbench {
namespace {

constexpr std::uint64_t number_count = 128;

// The body as Maelstrom's client sees it: its own keys are keywords, those further inside strings.
Edn body_as_edn(const boost::json::object& body) {
  EdnMap map;
  for (const auto& [key, value] : body) {
    map.entries.push_back({Edn::keyword(std::string_view(key)), to_edn(value)});
  }
  return map;
}

}  // namespace

Turn EchoRules::next(Random& random, std::span<const std::uint32_t>) {
  const std::string said = fmt::format("Please echo {}", random.below(number_count));
  return {.operation = {.f = "echo", .value = Edn(said), .members = {{"echo", said}}},
          .worker = {}};
}

std::variant<OpValue, BadReply> EchoRules::result(const Operation&,
                                                  const boost::json::object& body) const {
  if (auto bad = find_surplus(body, {"echo"})) return *std::move(bad);
  if (auto bad = find_missing(body, "echo")) return *std::move(bad);
  return body_as_edn(body);
}

}  // namespace bruit::workbench
