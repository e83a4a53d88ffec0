// Lapse: what a node did against the protocol, or against good manners, where Maelstrom goes on and
// so the test goes on. checkers/conduct.h says what becomes of it.
#pragma once

#include <cstdint>

namespace bruit::workbench {

enum class Lapse : std::uint8_t {
  // In messages to clients.
  malformed,  // an answer whose body breaks the protocol
  stray,      // answers no request of that client, or one once more
  late,       // the client has given up, and may have gone
  // In messages to whomever.
  untyped,         // a body without a type, or with one that is no string
  odd_id,          // a msg_id or in_reply_to that is no signed 64-bit integer
  borrowed_name,   // the message has another's name as its sender
  untidy_init_ok,  // init_ok has further fields, or a msg_id that is no integer
  field_left_out,  // a request to a service without a field that it needs
  // Before anything was said.
  no_interpreter_line,  // a script without a first line such as #!/bin/sh, which ran as one of sh
};

}  // namespace bruit::workbench
