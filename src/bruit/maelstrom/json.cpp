#include "bruit/maelstrom/json.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <system_error>
#include <vector>

namespace bruit::maelstrom {
namespace {

// Receives the events of Boost's parser and builds a value. The parser is always given a whole text
// at once, so a number always arrives in one piece; strings and keys may still come in parts (at
// each escape).
class Builder {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  // Starts a new value, and drops what an unfinished text left behind.
  void reset() { stack_.reset(); }
  json::value release() { return stack_.release(); }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t count, json::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t count, json::error_code&) {
    stack_.push_object(count);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view rest, std::size_t, json::error_code&) {
    stack_.push_string(rest);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view rest, std::size_t, json::error_code&) {
    stack_.push_key(rest);
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double approximate, json::string_view text, json::error_code& error) {
    double exact = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), exact);
    if (problem == std::errc::result_out_of_range) {
      // Too small is the nearest double, a zero with its sign. Too large has no near double.
      if (std::fabs(approximate) > 1) {
        error = json::error::exponent_overflow;
        return false;
      }
      exact = std::copysign(0.0, text.front() == '-' ? -1.0 : 1.0);
    } else if (problem != std::errc{} || end != text.data() + text.size()) {
      error = json::error::not_number;
      return false;
    }
    stack_.push_double(exact);
    return true;
  }
  bool on_bool(bool value, json::error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(json::error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  json::value_stack stack_;
};

json::parse_options strict_options() {
  json::parse_options options;
  options.max_depth = json_depth_limit;
  return options;
}

template <typename Integer>
void append_integer(Integer number, std::string& out) {
  std::array<char, 24> text;
  const auto result = std::to_chars(text.data(), text.data() + text.size(), number);
  out.append(text.data(), result.ptr);
}

// What follows the backslash for a byte that must be escaped; 'u' for \u00XX; 0 for any other byte.
constexpr std::array<char, 256> escapes = [] {
  std::array<char, 256> table{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) table[byte] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

template <bool sorted>
void append_value(const json::value& value, std::string& out);

void append_member(const json::key_value_pair& member, std::string& out) {
  append_json_string(member.key(), out);
  out += ':';
}

template <bool sorted>
void append_object(const json::object& object, std::string& out) {
  out += '{';
  const char* separator = "";
  const auto append = [&](const json::key_value_pair& member) {
    out += separator;
    append_member(member, out);
    append_value<sorted>(member.value(), out);
    separator = ",";
  };
  if constexpr (sorted) {
    std::vector<const json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->key() < b->key(); });
    for (const auto* member : members) append(*member);
  } else {
    for (const auto& member : object) append(member);
  }
  out += '}';
}

template <bool sorted>
void append_value(const json::value& value, std::string& out) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      return;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case json::kind::int64:
      append_integer(value.get_int64(), out);
      return;
    case json::kind::uint64:
      append_integer(value.get_uint64(), out);
      return;
    case json::kind::double_:
      append_json_double(value.get_double(), out);
      return;
    case json::kind::string:
      append_json_string(value.get_string(), out);
      return;
    case json::kind::array: {
      out += '[';
      const char* separator = "";
      for (const auto& element : value.get_array()) {
        out += separator;
        append_value<sorted>(element, out);
        separator = ",";
      }
      out += ']';
      return;
    }
    case json::kind::object:
      append_object<sorted>(value.get_object(), out);
      return;
  }
}

}  // namespace

struct JsonReader::Implementation {
  json::basic_parser<Builder> parser{strict_options()};
};

JsonReader::JsonReader() : implementation_(std::make_unique<Implementation>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

std::variant<json::value, JsonError> JsonReader::read(std::string_view text) {
  auto& parser = implementation_->parser;
  parser.reset();
  parser.handler().reset();
  json::error_code error;
  std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (!error) {
    // The parser stops after the first value; only white space may follow.
    const std::size_t rest = text.find_first_not_of(" \t\r\n", used);
    if (rest == std::string_view::npos) return parser.handler().release();
    used = rest;
    error = json::error::extra_data;
  }
  parser.handler().reset();
  std::string reason = error.message();
  return JsonError{used, std::move(reason) + " at byte " + std::to_string(used)};
}

std::variant<json::value, JsonError> read_json(std::string_view text) {
  return JsonReader().read(text);
}

void append_json(const json::value& value, std::string& out) { append_value<false>(value, out); }

void append_json(const json::object& object, std::string& out) {
  append_object<false>(object, out);
}

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  std::size_t plain = 0;  // start of the bytes that can be copied as they are
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = escapes[byte];
    if (escape == 0) continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    out += escape;
    if (escape == 'u') {
      constexpr std::string_view digits = "0123456789abcdef";
      out += "00";
      out += digits[byte >> 4];
      out += digits[byte & 0xf];
    }
  }
  out.append(text, plain);
  out += '"';
}

void append_json_integer(std::int64_t number, std::string& out) { append_integer(number, out); }
void append_json_integer(std::uint64_t number, std::string& out) { append_integer(number, out); }

void append_json_double(double number, std::string& out) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> text;
  const auto result = std::to_chars(text.data(), text.data() + text.size(), number);
  const std::string_view digits(text.data(), static_cast<std::size_t>(result.ptr - text.data()));
  out += digits;
  // Readers that tell integers from doubles must find a double.
  if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void append_canonical_json(const json::value& value, std::string& out) {
  append_value<true>(value, out);
}

std::string canonical_json(const json::value& value) {
  std::string text;
  append_canonical_json(value, text);
  return text;
}

std::size_t json_depth(const json::value& value) {
  std::size_t deepest = 0;
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) deepest = std::max(deepest, json_depth(element));
    return deepest + 1;
  }
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) deepest = std::max(deepest, json_depth(member.value()));
    return deepest + 1;
  }
  return 0;
}

}  // namespace bruit::maelstrom
