// The parser: recursive descent over bytes, with a depth limit and a place for every error.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "bruit/workbench/basics/utf8.h"
#include "bruit/workbench/history/edn.h"

namespace bruit::workbench {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Commas are whitespace in EDN. Control characters count as Java's Character.isWhitespace does.
constexpr bool is_space(char c) {
  return c == ' ' || c == ',' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

constexpr bool is_any_of(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

// Which bytes end a number, a name or a character literal: looked up for every byte of a history.
constexpr auto delimiters = [] {
  std::array<bool, 256> table{};
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    table[static_cast<std::size_t>(byte)] = is_space(c) || is_any_of(c, "()[]{}\";");
  }
  return table;
}();

bool is_delimiter(char c) { return delimiters[static_cast<unsigned char>(c)]; }

bool is_name_byte(char c) {
  return !is_delimiter(c) && c > '\x20' && c != '\x7f' && !is_any_of(c, "\\^`~@");
}

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_name_byte(c) || static_cast<unsigned char>(c) >= 0x80;
  });
}

// How a byte is named in a message.
std::string shown(char c) {
  if (c >= ' ' && c <= '~') return fmt::format("'{}'", c);
  return fmt::format("byte 0x{:02x}", static_cast<unsigned char>(c));
}

std::string shown(std::string_view token) {
  constexpr std::size_t shown_max = 40;
  if (token.size() <= shown_max) return fmt::format("'{}'", token);
  std::size_t end = shown_max;
  while (end > 0 && (static_cast<unsigned char>(token[end]) & 0xc0U) == 0x80U) --end;
  return fmt::format("'{}…'", token.substr(0, end));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Edn parse_only_value() {
    if (const auto invalid = find_invalid_utf8(text_)) {
      fail(*invalid, fmt::format("{} is not UTF-8", shown(text_[*invalid])));
    }
    skip_ignored(0);
    if (at_end()) fail(position_, "expected a value, found the end of the text");
    Edn value = parse_value(0);
    skip_ignored(0);
    if (!at_end()) {
      fail(position_, fmt::format("expected the end of the text after the value, found {}",
                                  shown(text_[position_])));
    }
    return value;
  }

 private:
  bool at_end() const { return position_ == text_.size(); }

  [[noreturn]] void fail(std::size_t at, std::string_view problem) const {
    const std::string_view before = text_.substr(0, at);
    const auto line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t line_feed = before.rfind('\n');
    const std::size_t line_start = line_feed == std::string_view::npos ? 0 : line_feed + 1;
    throw EdnError(line, at - line_start + 1, problem);
  }

  // Whitespace, comments and discarded forms.
  void skip_ignored(std::size_t depth) {
    while (!at_end()) {
      const char c = text_[position_];
      if (is_space(c)) {
        ++position_;
      } else if (c == ';') {
        const std::size_t line_feed = text_.find('\n', position_);
        position_ = line_feed == std::string_view::npos ? text_.size() : line_feed;
      } else if (text_.substr(position_).starts_with("#_")) {
        const std::size_t start = position_;
        position_ += 2;
        parse_required("a form to discard after '#_'", start, depth);
      } else {
        return;
      }
    }
  }

  // The value that must follow here; `start` is where the construct that needs it began.
  Edn parse_required(std::string_view what, std::size_t start, std::size_t depth) {
    if (depth + 1 > edn_depth_max) fail_too_deep(start);
    skip_ignored(depth + 1);
    if (at_end()) fail(start, fmt::format("expected {}, found the end of the text", what));
    return parse_value(depth + 1);
  }

  [[noreturn]] void fail_too_deep(std::size_t at) const {
    fail(at, fmt::format("nested deeper than {} levels", edn_depth_max));
  }

  Edn parse_value(std::size_t depth) {
    if (depth > edn_depth_max) fail_too_deep(position_);
    const char c = text_[position_];
    switch (c) {
      case '(':
        return EdnList{parse_items(')', 1, depth)};
      case '[':
        return EdnVector{parse_items(']', 1, depth)};
      case '{':
        return parse_map(depth);
      case '"':
        return parse_string();
      case ':':
        return parse_keyword();
      case '#':
        return parse_dispatch(depth);
      case '\\':
        return parse_character();
      case ')':
      case ']':
      case '}':
        fail(position_, fmt::format("expected a value, found {}", shown(c)));
      case '^':
        fail(position_, "expected a value, found '^' (metadata is not supported)");
      default:
        break;
    }
    const char next = position_ + 1 < text_.size() ? text_[position_ + 1] : '\0';
    if (is_digit(c) || ((c == '-' || c == '+') && is_digit(next))) return parse_number();
    return parse_symbol();
  }

  // Values up to `close`; the opening bracket takes `open_size` bytes.
  std::vector<Edn> parse_items(char close, std::size_t open_size, std::size_t depth) {
    const std::size_t start = position_;
    position_ += open_size;
    std::vector<Edn> items;
    while (true) {
      skip_ignored(depth);
      if (at_end()) {
        fail(start, fmt::format("expected {} that closes the {} here, found the end of the text",
                                shown(close), shown(text_.substr(start, open_size))));
      }
      if (text_[position_] == close) break;
      items.push_back(parse_value(depth + 1));
    }
    ++position_;
    return items;
  }

  Edn parse_map(std::size_t depth) {
    const std::size_t start = position_;
    std::vector<Edn> items = parse_items('}', 1, depth);
    if (items.size() % 2 != 0) fail(start, "expected a value for every key of the map");
    EdnMap map;
    map.entries.reserve(items.size() / 2);
    for (std::size_t i = 0; i < items.size(); i += 2) {
      map.entries.push_back({.key = std::move(items[i]), .value = std::move(items[i + 1])});
    }
    refuse_equal(map.entries, "key", start, [](const EdnEntry& entry) { return &entry.key; });
    return map;
  }

  Edn parse_set(std::size_t depth) {
    const std::size_t start = position_;
    EdnSet set{parse_items('}', 2, depth)};
    refuse_equal(set.items, "set item", start, [](const Edn& item) { return &item; });
    return set;
  }

  template <typename T, typename ToEdn>
  void refuse_equal(const std::vector<T>& values, std::string_view what, std::size_t start,
                    ToEdn to_edn) const {
    std::vector<const Edn*> sorted;
    sorted.reserve(values.size());
    for (const T& value : values) sorted.push_back(to_edn(value));
    std::sort(sorted.begin(), sorted.end(), [](const Edn* a, const Edn* b) { return *a < *b; });
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end(),
                                          [](const Edn* a, const Edn* b) { return *a == *b; });
    if (twice == sorted.end()) return;
    const std::string text = to_string(**twice);
    fail(start, fmt::format("the {} {} is there twice", what, shown(std::string_view(text))));
  }

  Edn parse_dispatch(std::size_t depth) {
    const std::size_t start = position_;
    if (start + 1 == text_.size()) fail(start, "expected '{', '_', '#' or a tag after '#'");
    const char next = text_[start + 1];
    if (next == '{') return parse_set(depth);
    if (next == '#') {
      position_ += 2;
      const std::string_view name = take_token();
      if (name == "Inf") return std::numeric_limits<double>::infinity();
      if (name == "-Inf") return -std::numeric_limits<double>::infinity();
      if (name == "NaN") return std::numeric_limits<double>::quiet_NaN();
      fail(start, fmt::format("expected ##Inf, ##-Inf or ##NaN, found {}",
                              shown(text_.substr(start, position_ - start))));
    }
    position_ += 1;
    const std::string_view tag = take_token();
    if (!is_name(tag) || is_digit(tag.front()) || tag.front() == ':' || tag.front() == '#') {
      fail(start, fmt::format("expected '{{', '_', '#' or a tag after '#', found {}",
                              shown(text_[start + 1])));
    }
    return Edn::tagged(tag,
                       parse_required(fmt::format("a value after the tag #{}", tag), start, depth));
  }

  // Bytes up to the next delimiter; may be empty.
  std::string_view take_token() {
    const std::size_t start = position_;
    while (!at_end() && !is_delimiter(text_[position_])) ++position_;
    return text_.substr(start, position_ - start);
  }

  Edn parse_keyword() {
    const std::size_t start = position_;
    const std::string_view token = take_token();
    const std::string_view name = token.substr(1);
    if (!is_name(name) || name.front() == ':') {
      fail(start, fmt::format("expected a keyword such as :ok, found {}", shown(token)));
    }
    return Edn::keyword(name);
  }

  Edn parse_symbol() {
    const std::size_t start = position_;
    const std::string_view token = take_token();
    if (token == "nil") return Edn();
    if (token == "true") return true;
    if (token == "false") return false;
    if (!is_name(token)) {
      fail(start, fmt::format("expected a value, found {}",
                              token.empty() ? shown(text_[start]) : shown(token)));
    }
    return EdnSymbol{std::string(token)};
  }

  Edn parse_number() {
    const std::size_t start = position_;
    const std::string_view token = take_token();
    if (auto number = to_number(token)) return *std::move(number);
    fail(start, fmt::format("expected a number such as 12, -1.5e3, 12N, 1.5M or 2/3, found {}",
                            shown(token)));
  }

  // Empty if the token is not a number as EDN (and Clojure, for ratios) writes it.
  static std::optional<Edn> to_number(std::string_view token) {
    const bool plus = token.front() == '+';
    const std::string_view signed_digits = plus ? token.substr(1) : token;
    std::string_view rest = signed_digits;
    if (rest.front() == '-') rest.remove_prefix(1);
    const auto digits_at = [&](std::size_t from) {
      std::size_t end = from;
      while (end < rest.size() && is_digit(rest[end])) ++end;
      return end - from;
    };
    const std::size_t whole = digits_at(0);
    if (whole > 1 && rest.front() == '0') return std::nullopt;  // Clojure would read octal
    const auto exact = [&] { return Edn(EdnExactNumber{std::string(signed_digits)}); };
    std::size_t end = whole;
    if (end == rest.size() || rest.substr(end) == "N") {
      std::int64_t value = 0;
      const char* const first = signed_digits.data();
      const char* const last = rest.data() + whole;
      if (std::from_chars(first, last, value).ec == std::errc()) return Edn(value);
      if (end == rest.size()) return EdnExactNumber{std::string(signed_digits) + "N"};
      return exact();
    }
    if (rest[end] == '/') {
      const std::size_t denominator = digits_at(end + 1);
      if (denominator == 0 || rest[end + 1] == '0') return std::nullopt;
      if (end + 1 + denominator != rest.size()) return std::nullopt;
      return exact();
    }
    if (rest[end] == '.') end += 1 + digits_at(end + 1);
    if (end < rest.size() && (rest[end] == 'e' || rest[end] == 'E')) {
      ++end;
      if (end < rest.size() && (rest[end] == '-' || rest[end] == '+')) ++end;
      const std::size_t exponent = digits_at(end);
      if (exponent == 0) return std::nullopt;
      end += exponent;
    }
    if (rest.substr(end) == "M") return exact();
    if (end != rest.size()) return std::nullopt;
    double value = 0;
    const char* const last = signed_digits.data() + signed_digits.size();
    if (std::from_chars(signed_digits.data(), last, value).ec != std::errc()) return std::nullopt;
    return Edn(value);
  }

  Edn parse_character() {
    const std::size_t start = position_;
    ++position_;
    // The first character may be a delimiter: \( is a character.
    if (!at_end()) position_ += utf8_length(text_[position_]);
    take_token();
    const std::string_view token = text_.substr(start, position_ - start);
    const std::string_view name = token.substr(1);
    constexpr std::array<std::string_view, 6> names = {"newline", "return",   "space",
                                                       "tab",     "formfeed", "backspace"};
    const bool single = !name.empty() && name.size() == utf8_length(name.front()) &&
                        static_cast<unsigned char>(name.front()) > 0x20 && name != "\x7f";
    const bool named = std::find(names.begin(), names.end(), name) != names.end();
    const bool numbered = name.size() == 5 && name.front() == 'u' && hex_value(name.substr(1));
    if (!single && !named && !numbered) {
      fail(start, fmt::format("expected a character such as \\a, \\newline or \\u00e9, found {}",
                              shown(token)));
    }
    return EdnCharacter{std::string(token)};
  }

  // The value of exactly four hexadecimal digits.
  static std::optional<std::uint32_t> hex_value(std::string_view digits) {
    std::uint32_t value = 0;
    if (digits.size() != 4) return std::nullopt;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  }

  Edn parse_string() {
    const std::size_t start = position_;
    ++position_;
    std::string out;
    while (true) {
      const std::size_t special = text_.find_first_of("\"\\", position_);
      if (special == std::string_view::npos) {
        fail(start, "expected '\"' that closes the string here, found the end of the text");
      }
      out += text_.substr(position_, special - position_);
      position_ = special + 1;
      if (text_[special] == '"') return out;
      append_escaped(out, special);
    }
  }

  // Appends what the escape at `backslash` stands for; position_ is behind the backslash.
  void append_escaped(std::string& out, std::size_t backslash) {
    const char c = at_end() ? '\0' : text_[position_];
    switch (c) {
      case '"':
      case '\\':
        out += c;
        break;
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'u':
        append_code_point(out, backslash);
        return;
      default:
        fail(backslash, "expected an escape: one of \\\" \\\\ \\n \\t \\r \\b \\f \\uNNNN");
    }
    ++position_;
  }

  void append_code_point(std::string& out, std::size_t backslash) {
    std::uint32_t code_point = take_utf16(backslash);
    if (code_point >= 0xd800 && code_point <= 0xdbff) {
      if (!text_.substr(position_).starts_with("\\u")) fail_surrogate(backslash);
      ++position_;
      const std::uint32_t low = take_utf16(backslash);
      if (low < 0xdc00 || low > 0xdfff) fail_surrogate(backslash);
      code_point = 0x10000 + ((code_point - 0xd800) << 10U) + (low - 0xdc00);
    } else if (code_point >= 0xdc00 && code_point <= 0xdfff) {
      fail_surrogate(backslash);
    }
    append_utf8(out, code_point);
  }

  [[noreturn]] void fail_surrogate(std::size_t at) const {
    fail(at, "expected both halves of a surrogate pair, such as \\ud83d\\ude00");
  }

  // Four digits behind the 'u' at position_; goes behind them.
  std::uint32_t take_utf16(std::size_t backslash) {
    const auto value = hex_value(text_.substr(std::min(position_ + 1, text_.size()), 4));
    if (!value) fail(backslash, "expected four hexadecimal digits after \\u");
    position_ += 5;
    return *value;
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

EdnError::EdnError(std::size_t line, std::size_t column, std::string_view problem)
    : std::runtime_error(fmt::format("{}:{}: {}", line, column, problem)),
      line_(line),
      column_(column),
      problem_(problem) {}

Edn parse_edn(std::string_view text) { return Parser(text).parse_only_value(); }

}  // namespace bruit::workbench
