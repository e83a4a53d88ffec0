#include "bruit/workbench/checkers/lin_kv.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "bruit/workbench/history/history_io.h"

namespace bruit::workbench {
namespace {

using Kind = RegisterOperation::Kind;

// Gives each value of a key a number, nil the number 0.
class Numbers {
 public:
  std::uint32_t of(const Edn& value) {
    const auto [place, is_new] =
        numbers_.try_emplace(value, static_cast<std::uint32_t>(numbers_.size()));
    if (is_new) values_.push_back(value);
    return place->second;
  }
  const std::vector<Edn>& values() const { return values_; }

 private:
  std::map<Edn, std::uint32_t> numbers_{{Edn(), 0}};
  std::vector<Edn> values_{Edn()};
};

struct KeyInProgress {
  std::vector<RegisterOperation> operations;
  Numbers numbers;
};

class Collector {
 public:
  explicit Collector(const History& history) : history_(history) {}

  std::vector<std::pair<Edn, KeyInProgress>> run() {
    for (std::size_t i = 0; i < history_.ops.size(); ++i) {
      const Op& op = history_.ops[i];
      const bool counts = op.f == "read" || op.f == "write" || op.f == "cas";
      if (op.process.is_nemesis() || !counts) continue;
      if (op.type == OpType::invoke) {
        open_[op.process.id] = i;
        continue;
      }
      const auto invocation = open_.find(op.process.id);
      if (invocation == open_.end()) continue;
      take(invocation->second, op.type, i);
      open_.erase(invocation);
    }
    // What had no completion at the end may still happen.
    for (const auto& [process, invoked] : open_) take(invoked, OpType::info, 0);
    return std::move(keys_);
  }

 private:
  [[noreturn]] static void fail(const Op& op) {
    throw std::invalid_argument(
        fmt::format("operation {}: expected the value of :{} to be [key {}]", op.index, op.f,
                    op.f == "cas" ? "[from to]" : "value"));
  }

  const Edn& second(const Edn& pair, const Op& op) const {
    const auto* vector = pair.get_if<EdnVector>();
    if (vector == nullptr || vector->items.size() != 2) fail(op);
    return vector->items[1];
  }

  KeyInProgress& key(const Edn& pair) {
    const Edn& name = pair.get_if<EdnVector>()->items[0];
    const auto [place, is_new] = places_.try_emplace(name, keys_.size());
    if (is_new) keys_.emplace_back(name, KeyInProgress{});
    return keys_[place->second].second;
  }

  void take(std::size_t invoked, OpType outcome, std::size_t completed) {
    const Op& op = history_.ops[invoked];
    const Edn asked = value_edn(op, history_.elements);
    const Edn& value = second(asked, op);
    KeyInProgress& at = key(asked);
    if (outcome == OpType::fail) return;
    RegisterOperation next{
        .kind = Kind::write,
        .invoked = invoked,
        .completed = outcome == OpType::ok ? completed : RegisterOperation::never};
    if (op.f == "read") {
      if (outcome != OpType::ok) return;
      const Edn got = value_edn(history_.ops[completed], history_.elements);
      const Edn& read = second(got, history_.ops[completed]);
      if (read.is_nil()) return;
      next.kind = Kind::read;
      next.expected = at.numbers.of(read);
    } else if (op.f == "write") {
      next.written = at.numbers.of(value);
    } else {
      const auto* swap = value.get_if<EdnVector>();
      if (swap == nullptr || swap->items.size() != 2) fail(op);
      next.kind = Kind::cas;
      next.expected = at.numbers.of(swap->items[0]);
      next.written = at.numbers.of(swap->items[1]);
    }
    at.operations.push_back(next);
  }

  const History& history_;
  std::unordered_map<std::int64_t, std::size_t> open_;  // positions of invocations, by process
  std::vector<std::pair<Edn, KeyInProgress>> keys_;
  std::map<Edn, std::size_t> places_;
};

std::string describe(const KeyResult& key, const RegisterOperation& operation) {
  const auto& values = key.values;
  switch (operation.kind) {
    case Kind::read:
      return fmt::format("a read returned {}", to_string(values[operation.expected]));
    case Kind::write:
      return fmt::format("a write of {} succeeded", to_string(values[operation.written]));
    case Kind::cas:
      return fmt::format("a cas from {} to {} succeeded", to_string(values[operation.expected]),
                         to_string(values[operation.written]));
  }
  return {};
}

Edn list_of_values(const KeyResult& key, const std::vector<std::uint32_t>& numbers) {
  EdnVector list;
  for (const auto number : numbers) list.items.push_back(key.values[number]);
  return list;
}

// The completion of an operation, or its invocation if it has none.
const Op& entry_of(const RegisterOperation& operation, const History& history) {
  const bool completes = operation.completed != RegisterOperation::never;
  return history.ops[completes ? operation.completed : operation.invoked];
}

Edn entries(const KeyResult& key, const std::vector<std::size_t>& numbers, const History& history) {
  EdnVector list;
  for (const auto number : numbers) {
    list.items.push_back(to_edn(entry_of(key.operations[number], history), history.elements));
  }
  return list;
}

void add_counterexample(EdnMap& map, const KeyResult& key, const Counterexample& found,
                        const History& history) {
  const RegisterOperation& failed = key.operations[found.operation];
  std::string possible;
  for (const auto number : found.possible) {
    possible += (possible.empty() ? "" : ", ") + to_string(key.values[number]);
  }
  map.set("why", fmt::format("key {}: {}, but the register can only have held {} while it was open",
                             to_string(key.key), describe(key, failed), possible));
  map.set("op", to_edn(history.ops[failed.completed], history.elements));
  std::optional<std::size_t> previous;
  for (const auto& operation : key.operations) {
    const bool before = operation.completed < failed.completed;
    if (before && (!previous || operation.completed > *previous)) previous = operation.completed;
  }
  map.set("previous-ok", previous ? to_edn(history.ops[*previous], history.elements) : Edn());
  map.set("possible-values", list_of_values(key, found.possible));
  EdnVector configs;
  for (const auto& prefix : found.prefixes) {
    configs.items.push_back(Edn::map({{"model", Edn::map({{"value", key.values[prefix.value]}})},
                                      {"last-ops", entries(key, prefix.last, history)},
                                      {"pending", entries(key, prefix.open, history)}}));
  }
  map.set("configs", std::move(configs));
}

std::string too_much(LinearizabilityResult::Limit limit) {
  const LinearizabilityLimits limits;
  switch (limit) {
    case LinearizabilityResult::Limit::none:
      break;
    case LinearizabilityResult::Limit::configurations:
      return fmt::format("gave up: more than {} configurations at this operation",
                         limits.configurations);
    case LinearizabilityResult::Limit::comparisons:
      return fmt::format("gave up after {} comparisons", limits.comparisons);
    case LinearizabilityResult::Limit::open_operations:
      return fmt::format("gave up: more than {} operations are open at once",
                         LinearizabilityLimits::open_operations);
  }
  return {};
}

Edn linearizable_edn(const KeyResult& key, const History& history) {
  const LinearizabilityResult& result = key.result;
  EdnMap map;
  map.set("valid?", to_edn(result.validity));
  map.set("analyzer", Edn::keyword("just-in-time"));
  map.set("op-count", key.operations.size());
  map.set("configs-most", result.configurations_most);
  if (result.counterexample) add_counterexample(map, key, *result.counterexample, history);
  if (result.limit != LinearizabilityResult::Limit::none) {
    map.set("error", too_much(result.limit));
    map.set("op", to_edn(entry_of(key.operations[result.limit_at], history), history.elements));
  }
  return map;
}

}  // namespace

Validity LinKvResult::validity() const {
  Validity validity = Validity::valid;
  for (const auto& key : keys) validity = merge(validity, key.result.validity);
  return validity;
}

LinKvResult check_lin_kv(const History& history, const LinearizabilityLimits& limits) {
  LinKvResult result;
  for (auto& [key, collected] : Collector(history).run()) {
    LinearizabilityResult found = check_register(collected.operations, 0, limits);
    result.keys.push_back({.key = key,
                           .operations = std::move(collected.operations),
                           .values = collected.numbers.values(),
                           .result = std::move(found)});
  }
  return result;
}

Edn to_edn(const LinKvResult& result, const History& history) {
  EdnMap results;
  EdnVector failures;
  for (const auto& key : result.keys) {
    const Edn verdict = to_edn(key.result.validity);
    results.entries.push_back({key.key, Edn::map({{"linearizable", linearizable_edn(key, history)},
                                                  {"timeline", Edn::map({{"valid?", true}})},
                                                  {"valid?", verdict}})});
    if (key.result.validity == Validity::invalid) failures.items.push_back(key.key);
  }
  return Edn::map({{"valid?", to_edn(result.validity())},
                   {"results", std::move(results)},
                   {"failures", std::move(failures)}});
}

}  // namespace bruit::workbench
