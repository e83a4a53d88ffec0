#include "bruit/workbench/history/history_io.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <istream>
#include <optional>
#include <ostream>
#include <system_error>
#include <unordered_map>

#include <fmt/format.h>

namespace bruit::workbench {
namespace {

// Visitor: appends the EDN text of an operation's value.
struct ValuePrinter {
  std::string& out;
  const ElementTable& elements;

  void operator()(const Nil&) const { out += "nil"; }
  void operator()(ElementId element) const { out += elements.text(element); }
  void operator()(const ElementList& list) const {
    out += '[';
    bool first = true;
    for (const ElementId element : list) {
      if (!first) out += ' ';
      first = false;
      out += elements.text(element);
    }
    out += ']';
  }
  void operator()(const Edn& edn) const { append_edn(out, edn); }
};

void append_value(std::string& out, const OpValue& value, const ElementTable& elements) {
  std::visit(ValuePrinter{out, elements}, value);
}

void append_process(std::string& out, Process process) {
  if (process.is_nemesis()) {
    out += ":nemesis";
  } else {
    fmt::format_to(std::back_inserter(out), "{}", process.id);
  }
}

// One line of history.edn, its line feed included.
void append_edn_line(std::string& out, const Op& op, const ElementTable& elements) {
  fmt::format_to(std::back_inserter(out), "{{:index {}, :time {}, :type :{}, :process ", op.index,
                 op.time.count(), to_string(op.type));
  append_process(out, op.process);
  out += ", :f :";
  out += op.f;
  out += ", :value ";
  append_value(out, op.value, elements);
  if (op.final) out += ", :final? true";
  if (const auto* const more = op.more.get_if<EdnMap>()) {
    for (const EdnEntry& entry : more->entries) {
      out += ", ";
      append_edn(out, entry.key);
      out += ' ';
      append_edn(out, entry.value);
    }
  }
  if (!op.error.is_nil()) {
    out += ", :error ";
    append_edn(out, op.error);
  }
  out += "}\n";
}

// As jepsen.util/prn-op prints it.
void append_txt_line(std::string& out, const Op& op, const ElementTable& elements) {
  append_process(out, op.process);
  fmt::format_to(std::back_inserter(out), "\t:{}\t:{}\t", to_string(op.type), op.f);
  append_value(out, op.value, elements);
  if (!op.error.is_nil()) {
    out += '\t';
    append_edn(out, op.error);
  }
  out += '\n';
}

template <typename AppendLine>
void write_lines(std::ostream& out, const History& history, AppendLine append_line) {
  constexpr std::size_t chunk = 1 << 16;
  std::string text;
  const auto flush = [&] {
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    text.clear();
  };
  for (const Op& op : history.ops) {
    append_line(text, op, history.elements);
    if (text.size() >= chunk) flush();
  }
  flush();
}

// Adds the operations of one file to a history, line by line.
class Reader {
 public:
  Reader(std::string_view file, History& history) : file_(file), history_(history) {}

  void read_line(std::string_view line) {
    ++line_number_;
    if (line.find_first_not_of(" \t\r,") == std::string_view::npos) return;
    const Edn edn = parse(line);
    const auto* const map = edn.get_if<EdnMap>();
    if (map == nullptr) fail("expected a map {:index .. :time .. :type .. ..}");
    Op op{.index = read_index(*map),
          .time = Duration(read_integer(*map, "time", "nanoseconds, at least 0")),
          .type = read_type(*map),
          .process = read_process(*map),
          .f = read_f(*map),
          .value = {},
          .error = {},
          .final = read_final(*map)};
    op.value = read_value(*map, op);
    if (const Edn* const error = map->find("error")) op.error = *error;
    if (prints_all_of(op.f)) op.more = read_more(*map);
    check_pairing(op);
    history_.ops.push_back(std::move(op));
  }

 private:
  [[noreturn]] void fail(std::string_view problem) const {
    throw HistoryError(file_, line_number_, problem);
  }

  [[noreturn]] void fail_field(std::string_view name, std::string_view expected,
                               const Edn* found) const {
    constexpr std::size_t shown_max = 60;
    std::string text = found == nullptr ? "nothing" : to_string(*found);
    if (text.size() > shown_max) text = "something longer";
    fail(fmt::format("expected :{} to be {}, found {}", name, expected, text));
  }

  Edn parse(std::string_view line) const {
    // A tagged map (#jepsen.history.Op{...}) is what some versions of Jepsen print.
    try {
      Edn edn = parse_edn(line);
      if (auto* const tagged = edn.get_if<EdnTagged>()) return std::move(tagged->form.front());
      return edn;
    } catch (const EdnError& error) {
      fail(fmt::format("column {}: {}", error.column(), error.problem()));
    }
  }

  std::int64_t read_integer(const EdnMap& map, std::string_view name,
                            std::string_view expected) const {
    const Edn* const found = map.find(name);
    const auto* const integer = found == nullptr ? nullptr : found->get_if<std::int64_t>();
    if (integer == nullptr || *integer < 0) fail_field(name, expected, found);
    return *integer;
  }

  std::uint64_t read_index(const EdnMap& map) const {
    const auto index =
        static_cast<std::uint64_t>(read_integer(map, "index", "a position, at least 0"));
    if (!history_.ops.empty() && index <= history_.ops.back().index) {
      fail(fmt::format("expected :index to be above {}, that of the operation before, found {}",
                       history_.ops.back().index, index));
    }
    return index;
  }

  OpType read_type(const EdnMap& map) const {
    const Edn* const found = map.find("type");
    for (const OpType type : {OpType::invoke, OpType::ok, OpType::fail, OpType::info}) {
      if (found != nullptr && found->is_keyword(to_string(type))) return type;
    }
    fail_field("type", ":invoke, :ok, :fail or :info", found);
  }

  Process read_process(const EdnMap& map) const {
    const Edn* const found = map.find("process");
    if (found != nullptr && found->is_keyword("nemesis")) return Process::nemesis();
    return {read_integer(map, "process", "a number, at least 0, or :nemesis")};
  }

  std::string read_f(const EdnMap& map) const {
    const Edn* const found = map.find("f");
    const auto* const keyword = found == nullptr ? nullptr : found->get_if<EdnKeyword>();
    if (keyword == nullptr) fail_field("f", "a keyword such as :read", found);
    return keyword->name;
  }

  bool read_final(const EdnMap& map) const {
    const Edn* const found = map.find("final?");
    if (found == nullptr || found->is_nil()) return false;
    const auto* const boolean = found->get_if<bool>();
    if (boolean == nullptr) fail_field("final?", "true or false", found);
    return *boolean;
  }

  // Whether results show operations of this kind with everything that Jepsen has of them.
  static bool prints_all_of(std::string_view f) {
    return f == "poll" || f == "send" || f == "assign" || f == "crash";
  }

  static Edn read_more(const EdnMap& map) {
    EdnMap more;
    for (const EdnEntry& entry : map.entries) {
      bool known = false;
      for (const std::string_view name :
           {"index", "time", "type", "process", "f", "value", "final?", "error"}) {
        known = known || entry.key.is_keyword(name);
      }
      if (!known) more.entries.push_back(entry);
    }
    return more.entries.empty() ? Edn() : Edn(std::move(more));
  }

  OpValue read_value(const EdnMap& map, const Op& op) {
    const Edn* const found = map.find("value");
    if (found == nullptr) fail_field("value", "there (nil for none)", found);
    if (!op.process.is_nemesis() && (op.f == "broadcast" || op.f == "add")) return intern(*found);
    if (found->is_nil()) return Nil{};
    if (!op.process.is_nemesis() && op.f == "read") {
      if (const auto* const vector = found->get_if<EdnVector>())
        return read_list(op, vector->items);
      if (const auto* const list = found->get_if<EdnList>()) return read_list(op, list->items);
      if (const auto* const set = found->get_if<EdnSet>()) return read_list(op, set->items);
    }
    return *found;
  }

  ElementId intern(const Edn& value) {
    scratch_.clear();
    append_edn(scratch_, value);
    return history_.elements.intern(scratch_);
  }

  ElementList read_list(const Op& op, const std::vector<Edn>& items) {
    ElementList list;
    for (const Edn& item : items) list.push_back(intern(item));
    ElementList& last = last_read_[op.process.id];
    return last = ElementList::continuing(last, list);
  }

  void check_pairing(const Op& op) {
    if (op.process.is_nemesis()) return;
    const auto open = open_.find(op.process.id);
    if (op.type == OpType::invoke) {
      if (open != open_.end()) {
        fail(fmt::format("process {} invokes :{}, but its :{} at index {} has not completed",
                         op.process.id, op.f, open->second.f, open->second.index));
      }
      open_.emplace(op.process.id, Open{.f = op.f, .index = op.index});
      return;
    }
    if (open == open_.end()) {
      fail(fmt::format("process {} completes a :{} that it did not invoke", op.process.id, op.f));
    }
    if (open->second.f != op.f) {
      fail(fmt::format("process {} completes a :{}, but what it invoked at index {} is a :{}",
                       op.process.id, op.f, open->second.index, open->second.f));
    }
    open_.erase(open);
  }

  struct Open {
    std::string f;
    std::uint64_t index;
  };

  std::string_view file_;
  History& history_;
  std::size_t line_number_ = 0;
  std::unordered_map<std::int64_t, Open> open_;              // by process
  std::unordered_map<std::int64_t, ElementList> last_read_;  // by process
  std::string scratch_;
};

}  // namespace

Edn to_edn(const Op& op, const ElementTable& elements) {
  EdnMap map;
  map.set("index", op.index);
  map.set("time", op.time.count());
  map.set("type", Edn::keyword(to_string(op.type)));
  map.set("process", op.process.is_nemesis() ? Edn::keyword("nemesis") : Edn(op.process.id));
  map.set("f", Edn::keyword(op.f));
  map.set("value", value_edn(op, elements));
  if (op.final) map.set("final?", true);
  if (const auto* const more = op.more.get_if<EdnMap>()) {
    map.entries.insert(map.entries.end(), more->entries.begin(), more->entries.end());
  }
  if (!op.error.is_nil()) map.set("error", op.error);
  return map;
}

Edn value_edn(const Op& op, const ElementTable& elements) {
  struct ToEdn {
    const ElementTable& elements;

    Edn operator()(const Nil&) const { return {}; }
    Edn operator()(ElementId element) const { return elements.value(element); }
    Edn operator()(const ElementList& list) const {
      EdnVector items;
      items.items.reserve(list.size());
      for (const ElementId element : list) items.items.push_back(elements.value(element));
      return items;
    }
    Edn operator()(const Edn& edn) const { return edn; }
  };
  return std::visit(ToEdn{elements}, op.value);
}

void write_history_edn(std::ostream& out, const History& history) {
  write_lines(out, history, append_edn_line);
}

void write_history_txt(std::ostream& out, const History& history) {
  write_lines(out, history, append_txt_line);
}

HistoryError::HistoryError(std::string_view file, std::size_t line, std::string_view problem)
    : std::runtime_error(line == 0 ? fmt::format("{}: {}", file, problem)
                                   : fmt::format("{}:{}: {}", file, line, problem)) {}

History read_history_edn(std::istream& in, std::string_view file) {
  History history;
  Reader reader(file, history);
  std::string line;
  while (std::getline(in, line)) reader.read_line(line);
  if (in.bad()) throw HistoryError(file, 0, "cannot read on");
  return history;
}

History read_history_file(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw HistoryError(path, 0, "cannot open: " + std::generic_category().message(errno));
  }
  return read_history_edn(in, path);
}

}  // namespace bruit::workbench
