#include "bruit/maelstrom/broadcast_codec.h"

#include <array>
#include <utility>
#include <vector>

#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/json.h"
#include "bruit/maelstrom/rounds_codec.h"

namespace bruit::maelstrom {
namespace {

// A message type: its name, and how to read its body. Writing is the visitor below.
struct Kind {
  std::string_view type;
  core::Message (*decode)(const json::object& body);
};

core::ValueList decode_values(const json::object& body, std::string_view field) {
  const auto& elements = required_array(body, field);
  std::vector<core::Value> values;
  values.reserve(elements.size());
  for (const auto& element : elements) values.push_back(to_value(element, field));
  return core::ValueList(std::move(values));
}

core::Message decode_rumor(const json::object& body) {
  return core::Rumor{to_value(required(body, "value"), "value")};
}

core::Message decode_batch(const json::object& body) {
  const auto id = required_unsigned(body, "id");
  return core::Batch{id, decode_values(body, "values")};
}

core::Message decode_ack(const json::object& body) {
  return core::Ack{required_unsigned(body, "id")};
}

constexpr std::array kinds{
    Kind{"rumor", decode_rumor},   Kind{"batch", decode_batch},     Kind{"ack", decode_ack},
    Kind{"gather", decode_gather}, Kind{"scatter", decode_scatter}, Kind{"hello", decode_hello},
    Kind{"push", decode_push},     Kind{"seek", decode_seek},
};
static_assert(kinds.size() == std::variant_size_v<core::Message>, "every alternative has a form");

constexpr auto types = [] {
  std::array<std::string_view, kinds.size()> names;
  for (std::size_t i = 0; i < kinds.size(); ++i) names[i] = kinds[i].type;
  return names;
}();

struct Writer {
  std::string& out;

  void operator()(const core::Rumor& rumor) const {
    out += R"("type":"rumor","value":)";
    out += rumor.value.bytes();
  }

  void operator()(const core::Batch& batch) const {
    out += R"("type":"batch","id":)";
    append_json_integer(batch.id, out);
    out += R"(,"values":)";
    append_values(*batch.values);
  }

  void operator()(const core::Ack& ack) const {
    out += R"("type":"ack","id":)";
    append_json_integer(ack.id, out);
  }

  // The messages of `rounds` have a file of their own.
  template <typename Other>
  void operator()(const Other& message) const {
    append_members(message, out);
  }

  void append_values(const std::vector<core::Value>& values) const {
    out += '[';
    const char* separator = "";
    for (const auto& value : values) {
      out += separator;
      out += value.bytes();
      separator = ",";
    }
    out += ']';
  }
};

}  // namespace

core::Value to_value(const json::value& value, std::string_view field) {
  if (json_depth(value) > broadcast_value_depth_limit) {
    std::string text = "field \"";
    text.append(field).append("\" is nested more than ");
    throw RpcError(ErrorCode::malformed_request,
                   text + std::to_string(broadcast_value_depth_limit) + " levels deep");
  }
  return core::Value(canonical_json(value));
}

std::span<const std::string_view> broadcast_message_types() { return types; }

void append_broadcast_members(const core::Message& message, std::string& out) {
  std::visit(Writer{out}, message);
}

core::Message decode_broadcast(const Message& message) {
  for (const auto& kind : kinds) {
    if (kind.type == message.type()) return kind.decode(message.body);
  }
  throw RpcError(ErrorCode::not_supported,
                 "not a broadcast message: " + std::string(message.type()));
}

}  // namespace bruit::maelstrom
