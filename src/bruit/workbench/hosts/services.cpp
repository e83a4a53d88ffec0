#include "bruit/workbench/hosts/services.h"

#include <utility>
#include <variant>

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
  json::object body;
  json::value msg_id;
  try {
    const auto parsed = reader_.read(request.text);
    const auto* value = std::get_if<json::value>(&parsed);
    if (value == nullptr || !value->is_object()) {
      throw maelstrom::RpcError(maelstrom::ErrorCode::malformed_request,
                                "the body is not a JSON object");
    }
    const maelstrom::Message message{
        .src = client, .dest = std::string(to_string(service)), .body = value->get_object()};
    if (const auto* id = message.body.if_contains("msg_id")) msg_id = *id;
    body = services_[static_cast<std::size_t>(service)]->answer(message);
  } catch (const maelstrom::RpcError& error) {
    body = {{"type", "error"},
            {"code", static_cast<std::int64_t>(error.code())},
            {"text", error.what()}};
  }
  body["in_reply_to"] = std::move(msg_id);
  JsonBody answer;
  maelstrom::append_json(body, answer.text);
  return answer;
}

}  // namespace bruit::workbench
