// Client requests as JSON bodies, and replies back from them, with Maelstrom's schema checks.
// Source: Maelstrom 0.2.4, workload/broadcast.clj and workload/echo.clj (defrpc), client.clj.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bruit/workbench/history.h"
#include "bruit/workbench/options.h"
#include "bruit/workbench/packet.h"

namespace bruit::workbench {

// The body of a request to `node`, without a newline. `value` is the JSON of a broadcast value.
std::string encode_request(const Request& request, const TestOptions& options, std::uint32_t node,
                           std::string_view value);

// What the client of an echo says, as JSON text and EDN text alike: "Please echo 35", with quotes.
std::string echo_text(const Request& request);

// An answer that breaks the protocol: what was wrong, for people.
struct BadReply {
  std::string reason;
};

// A reply as the client sees it. `error_text` is set for error replies, `echoed` for those to echo.
struct DecodedReply {
  std::uint64_t in_reply_to = 0;
  std::variant<Reply, BadReply> content;
  std::string error_text;
  std::string echoed;  // the body of an echo_ok as EDN
};

// Reads the body of a reply to a request of `kind`. Values of a read are interned in `elements`.
// nullopt: not a reply at all (no integer in_reply_to), with which no client can do anything.
std::optional<DecodedReply> decode_reply(Request::Kind kind, std::string_view body,
                                         ElementTable& elements);

}  // namespace bruit::workbench
