#include "bruit/workbench/hosts/services.h"

#include <utility>

#include "bruit/core/check.h"
#include "bruit/maelstrom/errors.h"
#include "bruit/workbench/basics/random.h"

namespace bruit::workbench {
namespace {

constexpr std::uint64_t services_stream = 7;

}  // namespace

Services::Services(std::uint64_t seed) {
  Random random(seed, services_stream);
  for (std::uint32_t i = 0; i < service_count; ++i) {
    services_[i] = maelstrom::make_service(to_string(static_cast<ServiceName>(i)), random.next());
  }
}

JsonBody Services::answer(ServiceName service, const std::string& client, const JsonBody& request) {
  namespace json = boost::json;
  BRUIT_CHECK(request.fields != nullptr);
  const maelstrom::Message message{
      .src = client, .dest = std::string(to_string(service)), .body = *request.fields};
  json::object body;
  try {
    body = services_[static_cast<std::size_t>(service)]->answer(message);
  } catch (const maelstrom::RpcError& error) {
    body = {{"type", "error"},
            {"code", static_cast<std::int64_t>(error.code())},
            {"text", error.what()}};
  }
  const auto* msg_id = message.body.if_contains("msg_id");
  body["in_reply_to"] = msg_id == nullptr ? json::value() : *msg_id;
  return json_body(std::move(body));
}

}  // namespace bruit::workbench
