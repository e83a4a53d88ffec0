// Message: what travels between nodes, clients and services, and how to take its body apart.
//
// Source: Maelstrom, doc/protocol.md. A body has at least `type`; a request that wants an answer
// has `msg_id`, and the answer has the same number as `in_reply_to`.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bruit::maelstrom {

namespace json = boost::json;

struct Message {
  std::string src;
  std::string dest;
  json::object body;

  // The body's type; empty if it has none, or one that is no string.
  std::string_view type() const;
  // The body's msg_id; nothing if it is absent or not a 64-bit integer.
  std::optional<std::int64_t> msg_id() const;
  // What an answer has as in_reply_to: the body's msg_id of whatever kind. Null if it is absent or
  // null, and no answer is wanted.
  const json::value* request_id() const;
  // The body's in_reply_to; nothing if it is absent or not a 64-bit integer.
  std::optional<std::int64_t> in_reply_to() const;
  // Whether it answers something: the body has an in_reply_to of any kind but null.
  bool is_reply() const;
};

// A field of a request's body. Each throws RpcError(malformed_request) that names the field and
// what was expected, which becomes the error reply when it leaves a handler.
const json::value& required(const json::object& body, std::string_view field);
std::string_view required_string(const json::object& body, std::string_view field);
std::int64_t required_integer(const json::object& body, std::string_view field);
std::uint64_t required_unsigned(const json::object& body, std::string_view field);
const json::array& required_array(const json::object& body, std::string_view field);
const json::object& required_object(const json::object& body, std::string_view field);

// "null", "a boolean", "an integer", "a number", "a string", "an array", "an object".
std::string_view kind_name(const json::value& value);
// Whether the value is an integer of any size.
bool is_integer(const json::value& value);

}  // namespace bruit::maelstrom
