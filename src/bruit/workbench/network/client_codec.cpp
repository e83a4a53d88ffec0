#include "bruit/workbench/network/client_codec.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>

#include "bruit/core/check.h"
#include "bruit/maelstrom/json.h"
#include "bruit/maelstrom/message.h"
#include "bruit/workbench/history/edn_json.h"

namespace bruit::workbench {
namespace {

namespace json = boost::json;

ElementId intern(const json::value& value, ElementTable& elements) {
  if (const auto* number = value.if_int64()) {
    const fmt::format_int text(*number);
    return elements.intern({text.data(), text.size()});
  }
  return elements.intern(to_string(to_edn(value)));
}

std::variant<OpValue, ErrorReply, BadReply> decode_error(const json::object& body) {
  const auto* code = body.if_contains("code");
  if (code == nullptr) return BadReply{"an error reply needs a field \"code\""};
  // Maelstrom looks a code up in its table, and finds :unknown (client.clj).
  ErrorReply error{.code = unknown_code, .text = {}};
  if (code->is_int64()) error.code = maelstrom::ErrorCode{code->get_int64()};
  if (const auto* field = body.if_contains("text")) {
    if (const auto text = maelstrom::string_in(*field)) error.text = *text;
  }
  return error;
}

std::string_view type_of(const json::object& body) {
  const auto* type = body.if_contains("type");
  return type == nullptr ? std::string_view()
                         : maelstrom::string_in(*type).value_or(std::string_view());
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
  if (list == nullptr || !(list->is_array() || list->is_null())) {
    return BadReply{fmt::format("{} needs a field \"{}\" that is a list", type_of(body), field)};
  }
  if (list->is_null()) return OpValue(ElementList());  // as there: nil is a list of nothing
  ElementList found;
  for (const auto& value : list->get_array()) found.push_back(intern(value, elements));
  return OpValue(std::move(found));
}

std::optional<std::int64_t> in_reply_to_of(const JsonBody& body) {
  BRUIT_CHECK(body.fields != nullptr);
  const auto* in_reply_to = body.fields->if_contains("in_reply_to");
  if (in_reply_to == nullptr || !in_reply_to->is_int64()) return std::nullopt;
  return in_reply_to->get_int64();
}

namespace {

// Maelstrom's schema of every answer to a client: a msg_id, if there is one, is an integer.
std::optional<BadReply> find_odd_msg_id(const json::object& body) {
  const auto* id = body.if_contains("msg_id");
  if (id == nullptr || maelstrom::is_integer(*id)) return std::nullopt;
  return BadReply{fmt::format("the msg_id of {} must be an integer or absent, not {}",
                              type_of(body), maelstrom::kind_name(*id))};
}

std::optional<DecodedReply> decode(const JsonBody& answer, std::string_view ok_type,
                                   const BodyReader& read) {
  const auto in_reply_to = in_reply_to_of(answer);
  if (!in_reply_to) return std::nullopt;
  const json::object& body = *answer.fields;

  DecodedReply result{.in_reply_to = static_cast<std::uint64_t>(*in_reply_to),
                      .content = BadReply{}};
  const auto* type = body.if_contains("type");
  const auto name = type == nullptr ? std::nullopt : maelstrom::string_in(*type);
  if (!name) {
    result.content = BadReply{"the reply has no field \"type\" that is a string"};
  } else if (*name == "error") {
    result.content = decode_error(body);
  } else if (*name != ok_type) {
    result.content = BadReply{fmt::format("expected type \"{}\", got \"{}\"", ok_type, *name)};
  } else {
    std::visit([&](auto&& content) { result.content = std::move(content); }, read(body));
  }
  return result;
}

}  // namespace

std::optional<DecodedReply> decode_reply(const JsonBody& answer, std::string_view ok_type,
                                         const BodyReader& read) {
  return decode(answer, ok_type, [&](const json::object& body) -> std::variant<OpValue, BadReply> {
    if (auto bad = find_odd_msg_id(body)) return *std::move(bad);
    return read(body);
  });
}

std::optional<BadReply> find_untidiness(const json::object& body) {
  if (auto bad = find_odd_msg_id(body)) return bad;
  return find_surplus(body, {});
}

std::optional<DecodedReply> decode_init_ok(const JsonBody& body) {
  return decode(body, "init_ok", [](const json::object&) { return OpValue(Nil{}); });
}

std::optional<DecodedReply> decode_topology_ok(const JsonBody& body) {
  return decode(body, "topology_ok",
                [](const json::object& fields) -> std::variant<OpValue, BadReply> {
                  if (auto bad = find_untidiness(fields)) return *std::move(bad);
                  return OpValue(Nil{});
                });
}

}  // namespace bruit::workbench
