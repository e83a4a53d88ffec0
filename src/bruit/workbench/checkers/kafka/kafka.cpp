#include "bruit/workbench/checkers/kafka/kafka.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "bruit/workbench/checkers/kafka/kafka_cycles.h"
#include "bruit/workbench/checkers/txn/original_order.h"

namespace bruit::workbench::kafka {
namespace {

// A Clojure map of more than eight entries is a hash table; a smaller one keeps their order.
constexpr std::size_t array_map_max = 8;

// What happened to each message, over all operations.
struct Facts {
  std::vector<OpId> writers;   // the last completion that sent it
  std::vector<OpId> readers;   // the first completion that polled it
  std::vector<bool> read;      // an ok poll saw it
  std::vector<bool> acknowledged;
  std::vector<bool> failed;    // a send that failed had it

  explicit Facts(std::size_t messages)
      : writers(messages, no_op),
        readers(messages, no_op),
        read(messages),
        acknowledged(messages),
        failed(messages) {}
};

Facts facts_of(const MessageHistory& history) {
  Facts facts(history.messages().size());
  for (OpId op = 0; op < history.ops().size(); ++op) {
    const OpType type = history.ops()[op].type;
    if (type == OpType::invoke) continue;
    for (const Record& sent : history.sent(op)) {
      facts.writers[sent.message] = op;
      if (type == OpType::ok) facts.acknowledged[sent.message] = true;
      if (type == OpType::fail) facts.failed[sent.message] = true;
    }
    for (const Record& polled : history.polled(op)) {
      if (polled.message == no_message) continue;
      if (facts.readers[polled.message] == no_op) facts.readers[polled.message] = op;
      if (type == OpType::ok) facts.read[polled.message] = true;
    }
  }
  return facts;
}

// Whether its sends took place: it says so, or somebody saw one of them.
bool has_happened(const MessageHistory& history, const Facts& facts, OpId op) {
  const OpType type = history.ops()[op].type;
  if (type != OpType::info) return type == OpType::ok;
  const auto sent = history.sent(op);
  return std::any_of(sent.begin(), sent.end(),
                     [&](const Record& record) { return facts.read[record.message]; });
}

// Everything that is known of offsets. `keys`: in the order in which their logs begin.
std::vector<Sighting> sightings_of(const MessageHistory& history, const Facts& facts,
                                   std::vector<KeyId>& keys) {
  std::vector<Sighting> all;
  // Of most messages one offset is seen again and again.
  std::vector<std::int64_t> usual(history.messages().size(), no_offset);
  std::vector<bool> known(history.key_count());
  const auto add = [&](const Record& record) {
    if (record.message == no_message || record.offset == no_offset) return;
    if (usual[record.message] == record.offset) return;
    if (usual[record.message] == no_offset) usual[record.message] = record.offset;
    if (!known[record.key]) keys.push_back(record.key);
    known[record.key] = true;
    all.push_back({record.message, record.offset});
  };
  for (OpId op = 0; op < history.ops().size(); ++op) {
    if (!history.sent(op).empty() && has_happened(history, facts, op)) {
      for (const Record& record : history.sent(op)) add(record);
    }
    for (const Record& record : history.polled(op)) add(record);
  }
  return all;
}

class Checker {
 public:
  Checker(const MessageHistory& history, const DenseLogs& logs, const Facts& facts,
          std::vector<KeyId> keys, KafkaResult& result)
      : history_(history), logs_(logs), facts_(facts), keys_(in_map_order(std::move(keys))),
        result_(result) {}

  void run() {
    find_in_logs();
    find_lost_writes();
    find_in_operations();
    find_in_processes();
    find_unseen();
    find_worst_lag();
  }

 private:
  std::vector<KeyId> in_map_order(std::vector<KeyId> keys) const {
    if (keys.size() > array_map_max) {
      std::vector<std::pair<std::uint64_t, KeyId>> places;
      for (const KeyId key : keys) places.emplace_back(position(history_.key(key)), key);
      std::stable_sort(places.begin(), places.end());
      std::transform(places.begin(), places.end(), keys.begin(),
                     [](const auto& place) { return place.second; });
    }
    return keys;
  }
  std::uint64_t position(txn::Atom atom) const {
    return txn::clojure_position(history_.atoms(), atom);
  }

  void find_in_logs() {
    for (const KeyId key : keys_) {
      std::vector<MessageId> twice;
      std::set<MessageId> seen;
      std::size_t values = 0;
      const auto log = logs_.log(key);
      for (std::uint32_t index = 0; index < log.size(); ++index) {
        if (log[index].messages.size() > 1) result_.inconsistent_offsets.push_back({key, index});
        for (const MessageId message : log[index].messages) {
          if (logs_.first_index(message) == index) ++values;
          if (logs_.offset_count(message) > 1 && seen.insert(message).second) {
            twice.push_back(message);
          }
        }
      }
      if (values > array_map_max) {
        std::stable_sort(twice.begin(), twice.end(), [&](MessageId a, MessageId b) {
          return position(history_.messages()[a].value) < position(history_.messages()[b].value);
        });
      }
      result_.duplicates.insert(result_.duplicates.end(), twice.begin(), twice.end());
    }
  }

  void find_lost_writes() {
    // The highest index of each key that an ok poll saw.
    std::vector<std::uint32_t> bounds(history_.key_count(), no_index);
    std::vector<KeyId> polled_keys;
    std::vector<bool> is_polled(history_.key_count());
    for (OpId op = 0; op < history_.ops().size(); ++op) {
      if (history_.ops()[op].type != OpType::ok) continue;
      for (const Record& polled : history_.polled(op)) {
        if (!is_polled[polled.key]) polled_keys.push_back(polled.key);
        is_polled[polled.key] = true;
        if (polled.message == no_message) continue;
        const std::uint32_t index = logs_.first_index(polled.message);
        std::uint32_t& bound = bounds[polled.key];
        if (index != no_index && (bound == no_index || index > bound)) bound = index;
      }
    }
    for (const KeyId key : in_map_order(std::move(polled_keys))) {
      const std::uint32_t bound = bounds[key];
      if (bound == no_index) continue;
      const auto log = logs_.log(key);
      OpId seen_by = no_op;
      for (const MessageId message : log[bound].messages) {
        if (logs_.last_index(message) != bound) continue;
        seen_by = facts_.readers[message];
        break;
      }
      for (std::uint32_t index = 0; index <= bound; ++index) {
        for (const MessageId message : log[index].messages) {
          if (logs_.last_index(message) != index || facts_.read[message]) continue;
          const OpId writer = facts_.writers[message];
          if (writer == no_op || !has_happened(history_, facts_, writer)) continue;
          result_.lost_writes.push_back({message, bound, writer, seen_by});
        }
      }
    }
  }

  // How far it is from one message of a key to another, 1 if that is not known.
  std::int64_t delta(MessageId before, MessageId after) const {
    if (before == no_message || after == no_message) return 1;
    const std::uint32_t from = logs_.index_of(before);
    const std::uint32_t to = logs_.index_of(after);
    if (from == no_index || to == no_index) return 1;
    return std::int64_t{to} - std::int64_t{from};
  }

  void find_within(OpId op, std::span<const Record> records, std::vector<Jump>& skips,
                   std::vector<Jump>& backwards) const {
    for (std::size_t i = 1; i < records.size(); ++i) {
      if (records[i].key != records[i - 1].key) continue;
      const std::int64_t apart = delta(records[i - 1].message, records[i].message);
      if (apart == 1) continue;
      (apart > 1 ? skips : backwards)
          .push_back({records[i - 1].message, records[i].message, apart, op, op});
    }
  }

  void find_in_operations() {
    std::set<Edn> causes;
    for (OpId op = 0; op < history_.ops().size(); ++op) {
      const auto polled = history_.polled(op);
      const auto sent = history_.sent(op);
      find_within(op, polled, result_.inner_poll_skips, result_.inner_nonmonotonic_polls);
      if (history_.ops()[op].type == OpType::invoke) continue;
      find_within(op, sent, result_.inner_send_skips, result_.inner_nonmonotonic_sends);
      for (const Record& record : polled) {
        if (record.message == no_message) continue;
        if (facts_.writers[record.message] == no_op && !result_.invented) {
          result_.invented = record.message;
        }
        if (history_.ops()[op].type == OpType::ok && facts_.failed[record.message]) {
          result_.aborted_reads.push_back({record.message, facts_.writers[record.message], op});
        }
      }
      if (sent.empty() || polled.empty()) continue;
      const auto own = std::find_if(sent.begin(), sent.end(), [&](const Record& mine) {
        return std::any_of(polled.begin(), polled.end(), [&](const Record& seen) {
          return seen.message == mine.message;
        });
      });
      if (own != sent.end()) result_.precommitted_reads.push_back({op, own->message});
    }
  }

  // What a process did last with a key.
  struct Last {
    OpId op;
    MessageId message;  // the last one there
  };
  using LastOfKeys = std::unordered_map<KeyId, Last>;
  struct ProcessState {
    std::int64_t process;
    LastOfKeys polled;
    LastOfKeys sent;
    std::vector<Jump> skips;
    std::vector<Jump> backwards;
    std::vector<Jump> sends_backwards;
  };

  static void keep_only(LastOfKeys& last, std::span<const KeyId> keys) {
    LastOfKeys kept;
    for (const KeyId key : keys) {
      if (const auto found = last.find(key); found != last.end()) kept.insert(*found);
    }
    last = std::move(kept);
  }

  // Calls `each` with the first and the last message of each key.
  template <typename Each>
  static void for_each_key(std::span<const Record> records, Each each) {
    for (std::size_t begin = 0; begin < records.size();) {
      std::size_t end = begin + 1;
      while (end < records.size() && records[end].key == records[begin].key) ++end;
      each(records[begin].key, records[begin].message, records[end - 1].message);
      begin = end;
    }
  }

  void find_in_processes() {
    std::vector<ProcessState> states;
    std::unordered_map<std::int64_t, std::size_t> state_of;
    for (OpId id = 0; id < history_.ops().size(); ++id) {
      const ClientOp& op = history_.ops()[id];
      const auto [found, is_new] = state_of.try_emplace(op.process, states.size());
      if (is_new) states.push_back({op.process, {}, {}, {}, {}, {}});
      ProcessState& state = states[found->second];
      if (op.function == Function::assign) {
        if (op.type != OpType::ok && op.type != OpType::info) continue;
        keep_only(state.polled, history_.assigned(id));
        keep_only(state.sent, history_.assigned(id));
        continue;
      }
      for_each_key(history_.polled(id), [&](KeyId key, MessageId first, MessageId last) {
        const auto before = state.polled.find(key);
        if (before != state.polled.end()) {
          const std::int64_t apart = delta(before->second.message, first);
          if (apart != 1) {
            (apart > 1 ? state.skips : state.backwards)
                .push_back({before->second.message, first, apart, before->second.op, id});
          }
        }
        if (op.type == OpType::ok) state.polled.insert_or_assign(key, Last{id, last});
      });
      if (op.type != OpType::ok && op.type != OpType::info) continue;
      for_each_key(history_.sent(id), [&](KeyId key, MessageId first, MessageId last) {
        const auto before = state.sent.find(key);
        if (before != state.sent.end()) {
          const std::int64_t apart = delta(before->second.message, first);
          if (apart < 1) {
            state.sends_backwards.push_back(
                {before->second.message, first, apart, before->second.op, id});
          }
        }
        state.sent.insert_or_assign(key, Last{id, last});
      });
    }
    if (states.size() > array_map_max) {
      std::stable_sort(states.begin(), states.end(), [&](const auto& a, const auto& b) {
        return process_position(a.process) < process_position(b.process);
      });
    }
    for (const ProcessState& state : states) {
      append(result_.poll_skips, state.skips);
      append(result_.nonmonotonic_polls, state.backwards);
      append(result_.nonmonotonic_sends, state.sends_backwards);
    }
  }

  std::uint64_t process_position(std::int64_t process) const {
    return txn::clojure_position(txn::clojure_hash(process));
  }

  static void append(std::vector<Jump>& all, const std::vector<Jump>& more) {
    all.insert(all.end(), more.begin(), more.end());
  }

  void find_unseen() {
    for (const ClientOp& op : history_.ops()) {
      if (op.type == OpType::ok && op.is_data) result_.unseen_time_ns = op.time_ns;
    }
    for (MessageId message = 0; message < history_.messages().size(); ++message) {
      if (facts_.acknowledged[message] && !facts_.read[message]) result_.unseen.push_back(message);
    }
  }

  // ---- How far behind polls are.

  struct Known {
    std::int64_t offset;  // it existed, and so did all below it,
    std::int64_t time_ns;  // since then at the latest
  };
  // The highest offsets of an operation, by key.
  template <typename Each>
  void for_each_highest(OpId op, Each each) const {
    const auto all = history_.polled(op);
    for (std::size_t begin = 0; begin < all.size();) {
      std::int64_t highest = -1;
      std::size_t end = begin;
      for (; end < all.size() && all[end].key == all[begin].key; ++end) {
        highest = std::max(highest, all[end].offset);
      }
      each(all[begin].key, highest);
      begin = end;
    }
    for (const Record& sent : history_.sent(op)) {
      if (sent.offset != no_offset) each(sent.key, std::max<std::int64_t>(sent.offset, 0));
    }
  }

  // Which offsets of which keys a process has polled, keys in the order of a Clojure map.
  struct Positions {
    std::vector<std::pair<KeyId, std::int64_t>> offsets;
    std::unordered_map<KeyId, std::size_t> places;

    void raise(KeyId key, std::int64_t offset) {
      const auto [found, is_new] = places.try_emplace(key, offsets.size());
      if (is_new) offsets.emplace_back(key, offset);
      std::int64_t& known = offsets[found->second].second;
      known = std::max(known, offset);
    }
  };

  void find_worst_lag() {
    std::vector<std::vector<Known>> known(history_.key_count());
    for (OpId op = 0; op < history_.ops().size(); ++op) {
      const ClientOp& at = history_.ops()[op];
      if (at.type != OpType::ok && at.type != OpType::info) continue;
      for_each_highest(op, [&](KeyId key, std::int64_t offset) {
        auto& times = known[key];
        if (offset >= 0 && (times.empty() || times.back().offset < offset)) {
          times.push_back({offset, at.time_ns});
        }
      });
    }
    std::unordered_map<std::int64_t, Positions> positions;  // by process
    for (OpId id = 0; id < history_.ops().size(); ++id) {
      const ClientOp& op = history_.ops()[id];
      if (op.type != OpType::ok) continue;
      Positions& mine = positions[op.process];
      if (op.function == Function::assign) {
        Positions assigned;
        for (const KeyId key : history_.assigned(id)) {
          const auto found = mine.places.find(key);
          assigned.raise(key, found == mine.places.end() ? -1 : mine.offsets[found->second].second);
        }
        mine = std::move(assigned);
      } else if (op.is_data && op.function != Function::send) {
        for_each_highest(id, [&](KeyId key, std::int64_t offset) { mine.raise(key, offset); });
        measure_lag(op, mine, known);
      }
    }
  }

  void measure_lag(const ClientOp& op, const Positions& mine,
                   const std::vector<std::vector<Known>>& known) {
    const std::int64_t begun = op.partner == no_op ? op.time_ns : history_.ops()[op.partner].time_ns;
    std::optional<Lag> worst;
    for (const auto& [key, offset] : mine.offsets) {
      const auto& times = known[key];
      const auto expired = std::upper_bound(
          times.begin(), times.end(), offset,
          [](std::int64_t mark, const Known& entry) { return mark < entry.offset; });
      const std::int64_t lag =
          expired == times.end() ? 0 : std::max<std::int64_t>(begun - expired->time_ns, 0);
      const bool is_worse =
          !worst || lag > worst->lag_ns ||
          (lag == worst->lag_ns && mine.offsets.size() > array_map_max &&
           position(history_.key(key)) < position(history_.key(worst->key)));
      if (is_worse) worst = Lag{begun, op.process, key, lag};
    }
    if (worst && (!result_.worst_lag || worst->lag_ns > result_.worst_lag->lag_ns)) {
      result_.worst_lag = worst;
    }
  }

  const MessageHistory& history_;
  const DenseLogs& logs_;
  const Facts& facts_;
  std::vector<KeyId> keys_;
  KafkaResult& result_;
};

std::vector<Edn> info_causes(const History& history) {
  std::set<Edn> seen;
  std::vector<Edn> causes;
  for (const Op& op : history.ops) {
    if (op.type != OpType::info || op.process.is_nemesis()) continue;
    if (op.f != "send" && op.f != "poll" && op.f != "txn") continue;
    if (seen.insert(op.error).second) causes.push_back(op.error);
  }
  return causes;
}

}  // namespace

std::vector<std::string> KafkaResult::error_types() const {
  std::vector<std::string> types;
  const auto add = [&](const auto& found, std::string_view name) {
    if (!found.empty()) types.emplace_back(name);
  };
  for (const EdnEntry& entry : cycles.entries) types.push_back(entry.key.get_if<EdnKeyword>()->name);
  add(duplicates, "duplicate");
  add(inner_poll_skips, "int-poll-skip");
  add(inner_nonmonotonic_polls, "int-nonmonotonic-poll");
  add(inner_nonmonotonic_sends, "int-nonmonotonic-send");
  add(inner_send_skips, "int-send-skip");
  add(inconsistent_offsets, "inconsistent-offsets");
  add(precommitted_reads, "precommitted-read");
  add(aborted_reads, "G1a");
  add(lost_writes, "lost-write");
  add(nonmonotonic_polls, "nonmonotonic-poll");
  add(nonmonotonic_sends, "nonmonotonic-send");
  add(poll_skips, "poll-skip");
  add(unseen, "unseen");
  std::sort(types.begin(), types.end());
  return types;
}

std::vector<std::string> KafkaResult::bad_error_types() const {
  std::vector<std::string> types = error_types();
  for (const std::string_view allowed : {"int-send-skip", "G0", "G0-process", "G0-realtime",
                                         "PL-1-cycle-exists", "strong-PL-1-cycle-exists"}) {
    std::erase(types, allowed);
  }
  return types;
}

KafkaCheck check_kafka(const History& history) {
  MessageHistory messages(history);
  const Facts facts = facts_of(messages);
  std::vector<KeyId> keys;
  DenseLogs logs(messages, sightings_of(messages, facts, keys));
  KafkaResult result;
  Checker(messages, logs, facts, std::move(keys), result).run();
  if (result.invented) {
    result.validity = Validity::unknown;
  } else {
    result.info_causes = info_causes(history);
    result.cycles = find_kafka_cycles(messages, facts.writers);
    result.validity =
        result.bad_error_types().empty() ? Validity::valid : Validity::invalid;
  }
  return {std::move(messages), std::move(logs), std::move(result)};
}

}  // namespace bruit::workbench::kafka
