// The printers: compact text, and lines of limited width.
//
// The layout is fipp's: a collection goes on one line if it ends within the width, and else each of
// its items on a line of its own, aligned behind the opening bracket. What follows a collection
// (closing brackets of outer ones, a comma) does not count.
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "bruit/workbench/basics/utf8.h"
#include "bruit/workbench/history/edn.h"

namespace bruit::workbench {
namespace {

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (c >= '\0' && c < ' ') {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

void append_items(std::string& out, std::string_view open, const std::vector<Edn>& items,
                  char close) {
  out += open;
  bool first = true;
  for (const Edn& item : items) {
    if (!first) out += ' ';
    first = false;
    append_edn(out, item);
  }
  out += close;
}

void append_map(std::string& out, const EdnMap& map) {
  out += '{';
  bool first = true;
  for (const EdnEntry& entry : map.entries) {
    if (!first) out += ", ";
    first = false;
    append_edn(out, entry.key);
    out += ' ';
    append_edn(out, entry.value);
  }
  out += '}';
}

bool is_collection(const Edn& value) {
  return value.get_if<EdnList>() != nullptr || value.get_if<EdnVector>() != nullptr ||
         value.get_if<EdnSet>() != nullptr || value.get_if<EdnMap>() != nullptr;
}

// "#tag", with a space where the form needs one. A set does, other than in fipp: '#' may be part of
// a tag, so that #tag#{} cannot be read back.
void append_tag(std::string& out, const EdnTagged& tagged) {
  const Edn& form = tagged.form.front();
  out += '#';
  out += tagged.tag;
  if (!is_collection(form) || form.get_if<EdnSet>() != nullptr) out += ' ';
}

// Visitor for append_edn().
struct CompactPrinter {
  std::string& out;

  void operator()(const EdnNil&) const { out += "nil"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { append_integer(out, value); }
  void operator()(double value) const { out += clojure_double(value); }
  void operator()(const EdnExactNumber& value) const { out += value.text; }
  void operator()(const EdnCharacter& value) const { out += value.text; }
  void operator()(const std::string& value) const { append_string(out, value); }
  void operator()(const EdnSymbol& value) const { out += value.name; }
  void operator()(const EdnKeyword& value) const {
    out += ':';
    out += value.name;
  }
  void operator()(const EdnList& value) const { append_items(out, "(", value.items, ')'); }
  void operator()(const EdnVector& value) const { append_items(out, "[", value.items, ']'); }
  void operator()(const EdnSet& value) const { append_items(out, "#{", value.items, '}'); }
  void operator()(const EdnMap& value) const { append_map(out, value); }
  void operator()(const EdnTagged& value) const {
    append_tag(out, value);
    append_edn(out, value.form.front());
  }
};

class PrettyPrinter {
 public:
  explicit PrettyPrinter(std::size_t width) : width_(width) {}

  void print(const Edn& value) {
    if (const auto* const tagged = value.get_if<EdnTagged>()) {
      std::string tag;
      append_tag(tag, *tagged);
      append(tag);
      print(tagged->form.front());
    } else if (!is_collection(value) || fits(value)) {
      std::string text;
      append_edn(text, value);
      append(text);
    } else if (const auto* const list = value.get_if<EdnList>()) {
      print_items("(", list->items, ")");
    } else if (const auto* const vector = value.get_if<EdnVector>()) {
      print_items("[", vector->items, "]");
    } else if (const auto* const set = value.get_if<EdnSet>()) {
      print_items("#{", set->items, "}");
    } else {
      print_map(*value.get_if<EdnMap>());
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void append(std::string_view text) {
    out_ += text;
    column_ += utf8_count(text);
  }

  void line_feed(std::size_t indent) {
    out_ += '\n';
    out_.append(indent, ' ');
    column_ = indent;
  }

  void print_items(std::string_view open, const std::vector<Edn>& items, std::string_view close) {
    append(open);
    const std::size_t indent = column_;
    bool first = true;
    for (const Edn& item : items) {
      if (!first) line_feed(indent);
      first = false;
      print(item);
    }
    append(close);
  }

  void print_map(const EdnMap& map) {
    append("{");
    const std::size_t indent = column_;
    bool first = true;
    for (const EdnEntry& entry : map.entries) {
      if (!first) {
        append(",");
        line_feed(indent);
      }
      first = false;
      print(entry.key);
      append(" ");
      print(entry.value);
    }
    append("}");
  }

  bool fits(const Edn& value) const {
    if (column_ > width_) return false;
    std::size_t room = width_ - column_;
    return take_room(value, room);
  }

  // Takes the length of the compact text of `value` from `room`; false if there is not enough.
  // Looks no further than the room goes, so that laying out a large value stays linear.
  static bool take_room(const Edn& value, std::size_t& room) {
    const auto take = [&room](std::size_t length) {
      if (length > room) return false;
      room -= length;
      return true;
    };
    const auto take_items = [&](const std::vector<Edn>& items, std::size_t brackets) {
      if (!take(brackets)) return false;
      bool first = true;
      for (const Edn& item : items) {
        if (!first && !take(1)) return false;
        first = false;
        if (!take_room(item, room)) return false;
      }
      return true;
    };
    if (const auto* const list = value.get_if<EdnList>()) return take_items(list->items, 2);
    if (const auto* const vector = value.get_if<EdnVector>()) return take_items(vector->items, 2);
    if (const auto* const set = value.get_if<EdnSet>()) return take_items(set->items, 3);
    if (const auto* const map = value.get_if<EdnMap>()) {
      if (!take(2)) return false;
      bool first = true;
      for (const EdnEntry& entry : map->entries) {
        if (!first && !take(2)) return false;
        first = false;
        if (!take_room(entry.key, room) || !take(1) || !take_room(entry.value, room)) return false;
      }
      return true;
    }
    std::string text;
    if (const auto* const tagged = value.get_if<EdnTagged>()) {
      append_tag(text, *tagged);
      return take(utf8_count(text)) && take_room(tagged->form.front(), room);
    }
    append_edn(text, value);
    return take(utf8_count(text));
  }

  std::size_t width_;
  std::size_t column_ = 0;
  std::string out_;
};

}  // namespace

void append_edn(std::string& out, const Edn& value) {
  std::visit(CompactPrinter{out}, value.data());
}

std::string to_string(const Edn& value) {
  std::string out;
  append_edn(out, value);
  return out;
}

std::string to_pretty_string(const Edn& value, std::size_t width) {
  PrettyPrinter printer(width);
  printer.print(value);
  return printer.take();
}

std::string clojure_double(double value) {
  if (std::isnan(value)) return "##NaN";
  if (std::isinf(value)) return value > 0 ? "##Inf" : "##-Inf";
  // The shortest digits that read back, as d.ddde±x: java.lang.Double.toString prints the same
  // digits with a point among them for 1e-3 <= |value| < 1e7, and in scientific notation beyond.
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t e = text.find('e');
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (c != '.' && c != '-') digits += c;
  }
  int exponent = 0;
  const std::string_view exponent_text = text.substr(text[e + 1] == '+' ? e + 2 : e + 1);
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);

  std::string out = text.front() == '-' ? "-" : "";
  if (value == 0) return out + "0.0";
  if (exponent >= 7 || exponent < -3) {
    return out +
           fmt::format("{}.{}E{}", digits[0], digits.size() > 1 ? digits.substr(1) : "0", exponent);
  }
  if (exponent < 0) {
    return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) {
    return out + digits + std::string(whole - digits.size(), '0') + ".0";
  }
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace bruit::workbench
