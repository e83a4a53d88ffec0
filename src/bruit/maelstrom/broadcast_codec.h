// The JSON form of what broadcast strategies say to each other (core/message.h).
//
//     {"type":"rumor","value":V}
//     {"type":"batch","id":N,"values":[V,...]}
//     {"type":"ack","id":N}
//
// A value V is the canonical JSON text that core::Value holds, written as it is. Decoding validates
// everything: these lines come from another process.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "bruit/core/message.h"
#include "bruit/maelstrom/message.h"

namespace bruit::maelstrom {

// Most levels of arrays and objects in a value. Half of what a line may have, so that the messages
// that carry a value never exceed the limit of their reader.
inline constexpr std::size_t broadcast_value_depth_limit = 64;

// The value of a client's JSON: its canonical text. Throws RpcError(malformed_request) naming
// `field` if it is nested too deeply.
core::Value to_value(const json::value& value, std::string_view field);

// The types that decode_broadcast() understands.
std::span<const std::string_view> broadcast_message_types();

// Appends the members of the message's body, `type` included, without braces.
void append_broadcast_members(const core::Message& message, std::string& out);

// The inverse. Throws RpcError: malformed_request naming the field, not_supported for another type.
core::Message decode_broadcast(const Message& message);

}  // namespace bruit::maelstrom
