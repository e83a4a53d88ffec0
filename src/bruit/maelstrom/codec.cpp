#include "bruit/maelstrom/codec.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace bruit::maelstrom {
namespace {

constexpr std::string_view expected_shape =
    R"(expected {"src": "...", "dest": "...", "body": {"type": "...", ...}})";

ParseError missing(std::string field) {
  std::string text = "field \"" + field + "\" is missing; ";
  text += expected_shape;
  return {ParseError::Kind::missing_field, std::move(field), std::move(text)};
}

ParseError wrong_type(std::string field, std::string_view expected, const json::value& value) {
  std::string text = "field \"" + field + "\" must be ";
  text.append(expected).append(", not ").append(kind_name(value));
  return {ParseError::Kind::wrong_type, std::move(field), std::move(text)};
}

// Moves the string out of `object`; an error if it is not there.
std::optional<ParseError> take_string(const json::object& object, const char* field,
                                      std::string& out) {
  const auto* value = object.if_contains(field);
  if (value == nullptr) return missing(field);
  const auto text = string_in(*value);
  if (!text) return wrong_type(field, "a string", *value);
  out = *text;
  return std::nullopt;
}

// Maelstrom makes a map of a body before it looks whether there is one.
bool stands_for_an_empty_body(const json::value* body) {
  return body == nullptr || body->is_null() || (body->is_array() && body->get_array().empty());
}

// What Maelstrom's schema of a line forbids and a tolerant reader does not mind.
std::optional<ParseError> check_top_level(const json::object& object) {
  for (const auto& member : object) {
    const std::string_view key(member.key().data(), member.key().size());
    if (key == "src" || key == "dest" || key == "body") continue;
    if (key == "id") {
      if (!is_integer(member.value())) return wrong_type("id", "an integer", member.value());
      continue;
    }
    std::string text = "field \"";
    text.append(key).append("\" is not allowed beside src, dest and body; ").append(expected_shape);
    return ParseError{ParseError::Kind::surplus_field, std::string(key), std::move(text)};
  }
  return std::nullopt;
}

}  // namespace

std::variant<Message, ParseError> MessageReader::read(std::string_view line) {
  auto parsed = json_.read(line);
  if (auto* error = std::get_if<JsonError>(&parsed)) {
    return ParseError{ParseError::Kind::not_json, "", "not JSON: " + std::move(error->text)};
  }
  auto& value = std::get<json::value>(parsed);
  auto* object = value.if_object();
  if (object == nullptr) {
    std::string text = "not an object but ";
    text.append(kind_name(value)).append("; ").append(expected_shape);
    return ParseError{ParseError::Kind::not_an_object, "", std::move(text)};
  }

  if (strictness_ == Strictness::as_maelstrom) {
    if (auto error = check_top_level(*object)) return *std::move(error);
  }
  Message message;
  if (auto error = take_string(*object, "src", message.src)) return *std::move(error);
  if (auto error = take_string(*object, "dest", message.dest)) return *std::move(error);
  auto* body = object->if_contains("body");
  if (strictness_ == Strictness::as_maelstrom && stands_for_an_empty_body(body)) return message;
  if (body == nullptr) return missing("body");
  if (!body->is_object()) return wrong_type("body", "an object", *body);
  message.body = std::move(body->get_object());
  if (strictness_ == Strictness::tolerant && json_.has_written_number()) {
    if (auto error = find_inexact_number(message.body)) {
      error->sent = std::move(message);
      return *std::move(error);
    }
  }
  return message;
}

std::optional<ParseError> find_breach(const json::object& body) {
  const auto* type = body.if_contains("type");
  if (type == nullptr) return missing("body.type");
  if (!string_in(*type)) return wrong_type("body.type", "a string", *type);
  for (const char* field : {"msg_id", "in_reply_to"}) {
    const auto* value = body.if_contains(field);
    if (value == nullptr || value->is_int64()) continue;
    return wrong_type(std::string("body.") + field, "a signed 64-bit integer", *value);
  }
  return std::nullopt;
}

std::optional<ParseError> MessageReader::find_inexact_number(const json::object& body) const {
  json::object content = body;  // a copy, but such numbers are rare
  content.erase("msg_id");
  content.erase("in_reply_to");
  const auto number = find_written_number(content);
  if (!number) return std::nullopt;  // an id, or beside the body
  std::string field = "body." + number->path;
  std::string text = "field \"" + field + "\": " + describe_inexact(number->text);
  return ParseError{ParseError::Kind::inexact_number, std::move(field), std::move(text)};
}

std::variant<Message, ParseError> parse_message(std::string_view line) {
  return MessageReader().read(line);
}

void begin_message(std::string_view src, std::string_view dest, std::string& out) {
  out += R"({"src":)";
  append_json_string(src, out);
  out += R"(,"dest":)";
  append_json_string(dest, out);
  out += R"(,"body":{)";
}

void end_message(std::string& out) { out += "}}\n"; }

void append_members(const json::object& body, std::initializer_list<std::string_view> except,
                    std::string& out) {
  const char* separator = "";
  for (const auto& member : body) {
    const std::string_view key(member.key().data(), member.key().size());
    if (std::find(except.begin(), except.end(), key) != except.end()) continue;
    out += separator;
    append_json_string(key, out);
    out += ':';
    append_json(member.value(), out);
    separator = ",";
  }
}

void append_message(const Message& message, std::string& out) {
  out += R"({"src":)";
  append_json_string(message.src, out);
  out += R"(,"dest":)";
  append_json_string(message.dest, out);
  out += R"(,"body":)";
  append_json(message.body, out);
  out += "}\n";
}

std::string encode_message(const Message& message) {
  std::string line;
  append_message(message, line);
  return line;
}

void append_error_message(std::string_view src, std::string_view dest,
                          const json::value& in_reply_to, ErrorCode code, std::string_view text,
                          std::string& out) {
  begin_message(src, dest, out);
  out += R"("type":"error","in_reply_to":)";
  append_json(in_reply_to, out);
  out += R"(,"code":)";
  append_json_integer(static_cast<std::int64_t>(code), out);
  out += R"(,"text":)";
  append_json_string(text, out);
  end_message(out);
}

}  // namespace bruit::maelstrom
