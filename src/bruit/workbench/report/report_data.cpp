#include "bruit/workbench/report/report_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "bruit/maelstrom/json.h"
#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/history/edn_json.h"
#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/report/fault_bands.h"

namespace bruit::workbench::report {
namespace {

constexpr std::int64_t nothing = -1;
// More events of one kind than that nobody reads, and a page must hold them.
constexpr std::size_t bands_most = 2'000;

std::int64_t microseconds_of(Duration duration) {
  return std::chrono::floor<std::chrono::microseconds>(duration).count();
}

// Writes an object member by member.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  ~Object() { out_ += '}'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // What is appended to the result is the member's value.
  std::string& member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    maelstrom::append_json_string(name, out_);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view value) {
    maelstrom::append_json_string(value, member(name));
  }
  void number(std::string_view name, std::int64_t value) {
    maelstrom::append_json_integer(value, member(name));
  }
  void flag(std::string_view name, bool value) { member(name) += value ? "true" : "false"; }

  // An array of what `number_of` makes of each item.
  template <typename Range, typename NumberOf>
  void column(std::string_view name, const Range& items, NumberOf number_of) {
    std::string& out = member(name);
    out += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!std::exchange(first, false)) out += ',';
      maelstrom::append_json_integer(static_cast<std::int64_t>(number_of(item)), out);
    }
    out += ']';
  }
  template <typename Range, typename TextOf>
  void texts(std::string_view name, const Range& items, TextOf text_of) {
    std::string& out = member(name);
    out += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!std::exchange(first, false)) out += ',';
      maelstrom::append_json_string(text_of(item), out);
    }
    out += ']';
  }

 private:
  std::string& out_;
  bool first_ = true;
};

// Turns ascending numbers into steps.
class Steps {
 public:
  std::int64_t operator()(std::int64_t number) { return number - std::exchange(last_, number); }

 private:
  std::int64_t last_ = 0;
};

// An invocation with its completion.
struct Operation {
  const Op* invoked = nullptr;
  const Op* completed = nullptr;  // null: the run ended before
};

std::vector<Operation> pair_up(const History& history, std::vector<std::int64_t>& numbers) {
  std::vector<Operation> operations;
  std::unordered_map<std::int64_t, std::size_t> open;
  numbers.assign(history.ops.size(), nothing);
  for (std::size_t i = 0; i < history.ops.size(); ++i) {
    const Op& op = history.ops[i];
    if (op.process.is_nemesis()) continue;
    if (op.type == OpType::invoke) {
      open[op.process.id] = operations.size();
      numbers[i] = static_cast<std::int64_t>(operations.size());
      operations.push_back({.invoked = &op});
    } else if (const auto found = open.find(op.process.id); found != open.end()) {
      numbers[i] = static_cast<std::int64_t>(found->second);
      operations[found->second].completed = &op;
      open.erase(found);
    }
  }
  return operations;
}

void write_operations(Object& page, const std::vector<Operation>& operations) {
  std::vector<std::string> kinds;  // sorted: the same kind has the same colour in every report
  for (const Operation& operation : operations) {
    const auto place = std::lower_bound(kinds.begin(), kinds.end(), operation.invoked->f);
    if (place == kinds.end() || *place != operation.invoked->f) {
      kinds.insert(place, operation.invoked->f);
    }
  }
  const auto kind_of = [&](const Operation& operation) {
    return std::lower_bound(kinds.begin(), kinds.end(), operation.invoked->f) - kinds.begin();
  };
  Object columns(page.member("operations"));
  columns.column("f", operations, kind_of);
  columns.texts("kinds", kinds, [](const std::string& kind) -> const std::string& { return kind; });
  columns.column("process", operations,
                 [](const Operation& operation) { return operation.invoked->process.id; });
  columns.column("invoked", operations, [steps = Steps()](const Operation& operation) mutable {
    return steps(microseconds_of(operation.invoked->time));
  });
  columns.column("took", operations, [](const Operation& operation) {
    if (operation.completed == nullptr) return nothing;
    return microseconds_of(operation.completed->time - operation.invoked->time);
  });
  // 0 ok, 1 fail, 2 info, 3 the run ended before.
  columns.column("outcome", operations, [](const Operation& operation) {
    if (operation.completed == nullptr) return 3;
    return operation.completed->type == OpType::ok     ? 0
           : operation.completed->type == OpType::fail ? 1
                                                       : 2;
  });
  columns.column("element", operations, [](const Operation& operation) {
    const auto* element = std::get_if<ElementId>(&operation.invoked->value);
    return element == nullptr ? nothing : std::int64_t{*element};
  });
  columns.column("listed", operations, [](const Operation& operation) {
    if (operation.completed == nullptr) return nothing;
    const auto* list = std::get_if<ElementList>(&operation.completed->value);
    return list == nullptr ? nothing : static_cast<std::int64_t>(list->size());
  });
  std::vector<std::int64_t> final;
  std::vector<std::pair<std::int64_t, std::string>> errors;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].invoked->final) final.push_back(static_cast<std::int64_t>(i));
    if (operations[i].completed != nullptr && !operations[i].completed->error.is_nil()) {
      errors.emplace_back(i, to_string(operations[i].completed->error));
    }
  }
  columns.column("final", final, [](std::int64_t number) { return number; });
  columns.column("error_of", errors, [](const auto& error) { return error.first; });
  columns.texts("errors", errors,
                [](const auto& error) -> const std::string& { return error.second; });
}

void write_messages(Object& page, const RunRecord& record) {
  {
    std::string& out = page.member("types");
    out += '[';
    for (const MessageType& type : record.types) {
      if (out.back() != '[') out += ',';
      Object entry(out);
      entry.text("name", type.name);
      entry.number("between_nodes", static_cast<std::int64_t>(type.between_nodes));
      entry.number("with_clients", static_cast<std::int64_t>(type.with_clients));
    }
    out += ']';
  }
  page.number("message_count", static_cast<std::int64_t>(record.message_count));
  page.column("between_nodes_by_second", record.between_nodes_by_second,
              [](std::uint64_t count) { return count; });
  page.column("with_clients_by_second", record.with_clients_by_second,
              [](std::uint64_t count) { return count; });

  const auto end_of = [](std::uint32_t end) {
    return end == a_client ? nothing : std::int64_t{end};
  };
  Object columns(page.member("messages"));
  columns.column("sent", record.messages, [steps = Steps()](const Message& message) mutable {
    return steps(microseconds_of(message.sent));
  });
  columns.column("took", record.messages, [](const Message& message) {
    return microseconds_of(message.ended) - microseconds_of(message.sent);
  });
  columns.column("id", record.messages, [steps = Steps()](const Message& message) mutable {
    return steps(static_cast<std::int64_t>(message.id));
  });
  columns.column("from", record.messages, [&](const Message& m) { return end_of(m.from); });
  columns.column("to", record.messages, [&](const Message& m) { return end_of(m.to); });
  columns.column("type", record.messages, [](const Message& message) { return message.type; });
  columns.column("fate", record.messages, [](const Message& message) { return int(message.fate); });
}

// Whether values are added and listed, as in broadcast and g-set. Counters and registers are read
// as well, but what they return is no list.
bool is_of_sets(const History& history) {
  return std::all_of(history.ops.begin(), history.ops.end(), [](const Op& op) {
    const bool read = op.f == "read" && op.type == OpType::ok && !op.process.is_nemesis();
    return !read || std::holds_alternative<ElementList>(op.value) ||
           std::holds_alternative<Nil>(op.value);
  });
}

// By element: what the checker found, and how long it really took to get everywhere.
void write_values(Object& page, const RunRecord& record,
                  const std::vector<std::int64_t>& operation_of_position) {
  const auto outcomes =
      is_of_sets(record.history) ? element_outcomes(record.history) : std::vector<ElementOutcome>();
  const std::size_t count = record.history.elements.size();
  const auto operation_at = [&](const std::optional<std::size_t>& position) {
    return position ? operation_of_position[*position] : nothing;
  };
  std::vector<std::int64_t> broadcast(count, nothing);
  std::vector<std::int64_t> acknowledged(count, nothing);
  for (std::size_t i = 0; i < record.history.ops.size(); ++i) {
    const Op& op = record.history.ops[i];
    const auto* element = std::get_if<ElementId>(&op.value);
    if (element == nullptr) continue;
    if (op.type == OpType::invoke && broadcast[*element] == nothing) {
      broadcast[*element] = operation_of_position[i];
    }
    if (op.type == OpType::ok && acknowledged[*element] == nothing) {
      acknowledged[*element] = microseconds_of(op.time);
    }
  }
  const auto begins_at = [](std::vector<std::size_t>& begins) {
    for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  };

  // Sorted by element, each part by time.
  std::vector<std::size_t> arrivals_end(count);
  for (const Arrival& arrival : record.arrivals) ++arrivals_end[arrival.element];
  begins_at(arrivals_end);
  std::vector<const Arrival*> arrivals(record.arrivals.size());
  {
    auto next = arrivals_end;
    for (auto arrival = record.arrivals.rbegin(); arrival != record.arrivals.rend(); ++arrival) {
      arrivals[--next[arrival->element]] = &*arrival;
    }
  }
  std::vector<std::size_t> carriers_end(count);
  for (const ElementId element : record.carried) ++carriers_end[element];
  begins_at(carriers_end);
  std::vector<std::uint32_t> carriers(record.carried.size());
  {
    auto next = carriers_end;
    for (std::size_t message = record.messages.size(); message-- > 0;) {
      for (const ElementId element : record.carried_by(message)) {
        carriers[--next[element]] = static_cast<std::uint32_t>(message);
      }
    }
  }

  Object columns(page.member("values"));
  const auto element_of = [](const ElementOutcome& outcome) { return outcome.element; };
  columns.column("element", outcomes, element_of);
  columns.texts("text", outcomes, [&](const ElementOutcome& outcome) -> const std::string& {
    return record.history.elements.text(outcome.element);
  });
  // 0 stable, 1 lost, 2 never read.
  columns.column("outcome", outcomes, [](const auto& outcome) { return int(outcome.kind); });
  columns.column("stable_latency_ms", outcomes,
                 [](const auto& outcome) { return outcome.stable_latency.count(); });
  columns.column("broadcast", outcomes,
                 [&](const auto& outcome) { return broadcast[outcome.element]; });
  columns.column("acknowledged", outcomes,
                 [&](const auto& outcome) { return acknowledged[outcome.element]; });
  columns.column("known", outcomes, [&](const auto& o) { return operation_at(o.known); });
  columns.column("last_present", outcomes,
                 [&](const auto& o) { return operation_at(o.last_present); });
  columns.column("last_absent", outcomes,
                 [&](const auto& o) { return operation_at(o.last_absent); });
  columns.column("arrivals", outcomes, [&](const auto& outcome) {
    const std::size_t begin = outcome.element == 0 ? 0 : arrivals_end[outcome.element - 1];
    return arrivals_end[outcome.element] - begin;
  });
  columns.column("carriers", outcomes, [&](const auto& outcome) {
    const std::size_t begin = outcome.element == 0 ? 0 : carriers_end[outcome.element - 1];
    return carriers_end[outcome.element] - begin;
  });

  // One list after the other, in the order of the values.
  std::vector<const Arrival*> arrivals_in_order;
  std::vector<std::int64_t> carriers_in_order;
  arrivals_in_order.reserve(arrivals.size());
  carriers_in_order.reserve(carriers.size());
  for (const auto& outcome : outcomes) {
    const ElementId element = outcome.element;
    for (std::size_t i = element == 0 ? 0 : arrivals_end[element - 1]; i < arrivals_end[element];
         ++i) {
      arrivals_in_order.push_back(arrivals[i]);
    }
    Steps steps;
    for (std::size_t i = element == 0 ? 0 : carriers_end[element - 1]; i < carriers_end[element];
         ++i) {
      carriers_in_order.push_back(steps(carriers[i]));
    }
  }
  columns.column("arrival_at", arrivals_in_order, [steps = Steps()](const Arrival* a) mutable {
    return steps(microseconds_of(a->at));
  });
  columns.column("arrival_node", arrivals_in_order, [](const Arrival* a) { return a->node; });
  columns.column("arrival_message", arrivals_in_order, [](const Arrival* a) {
    return a->message == no_message ? nothing : std::int64_t{a->message};
  });
  columns.column("arrival_source", arrivals_in_order,
                 [](const Arrival* a) { return int(a->source); });
  columns.column("carrier", carriers_in_order, [](std::int64_t step) { return step; });
}

void write_notes(Object& page, const RunRecord& record) {
  const auto list = [&](std::string_view name, const auto& items, auto write) {
    std::string& out = page.member(name);
    out += '[';
    for (std::size_t i = 0; i < std::min(items.size(), bands_most); ++i) {
      if (i > 0) out += ',';
      Object entry(out);
      write(entry, items[i]);
    }
    out += ']';
  };
  const auto bands = fault_bands(record.faults, record.faults_over);
  page.number("fault_count", static_cast<std::int64_t>(bands.size()));
  list("faults", bands, [](Object& entry, const FaultBand& band) {
    entry.number("from", microseconds_of(band.from));
    if (band.to) entry.number("to", microseconds_of(*band.to));
    entry.text("kind", band.kind);
    entry.text("text", band.text);
  });
  list("violations", record.violations, [](Object& entry, const Note& note) {
    entry.number("at", microseconds_of(note.at));
    entry.text("text", note.text);
  });
}

// The figures that a challenge limits, and whether they are below: limits are exclusive.
void write_limits(Object& page, const RunRecord& record) {
  const Edn* const name = record.results.at("challenge");
  const auto* text = name == nullptr ? nullptr : name->get_if<std::string>();
  const Challenge* const challenge = text == nullptr ? nullptr : find_challenge(*text);
  if (challenge == nullptr) return;
  page.text("challenge", fmt::format("{} ({})", challenge->name, challenge->title));
  Object limits(page.member("limits"));
  if (challenge->limits.messages_per_operation) {
    limits.member("messages_per_operation") +=
        fmt::format("{}", *challenge->limits.messages_per_operation);
  }
  const auto milliseconds = [&](std::string_view key, const std::optional<Duration>& limit) {
    if (limit) limits.number(key, microseconds_of(*limit) / 1000);
  };
  milliseconds("median_stable_ms", challenge->limits.median_stable_latency);
  milliseconds("worst_stable_ms", challenge->limits.worst_stable_latency);
}

}  // namespace

void escape_for_script(std::string& text) {
  if (text.find('<') == std::string::npos) return;
  std::string escaped;
  escaped.reserve(text.size() + 64);
  for (const char c : text) {
    if (c == '<') {
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  text = std::move(escaped);
}

std::string report_data(const RunRecord& record, const Bounds& bounds) {
  std::string out;
  out.reserve(record.messages.size() * 32 + record.arrivals.size() * 16 + (1 << 16));
  {
    Object page(out);
    page.text("folder", record.folder);
    page.text("workload", record.workload);
    page.texts("nodes", record.nodes,
               [](const std::string& node) -> const std::string& { return node; });
    maelstrom::append_json(record.options, page.member("options"));
    page.member("results") += to_json(record.results);
    if (!record.why.empty()) page.text("why", record.why);
    write_limits(page, record);
    page.flag("has_trace", record.has_trace);
    page.flag("complete", record.complete);
    page.flag("arrivals_are_inferred", record.arrivals_are_inferred);
    std::vector<std::int64_t> operation_of_position;
    auto operations = pair_up(record.history, operation_of_position);
    page.number("operation_count", static_cast<std::int64_t>(operations.size()));
    if (operations.size() > bounds.operations) operations.resize(bounds.operations);
    write_operations(page, operations);
    write_messages(page, record);
    write_values(page, record, operation_of_position);
    write_notes(page, record);
  }
  escape_for_script(out);
  return out;
}

}  // namespace bruit::workbench::report
