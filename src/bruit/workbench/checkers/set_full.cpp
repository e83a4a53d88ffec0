#include "bruit/workbench/checkers/set_full.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

#include "bruit/workbench/basics/quantile.h"
#include "bruit/workbench/history/history_io.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;

// A position in History::ops.
using Position = std::int32_t;
constexpr Position none = -1;

// What is known of one value. Four numbers, because a read touches as many of these as it lists.
struct ElementState {
  static constexpr std::uint32_t not_created = std::numeric_limits<std::uint32_t>::max();

  Position known = none;
  Position last_present = none;  // invocation of the last read with it
  Position last_absent = none;   // invocation of the last read without it
  std::uint32_t seen_by =
      not_created;  // number of the last read that listed it; reads count from 1

  bool is_created() const { return seen_by != not_created; }
  bool is_stable() const { return last_present != none && last_absent < last_present; }
  bool is_lost() const {
    return known != none && last_absent != none && last_present < last_absent &&
           known < last_absent;
  }
};

bool is_addition(const Op& op) { return op.f == "broadcast" || op.f == "add"; }

// One pass over the history.
class Timeline {
 public:
  explicit Timeline(const History& history) : history_(history), states_(history.elements.size()) {
    if (history.ops.size() > static_cast<std::size_t>(std::numeric_limits<Position>::max())) {
      throw std::invalid_argument("set-full: more than 2^31 operations");
    }
    for (std::size_t i = 0; i < history.ops.size(); ++i) apply(static_cast<Position>(i));
  }

  // Values that were broadcast, in order of their first invocation.
  const std::vector<ElementId>& created() const { return created_; }
  const ElementState& state(ElementId element) const { return states_[element]; }

 private:
  void apply(Position at) {
    const Op& op = history_.ops[static_cast<std::size_t>(at)];
    if (op.process.is_nemesis()) return;
    if (is_addition(op)) {
      if (const auto* const element = std::get_if<ElementId>(&op.value))
        apply_add(op, *element, at);
    } else if (op.f == "read") {
      if (op.type == OpType::invoke) {
        open_reads_[op.process.id] = at;
      } else if (const auto invocation = open_reads_.find(op.process.id);
                 invocation != open_reads_.end()) {
        if (op.type == OpType::ok) apply_read(op, invocation->second, at);
        open_reads_.erase(invocation);
      }
    }
  }

  void apply_add(const Op& op, ElementId element, Position at) {
    ElementState& state = states_[element];
    if (op.type == OpType::invoke) {
      // A value that is broadcast again starts anew, as in the original.
      if (!state.is_created()) created_.push_back(element);
      state = {.seen_by = 0};
    } else if (op.type == OpType::ok && state.is_created() && state.known == none) {
      state.known = at;
    }
  }

  void apply_read(const Op& op, Position invocation, Position completion) {
    ++read_count_;
    std::size_t present = 0;
    for (const ElementId element : elements_of(op)) {
      ElementState& state = states_[element];
      // Listed before, or not created (whose number is above all).
      if (state.seen_by >= read_count_) continue;
      state.seen_by = read_count_;
      ++present;
      if (state.known == none) state.known = completion;
      state.last_present = std::max(state.last_present, invocation);
    }
    // Most of what a read misses was created last: walk back until all that is missing was found.
    std::size_t missing = created_.size() - present;
    for (auto element = created_.rbegin(); missing > 0; ++element) {
      ElementState& state = states_[*element];
      if (state.seen_by == read_count_) continue;
      state.last_absent = std::max(state.last_absent, invocation);
      --missing;
    }
  }

  static const ElementList& elements_of(const Op& op) {
    static const ElementList nothing;
    if (const auto* const list = std::get_if<ElementList>(&op.value)) return *list;
    if (std::holds_alternative<Nil>(op.value)) return nothing;
    throw std::invalid_argument(
        fmt::format("set-full: operation {} is an ok read whose value is not a list", op.index));
  }

  const History& history_;
  std::vector<ElementState> states_;
  std::vector<ElementId> created_;
  std::unordered_map<std::int64_t, Position> open_reads_;  // by process
  std::uint32_t read_count_ = 0;
};

// As Clojure sorts them: numbers by size.
std::vector<ElementId> sorted_by_value(const std::vector<ElementId>& elements,
                                       const ElementTable& table) {
  std::vector<std::pair<Edn, ElementId>> keyed;
  keyed.reserve(elements.size());
  for (const ElementId element : elements) {
    keyed.emplace_back(table.value(element), element);
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<ElementId> sorted;
  sorted.reserve(keyed.size());
  for (const auto& [value, element] : keyed) sorted.push_back(element);
  return sorted;
}

Duration time_of(const History& history, Position at) {
  return history.ops[static_cast<std::size_t>(at)].time;
}

// From the completion `known` to just after the invocation `last`; 0 if there was no such read.
milliseconds latency(const History& history, Position known, Position last) {
  using std::chrono::nanoseconds;
  const Duration end = last == none ? Duration::zero() : time_of(history, last) + nanoseconds(1);
  return std::chrono::duration_cast<milliseconds>(
      std::max(Duration::zero(), end - time_of(history, known)));
}

Edn quantiles_to_edn(const LatencyQuantiles& quantiles) {
  EdnMap map;
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    const double point = latency_points[i];
    // The original's points are the integers 0 and 1 and fractions between.
    const Edn key = point == std::floor(point) ? Edn(static_cast<std::int64_t>(point)) : Edn(point);
    map.entries.push_back({.key = key, .value = quantiles[i].count()});
  }
  return map;
}

Edn op_to_edn(const History& history, std::size_t at) {
  Edn op = to_edn(history.ops[at], history.elements);
  if (is_addition(history.ops[at])) op.get_if<EdnMap>()->set("f", Edn::keyword("add"));
  return Edn::tagged("jepsen.history.Op", std::move(op));
}

}  // namespace

std::optional<LatencyQuantiles> latency_quantiles(std::vector<milliseconds> latencies) {
  std::sort(latencies.begin(), latencies.end());
  return quantiles(latencies, latency_points);
}

std::vector<ElementOutcome> element_outcomes(const History& history) {
  const auto place = [](Position at) {
    return at == none ? std::nullopt : std::optional(static_cast<std::size_t>(at));
  };
  const Timeline timeline(history);
  std::vector<ElementOutcome> outcomes;
  outcomes.reserve(timeline.created().size());
  for (const ElementId element : timeline.created()) {
    const ElementState& state = timeline.state(element);
    ElementOutcome outcome{.element = element,
                           .known = place(state.known),
                           .last_present = place(state.last_present),
                           .last_absent = place(state.last_absent)};
    if (state.is_stable()) {
      outcome.kind = ElementOutcome::Kind::stable;
      outcome.stable_latency = latency(history, state.known, state.last_absent);
    } else if (state.is_lost()) {
      outcome.kind = ElementOutcome::Kind::lost;
    }
    outcomes.push_back(outcome);
  }
  return outcomes;
}

SetFullResult check_set_full(const History& history) {
  const Timeline timeline(history);
  SetFullResult result;
  result.attempt_count = timeline.created().size();
  std::vector<milliseconds> stable_latencies;
  std::vector<milliseconds> lost_latencies;
  for (const ElementId element : sorted_by_value(timeline.created(), history.elements)) {
    const ElementState& state = timeline.state(element);
    if (state.is_stable()) {
      ++result.stable_count;
      const milliseconds stable_latency = latency(history, state.known, state.last_absent);
      stable_latencies.push_back(stable_latency);
      if (stable_latency > milliseconds::zero()) {
        result.stale.push_back(element);
        result.worst_stale.push_back({.element = element,
                                      .stable_latency = stable_latency,
                                      .known = static_cast<std::size_t>(state.known),
                                      .last_absent = static_cast<std::size_t>(state.last_absent)});
      }
    } else if (state.is_lost()) {
      result.lost.push_back(element);
      lost_latencies.push_back(latency(history, state.known, state.last_present));
    } else {
      result.never_read.push_back(element);
    }
  }
  // The original sorts by latency and turns the list round, which turns equal ones round as well.
  std::reverse(result.worst_stale.begin(), result.worst_stale.end());
  std::stable_sort(result.worst_stale.begin(), result.worst_stale.end(),
                   [](const StaleElement& a, const StaleElement& b) {
                     return a.stable_latency > b.stable_latency;
                   });
  if (result.worst_stale.size() > SetFullResult::worst_stale_max) {
    result.worst_stale.resize(SetFullResult::worst_stale_max);
  }
  result.stable_latencies = latency_quantiles(std::move(stable_latencies));
  result.lost_latencies = latency_quantiles(std::move(lost_latencies));
  if (!result.lost.empty()) {
    result.validity = Validity::invalid;
  } else {
    result.validity = result.stable_count == 0 ? Validity::unknown : Validity::valid;
  }
  return result;
}

Edn to_edn(const SetFullResult& result, const History& history) {
  const auto element_to_edn = [&](ElementId element) { return history.elements.value(element); };
  const auto list_to_edn = [&](const std::vector<ElementId>& elements) {
    std::vector<Edn> items;
    items.reserve(elements.size());
    for (const ElementId element : elements) items.push_back(element_to_edn(element));
    return Edn::list(std::move(items));
  };
  std::vector<Edn> worst_stale;
  for (const StaleElement& stale : result.worst_stale) {
    worst_stale.push_back(Edn::map({{"element", element_to_edn(stale.element)},
                                    {"outcome", Edn::keyword("stable")},
                                    {"stable-latency", stale.stable_latency.count()},
                                    {"lost-latency", Edn()},
                                    {"known", op_to_edn(history, stale.known)},
                                    {"last-absent", op_to_edn(history, stale.last_absent)}}));
  }
  EdnMap map;
  map.set("worst-stale", Edn::list(std::move(worst_stale)));
  map.set("duplicated-count", 0);
  map.set("valid?", to_edn(result.validity));
  map.set("lost-count", result.lost.size());
  map.set("lost", list_to_edn(result.lost));
  map.set("stable-count", result.stable_count);
  map.set("stale-count", result.stale.size());
  map.set("stale", list_to_edn(result.stale));
  map.set("never-read-count", result.never_read.size());
  if (result.stable_latencies) {
    map.set("stable-latencies", quantiles_to_edn(*result.stable_latencies));
  }
  map.set("attempt-count", result.attempt_count);
  if (result.lost_latencies) map.set("lost-latencies", quantiles_to_edn(*result.lost_latencies));
  map.set("never-read", list_to_edn(result.never_read));
  map.set("duplicated", EdnMap{});
  return map;
}

}  // namespace bruit::workbench
