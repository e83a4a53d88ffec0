// JSON text to boost::json::value and back without losing a bit of a number.
//
// Boost.JSON's own double parser rounds three of ten random doubles to a neighbour, and its writer
// prints 1.0 as 1E0. Here every integer that fits 64 bits (signed or unsigned) stays an integer,
// every double is the nearest one to its text (std::from_chars), and is written as the shortest
// text that reads back as the same double (std::to_chars), with a point or an exponent so that it
// stays a double: 1.0 is written 1.0. An integer beyond 64 bits becomes the nearest double, and -0
// the integer 0.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace bruit::maelstrom {

namespace json = boost::json;

// Most levels of arrays and objects in one text. Deeper text is refused, so that a line of a
// million brackets cannot exhaust the stack. Guess: far deeper than any message that a person
// designs.
inline constexpr std::size_t json_depth_limit = 128;

struct JsonError {
  std::size_t offset = 0;  // of the byte at which parsing stopped
  std::string text;        // for people, offset included
};

// Reads one text after the other and keeps its working memory between them.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  // The whole text must be one JSON value (RFC 8259, UTF-8 checked); white space around it is
  // allowed. Of equal keys in one object the last one counts. Cost: linear.
  std::variant<json::value, JsonError> read(std::string_view text);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// JsonReader::read once. Slower than keeping a reader.
std::variant<json::value, JsonError> read_json(std::string_view text);

// Appends `value` as compact text, keys in the object's own order. Never contains a line break.
// Strings are written as they are (UTF-8 is not checked); NaN and infinities, which JSON cannot
// say, are written as null.
void append_json(const json::value& value, std::string& out);
void append_json(const json::object& object, std::string& out);
void append_json_string(std::string_view text, std::string& out);
void append_json_integer(std::int64_t number, std::string& out);
void append_json_integer(std::uint64_t number, std::string& out);
void append_json_double(double number, std::string& out);

// As append_json, with keys sorted by bytes: equal values have equal text. Integers and doubles
// differ (1 is not 1.0).
void append_canonical_json(const json::value& value, std::string& out);
std::string canonical_json(const json::value& value);

// Levels of arrays and objects: 0 for a scalar, 1 for [] and [1], 2 for [[]].
std::size_t json_depth(const json::value& value);

}  // namespace bruit::maelstrom
