// The result map, as jepsen/tests/kafka.clj condenses it.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "bruit/workbench/checkers/kafka/kafka.h"
#include "bruit/workbench/checkers/txn/original_order.h"

namespace bruit::workbench::kafka {
namespace {

constexpr std::size_t shown_few = 8;
constexpr std::size_t shown_many = 32;

class Printer {
 public:
  explicit Printer(const KafkaCheck& check)
      : history_(check.history), logs_(check.logs), result_(check.result) {}

  Edn map() const {
    if (result_.invented) {
      const Message& message = history_.messages()[*result_.invented];
      return Edn::map(
          {{"valid?", to_edn(result_.validity)},
           {"error", Edn::map({{"cause", fmt::format("throw+: {{:type :no-writer-of-value, :key {}, "
                                                     ":value {}}}",
                                                     history_.atoms().text(history_.key(message.key)),
                                                     history_.atoms().text(message.value))}})}});
    }
    EdnMap map;
    map.set("valid?", to_edn(result_.validity));
    map.set("worst-realtime-lag", lag_edn());
    map.set("bad-error-types", names(result_.bad_error_types()));
    map.set("error-types", names(result_.error_types()));
    map.set("info-txn-causes", Edn::list(result_.info_causes));
    for (const std::string& type : result_.error_types()) map.set(type, errors_edn(type));
    sort_as_map(map);
    return map;
  }

 private:
  // A Clojure map of more than eight entries is a hash table.
  static void sort_as_map(EdnMap& map) {
    constexpr std::size_t array_map_max = 8;
    if (map.entries.size() <= array_map_max) return;
    std::stable_sort(map.entries.begin(), map.entries.end(), [](const auto& a, const auto& b) {
      return txn::clojure_position(txn::clojure_hash(a.key)) <
             txn::clojure_position(txn::clojure_hash(b.key));
    });
  }

  static Edn names(const std::vector<std::string>& types) {
    std::vector<Edn> list;
    for (const std::string& type : types) list.push_back(Edn::keyword(type));
    return Edn::list(std::move(list));
  }

  static double seconds(std::int64_t time_ns) { return static_cast<double>(time_ns) / 1e9; }

  Edn lag_edn() const {
    if (!result_.worst_lag) return Edn::map({{"time", 0.0}, {"lag", 0.0}});
    const Lag& lag = *result_.worst_lag;
    return Edn::map({{"time", seconds(lag.time_ns)},
                     {"process", lag.process},
                     {"key", history_.key_edn(lag.key)},
                     {"lag", seconds(lag.lag_ns)}});
  }

  static Edn counted(std::size_t count, std::vector<Edn> errors) {
    return Edn::map({{"count", count}, {"errs", Edn::list(std::move(errors))}});
  }

  template <typename Error, typename Print>
  static Edn all_of(const std::vector<Error>& all, Print print) {
    std::vector<Edn> errors;
    for (const Error& error : all) errors.push_back(print(error));
    return counted(all.size(), std::move(errors));
  }

  // The first `most` in the order of `rank`.
  template <typename Error, typename Rank, typename Print>
  static Edn lowest(std::vector<Error> all, std::size_t most, Rank rank, Print print) {
    std::stable_sort(all.begin(), all.end(),
                     [&](const Error& a, const Error& b) { return rank(a) < rank(b); });
    std::vector<Edn> errors;
    for (std::size_t i = 0; i < std::min(most, all.size()); ++i) errors.push_back(print(all[i]));
    return counted(all.size(), std::move(errors));
  }

  Edn errors_edn(std::string_view type) const {
    if (type == "duplicate") {
      return lowest(
          result_.duplicates, shown_many, [this](MessageId m) { return logs_.offset_count(m); },
          [this](MessageId m) { return duplicate_edn(m); });
    }
    if (type == "inconsistent-offsets") {
      return lowest(
          result_.inconsistent_offsets, shown_many,
          [this](const InconsistentOffset& at) {
            return logs_.log(at.key)[at.index].messages.size();
          },
          [this](const InconsistentOffset& at) { return inconsistent_edn(at); });
    }
    if (type == "lost-write") {
      return all_of(result_.lost_writes, [this](const LostWrite& lost) {
        return Edn::map({{"key", history_.key_edn(key_of(lost.message))},
                         {"value", history_.value_edn(lost.message)},
                         {"index", logs_.first_index(lost.message)},
                         {"max-read-index", lost.seen_index},
                         {"writer", history_.op_edn(lost.writer)},
                         {"max-read", op_or_nil(lost.seen_by)}});
      });
    }
    if (type == "G1a") {
      return all_of(result_.aborted_reads, [this](const AbortedRead& read) {
        return Edn::map({{"key", history_.key_edn(key_of(read.message))},
                         {"value", history_.value_edn(read.message)},
                         {"writer", op_or_nil(read.writer)},
                         {"reader", history_.op_edn(read.reader)}});
      });
    }
    if (type == "precommitted-read") {
      return all_of(result_.precommitted_reads, [this](const PrecommittedRead& read) {
        return Edn::map({{"op", history_.op_edn(read.op)},
                         {"key", history_.key_edn(key_of(read.message))},
                         {"value", history_.value_edn(read.message)}});
      });
    }
    if (type == "unseen") return unseen_edn();
    if (type == "int-poll-skip") return skips(result_.inner_poll_skips);
    if (type == "int-send-skip") return skips(result_.inner_send_skips);
    if (type == "poll-skip") return skips(result_.poll_skips);
    if (type == "int-nonmonotonic-poll") return backwards(result_.inner_nonmonotonic_polls);
    if (type == "int-nonmonotonic-send") return backwards(result_.inner_nonmonotonic_sends);
    if (type == "nonmonotonic-poll") return backwards(result_.nonmonotonic_polls);
    if (type == "nonmonotonic-send") return backwards(result_.nonmonotonic_sends);
    return cycles_edn(*result_.cycles.find(type));
  }

  // Shortest first where they have steps.
  static Edn cycles_edn(const Edn& found) {
    const auto* const vector = found.get_if<EdnVector>();
    const auto* const list = found.get_if<EdnList>();
    std::vector<Edn> all = vector != nullptr ? vector->items : list->items;
    const auto steps = [](const Edn& cycle) {
      const Edn* const taken = cycle.at("steps");
      return taken == nullptr ? 0 : taken->get_if<EdnList>()->items.size();
    };
    if (!all.empty() && all.front().at("steps") == nullptr) return counted(all.size(), all);
    return lowest(all, shown_few, steps, [](const Edn& cycle) { return cycle; });
  }

  KeyId key_of(MessageId message) const { return history_.messages()[message].key; }
  Edn op_or_nil(OpId op) const { return op == no_op ? Edn() : history_.op_edn(op); }

  Edn duplicate_edn(MessageId message) const {
    EdnVector offsets;
    for (const Slot& slot : logs_.log(key_of(message))) {
      if (std::find(slot.messages.begin(), slot.messages.end(), message) != slot.messages.end()) {
        offsets.items.emplace_back(slot.offset);
      }
    }
    return Edn::map({{"key", history_.key_edn(key_of(message))},
                     {"value", history_.value_edn(message)},
                     {"count", logs_.offset_count(message)},
                     {"offsets", std::move(offsets)}});
  }

  Edn inconsistent_edn(const InconsistentOffset& at) const {
    const Slot& slot = logs_.log(at.key)[at.index];
    EdnSet values;
    for (const MessageId message : slot.messages) values.items.push_back(history_.value_edn(message));
    std::sort(values.items.begin(), values.items.end());
    return Edn::map({{"key", history_.key_edn(at.key)},
                     {"offset", slot.offset},
                     {"index", at.index},
                     {"values", std::move(values)}});
  }

  // :unseen is a sorted map; :messages was one, and has become a usual one.
  Edn unseen_edn() const {
    std::map<Edn, std::vector<Edn>> by_key;
    for (const MessageId message : result_.unseen) {
      by_key[history_.key_edn(key_of(message))].push_back(history_.value_edn(message));
    }
    EdnMap counts;
    EdnMap messages;
    for (auto& [key, values] : by_key) {
      std::sort(values.begin(), values.end());
      counts.entries.push_back({key, values.size()});
      if (values.size() > shown_many) values.resize(shown_many);
      messages.entries.push_back({key, Edn::list(values)});
    }
    sort_as_map(messages);
    return Edn::map({{"time", result_.unseen_time_ns},
                     {"unseen", std::move(counts)},
                     {"messages", std::move(messages)}});
  }

  Edn skips(std::vector<Jump> all) const {
    std::stable_sort(all.begin(), all.end(),
                     [](const Jump& a, const Jump& b) { return a.delta < b.delta; });
    const std::size_t first = all.size() - std::min(all.size(), shown_few);
    std::vector<Edn> errors;
    for (std::size_t i = first; i < all.size(); ++i) errors.push_back(jump_edn(all[i]));
    return counted(all.size(), std::move(errors));
  }
  Edn backwards(const std::vector<Jump>& all) const {
    return lowest(
        all, shown_few, [](const Jump& jump) { return jump.delta; },
        [this](const Jump& jump) { return jump_edn(jump); });
  }

  Edn jump_edn(const Jump& jump) const {
    const KeyId key = key_of(jump.before);
    const bool is_inner = jump.first == jump.second;
    EdnMap map;
    map.set("key", history_.key_edn(key));
    if (is_inner || jump.delta < 1) {
      map.set("values",
              EdnVector{{history_.value_edn(jump.before), history_.value_edn(jump.after)}});
    }
    map.set("delta", jump.delta);
    if (jump.delta > 1) {
      std::vector<Edn> skipped;
      for (auto i = logs_.index_of(jump.before) + 1; i < logs_.index_of(jump.after); ++i) {
        skipped.push_back(history_.value_edn(logs_.at(key, i)));
      }
      map.set("skipped", Edn::list(std::move(skipped)));
    }
    if (is_inner) {
      map.set("op", history_.op_edn(jump.first));
    } else {
      map.set("ops", EdnVector{{history_.op_edn(jump.first), history_.op_edn(jump.second)}});
    }
    return map;
  }

  const MessageHistory& history_;
  const DenseLogs& logs_;
  const KafkaResult& result_;
};

}  // namespace

Edn to_edn(const KafkaCheck& check) { return Printer(check).map(); }

}  // namespace bruit::workbench::kafka
