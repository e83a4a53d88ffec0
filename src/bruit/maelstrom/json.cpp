#include "bruit/maelstrom/json.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <system_error>
#include <vector>

#include "bruit/maelstrom/decimal.h"
#include "bruit/maelstrom/long_exponents.h"

namespace bruit::maelstrom {
namespace {

// Two bytes that are nowhere in UTF-8, before the text of a number that is kept as it was written.
constexpr std::string_view written_mark = "\xff\xff";
constexpr std::size_t shown_digits_most = 60;

// Receives the events of Boost's parser and builds a value. The parser is always given a whole text
// at once, so a number always arrives in one piece; strings and keys may still come in parts (at
// each escape).
class Builder {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  explicit Builder(InexactNumbers numbers) : numbers_(numbers) {}

  // Starts a new value, and drops what an unfinished text left behind. If the text was shortened,
  // `exponents` outlives its reading.
  void reset(const LongExponents* exponents = nullptr) {
    stack_.reset();
    inexact_.clear();
    exponents_ = exponents;
  }
  json::value release() { return stack_.release(); }
  // The first number that could not be held exactly; empty if there was none.
  const std::string& inexact() const { return inexact_; }

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
  bool on_int64(std::int64_t number, json::string_view text, json::error_code&) {
    if (number == 0 && text.front() == '-') {
      stack_.push_double(-0.0);
    } else {
      stack_.push_int64(number);
    }
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double, json::string_view text, json::error_code& error) {
    double nearest = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), nearest);
    const bool is_integer = text.find_first_of(".eE") == json::string_view::npos;
    if (problem == std::errc{} && !is_integer && is_value_of(nearest, text)) {
      stack_.push_double(nearest);
      return true;
    }
    std::string_view written = text;
    if (exponents_ != nullptr) written = exponents_->original(written);
    if (inexact_.empty()) inexact_ = written;
    if (numbers_ == InexactNumbers::refused) {
      error = json::error::not_exact;
      return false;
    }
    scratch_ = written_mark;
    scratch_ += written;
    stack_.push_string(scratch_);
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
  InexactNumbers numbers_;
  std::string inexact_;
  const LongExponents* exponents_ = nullptr;
  std::string scratch_;
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
      if (const auto number = written_number(value)) {
        out += *number;
      } else {
        append_json_string(value.get_string(), out);
      }
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
  explicit Implementation(InexactNumbers numbers) : parser(strict_options(), numbers) {}

  // Up to which byte the text was read; the value is then with the handler.
  std::size_t read(std::string_view text, const LongExponents* exponents, json::error_code& error) {
    parser.reset();
    parser.handler().reset(exponents);
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (error) return used;
    // The parser stops after the first value; only white space may follow.
    const std::size_t rest = text.find_first_not_of(" \t\r\n", used);
    if (rest == std::string_view::npos) return text.size();
    error = json::error::extra_data;
    return rest;
  }

  json::basic_parser<Builder> parser;
};

JsonReader::JsonReader(InexactNumbers numbers)
    : implementation_(std::make_unique<Implementation>(numbers)) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

std::variant<json::value, JsonError> JsonReader::read(std::string_view text) {
  Builder& builder = implementation_->parser.handler();
  json::error_code error;
  std::size_t used = implementation_->read(text, nullptr, error);
  if (error == json::error::exponent_overflow) {
    const LongExponents exponents(text);
    error = {};
    used = exponents.original(implementation_->read(exponents.shortened(), &exponents, error));
  }
  if (!error) return builder.release();
  std::string reason =
      error == json::error::not_exact ? describe_inexact(builder.inexact()) : error.message();
  builder.reset();
  return JsonError{used, std::move(reason) + " at byte " + std::to_string(used)};
}

bool JsonReader::has_written_number() const {
  return !implementation_->parser.handler().inexact().empty();
}

std::variant<json::value, JsonError> read_json(std::string_view text, InexactNumbers numbers) {
  return JsonReader(numbers).read(text);
}

std::optional<std::string_view> written_number(const json::value& value) {
  const json::string* const text = value.if_string();
  if (text == nullptr || !std::string_view(*text).starts_with(written_mark)) return std::nullopt;
  return std::string_view(*text).substr(written_mark.size());
}

std::optional<std::string_view> string_in(const json::value& value) {
  const json::string* const text = value.if_string();
  if (text == nullptr || std::string_view(*text).starts_with(written_mark)) return std::nullopt;
  return std::string_view(*text);
}

namespace {

std::optional<WrittenNumber> find_in(const json::value& value, const std::string& path) {
  if (const auto number = written_number(value)) return WrittenNumber{path, *number};
  if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (auto found = find_in((*array)[i], path + "[" + std::to_string(i) + "]")) return found;
    }
  }
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      std::string name(member.key());
      if (auto found = find_in(member.value(), path.empty() ? name : path + "." + name)) {
        return found;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<WrittenNumber> find_written_number(const json::object& value) {
  for (const auto& member : value) {
    if (auto found = find_in(member.value(), std::string(member.key()))) return found;
  }
  return std::nullopt;
}

std::string describe_inexact(std::string_view number) {
  std::string text = "the number ";
  text += number.substr(0, shown_digits_most);
  if (number.size() > shown_digits_most)
    text += "... (" + std::to_string(number.size()) + " bytes)";
  return text + " cannot be kept exactly (integers have up to 64 bits, other numbers are doubles)";
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
  DecimalBuffer buffer;
  const std::string_view digits = shortest_decimal(number, buffer);
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
