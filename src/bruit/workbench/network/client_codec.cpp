#include "bruit/workbench/network/client_codec.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <initializer_list>

namespace bruit::workbench {
namespace {

namespace json = boost::json;

ElementId intern(const json::value& value, ElementTable& elements) {
  if (const auto* number = value.if_int64()) {
    const fmt::format_int text(*number);
    return elements.intern({text.data(), text.size()});
  }
  std::string text;
  append_edn(text, value);
  return elements.intern(text);
}

std::variant<OpValue, ErrorReply, BadReply> decode_error(const json::object& body) {
  const auto* code = body.if_contains("code");
  if (code == nullptr || !code->is_int64()) {
    return BadReply{"an error reply needs a field \"code\" that is an integer"};
  }
  ErrorReply error{.code = maelstrom::ErrorCode{code->get_int64()}, .text = {}};
  if (const auto* field = body.if_contains("text"); field != nullptr && field->is_string()) {
    error.text = std::string(field->get_string());
  }
  return error;
}

std::string type_of(const json::object& body) {
  const auto* type = body.if_contains("type");
  return type != nullptr && type->is_string() ? std::string(type->get_string()) : std::string();
}

}  // namespace

std::string encode_request(const Request& request, const TestOptions& options, std::uint32_t node,
                           std::string_view value) {
  switch (request.kind) {
    case Request::Kind::init: {
      json::array ids(options.nodes.begin(), options.nodes.end());
      return json::serialize(json::object{{"type", "init"},
                                          {"node_id", options.nodes[node]},
                                          {"node_ids", std::move(ids)},
                                          {"msg_id", request.msg_id}});
    }
    case Request::Kind::topology: {
      const auto lists =
          neighbours(options.topology, static_cast<std::uint32_t>(options.nodes.size()));
      json::object topology;
      for (std::size_t i = 0; i < lists.size(); ++i) {
        json::array names;
        for (const auto peer : lists[i]) names.emplace_back(options.nodes[peer]);
        topology[options.nodes[i]] = std::move(names);
      }
      return json::serialize(json::object{
          {"type", "topology"}, {"topology", std::move(topology)}, {"msg_id", request.msg_id}});
    }
    case Request::Kind::broadcast:
      return fmt::format(R"({{"type":"broadcast","message":{},"msg_id":{}}})", value,
                         request.msg_id);
    case Request::Kind::read:
      return fmt::format(R"({{"type":"read","msg_id":{}}})", request.msg_id);
  }
  return {};
}

// JSON values are valid EDN but for the colons of objects.
void append_edn(std::string& out, const json::value& value) {
  if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& item : *array) {
      if (out.back() != '[') out += ' ';
      append_edn(out, item);
    }
    out += ']';
  } else if (const auto* object = value.if_object()) {
    out += '{';
    for (const auto& [key, item] : *object) {
      if (out.back() != '{') out += ", ";
      out += json::serialize(json::value(key));
      out += ' ';
      append_edn(out, item);
    }
    out += '}';
  } else if (value.is_null()) {
    out += "nil";
  } else {
    out += json::serialize(value);
  }
}

std::optional<BadReply> find_surplus(const json::object& body,
                                     std::initializer_list<std::string_view> allowed) {
  for (const auto& [key, value] : body) {
    bool known = key == "type" || key == "in_reply_to" || key == "msg_id";
    for (const auto name : allowed) known = known || name == std::string_view(key);
    if (known) continue;
    for (const auto name : allowed) {
      if (body.contains({name.data(), name.size()})) continue;
      return BadReply{fmt::format("{} needs a field \"{}\"; it has \"{}\", which it must not have",
                                  type_of(body), name, std::string_view(key))};
    }
    return BadReply{fmt::format("{} has a field \"{}\" that it must not have", type_of(body),
                                std::string_view(key))};
  }
  return std::nullopt;
}

std::optional<BadReply> find_missing(const json::object& body, std::string_view field) {
  if (body.contains({field.data(), field.size()})) return std::nullopt;
  return BadReply{fmt::format("{} needs a field \"{}\"", type_of(body), field)};
}

std::variant<OpValue, BadReply> read_list(const json::object& body, std::string_view field,
                                          ElementTable& elements) {
  if (auto bad = find_surplus(body, {field})) return *std::move(bad);
  const auto* list = body.if_contains({field.data(), field.size()});
  if (list == nullptr || !list->is_array()) {
    return BadReply{fmt::format("{} needs a field \"{}\" that is a list", type_of(body), field)};
  }
  ElementList found;
  for (const auto& value : list->get_array()) found.push_back(intern(value, elements));
  return OpValue(std::move(found));
}

std::optional<std::int64_t> in_reply_to_of(std::string_view text) {
  boost::system::error_code error;
  json::monotonic_resource memory;
  const json::value parsed = json::parse({text.data(), text.size()}, error, &memory);
  if (error || !parsed.is_object()) return std::nullopt;
  const auto* in_reply_to = parsed.get_object().if_contains("in_reply_to");
  if (in_reply_to == nullptr || !in_reply_to->is_int64()) return std::nullopt;
  return in_reply_to->get_int64();
}

std::optional<DecodedReply> decode_reply(std::string_view text, std::string_view ok_type,
                                         const BodyReader& read) {
  boost::system::error_code error;
  json::monotonic_resource memory;
  const json::value parsed = json::parse({text.data(), text.size()}, error, &memory);
  if (error || !parsed.is_object()) return std::nullopt;
  const json::object& body = parsed.get_object();
  const auto* in_reply_to = body.if_contains("in_reply_to");
  if (in_reply_to == nullptr || !in_reply_to->is_int64()) return std::nullopt;

  DecodedReply result{.in_reply_to = static_cast<std::uint64_t>(in_reply_to->get_int64()),
                      .content = BadReply{}};
  const auto* type = body.if_contains("type");
  if (type == nullptr || !type->is_string()) {
    result.content = BadReply{"the reply has no field \"type\" that is a string"};
  } else if (type->get_string() == "error") {
    result.content = decode_error(body);
  } else if (std::string_view(type->get_string()) != ok_type) {
    result.content = BadReply{fmt::format("expected type \"{}\", got \"{}\"", ok_type,
                                          std::string_view(type->get_string()))};
  } else {
    std::visit([&](auto&& content) { result.content = std::move(content); }, read(body));
  }
  return result;
}

std::optional<DecodedReply> decode_bare_reply(std::string_view text, std::string_view ok_type) {
  return decode_reply(text, ok_type,
                      [](const json::object& body) -> std::variant<OpValue, BadReply> {
                        if (auto bad = find_surplus(body, {})) return *std::move(bad);
                        return OpValue(Nil{});
                      });
}

}  // namespace bruit::workbench
