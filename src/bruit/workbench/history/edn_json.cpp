#include "bruit/workbench/history/edn_json.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bruit/maelstrom/json.h"

namespace bruit::workbench {
namespace {

namespace json = boost::json;
using maelstrom::append_json_string;

std::string key_text(const Edn& key) {
  if (const auto* const text = key.get_if<std::string>()) return *text;
  const auto* const keyword = key.get_if<EdnKeyword>();
  if (keyword == nullptr) return to_string(key);
  std::string name = keyword->name;
  if (name.size() > 1 && name.back() == '?') name.pop_back();
  return name;
}

enum class Layout : std::uint8_t { indented, one_line };

// The text of an exact number without its suffix, if that is a number of JSON: not "2/3".
std::optional<std::string_view> json_number(std::string_view text) {
  if (text.ends_with('N') || text.ends_with('M')) text.remove_suffix(1);
  const auto read = maelstrom::read_json(text, maelstrom::InexactNumbers::kept_as_written);
  if (!std::holds_alternative<json::value>(read)) return std::nullopt;
  return text;
}

class JsonPrinter {
 public:
  JsonPrinter(Layout layout, std::string& out) : layout_(layout), out_(out) {}

  void print(const Edn& value) {
    std::visit([this](const auto& data) { print_data(data); }, value.data());
  }

 private:
  void print_data(const EdnNil&) { out_ += "null"; }
  void print_data(bool value) { out_ += value ? "true" : "false"; }
  void print_data(std::int64_t value) { out_ += std::to_string(value); }
  void print_data(double value) { maelstrom::append_json_double(value, out_); }
  void print_data(const EdnExactNumber& value) {
    const auto number = layout_ == Layout::one_line ? json_number(value.text) : std::nullopt;
    if (number) {
      out_ += *number;
    } else {
      append_json_string(value.text, out_);
    }
  }
  void print_data(const EdnCharacter& value) { append_json_string(value.text, out_); }
  void print_data(const std::string& value) { append_json_string(value, out_); }
  void print_data(const EdnSymbol& value) { append_json_string(value.name, out_); }
  void print_data(const EdnKeyword& value) { append_json_string(value.name, out_); }
  void print_data(const EdnTagged& value) { print(value.form.front()); }
  void print_data(const EdnList& value) { print_array(value.items); }
  void print_data(const EdnVector& value) { print_array(value.items); }
  void print_data(const EdnSet& value) {
    std::vector<Edn> sorted = value.items;
    std::sort(sorted.begin(), sorted.end());
    print_array(sorted);
  }
  void print_data(const EdnMap& value) {
    if (value.entries.empty()) {
      out_ += "{}";
      return;
    }
    open('{');
    bool first = true;
    for (const EdnEntry& entry : value.entries) {
      next_item(first);
      append_json_string(key_text(entry.key), out_);
      out_ += layout_ == Layout::indented ? ": " : ":";
      print(entry.value);
    }
    close('}');
  }

  // Numbers and names stay on one line: a list of a thousand values is one line, not a thousand.
  void print_array(const std::vector<Edn>& items) {
    const bool nested = std::any_of(items.begin(), items.end(), [](const Edn& item) {
      return item.get_if<EdnMap>() != nullptr || item.get_if<EdnTagged>() != nullptr;
    });
    if (nested) {
      open('[');
      bool first = true;
      for (const Edn& item : items) {
        next_item(first);
        print(item);
      }
      close(']');
      return;
    }
    out_ += '[';
    bool first = true;
    for (const Edn& item : items) {
      if (!first) out_ += layout_ == Layout::indented ? ", " : ",";
      first = false;
      print(item);
    }
    out_ += ']';
  }

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
  }
  void close(char bracket) {
    --depth_;
    line_feed();
    out_ += bracket;
  }
  void next_item(bool& first) {
    if (!first) out_ += ',';
    first = false;
    line_feed();
  }
  void line_feed() {
    if (layout_ == Layout::one_line) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  Layout layout_;
  std::string& out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string to_json(const Edn& value) {
  std::string out;
  JsonPrinter(Layout::indented, out).print(value);
  return out;
}

void append_json_line(const Edn& value, std::string& out) {
  JsonPrinter(Layout::one_line, out).print(value);
}

Edn to_edn(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return {};
    case json::kind::bool_:
      return value.get_bool();
    case json::kind::int64:
      return value.get_int64();
    case json::kind::uint64:
      return EdnExactNumber{std::to_string(value.get_uint64())};
    case json::kind::double_:
      return value.get_double();
    case json::kind::string: {
      const auto number = maelstrom::written_number(value);
      if (!number) return std::string_view(value.get_string());
      const bool whole = number->find_first_of(".eE") == std::string_view::npos;
      return EdnExactNumber{std::string(*number) + (whole ? "" : "M")};
    }
    case json::kind::array: {
      EdnVector vector;
      vector.items.reserve(value.get_array().size());
      for (const auto& item : value.get_array()) vector.items.push_back(to_edn(item));
      return vector;
    }
    case json::kind::object: {
      EdnMap map;
      for (const auto& [key, item] : value.get_object()) {
        map.entries.push_back({Edn(std::string_view(key)), to_edn(item)});
      }
      return map;
    }
  }
  return {};
}

}  // namespace bruit::workbench
