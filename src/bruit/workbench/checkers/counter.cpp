#include "bruit/workbench/checkers/counter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "bruit/workbench/history/history_io.h"

namespace bruit::workbench {
namespace {

std::int64_t saturated_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}

std::int64_t integer_of(const Op& op, const History& history) {
  const Edn value = value_edn(op, history.elements);
  const auto* number = value.get_if<std::int64_t>();
  if (number == nullptr) {
    throw std::invalid_argument(
        fmt::format("operation {}: expected :{} to have an integer, found {}", op.index, op.f,
                    value.is_nil() ? "nothing" : to_string(value)));
  }
  return *number;
}

}  // namespace

void IntegerSet::add_shifted(std::int64_t delta) {
  std::vector<Interval> shifted = intervals_;
  for (auto& [lower, upper] : shifted) {
    lower = saturated_sum(lower, delta);
    upper = saturated_sum(upper, delta);
  }
  std::vector<Interval> both;
  both.reserve(intervals_.size() + shifted.size());
  std::merge(intervals_.begin(), intervals_.end(), shifted.begin(), shifted.end(),
             std::back_inserter(both),
             [](const Interval& a, const Interval& b) { return a.lower < b.lower; });
  intervals_.clear();
  for (const Interval& next : both) {
    if (!intervals_.empty() && next.lower <= saturated_sum(intervals_.back().upper, 1)) {
      intervals_.back().upper = std::max(intervals_.back().upper, next.upper);
    } else {
      intervals_.push_back(next);
    }
  }
}

bool IntegerSet::contains(std::int64_t number) const {
  const auto after = std::upper_bound(
      intervals_.begin(), intervals_.end(), number,
      [](std::int64_t value, const Interval& interval) { return value < interval.lower; });
  return after != intervals_.begin() && number <= std::prev(after)->upper;
}

CounterResult check_counter(const History& history) {
  CounterResult result;
  std::int64_t definite = 0;
  for (const Op& op : history.ops) {
    if (op.f == "add" && op.type == OpType::ok && !op.process.is_nemesis()) {
      definite = saturated_sum(definite, integer_of(op, history));
    }
  }
  result.acceptable = IntegerSet(definite);
  for (const Op& op : history.ops) {
    if (op.f == "add" && op.type == OpType::info && !op.process.is_nemesis()) {
      result.acceptable.add_shifted(integer_of(op, history));
    }
  }
  for (std::size_t i = 0; i < history.ops.size(); ++i) {
    const Op& op = history.ops[i];
    if (!op.final || op.type != OpType::ok) continue;
    const std::int64_t read = integer_of(op, history);
    result.final_reads.push_back(read);
    if (!result.acceptable.contains(read)) result.errors.push_back(i);
  }
  return result;
}

Edn to_edn(const CounterResult& result, const History& history) {
  Edn errors;
  if (!result.errors.empty()) {
    std::vector<Edn> listed;
    for (const auto i : result.errors) {
      listed.push_back(Edn::tagged("jepsen.history.Op", to_edn(history.ops[i], history.elements)));
    }
    errors = Edn::list(std::move(listed));
  }
  std::vector<Edn> acceptable;
  for (const auto& [lower, upper] : result.acceptable.intervals()) {
    acceptable.emplace_back(EdnVector{{lower, upper}});
  }
  return Edn::map(
      {{"valid?", to_edn(result.validity())},
       {"errors", std::move(errors)},
       {"final-reads", Edn::list({result.final_reads.begin(), result.final_reads.end()})},
       {"acceptable", Edn::list(std::move(acceptable))}});
}

}  // namespace bruit::workbench
