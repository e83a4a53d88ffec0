#include "bruit/workbench/history/edn_json.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bruit/maelstrom/json.h"

namespace bruit::workbench {
namespace {

using maelstrom::append_json_string;

std::string key_text(const Edn& key) {
  if (const auto* const text = key.get_if<std::string>()) return *text;
  const auto* const keyword = key.get_if<EdnKeyword>();
  if (keyword == nullptr) return to_string(key);
  std::string name = keyword->name;
  if (name.size() > 1 && name.back() == '?') name.pop_back();
  return name;
}

class JsonPrinter {
 public:
  void print(const Edn& value) {
    std::visit([this](const auto& data) { print_data(data); }, value.data());
  }

  std::string take() { return std::move(out_); }

 private:
  void print_data(const EdnNil&) { out_ += "null"; }
  void print_data(bool value) { out_ += value ? "true" : "false"; }
  void print_data(std::int64_t value) { out_ += std::to_string(value); }
  void print_data(double value) { maelstrom::append_json_double(value, out_); }
  void print_data(const EdnExactNumber& value) { append_json_string(value.text, out_); }
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
      out_ += ": ";
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
      if (!first) out_ += ", ";
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
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string to_json(const Edn& value) {
  JsonPrinter printer;
  printer.print(value);
  return printer.take();
}

}  // namespace bruit::workbench
