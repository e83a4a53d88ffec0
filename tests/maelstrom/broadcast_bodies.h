// The members of a body to a message of the core and back, for the tests of the JSON forms.
#pragma once

#include <string>
#include <string_view>

#include "bruit/maelstrom/broadcast_codec.h"
#include "bruit/maelstrom/codec.h"

namespace bruit::maelstrom {

inline std::string members_of(const core::Message& message) {
  std::string members;
  append_broadcast_members(message, members);
  return members;
}

inline core::Message decode_members(std::string_view members) {
  std::string line = R"({"src":"n2","dest":"n1","body":{)";
  line.append(members).append("}}");
  return decode_broadcast(std::get<Message>(parse_message(line)));
}

// "12 what is wrong", or "no error".
inline std::string decoding_error(std::string_view members) {
  try {
    decode_members(members);
  } catch (const RpcError& error) {
    return std::to_string(static_cast<int>(error.code())) + " " + error.what();
  }
  return "no error";
}

}  // namespace bruit::maelstrom
