#include "bruit/workbench/report/explanation.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/history/cluster.h"

namespace bruit::workbench::report {
namespace {

using std::chrono::milliseconds;

// Traces say how many clients there are.
std::optional<std::uint32_t> node_of(const RunRecord& record, std::int64_t process) {
  const auto* concurrency = record.options.if_contains("concurrency");
  if (concurrency == nullptr || record.nodes.empty() || process < 0) return std::nullopt;
  boost::system::error_code error;
  const auto workers = concurrency->to_number<std::int64_t>(error);
  if (error || workers < 1 || workers > std::numeric_limits<std::uint32_t>::max()) return {};
  const Cluster cluster{.nodes = static_cast<std::uint32_t>(record.nodes.size()),
                        .concurrency = static_cast<std::uint32_t>(workers)};
  return cluster.node_of({process});
}

bool lists(const Op& op, ElementId element) {
  const auto* list = std::get_if<ElementList>(&op.value);
  return list != nullptr && std::find(list->begin(), list->end(), element) != list->end();
}

// What the history says of one value, straight from the definition (set_full.h).
class ClientsView {
 public:
  ClientsView(const RunRecord& record, Explanation& explanation)
      : record_(record), told_(explanation) {
    const auto& ops = record.history.ops;
    std::unordered_map<std::int64_t, std::size_t> open;  // by process
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const Op& op = ops[i];
      if (op.process.is_nemesis()) continue;
      if (op.type == OpType::invoke) {
        open[op.process.id] = i;
        if (is_broadcast(op) && !told_.broadcast) told_.broadcast = operation(i, std::nullopt);
      } else if (const auto begun = open.find(op.process.id); begun != open.end()) {
        if (is_broadcast(op)) {
          on_broadcast_ended(begun->second, i);
        } else if (op.f == "read" && op.type == OpType::ok && told_.broadcast) {
          on_read(begun->second, i);
        }
      }
    }
    judge();
  }

 private:
  struct Miss {
    std::size_t begun;
    std::size_t ended;
  };

  bool is_broadcast(const Op& op) const {
    const auto* element = std::get_if<ElementId>(&op.value);
    return op.f == "broadcast" && element != nullptr && *element == told_.element;
  }
  ClientOperation operation(std::size_t begun, std::optional<std::size_t> ended) const {
    const auto& ops = record_.history.ops;
    return {.begun = ops[begun].time,
            .ended = ended ? std::optional(ops[*ended].time) : std::nullopt,
            .outcome = ended ? ops[*ended].type : OpType::invoke,
            .process = ops[begun].process.id,
            .node = node_of(record_, ops[begun].process.id)};
  }
  void on_broadcast_ended(std::size_t begun, std::size_t ended) {
    if (told_.broadcast && told_.broadcast->ended) return;  // broadcast once more
    told_.broadcast = operation(begun, ended);
    if (record_.history.ops[ended].type == OpType::ok && !known_) known_ = ended;
  }
  void on_read(std::size_t begun, std::size_t ended) {
    if (lists(record_.history.ops[ended], told_.element)) {
      if (!known_) known_ = ended;
      present_ = std::max(present_.value_or(begun), begun);
      return;
    }
    misses_.push_back({begun, ended});
  }

  void judge() {
    const auto& ops = record_.history.ops;
    if (known_) told_.known = ops[*known_].time;
    const Miss* last = nullptr;
    for (const Miss& miss : misses_) {
      if (known_ && miss.begun > *known_) ++told_.missed_by;
      if (last == nullptr || miss.begun > last->begun) last = &miss;
    }
    const bool missed_last = last != nullptr && (!present_ || *present_ < last->begun);
    if (present_ && !missed_last) {
      told_.outcome = Explanation::Outcome::stable;
      const Duration until = last == nullptr ? Duration{} : ops[last->begun].time + Duration(1);
      told_.stable_latency =
          std::chrono::duration_cast<milliseconds>(std::max(Duration{}, until - ops[*known_].time));
    } else if (known_ && last != nullptr && *known_ < last->begun) {
      told_.outcome = Explanation::Outcome::lost;
    }
    if (last != nullptr && known_ && last->begun > *known_) {
      told_.last_missed = operation(last->begun, last->ended);
    }
  }

  const RunRecord& record_;
  Explanation& told_;
  std::optional<std::size_t> known_;    // position of the completion
  std::optional<std::size_t> present_;  // of the latest invocation of a read with it
  std::vector<Miss> misses_;
};

// When each node had it, and by which message.
void follow_messages(const RunRecord& record, Explanation& told) {
  for (const Arrival& arrival : record.arrivals) {
    if (arrival.element == told.element) told.arrivals.push_back(arrival);
  }
  for (std::uint32_t node = 0; node < record.nodes.size(); ++node) {
    const auto has_it = [node](const Arrival& arrival) { return arrival.node == node; };
    if (std::none_of(told.arrivals.begin(), told.arrivals.end(), has_it)) {
      told.without.push_back(node);
    }
  }
  for (std::size_t i = 0; i < record.messages.size(); ++i) {
    if (!record.messages[i].between_nodes()) continue;
    const auto carried = record.carried_by(i);
    if (std::find(carried.begin(), carried.end(), told.element) == carried.end()) continue;
    told.carried_by.push_back(i);
    if (record.messages[i].fate == Message::Fate::lost) told.lost.push_back(i);
  }
}

const Arrival* arrival_at(const Explanation& told, std::uint32_t node) {
  const auto found = std::find_if(told.arrivals.begin(), told.arrivals.end(),
                                  [node](const Arrival& each) { return each.node == node; });
  return found == told.arrivals.end() ? nullptr : &*found;
}

// Back from the last node that got it.
void find_way(const RunRecord& record, Explanation& told) {
  if (told.arrivals.empty()) return;
  const Arrival* arrival = &told.arrivals.back();
  while (arrival != nullptr && arrival->message != no_message) {
    const Message& message = record.messages[arrival->message];
    if (!message.between_nodes() || told.way.size() > record.nodes.size()) break;
    const Arrival* const before = arrival_at(told, message.from);
    Leg leg{.message = arrival->message,
            .waited = before == nullptr ? Duration{} : message.sent - before->at,
            .travelled = message.ended - message.sent,
            .lost_before = {}};
    for (const std::size_t lost : told.lost) {
      const Message& other = record.messages[lost];
      if (other.from == message.from && other.to == message.to && other.sent < message.sent) {
        leg.lost_before.push_back(lost);
      }
    }
    told.way.push_back(std::move(leg));
    // A record without what came before cannot be followed further.
    arrival = before != nullptr && before->at <= message.sent ? before : nullptr;
  }
  std::reverse(told.way.begin(), told.way.end());
}

void find_faults(const RunRecord& record, Explanation& told) {
  if (!told.broadcast) return;
  const Duration begin = told.broadcast->begun;
  Duration end = told.known.value_or(begin);
  if (!told.arrivals.empty()) end = std::max(end, told.arrivals.back().at);
  if (told.last_missed) end = std::max(end, told.last_missed->begun);
  for (const FaultBand& band : fault_bands(record.faults, record.faults_over)) {
    if (band.from <= end && (!band.to || *band.to >= begin)) told.faults.push_back(band);
  }
}

}  // namespace

Explanation explain(const RunRecord& record, ElementId element) {
  Explanation told;
  told.element = element;
  const ClientsView clients(record, told);
  follow_messages(record, told);
  find_way(record, told);
  find_faults(record, told);
  return told;
}

std::vector<ElementId> worst_values(const RunRecord& record, std::size_t most) {
  const SetFullResult checked = check_set_full(record.history);
  std::vector<ElementId> worst = checked.lost;
  for (const StaleElement& stale : checked.worst_stale) worst.push_back(stale.element);
  worst.insert(worst.end(), checked.never_read.begin(), checked.never_read.end());
  if (worst.size() > most) worst.resize(most);
  return worst;
}

}  // namespace bruit::workbench::report
