// Client requests as JSON bodies, and replies back from them, with Maelstrom's schema checks.
// Source: Maelstrom 0.2.4, workload/*.clj (defrpc), client.clj. What is particular to a workload is
// in workloads/.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bruit/maelstrom/errors.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/network/packet.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

// The body of a request to `node`, without a newline. `value` is the JSON of a broadcast value.
std::string encode_request(const Request& request, const TestOptions& options, std::uint32_t node,
                           std::string_view value);

// An answer that breaks the protocol: what was wrong, for people.
struct BadReply {
  std::string reason;
};

// {"type": "error", "code": ..., "text": ...}
struct ErrorReply {
  maelstrom::ErrorCode code{};  // unknown_code if it is no integer
  std::optional<std::string> text;
};
// No code of Maelstrom's.
inline constexpr maelstrom::ErrorCode unknown_code{-1};

// A reply as the client sees it.
struct DecodedReply {
  std::uint64_t in_reply_to = 0;
  std::variant<OpValue, ErrorReply, BadReply> content;
};

// Makes the value of a completion from the body of an answer of the expected type.
using BodyReader = std::function<std::variant<OpValue, BadReply>(const boost::json::object& body)>;

// Reads the body of a reply to a request whose answer is of type `ok_type`. nullopt: not a reply at
// all (no integer in_reply_to), with which no client can do anything.
std::optional<DecodedReply> decode_reply(const JsonBody& body, std::string_view ok_type,
                                         const BodyReader& read);

// The integer in_reply_to of a body.
std::optional<std::int64_t> in_reply_to_of(const JsonBody& body);

// The same for the answers to the requests of the start-up. What init_ok has beside type and
// in_reply_to is not looked at: Maelstrom does not (find_untidiness). topology_ok has no further
// fields, as there.
std::optional<DecodedReply> decode_init_ok(const JsonBody& body);
std::optional<DecodedReply> decode_topology_ok(const JsonBody& body);

// Set if the body has a field other than "type", "in_reply_to", "msg_id" and `allowed`. If one of
// `allowed` is missing the other is probably that one under a wrong name, and both are named.
std::optional<BadReply> find_surplus(const boost::json::object& body,
                                     std::initializer_list<std::string_view> allowed);
// Set if an answer that says nothing but its type has a field that it must not have, or a msg_id
// that is no integer.
std::optional<BadReply> find_untidiness(const boost::json::object& body);
// Set if the body has no such field.
std::optional<BadReply> find_missing(const boost::json::object& body, std::string_view field);
// A body with one more field, which is a list; its values are interned.
std::variant<OpValue, BadReply> read_list(const boost::json::object& body, std::string_view field,
                                          ElementTable& elements);

}  // namespace bruit::workbench
