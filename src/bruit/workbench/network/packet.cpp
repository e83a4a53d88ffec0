#include "bruit/workbench/network/packet.h"

#include <array>
#include <utility>

#include "bruit/maelstrom/json.h"

namespace bruit::workbench {
namespace {

constexpr std::array<std::string_view, service_count> service_names = {"lin-kv", "seq-kv", "lww-kv",
                                                                       "lin-tso"};

}  // namespace

std::string_view to_string(ServiceName service) {
  return service_names[static_cast<std::size_t>(service)];
}

std::optional<ServiceName> parse_service(std::string_view name) {
  for (std::size_t i = 0; i < service_names.size(); ++i) {
    if (service_names[i] == name) return static_cast<ServiceName>(i);
  }
  return std::nullopt;
}

JsonBody json_body(boost::json::object fields) {
  JsonBody body;
  maelstrom::append_json(fields, body.text);
  body.fields = std::make_shared<const boost::json::object>(std::move(fields));
  return body;
}

std::string name_of(Endpoint endpoint, const TestOptions& options) {
  if (endpoint.is_client()) return "c" + std::to_string(endpoint.index());
  if (endpoint.is_service()) return std::string(to_string(endpoint.service_name()));
  return options.nodes[endpoint.index()];
}

}  // namespace bruit::workbench
