#include "bruit/workbench/workloads/unique_ids.h"

#include "bruit/workbench/history/edn_json.h"

namespace bruit::workbench {

Turn UniqueIdsRules::next(Random&, std::span<const std::uint32_t>) {
  return {.operation = {.f = "generate", .value = Nil{}}, .worker = {}};
}

std::variant<OpValue, BadReply> UniqueIdsRules::result(const Operation&,
                                                       const boost::json::object& body) const {
  if (auto bad = find_surplus(body, {"id"})) return *std::move(bad);
  if (auto bad = find_missing(body, "id")) return *std::move(bad);
  return to_edn(body.at("id"));
}

}  // namespace bruit::workbench
