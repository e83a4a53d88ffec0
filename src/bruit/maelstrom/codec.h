// The codec: one line of text is one message.
//
// Source: Maelstrom, doc/protocol.md, "Messages"; a line is {"src":…,"dest":…,"body":{"type":…}},
// and may have an integer `id` (the network's own number), which is ignored. What other keys mean
// is up to the reader, see Strictness.
//
// Nodes of other people send each other what they like: null as an unused id, UUIDs, bodies without
// a type. Maelstrom carries all that, and so no reader refuses it; find_breach() tells.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/json.h"
#include "bruit/maelstrom/message.h"

namespace bruit::maelstrom {

struct ParseError {
  enum class Kind {
    not_json,       // not one JSON value
    not_an_object,  // JSON, but not an object
    missing_field,
    wrong_type,
    surplus_field,   // only if Strictness::as_maelstrom
    inexact_number,  // that cannot be kept; only if Strictness::tolerant
  };
  Kind kind = Kind::not_json;
  // "src", "dest", "body", "id" or the surplus key, "body.message[2]" of an inexact number; empty
  // for the first two kinds. Of find_breach(): "body.type", "body.msg_id" or "body.in_reply_to".
  std::string field;
  std::string text;  // for people: what is wrong, where, and what was expected
  // The message, if all that is wrong is a number in its body: for an answer that says so. Numbers
  // in it may be as they were written (json.h).
  std::optional<Message> sent{};
};

// What a reader accepts.
enum class Strictness {
  // For nodes. Keys beside src, dest and body are ignored, so that a later network may say more.
  // All numbers of the body are exact, or the line is an error; but for msg_id and in_reply_to,
  // which are only compared and sent back.
  tolerant,
  // For a network, which hands bodies on. No key beside src, dest and body but an integer `id`
  // (maelstrom/process.clj, the schema of a line on stdout). A body that is absent, null or an
  // empty list is {}, as there. Numbers that cannot be held exactly are kept as they were written.
  as_maelstrom,
};

// Decodes line after line and keeps its working memory between them.
class MessageReader {
 public:
  explicit MessageReader(Strictness strictness = Strictness::tolerant) : strictness_(strictness) {}

  // `line` without its line break; any length. Cost: linear in the line.
  std::variant<Message, ParseError> read(std::string_view line);

 private:
  std::optional<ParseError> find_inexact_number(const json::object& body) const;

  JsonReader json_{InexactNumbers::kept_as_written};
  Strictness strictness_;
};

// What a body has against the protocol, although a network can carry it: no `type` that is a
// string; a `msg_id` or `in_reply_to` that is no signed 64-bit integer.
std::optional<ParseError> find_breach(const json::object& body);

// MessageReader::read once.
std::variant<Message, ParseError> parse_message(std::string_view line);

// Appends the message as one line, line break included.
void append_message(const Message& message, std::string& out);
std::string encode_message(const Message& message);

// The same in pieces, for bodies that are text already: begin, members of the body (separated by
// commas, with no comma at either end), end.
void begin_message(std::string_view src, std::string_view dest, std::string& out);
void end_message(std::string& out);
// Appends the members of `body` without braces, leaving out the keys in `except`.
void append_members(const json::object& body, std::initializer_list<std::string_view> except,
                    std::string& out);

// Appends the error reply to a request, line break included. `in_reply_to` is the request's msg_id,
// an integer if all is well.
void append_error_message(std::string_view src, std::string_view dest,
                          const json::value& in_reply_to, ErrorCode code, std::string_view text,
                          std::string& out);

}  // namespace bruit::maelstrom
