// JSON text to boost::json::value and back without losing a bit of a number: the one door through
// which JSON comes in, here and in the workbench.
//
// Boost.JSON's own double parser rounds three of ten random doubles to a neighbour, and its writer
// prints 1.0 as 1E0. Here every integer that fits 64 bits (signed or unsigned) stays an integer,
// every other number becomes the double nearest to its text (std::from_chars), and is written as
// the shortest text that reads back as the same double (std::to_chars), with a point or an exponent
// so that it stays a double: 1.0 is written 1.0, and so is -0, which is no integer, -0.0.
//
// Where that would change the value, there is no exact number: an integer beyond 64 bits, 1e400,
// 1e-400, 0.10000000000000001 (decimal.h). What becomes of those says InexactNumbers.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <optional>
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

// What a reader does with a number that a json::value cannot hold exactly.
enum class InexactNumbers {
  refused,          // the text is an error, which names the number
  kept_as_written,  // written_number() has its digits, and append_json() writes them again
};

// Reads one text after the other and keeps its working memory between them.
class JsonReader {
 public:
  explicit JsonReader(InexactNumbers numbers = InexactNumbers::refused);
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  // The whole text must be one JSON value (RFC 8259, UTF-8 checked); white space around it is
  // allowed. Of equal keys in one object the last one counts. Cost: linear.
  std::variant<json::value, JsonError> read(std::string_view text);
  // Whether the value that read() returned last has a number that is kept as it was written.
  bool has_written_number() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// JsonReader::read once. Slower than keeping a reader.
std::variant<json::value, JsonError> read_json(std::string_view text,
                                               InexactNumbers numbers = InexactNumbers::refused);

// The text of a number that is kept as it was written; nothing for any other value. To Boost.JSON
// such a value is a string, one that no text can hold: it is not UTF-8.
std::optional<std::string_view> written_number(const json::value& value);
// The text of a string; nothing for any other value, numbers that are kept as written included.
std::optional<std::string_view> string_in(const json::value& value);

// Where in `value` the first number stands that is kept as it was written, as "messages[2].x", and
// its text. Empty if there is none.
struct WrittenNumber {
  std::string path;
  std::string_view text;
};
std::optional<WrittenNumber> find_written_number(const json::object& value);
// For people: "the number 1e400 cannot be kept exactly: ...". Long numbers are cut.
std::string describe_inexact(std::string_view number);

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
