#include "bruit/maelstrom/message.h"

#include <limits>

#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/json.h"

namespace bruit::maelstrom {
namespace {

const json::value* not_null(const json::value* value) {
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::int64_t> integer(const json::value* value) {
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

[[noreturn]] void wrong_kind(std::string_view field, std::string_view expected,
                             const json::value& value) {
  std::string text = "field \"";
  text.append(field).append("\" must be ").append(expected).append(", not ");
  text += kind_name(value);
  throw RpcError(ErrorCode::malformed_request, text);
}

}  // namespace

std::string_view Message::type() const {
  const auto* value = body.if_contains("type");
  return value == nullptr ? std::string_view() : string_in(*value).value_or(std::string_view());
}

std::optional<std::int64_t> Message::msg_id() const { return integer(body.if_contains("msg_id")); }

const json::value* Message::request_id() const { return not_null(body.if_contains("msg_id")); }

std::optional<std::int64_t> Message::in_reply_to() const {
  return integer(body.if_contains("in_reply_to"));
}

bool Message::is_reply() const { return not_null(body.if_contains("in_reply_to")) != nullptr; }

const json::value& required(const json::object& body, std::string_view field) {
  if (const auto* value = body.if_contains(field)) return *value;
  std::string text = "field \"";
  text.append(field).append("\" is missing");
  throw RpcError(ErrorCode::malformed_request, text);
}

std::string_view required_string(const json::object& body, std::string_view field) {
  const auto& value = required(body, field);
  const auto text = string_in(value);
  if (!text) wrong_kind(field, "a string", value);
  return *text;
}

std::int64_t required_integer(const json::object& body, std::string_view field) {
  const auto& value = required(body, field);
  if (!value.is_int64()) wrong_kind(field, "a signed 64-bit integer", value);
  return value.get_int64();
}

std::uint64_t required_unsigned(const json::object& body, std::string_view field) {
  const auto& value = required(body, field);
  if (value.is_uint64()) return value.get_uint64();
  if (!value.is_int64() || value.get_int64() < 0)
    wrong_kind(field, "an integer that is not negative", value);
  return static_cast<std::uint64_t>(value.get_int64());
}

const json::array& required_array(const json::object& body, std::string_view field) {
  const auto& value = required(body, field);
  if (!value.is_array()) wrong_kind(field, "an array", value);
  return value.get_array();
}

const json::object& required_object(const json::object& body, std::string_view field) {
  const auto& value = required(body, field);
  if (!value.is_object()) wrong_kind(field, "an object", value);
  return value.get_object();
}

std::string_view kind_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "a boolean";
    case json::kind::int64:
      return value.get_int64() < 0 ? "a negative integer" : "an integer";
    case json::kind::uint64:
      return "an integer beyond 63 bits";
    case json::kind::double_:
      return "a number with a fraction or exponent";
    case json::kind::string:
      return string_in(value) ? "a string" : "a number beyond 64 bits";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "unknown";
}

bool is_integer(const json::value& value) {
  if (value.is_int64() || value.is_uint64()) return true;
  const auto written = written_number(value);
  return written && written->find_first_of(".eE") == std::string_view::npos;
}

}  // namespace bruit::maelstrom
