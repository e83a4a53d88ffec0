#include "bruit/workbench/report/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <fstream>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "bruit/maelstrom/json.h"
#include "bruit/workbench/history/edn_json.h"
#include "bruit/workbench/history/history_io.h"
#include "bruit/workbench/report/body_values.h"
#include "bruit/workbench/trace/trace_reader.h"

namespace bruit::workbench::report {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

// Numbers of nodes by name.
class Ends {
 public:
  explicit Ends(std::vector<std::string>& nodes) : nodes_(nodes) {}

  void set(const std::vector<std::string>& nodes) {
    for (const auto& node : nodes) number_of(node);
  }
  // Who is not known is a client ("c12") or, in a trace without a first line, a new node.
  std::uint32_t number_of(const std::string& name) {
    if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
    const bool client = name.size() > 1 && name[0] == 'c' &&
                        name.find_first_not_of("0123456789", 1) == std::string::npos;
    const auto number = client ? a_client : static_cast<std::uint32_t>(nodes_.size());
    if (!client) nodes_.push_back(name);
    numbers_.emplace(name, number);
    return number;
  }

 private:
  std::vector<std::string>& nodes_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

// Numbers of values by their JSON. Nearly all are small integers, of which no text is made.
class Values {
 public:
  explicit Values(ElementTable& table) : table_(table) {}

  ElementId intern(const json::value& value) {
    const auto* number = small(value);
    if (number == nullptr) return table_.intern(text(value));
    const auto index = static_cast<std::size_t>(*number);
    if (index >= by_number_.size()) by_number_.resize(index + 1, unknown);
    if (by_number_[index] == unknown) by_number_[index] = table_.intern(text(value));
    return by_number_[index];
  }

  // The value as one that was broadcast; nothing if it was not.
  std::optional<ElementId> find_broadcast(const json::value& value) {
    const auto* number = small(value);
    std::optional<ElementId> found;
    if (number == nullptr) {
      found = table_.find(text(value));
    } else if (static_cast<std::size_t>(*number) < by_number_.size() &&
               by_number_[static_cast<std::size_t>(*number)] != unknown) {
      found = by_number_[static_cast<std::size_t>(*number)];
    }
    if (!found || *found >= broadcast_.size() || !broadcast_[*found]) return std::nullopt;
    return found;
  }

  void mark_broadcast(ElementId element) {
    if (element >= broadcast_.size()) broadcast_.resize(element + 1);
    broadcast_[element] = true;
  }

 private:
  static constexpr ElementId unknown = 0xffff'ffff;

  static const std::int64_t* small(const json::value& value) {
    const auto* number = value.if_int64();
    return number != nullptr && *number >= 0 && *number < (1 << 20) ? number : nullptr;
  }
  static std::string text(const json::value& value) { return maelstrom::canonical_json(value); }

  ElementTable& table_;
  std::vector<ElementId> by_number_;
  std::vector<bool> broadcast_;
};

// Traces have errors as EDN text. Any other text is shown as it is.
Edn error_of(const std::string& text) {
  if (text.empty()) return {};
  try {
    return parse_edn(text);
  } catch (const EdnError&) {
    return EdnSymbol{text};
  }
}

// Takes the events of a trace one after the other.
class Recorder {
 public:
  Recorder(const Bounds& bounds, RunRecord& record)
      : bounds_(bounds), record_(record), ends_(record.nodes), values_(record.history.elements) {}

  void take(trace::Event&& event) {
    now_ = event.at;
    std::visit([this](auto& what) { on(what); }, event.what);
  }

  void finish() {
    // Times so far are since the run began.
    for (auto& message : record_.messages) {
      message.sent -= zero();
      message.ended -= zero();
    }
    for (auto& arrival : record_.arrivals) arrival.at -= zero();
    for (auto& fault : record_.faults) fault.at -= zero();
    if (record_.faults_over) *record_.faults_over -= zero();
    record_.arrivals_are_inferred = !shown_any_;
    std::erase_if(record_.arrivals, [this](const Arrival& arrival) {
      return (arrival.source != Arrival::Source::shown) == shown_any_;
    });
    std::stable_sort(record_.arrivals.begin(), record_.arrivals.end(),
                     [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
  }

 private:
  void on(trace::Start& start) {
    record_.workload = std::move(start.workload);
    record_.options = std::move(start.options);
    ends_.set(start.nodes);
  }

  void on(trace::Sent& sent) {
    Message message{.sent = now_,
                    .ended = now_,
                    .id = sent.id,
                    .from = ends_.number_of(sent.from),
                    .to = ends_.number_of(sent.to),
                    .type = type_of(sent.body)};
    count(message);
    if (record_.messages.size() >= bounds_.messages) return;
    const auto index = static_cast<std::uint32_t>(record_.messages.size());
    under_way_[sent.id] = index;
    record_.messages.push_back(message);
    keep_body(message, sent.body);
    found_.clear();
    collect_values(sent.body, found_);
    if (message.from != a_client && message.to == a_client) {
      // An answer: what a node lists, it has.
      for (const auto* value : found_) {
        if (const auto element = values_.find_broadcast(*value)) {
          arrive(*element, message.from, index, Arrival::Source::read);
        }
      }
    } else {
      for (const auto* value : found_) {
        if (const auto element = values_.find_broadcast(*value)) {
          record_.carried.push_back(*element);
        }
      }
    }
    record_.carried_ends.push_back(record_.carried.size());
  }

  void on(trace::Received& received) {
    const auto found = under_way_.find(received.id);
    if (found == under_way_.end()) return;
    Message& message = record_.messages[found->second];
    if (message.fate == Message::Fate::received) return;  // a duplicate
    message.ended = now_;
    message.fate = Message::Fate::received;
    if (message.to == a_client) return;
    for (const ElementId element : record_.carried_by(found->second)) {
      arrive(element, message.to, found->second, Arrival::Source::message);
    }
  }

  void on(trace::Lost& lost) {
    const auto found = under_way_.find(lost.id);
    if (found == under_way_.end()) return;
    Message& message = record_.messages[found->second];
    if (message.fate != Message::Fate::under_way) return;
    message.ended = now_;
    message.fate = Message::Fate::lost;
  }

  void on(trace::Visible& visible) {
    arrive(values_.intern(visible.value), ends_.number_of(visible.node), no_message,
           Arrival::Source::shown);
  }

  void on(trace::Operation& operation) {
    if (!zero_) zero_ = now_;
    Op op{.index = record_.history.ops.size(),
          .time = now_ - zero(),
          .type = operation.type,
          .process = {operation.process},
          .f = std::move(operation.f),
          .value = Nil{},
          .error = error_of(operation.error),
          .final = operation.final};
    const bool of_sets =
        record_.workload.empty() || record_.workload == "broadcast" || record_.workload == "g-set";
    if (of_sets && (op.f == "broadcast" || op.f == "add") && operation.value) {
      const ElementId element = values_.intern(*operation.value);
      values_.mark_broadcast(element);
      op.value = element;
    } else if (of_sets && op.f == "read" && operation.value && operation.value->is_array()) {
      const json::array& items = operation.value->get_array();
      ElementList list;
      for (const auto& item : items) list.push_back(values_.intern(item));
      ElementList& last = last_reads_[operation.process];
      last = ElementList::continuing(last, list);
      op.value = last;
    } else if (operation.value) {
      op.value = to_edn(*operation.value);
    }
    record_.history.ops.push_back(std::move(op));
  }

  void on(trace::FaultEvent& fault) { record_.faults.push_back({now_, std::move(fault.text)}); }
  void on(trace::FaultsOver&) { record_.faults_over = now_; }
  void on(trace::Violation& violation) {
    // Its time counts from the first operation already.
    record_.violations.push_back({now_, violation.invariant + ": " + violation.what});
  }
  void on(trace::End&) {}

  Duration zero() const { return zero_.value_or(Duration{}); }

  std::uint32_t type_of(const json::object& body) {
    const json::value* const type = body.if_contains("type");
    const auto text = type == nullptr ? std::nullopt : maelstrom::string_in(*type);
    std::string name(text.value_or("?"));
    const auto [entry, is_new] =
        type_numbers_.try_emplace(name, static_cast<std::uint32_t>(record_.types.size()));
    if (is_new) record_.types.push_back({.name = std::move(name)});
    return entry->second;
  }

  void count(const Message& message) {
    ++record_.message_count;
    MessageType& type = record_.types[message.type];
    ++(message.between_nodes() ? type.between_nodes : type.with_clients);
    if (!zero_) return;
    auto& seconds =
        message.between_nodes() ? record_.between_nodes_by_second : record_.with_clients_by_second;
    const auto second = static_cast<std::size_t>((now_ - *zero_) / std::chrono::seconds(1));
    constexpr std::size_t seconds_most = 1'000'000;  // whatever a trace says
    if (second >= seconds_most) return;
    if (second >= seconds.size()) seconds.resize(second + 1);
    ++seconds[second];
  }

  void keep_body(const Message& message, const json::object& body) {
    const std::size_t begin = record_.bodies.size();
    if (begin < bounds_.body_bytes) {
      maelstrom::append_json(body, record_.bodies);
      const std::size_t most =
          message.between_nodes() ? bounds_.node_body_bytes : bounds_.client_body_bytes;
      const std::size_t size = record_.bodies.size() - begin;
      if (size > most) {
        std::size_t end = begin + most;
        // Not in the middle of a character.
        while ((static_cast<unsigned char>(record_.bodies[end]) & 0xC0U) == 0x80U) --end;
        record_.bodies.resize(end);
        fmt::format_to(std::back_inserter(record_.bodies), " ... ({} bytes)", size);
      }
    }
    record_.bodies += '\n';
    record_.body_ends.push_back(record_.bodies.size());
  }

  // The first time counts: of what a simulated node shows, and of what is inferred.
  void arrive(ElementId element, std::uint32_t node, std::uint32_t message,
              Arrival::Source source) {
    if (node == a_client) return;
    const bool shown = source == Arrival::Source::shown;
    auto& table = shown ? shown_ : inferred_;
    if (element >= table.size()) {
      if ((element + 1) * record_.nodes.size() > bounds_.arrivals) return;
      table.resize(element + 1);
    }
    auto& nodes = table[element];
    if (node >= nodes.size()) nodes.resize(std::max<std::size_t>(node + 1, record_.nodes.size()));
    if (nodes[node]) return;
    if (shown) {
      shown_any_ = true;
      // The message that brought it arrived just before.
      if (element < inferred_.size() && node < inferred_[element].size() &&
          inferred_[element][node]) {
        message = *inferred_[element][node];
      }
    }
    nodes[node] = message;
    record_.arrivals.push_back({now_, element, node, message, source});
  }

  const Bounds& bounds_;
  RunRecord& record_;
  Ends ends_;
  Values values_;
  Duration now_{};
  std::optional<Duration> zero_;
  std::unordered_map<std::int64_t, ElementList> last_reads_;  // by process
  std::unordered_map<std::string, std::uint32_t> type_numbers_;
  std::unordered_map<std::uint64_t, std::uint32_t> under_way_;  // by id: positions in messages
  std::vector<const json::value*> found_;
  // By element and node: the message, or nothing as long as the node does not have it.
  std::vector<std::vector<std::optional<std::uint32_t>>> shown_;
  std::vector<std::vector<std::optional<std::uint32_t>>> inferred_;
  bool shown_any_ = false;
};

std::optional<std::string> read_text(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) throw RunError(path.string() + ": cannot be read");
  return text;
}

// Maelstrom's own files: the operations, and what its nemesis did.
void read_history(const fs::path& path, RunRecord& record) {
  record.history = read_history_file(path.string());
  for (const Op& op : record.history.ops) {
    if (!op.process.is_nemesis()) continue;
    const auto* value = std::get_if<Edn>(&op.value);
    record.faults.push_back({op.time, op.f + (value == nullptr ? "" : " " + to_string(*value))});
  }
}

}  // namespace

void read_trace(std::istream& in, std::string_view file, const Bounds& bounds, RunRecord& record) {
  TraceReader reader(in, file);
  Recorder recorder(bounds, record);
  while (auto event = reader.next()) recorder.take(std::move(*event));
  recorder.finish();
  record.has_trace = true;
  record.complete = reader.complete();
}

RunRecord read_run(const fs::path& folder, const Bounds& bounds) {
  RunRecord record;
  record.folder = folder.string();
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    throw RunError(folder.string() +
                   ": there is no such folder; expected that of a run, store/<workload>/<time>");
  }
  const fs::path results = folder / "results.edn";
  if (const auto text = read_text(results)) {
    try {
      record.results = parse_edn(*text);
    } catch (const EdnError& error) {
      throw RunError(fmt::format("{}:{}", results.string(), error.what()));
    }
  }
  record.why = read_text(folder / "why.txt").value_or("");
  const fs::path trace = folder / "trace.jsonl";
  const fs::path history = folder / "history.edn";
  if (fs::exists(trace, ignored)) {
    std::ifstream in(trace, std::ios::binary);
    if (!in) throw RunError(trace.string() + ": cannot be opened");
    read_trace(in, trace.string(), bounds, record);
  } else if (fs::exists(history, ignored)) {
    read_history(history, record);
  } else {
    throw RunError(folder.string() +
                   ": has neither trace.jsonl nor history.edn; expected the folder of a run");
  }
  return record;
}

}  // namespace bruit::workbench::report
