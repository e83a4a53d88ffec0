#include "bruit/workbench/client_codec.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <initializer_list>

namespace bruit::workbench {
namespace {

namespace json = boost::json;

std::string_view ok_type(Request::Kind kind) {
  switch (kind) {
    case Request::Kind::init:
      return "init_ok";
    case Request::Kind::topology:
      return "topology_ok";
    case Request::Kind::broadcast:
      return "broadcast_ok";
    case Request::Kind::read:
      return "read_ok";
    case Request::Kind::echo:
      return "echo_ok";
  }
  return "?";
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

ElementId intern(const json::value& value, ElementTable& elements) {
  if (const auto* number = value.if_int64()) {
    const fmt::format_int text(*number);
    return elements.intern({text.data(), text.size()});
  }
  std::string text;
  append_edn(text, value);
  return elements.intern(text);
}

// The first key that is not in `allowed`.
std::optional<std::string> surplus_key(const json::object& body,
                                       std::initializer_list<std::string_view> allowed) {
  for (const auto& [key, value] : body) {
    bool known = false;
    for (const auto name : allowed) known = known || name == std::string_view(key);
    if (!known) return std::string(key);
  }
  return std::nullopt;
}

std::variant<Reply, BadReply> decode_ok(Request::Kind kind, const json::object& body,
                                        ElementTable& elements) {
  const bool is_read = kind == Request::Kind::read;
  const bool is_echo = kind == Request::Kind::echo;
  const auto surplus = is_read   ? surplus_key(body, {"type", "in_reply_to", "msg_id", "messages"})
                       : is_echo ? surplus_key(body, {"type", "in_reply_to", "msg_id", "echo"})
                                 : surplus_key(body, {"type", "in_reply_to", "msg_id"});
  if (surplus) {
    return BadReply{
        fmt::format("{} has a field \"{}\" that it must not have", ok_type(kind), *surplus)};
  }
  if (is_echo && !body.contains("echo")) return BadReply{"echo_ok needs a field \"echo\""};
  Reply reply{.kind = Reply::Kind::ok, .in_reply_to = 0, .elements = {}, .error_code = {}};
  if (is_read) {
    const auto* messages = body.if_contains("messages");
    if (messages == nullptr || !messages->is_array()) {
      return BadReply{"read_ok needs a field \"messages\" that is a list"};
    }
    reply.elements.reserve(messages->get_array().size());
    for (const auto& value : messages->get_array()) {
      reply.elements.push_back(intern(value, elements));
    }
  }
  return reply;
}

// The body as Maelstrom's client sees it: its own keys are keywords, those further inside strings.
std::string body_as_edn(const json::object& body) {
  std::string out = "{";
  for (const auto& [key, value] : body) {
    if (out.size() > 1) out += ", ";
    out.append(":").append(key).append(" ");
    append_edn(out, value);
  }
  return out + "}";
}

std::variant<Reply, BadReply> decode_error(const json::object& body, std::string& text) {
  const auto* code = body.if_contains("code");
  if (code == nullptr || !code->is_int64()) {
    return BadReply{"an error reply needs a field \"code\" that is an integer"};
  }
  if (const auto* field = body.if_contains("text"); field != nullptr && field->is_string()) {
    text = std::string(field->get_string());
  }
  return Reply{.kind = Reply::Kind::error,
               .in_reply_to = 0,
               .elements = {},
               .error_code = maelstrom::ErrorCode{code->get_int64()}};
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
    case Request::Kind::echo:
      return fmt::format(R"({{"type":"echo","echo":{},"msg_id":{}}})", echo_text(request),
                         request.msg_id);
  }
  return {};
}

std::string echo_text(const Request& request) {
  return fmt::format(R"("Please echo {}")", request.element);
}

std::optional<DecodedReply> decode_reply(Request::Kind kind, std::string_view text,
                                         ElementTable& elements) {
  boost::system::error_code error;
  json::monotonic_resource memory;
  const json::value parsed = json::parse({text.data(), text.size()}, error, &memory);
  if (error || !parsed.is_object()) return std::nullopt;
  const json::object& body = parsed.get_object();
  const auto* in_reply_to = body.if_contains("in_reply_to");
  if (in_reply_to == nullptr || !in_reply_to->is_int64()) return std::nullopt;

  DecodedReply result{.in_reply_to = static_cast<std::uint64_t>(in_reply_to->get_int64()),
                      .content = BadReply{},
                      .error_text = {},
                      .echoed = {}};
  const auto* type = body.if_contains("type");
  if (type == nullptr || !type->is_string()) {
    result.content = BadReply{"the reply has no field \"type\" that is a string"};
  } else if (type->get_string() == "error") {
    result.content = decode_error(body, result.error_text);
  } else if (std::string_view(type->get_string()) != ok_type(kind)) {
    result.content = BadReply{fmt::format("expected type \"{}\", got \"{}\"", ok_type(kind),
                                          std::string_view(type->get_string()))};
  } else {
    result.content = decode_ok(kind, body, elements);
    if (kind == Request::Kind::echo && std::holds_alternative<Reply>(result.content)) {
      result.echoed = body_as_edn(body);
    }
  }
  return result;
}

}  // namespace bruit::workbench
