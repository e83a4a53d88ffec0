#include "bruit/serve/live_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "bruit/core/make_strategy.h"
#include "bruit/maelstrom/json.h"
#include "bruit/workbench/engine/engine.h"
#include "bruit/workbench/faults/fault_generator.h"
#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/history/cluster.h"
#include "bruit/workbench/network/stalled_links.h"

namespace bruit::serve {
namespace {

namespace json = boost::json;
using namespace workbench;

// --- What was asked for ---

class Reader {
 public:
  explicit Reader(const json::object& members) : members_(members) {}

  double number(std::string_view name, double otherwise, double least, double most) {
    const auto* value = find(name);
    if (value == nullptr) return otherwise;
    const double number = value->is_number() ? value->to_number<double>() : std::nan("");
    if (!(number >= least && number <= most)) {
      throw LiveRequestError(fmt::format("\"{}\": expected a number from {} to {}, found {}", name,
                                         least, most, json::serialize(*value)));
    }
    return number;
  }
  std::uint64_t integer(std::string_view name, std::uint64_t otherwise, double least, double most) {
    const double value = number(name, static_cast<double>(otherwise), least, most);
    if (value != std::floor(value)) {
      throw LiveRequestError(fmt::format("\"{}\": expected a whole number, found {}", name, value));
    }
    return static_cast<std::uint64_t>(value);
  }
  Duration milliseconds(std::string_view name, Duration otherwise, double least) {
    constexpr double day = 86'400'000;
    const std::chrono::duration<double, std::milli> usual = otherwise;
    return std::chrono::duration_cast<Duration>(
        std::chrono::duration<double, std::milli>(number(name, usual.count(), least, day)));
  }
  std::string text(std::string_view name, std::string_view otherwise) {
    const auto* value = find(name);
    if (value == nullptr) return std::string(otherwise);
    if (!value->is_string()) {
      throw LiveRequestError(
          fmt::format("\"{}\": expected a text, found {}", name, json::serialize(*value)));
    }
    return std::string(value->get_string());
  }
  // One of the names that `parse` knows.
  template <typename Parse>
  auto choice(std::string_view name, std::string_view otherwise, std::string_view expected,
              Parse parse) {
    const std::string chosen = text(name, otherwise);
    const auto value = parse(chosen);
    if (!value) {
      throw LiveRequestError(
          fmt::format("\"{}\": expected {}, found \"{}\"", name, expected, chosen));
    }
    return *value;
  }
  bool has(std::string_view name) const { return members_.contains(name); }
  void refuse_others() const {
    for (const auto& member : members_) {
      if (!asked_.contains(std::string(member.key()))) {
        throw LiveRequestError(fmt::format("\"{}\" is not known here", member.key()));
      }
    }
  }

 private:
  const json::value* find(std::string_view name) {
    asked_.emplace(name);
    return members_.if_contains(name);
  }

  const json::object& members_;
  std::set<std::string> asked_;
};

void read_faults(Reader& reader, TestOptions& test) {
  const std::string faults = reader.text("faults", "none");
  if (faults == "partition") {
    test.partition = true;
  } else if (faults == "chaos") {
    test.partition = true;
    test.faults = chaos();
  } else if (faults != "none") {
    throw LiveRequestError(
        fmt::format("\"faults\": expected none, partition or chaos, found \"{}\"", faults));
  }
  const std::string schedule = reader.text("schedule", "");
  Scenario scenario;
  if (reader.has("schedule")) {
    try {
      scenario = parse_scenario(
          schedule,
          {.nodes = test.nodes, .clients = test.concurrency, .time_limit = test.time_limit});
    } catch (const ScenarioError& error) {
      throw LiveRequestError(fmt::format("\"schedule\", {}", error.what()));
    }
  } else {
    scenario = generate_faults(test);
  }
  test.scenario = std::make_shared<const Scenario>(std::move(scenario));
}

// --- What happened ---

std::int64_t microseconds_of(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}
std::int64_t microseconds_of(Time time) { return microseconds_of(time - Time{}); }

struct Kind {
  std::string_view name;
  std::size_t values = 0;
};

Kind kind_of(const core::Message& message) {
  const auto count = [](const auto& list) { return list ? list->size() : 0; };
  struct Tell {
    decltype(count)& size;
    Kind operator()(const core::Rumor&) const { return {"rumor", 1}; }
    Kind operator()(const core::Batch& batch) const { return {"batch", size(batch.values)}; }
    Kind operator()(const core::Ack&) const { return {"ack"}; }
    Kind operator()(const core::Gather& gather) const {
      return {"gather", size(gather.sync.entries)};
    }
    Kind operator()(const core::Scatter& scatter) const {
      return {"scatter", size(scatter.sync.entries)};
    }
    Kind operator()(const core::Hello& hello) const { return {"hello", size(hello.sync.entries)}; }
    Kind operator()(const core::Push& push) const { return {"push", size(push.entries)}; }
    Kind operator()(const core::Seek&) const { return {"seek"}; }
  };
  return std::visit(Tell{count}, message);
}

// Which links are cut or stalled, and which nodes dead or frozen, after each fault.
class State {
 public:
  explicit State(std::uint32_t count)
      : dropped_(count, std::vector<bool>(count)),
        cut_(dropped_),
        stalled_(count),
        dead_(count),
        frozen_(count) {}

  void apply(const Fault& fault) {
    if (const auto* partition = std::get_if<StartPartition>(&fault)) {
      clear(dropped_);
      for (std::size_t node = 0; node < partition->grudge.size(); ++node) {
        for (const auto peer : partition->grudge[node]) dropped_[peer][node] = true;
      }
    } else if (std::holds_alternative<StopPartition>(fault)) {
      clear(dropped_);
    } else if (const auto* cut = std::get_if<CutLinks>(&fault)) {
      set(cut->links, true);
    } else if (const auto* mend = std::get_if<MendLinks>(&fault)) {
      set(mend->links, false);
    } else if (const auto* kill = std::get_if<Kill>(&fault)) {
      dead_[kill->node] = true;
    } else if (const auto* restart = std::get_if<Restart>(&fault)) {
      dead_[restart->node] = false;
    } else if (const auto* pause = std::get_if<Pause>(&fault)) {
      frozen_[pause->node] = true;
    } else if (const auto* resume = std::get_if<Resume>(&fault)) {
      frozen_[resume->node] = false;
    } else if (const auto* stall = std::get_if<StallLinks>(&fault)) {
      stalled_.begin(stall->links);
    }
  }
  void end_stall(const StallLinks& stall) { stalled_.end(stall.links); }
  void end_faults() { *this = State(static_cast<std::uint32_t>(dead_.size())); }

  void write(json::object& out) const {
    json::array cut;
    json::array stalled;
    for (std::uint32_t from = 0; from < cut_.size(); ++from) {
      for (std::uint32_t to = 0; to < cut_.size(); ++to) {
        if (dropped_[from][to] || cut_[from][to]) cut.push_back({from, to});
        if (from != to && stalled_.contains(from, to)) stalled.push_back({from, to});
      }
    }
    out["cut"] = std::move(cut);
    out["stalled"] = std::move(stalled);
    out["dead"] = list(dead_);
    out["frozen"] = list(frozen_);
  }

 private:
  using Matrix = std::vector<std::vector<bool>>;  // [source][destination]

  static void clear(Matrix& matrix) {
    for (auto& row : matrix) std::fill(row.begin(), row.end(), false);
  }
  static json::array list(const std::vector<bool>& flags) {
    json::array numbers;
    for (std::size_t i = 0; i < flags.size(); ++i) {
      if (flags[i]) numbers.push_back(i);
    }
    return numbers;
  }
  void set(const Links& links, bool value) {
    for (const auto source : links.sources) {
      for (const auto destination : links.destinations) {
        if (source == destination) continue;
        cut_[source][destination] = value;
        if (links.both_ways) cut_[destination][source] = value;
      }
    }
  }

  Matrix dropped_;  // by the partition
  Matrix cut_;
  StalledLinks stalled_;
  std::vector<bool> dead_;
  std::vector<bool> frozen_;
};

class Recorder final : public EventLog {
 public:
  explicit Recorder(const TestOptions& test)
      : test_(test), state_(static_cast<std::uint32_t>(test.nodes.size())) {}

  void on_start(const ElementTable& elements) override { elements_ = &elements; }

  void on_sent(const Packet& packet) override {
    end_ = std::max(end_, microseconds_of(packet.sent_at));
    if (!packet.between_servers()) return;
    const auto* message = std::get_if<core::Message>(&packet.payload);
    if (message == nullptr) return;
    if (sent_.size() == live_messages_max) {
      // Nobody needs the rest of the run.
      throw LiveRequestError(
          fmt::format("more than {} messages; choose a lower rate, a shorter load or fewer nodes",
                      live_messages_max));
    }
    place_[packet.id] = sent_.size();
    const Kind kind = kind_of(*message);
    const auto [type, is_new] = types_.try_emplace(kind.name, types_.size());
    if (is_new) type_names_.push_back(kind.name);
    sent_.push_back(microseconds_of(packet.sent_at));
    ended_.push_back(-1);
    from_.push_back(packet.source.index());
    to_.push_back(packet.destination.index());
    type_.push_back(type->second);
    carried_.push_back(kind.values);
    lost_.push_back(0);
  }
  void on_received(const Packet& packet, Time now) override { end(packet, now, false); }
  void on_lost(const Packet& packet, Time now) override { end(packet, now, true); }

  void on_visible(std::uint32_t node, ElementId element, Time now) override {
    visible_at_.push_back(microseconds_of(now));
    visible_node_.push_back(node);
    visible_value_.push_back(element);
  }
  void on_operation(const Op& op, Time now) override {
    end_ = std::max(end_, microseconds_of(now));
    const auto* element = std::get_if<ElementId>(&op.value);
    if (op.type != OpType::invoke || element == nullptr || op.process.is_nemesis()) return;
    if (*element >= values_.size()) values_.resize(*element + 1);
    values_[*element] = {.text = elements_->text(*element),
                         .node = cluster_of(test_).node_of(op.process),
                         .at = microseconds_of(now)};
  }
  void on_fault(const Fault& fault, Time now) override {
    state_.apply(fault);
    add_fault(to_text(fault, test_.nodes), now);
  }
  void on_stall_over(const StallLinks& stall, Time now) override {
    state_.end_stall(stall);
    add_fault(to_text(Fault(stall), test_.nodes) + " is over", now);
  }
  void on_faults_over(Time now) override {
    state_.end_faults();
    add_fault("all faults are over", now);
  }

  json::object write() {
    json::object out;
    out["nodes"] = json::array(test_.nodes.begin(), test_.nodes.end());
    out["load_us"] = microseconds_of(test_.time_limit);
    out["end_us"] = end_;
    out["messages"] = {{"sent", numbers(sent_)}, {"ended", numbers(ended_)},
                       {"from", numbers(from_)}, {"to", numbers(to_)},
                       {"type", numbers(type_)}, {"values", numbers(carried_)},
                       {"lost", numbers(lost_)}};
    out["types"] = json::array(type_names_.begin(), type_names_.end());
    json::array values;
    for (const auto& value : values_) {
      values.push_back(json::object{{"text", value.text}, {"node", value.node}, {"at", value.at}});
    }
    out["values"] = std::move(values);
    out["visible"] = {{"at", numbers(visible_at_)},
                      {"node", numbers(visible_node_)},
                      {"value", numbers(visible_value_)}};
    out["faults"] = std::move(faults_);
    return out;
  }

 private:
  template <typename Number>
  static json::array numbers(const std::vector<Number>& list) {
    return json::array(list.begin(), list.end());
  }
  void end(const Packet& packet, Time now, bool lost) {
    end_ = std::max(end_, microseconds_of(now));
    const auto place = place_.find(packet.id);
    if (place == place_.end() || ended_[place->second] >= 0) return;  // of two copies the first
    ended_[place->second] = microseconds_of(now);
    lost_[place->second] = lost ? 1 : 0;
  }
  void add_fault(std::string text, Time now) {
    json::object fault{{"at", microseconds_of(now)}, {"text", std::move(text)}};
    state_.write(fault);
    faults_.push_back(std::move(fault));
  }

  const TestOptions& test_;
  const ElementTable* elements_ = nullptr;
  State state_;
  std::int64_t end_ = 0;
  std::unordered_map<std::uint64_t, std::size_t> place_;  // of a message, by its id
  std::vector<std::int64_t> sent_;
  std::vector<std::int64_t> ended_;
  std::vector<std::uint32_t> from_;
  std::vector<std::uint32_t> to_;
  std::vector<std::size_t> type_;
  std::vector<std::size_t> carried_;
  std::vector<int> lost_;
  std::map<std::string_view, std::size_t> types_;
  std::vector<std::string_view> type_names_;
  std::vector<std::int64_t> visible_at_;
  std::vector<std::uint32_t> visible_node_;
  std::vector<ElementId> visible_value_;
  struct Value {
    std::string text;
    std::uint32_t node = 0;  // where it was broadcast
    std::int64_t at = 0;
  };
  std::vector<Value> values_;  // by element
  json::array faults_;
};

json::object figures_of(const SimulationResult& result) {
  const auto milliseconds = [](Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  };
  json::object figures{{"operations", result.operations},
                       {"broadcasts", result.broadcasts},
                       {"lost", result.lost},
                       {"died", result.invariants.died},
                       {"passed", result.passed()},
                       {"seed", result.seed},
                       {"trace_hash", fmt::format("{:016x}", result.trace_hash)}};
  const auto messages = static_cast<double>(result.net.servers.msg_count);
  if (result.operations > 0) {
    figures["msgs_per_op"] = messages / static_cast<double>(result.operations);
  }
  if (result.propagation) {
    figures["propagation_median_ms"] = milliseconds((*result.propagation)[0]);
    figures["propagation_worst_ms"] = milliseconds((*result.propagation)[3]);
  }
  if (result.stable) {
    figures["stable_median_ms"] = milliseconds((*result.stable)[0]);
    figures["stable_worst_ms"] = milliseconds((*result.stable)[3]);
  }
  json::array violations;
  for (const auto& violation : result.invariants.told) {
    violations.push_back(
        fmt::format("{}: {}", to_string(violation.invariant), violation.what).c_str());
  }
  figures["violations"] = std::move(violations);
  if (result.early_end) figures["early_end"] = result.early_end->reason;
  return figures;
}

}  // namespace

SimulationOptions parse_live_request(std::string_view text) {
  const auto parsed = maelstrom::read_json(text);
  if (const auto* error = std::get_if<maelstrom::JsonError>(&parsed)) {
    throw LiveRequestError("not JSON: " + error->text);
  }
  const auto* members = std::get<json::value>(parsed).if_object();
  if (members == nullptr) throw LiveRequestError("expected a JSON object");
  Reader reader(*members);
  SimulationOptions options;
  TestOptions& test = options.test;
  const auto nodes = static_cast<std::uint32_t>(reader.integer("nodes", 25, 1, live_nodes_max));
  test.nodes = numbered_nodes(nodes);
  test.concurrency = nodes;
  test.rate = reader.number("rate", 100, 0.1, 10'000);
  const double seconds = reader.number("seconds", 20, 0.1, live_seconds_max);
  if (test.rate * seconds > live_operations_max) {
    throw LiveRequestError(fmt::format("\"rate\" times \"seconds\": expected at most {} operations",
                                       live_operations_max));
  }
  test.time_limit = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  test.latency = reader.milliseconds("latency_ms", std::chrono::milliseconds(100), 0);
  if (test.latency > longest_latency) {
    throw LiveRequestError("\"latency_ms\": expected at most an hour");
  }
  test.latency_distribution =
      reader.choice("distribution", "constant", "constant, uniform or exponential",
                    [](const std::string& name) { return parse_latency_distribution(name); });
  test.network = reader.choice("network", "ideal", "ideal or maelstrom",
                               [](const std::string& name) { return parse_network_model(name); });
  test.seed = reader.integer("seed", 1, 0, 9'007'199'254'740'991);  // what a script can count to
  core::StrategyOptions& strategy = options.strategy;
  strategy.kind =
      reader.choice("strategy", "rounds", "the name of a strategy, such as rounds or tree",
                    [](const std::string& name) { return core::parse_strategy(name); });
  auto& budget = strategy.rounds.budget;
  budget.worst = reader.milliseconds("max_latency_ms", budget.worst, 1);
  budget.median = reader.milliseconds("median_latency_ms", budget.median, 1);
  strategy.flush_interval = reader.milliseconds("flush_ms", strategy.flush_interval, 1);
  read_faults(reader, test);
  reader.refuse_others();
  return options;
}

std::string run_live(const SimulationOptions& options) {
  Recorder recorder(options.test);
  const SimulationResult result = simulate(options, &recorder);
  json::object out = recorder.write();
  out["schedule"] = to_text(*options.test.scenario, options.test.nodes);
  out["figures"] = figures_of(result);
  return json::serialize(out);
}

}  // namespace bruit::serve
