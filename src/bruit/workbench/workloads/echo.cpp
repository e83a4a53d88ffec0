#include "bruit/workbench/workloads/echo.h"

#include <fmt/format.h>

namespace bruit::workbench {
namespace {

constexpr std::uint64_t number_count = 128;

// The body as Maelstrom's client sees it: its own keys are keywords, those further inside strings.
std::string body_as_edn(const boost::json::object& body) {
  std::string out = "{";
  for (const auto& [key, value] : body) {
    if (out.size() > 1) out += ", ";
    out.append(":").append(key).append(" ");
    append_edn(out, value);
  }
  return out + "}";
}

}  // namespace

Turn EchoRules::next(Random& random, std::span<const std::uint32_t>) {
  const std::string said = fmt::format(R"("Please echo {}")", random.below(number_count));
  return {.operation = {.f = "echo", .value = EdnText{said}, .members = R"("echo":)" + said},
          .worker = {}};
}

std::variant<OpValue, BadReply> EchoRules::result(const Operation&,
                                                  const boost::json::object& body) const {
  if (auto bad = find_surplus(body, {"echo"})) return *std::move(bad);
  if (auto bad = find_missing(body, "echo")) return *std::move(bad);
  return EdnText{body_as_edn(body)};
}

}  // namespace bruit::workbench
