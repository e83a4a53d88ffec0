#include "bruit/workbench/checkers/txn/list_append.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "bruit/workbench/checkers/txn/cycle_search.h"
#include "bruit/workbench/checkers/txn/dependency_graph.h"
#include "bruit/workbench/checkers/txn/key_numbers.h"
#include "bruit/workbench/checkers/txn/original_order.h"
#include "bruit/workbench/checkers/txn/txn_scan.h"

namespace bruit::workbench::txn {
namespace {

using Kind = MicroOp::Kind;
using List = std::span<const Atom>;

bool is_possible(OpType type) { return type == OpType::ok || type == OpType::info; }

bool begins_with(List list, List beginning) {
  return beginning.size() <= list.size() &&
         std::equal(beginning.begin(), beginning.end(), list.begin());
}

bool equal(List a, List b) { return a.size() == b.size() && begins_with(a, b); }

// Reads and appends of a key, with the types of their operations at hand. TxnHistory::size_max
// leaves room for those.
constexpr std::uint32_t op_mask = TxnHistory::size_max - 1;
constexpr std::uint32_t type_mask = 3;

struct ReadRecord {
  std::uint32_t op : 28;
  std::uint32_t type : 2;
  std::uint32_t mop;  // position in TxnHistory::mops()

  bool is(OpType other) const { return static_cast<OpType>(type) == other; }
};
struct AppendRecord {
  std::uint32_t op : 28;
  std::uint32_t type : 2;
  Atom element;

  bool is(OpType other) const { return static_cast<OpType>(type) == other; }
};
// A read of a list upon which the same transaction then appended to it.
struct UpdateRecord {
  OpPlace op;
  std::uint32_t list;
};
// An element that was not its transaction's last to the key.
struct IntermediateRecord {
  OpPlace op;
  Atom element;
};

std::vector<OpPlace> possible_completions(const TxnHistory& history) {
  std::vector<OpPlace> places;
  const auto ops = history.ops();
  places.reserve(ops.size() / 2 + 1);
  for (OpPlace place = 0; place < ops.size(); ++place) {
    if (is_possible(ops[place].type)) places.push_back(place);
  }
  return places;
}

class Checker {
 public:
  Checker(const TxnHistory& history, const ModelSet& models, CycleSearch search)
      : history_(history),
        models_(models),
        search_(search),
        graph_(history, possible_completions(history), precedence_for(models)) {}

  TxnResult run() {
    if (auto failure = find_other_mops()) return unjudgeable(Values::lists, *std::move(failure));
    sort_by_key();
    for (std::uint32_t key = 0; key < keys_.size(); ++key) check_key(key);
    if (duplicate_append_.op != no_op) {
      return unjudgeable(Values::lists, duplicate_append_failure());
    }
    if (unwritten_) return unjudgeable(Values::lists, unwritten_failure());
    sort_findings();
    findings_.empty_graph = graph_.empty();
    find_cycles(
        graph_, history_, list_append_order, search_,
        [this](Relation relation, OpPlace first, OpPlace second) {
          return explain(relation, first, second);
        },
        findings_);
    return judge(Values::lists, std::move(findings_), models_);
  }

 private:
  List list_of(std::uint32_t mop) const { return history_.list(history_.mops()[mop].value); }

  // ---- What makes a history unfit to be judged.

  std::optional<std::string> find_other_mops() const {
    constexpr std::size_t examples_max = 8;
    std::vector<OpPlace> examples;
    const auto mops = history_.mops();
    OpPlace op = 0;
    for (std::uint32_t i = 0; i < mops.size() && examples.size() < examples_max; ++i) {
      if (mops[i].kind != Kind::other) continue;
      while (op + 1 < history_.ops().size() && history_.ops()[op + 1].first_mop <= i) ++op;
      if (examples.empty() || examples.back() != op) examples.push_back(op);
    }
    if (examples.empty()) return std::nullopt;
    std::string text;
    for (const OpPlace place : examples) {
      text += fmt::format("{}#jepsen.history.Op{}", text.empty() ? "" : " ", history_.text(place));
    }
    return fmt::format(
        "throw+: {{:valid? :unknown, :type :unexpected-txn-micro-op-types, :message \"history "
        "contained operations other than appends or reads\", :examples [{}]}}",
        text);
  }

  std::string duplicate_append_failure() const {
    const std::string key = history_.atoms().text(duplicate_append_.key);
    const std::string value = history_.atoms().text(duplicate_append_.element);
    return fmt::format(
        "throw+: {{:valid? :unknown, :type :duplicate-appends, :op #jepsen.history.Op{}, :key {}, "
        ":value {}, :message \"value {} appended to key {} multiple times!\"}}",
        history_.text(duplicate_append_.op), key, value, value, key);
  }

  std::string unwritten_failure() const {
    return fmt::format("Assert failed: No transaction wrote {} {}\nt2",
                       history_.atoms().text(unwritten_->key),
                       history_.atoms().text(unwritten_->element));
  }

  // ---- From operations to keys.

  void sort_by_key() {
    const auto ops = history_.ops();
    for (OpPlace place = 0; place < ops.size(); ++place) {
      for (const MicroOp& mop : history_.mops(place)) {
        const std::uint32_t key = keys_.number(mop.key);
        if (mop.kind == Kind::write) {
          appends_.count(key);
        } else if (says_something(ops[place].type, mop)) {
          reads_.count(key);
        }
      }
    }
    appends_.begin_adding(keys_.size());
    reads_.begin_adding(keys_.size());
    for (OpPlace place = 0; place < ops.size(); ++place) {
      const OpType type = ops[place].type;
      const auto type_bits = static_cast<std::uint32_t>(type);
      const auto mops = history_.mops(place);
      std::uint32_t position = ops[place].first_mop;
      for (const MicroOp& mop : mops) {
        const std::uint32_t key = keys_.find(mop.key);
        if (mop.kind == Kind::write) {
          appends_.add(key, {.op = place & op_mask, .type = type_bits & type_mask, .element = mop.atom()});
        } else if (says_something(type, mop)) {
          reads_.add(key, {.op = place & op_mask, .type = type_bits & type_mask, .mop = position});
        }
        ++position;
      }
      if (mops.size() > 1 && scan_.repeats_a_key(mops)) look_inside(place, mops);
    }
    appends_.end_adding();
    reads_.end_adding();
    updates_ = by_key(found_updates_, keys_.size());
    intermediates_ = by_key(found_intermediates_, keys_.size());
    found_updates_ = {};
    found_intermediates_ = {};
  }

  // A read of nil tells something only in an ok operation: elsewhere it is what was asked.
  static bool says_something(OpType type, const MicroOp& mop) {
    return type == OpType::ok || mop.value != MicroOp::nil_list;
  }

  // What can be seen in one transaction that has more than one operation on a key.
  void look_inside(OpPlace place, std::span<const MicroOp> mops) {
    const bool is_ok = history_.ops()[place].type == OpType::ok;
    bool is_consistent = true;
    bool saw_future = false;
    for (std::uint32_t i = 0; i < mops.size(); ++i) {
      if (scan_.previous(i) == TxnScan::none) continue;
      if (mops[i].kind == Kind::write) {
        note_intermediate(place, mops, i);
        if (!is_ok) continue;
        note_update(place, mops, i);
        if (!saw_future) saw_future = is_future_read(place, mops, i);
      } else if (is_ok && is_consistent) {
        is_consistent = is_expected(place, mops, i);
      }
    }
  }

  void note_intermediate(OpPlace place, std::span<const MicroOp> mops, std::uint32_t i) {
    std::uint32_t before = scan_.previous(i);
    while (before != TxnScan::none && mops[before].kind != Kind::write) {
      before = scan_.previous(before);
    }
    if (before == TxnScan::none || mops[before].atom().is_nil()) return;
    found_intermediates_.emplace_back(keys_.find(mops[i].key),
                                      IntermediateRecord{place, mops[before].atom()});
  }

  // The first append to a key after the first read of it.
  void note_update(OpPlace place, std::span<const MicroOp> mops, std::uint32_t i) {
    std::uint32_t first_read = TxnScan::none;
    bool passed_append = false;
    for (std::uint32_t j = scan_.previous(i); j != TxnScan::none; j = scan_.previous(j)) {
      if (mops[j].kind == Kind::write) {
        passed_append = true;
      } else if (passed_append) {
        return;  // it was that append, or one before it
      } else {
        first_read = j;
      }
    }
    if (first_read == TxnScan::none) return;
    found_updates_.emplace_back(keys_.find(mops[i].key),
                                UpdateRecord{place, mops[first_read].value});
  }

  bool is_future_read(OpPlace place, std::span<const MicroOp> mops, std::uint32_t i) {
    std::uint32_t first = TxnScan::none;
    for (std::uint32_t j = scan_.previous(i); j != TxnScan::none; j = scan_.previous(j)) {
      if (mops[j].kind != Kind::read) continue;
      const List list = history_.list(mops[j].value);
      if (std::find(list.begin(), list.end(), mops[i].atom()) != list.end()) first = j;
    }
    if (first == TxnScan::none) return false;
    findings_.future_reads.push_back({.op = place,
                                      .mop = history_.ops()[place].first_mop + first,
                                      .element = mops[i].atom()});
    return true;
  }

  // Whether the read at `i` is what the transaction's own operations before it make of the key.
  bool is_expected(OpPlace place, std::span<const MicroOp> mops, std::uint32_t i) {
    // Back to the last read: what it found, then what was appended since.
    std::vector<Atom> appended;
    std::uint32_t j = scan_.previous(i);
    for (; j != TxnScan::none && mops[j].kind != Kind::read; j = scan_.previous(j)) {
      appended.push_back(mops[j].atom());
    }
    std::reverse(appended.begin(), appended.end());
    const bool known = j != TxnScan::none;
    const bool is_nil = mops[i].value == MicroOp::nil_list;
    const List found = history_.list(mops[i].value);
    std::vector<Atom> expected;
    if (known) {
      // After a read of nil anything may be read.
      if (mops[j].value == MicroOp::nil_list && appended.empty()) return true;
      const List base = history_.list(mops[j].value);
      expected.assign(base.begin(), base.end());
    }
    expected.insert(expected.end(), appended.begin(), appended.end());
    const bool fits =
        known ? !is_nil && equal(found, expected)
              : found.size() >= expected.size() && equal(found.last(expected.size()), expected);
    if (fits) return true;
    findings_.internal.push_back({.op = place,
                                  .mop = history_.ops()[place].first_mop + i,
                                  .known = known,
                                  .expected = std::move(expected)});
    return false;
  }

  // ---- One key.

  // The distinct lists that were read of a key by operations that `counts` says count, none of them
  // empty, by length; those of equal length as the original has them.
  template <typename Counts>
  std::vector<std::uint32_t> sorted_values(std::uint32_t key, Counts counts) const {
    std::vector<std::uint32_t> mops;
    for (const ReadRecord& read : reads_.of(key)) {
      if (counts(read) && !list_of(read.mop).empty()) mops.push_back(read.mop);
    }
    const auto less = [this](std::uint32_t a, std::uint32_t b) {
      const List left = list_of(a);
      const List right = list_of(b);
      return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
    };
    std::stable_sort(mops.begin(), mops.end(), less);
    mops.erase(std::unique(mops.begin(), mops.end(),
                           [&](std::uint32_t a, std::uint32_t b) { return !less(a, b); }),
               mops.end());
    std::sort(mops.begin(), mops.end());  // by first appearance
    std::vector<std::uint32_t> hashes;
    hashes.reserve(mops.size());
    for (const std::uint32_t mop : mops) {
      hashes.push_back(java_hash(history_.atoms(), list_of(mop)));
    }
    std::vector<std::uint32_t> sorted;
    sorted.reserve(mops.size());
    for (const std::size_t place : bifurcan_order(hashes)) sorted.push_back(mops[place]);
    std::stable_sort(sorted.begin(), sorted.end(), [this](std::uint32_t a, std::uint32_t b) {
      return list_of(a).size() < list_of(b).size();
    });
    return sorted;
  }

  static std::vector<Atom> distinct(List list) {
    std::vector<Atom> result;
    ElementIndex seen;
    for (const Atom atom : list) {
      std::uint32_t& place = seen.at(atom);
      if (place != ElementIndex::none) continue;
      place = 0;
      result.push_back(atom);
    }
    return result;
  }

  // The order of a key's versions as far as it is known.
  struct VersionOrder {
    List longest;                  // the read that it comes from; empty if there was none
    std::vector<Atom> versions;    // the same without repetitions
    std::size_t first_repetition;  // in `longest`: of an element that was there before
    bool diverges = false;         // there are reads that it does not begin with
  };

  void find_version_order(std::uint32_t key, VersionOrder& order) {
    order.longest = {};
    order.diverges = false;
    const auto reads = reads_.of(key);
    for (const ReadRecord& read : reads) {
      if (!read.is(OpType::ok) && !read.is(OpType::info)) continue;
      const List list = list_of(read.mop);
      if (list.size() > order.longest.size()) order.longest = list;
    }
    for (const ReadRecord& read : reads) {
      if (!read.is(OpType::ok) && !read.is(OpType::info)) continue;
      if (!begins_with(order.longest, list_of(read.mop))) order.diverges = true;
    }
    if (order.diverges) {
      const auto possible = [](const ReadRecord& read) {
        return read.is(OpType::ok) || read.is(OpType::info);
      };
      order.longest = list_of(sorted_values(key, possible).back());
    }
    order.versions.clear();
    order.first_repetition = order.longest.size();
    index_.clear();
    for (std::size_t i = 0; i < order.longest.size(); ++i) {
      std::uint32_t& slot = index_.at(order.longest[i]);
      if (slot != ElementIndex::none) {
        order.first_repetition = std::min(order.first_repetition, i);
        continue;
      }
      order.versions.push_back(order.longest[i]);
      slot = static_cast<std::uint32_t>(order.versions.size());
    }
    if (!order.longest.empty()) return;
    // A single append needs no read: its place is known.
    const AppendRecord* only = nullptr;
    for (const AppendRecord& append : appends_.of(key)) {
      if (!append.is(OpType::ok) && !append.is(OpType::info)) continue;
      if (only != nullptr) return;
      only = &append;
    }
    if (only == nullptr) return;
    order.versions.push_back(only->element);
    index_.at(only->element) = 1;
  }

  void check_key(std::uint32_t key) {
    find_version_order(key, order_);
    place_operations(key);
    add_edges();
    bool has_failed = false;
    for (const AppendRecord& append : appends_.of(key)) {
      if (append.is(OpType::fail)) has_failed = true;
    }
    if (has_failed) find_aborted_reads(key);
    if (!intermediates_.of(key).empty()) find_intermediate_reads(key);
    if (order_.diverges) find_incompatible_order(key);
    if (order_.diverges || order_.first_repetition < order_.longest.size()) find_duplicates(key);
    find_dirty_updates(key, has_failed);
    find_lost_updates(key);
    find_duplicate_appends(key);
  }

  // Puts appends and reads of possible operations at the slots of their elements: slot 0 is the
  // initial state, then come the versions, then what was appended and has no place among them.
  void place_operations(std::uint32_t key) {
    auto slots = static_cast<std::uint32_t>(order_.versions.size()) + 1;
    placed_.clear();
    for (const AppendRecord& append : appends_.of(key)) {
      if (!append.is(OpType::ok) && !append.is(OpType::info)) continue;
      std::uint32_t& slot = index_.at(append.element);
      if (slot == ElementIndex::none) slot = slots++;
      placed_.emplace_back(slot, graph_.txn(append.op));
    }
    slot_count_ = slots;
    sort_into(appenders_);
    placed_.clear();
    for (const ReadRecord& read : reads_.of(key)) {
      if (!read.is(OpType::ok) && !read.is(OpType::info)) continue;
      const List list = list_of(read.mop);
      const std::uint32_t slot = list.empty() ? 0 : index_.find(list.back());
      if (slot != ElementIndex::none) placed_.emplace_back(slot, graph_.txn(read.op));
    }
    sort_into(readers_);
  }

  // Transactions by slot, each once.
  struct BySlot {
    std::vector<std::uint32_t> begins;
    std::vector<TxnId> txns;

    std::span<const TxnId> of(std::uint32_t slot) const {
      return std::span(txns).subspan(begins[slot], begins[slot + 1] - begins[slot]);
    }
  };

  void sort_into(BySlot& sorted) {
    sorted.begins.assign(slot_count_ + 1, 0);
    // Those of one slot ascend, so that a repetition follows at once.
    last_at_.assign(slot_count_, no_txn);
    for (const auto& [slot, txn] : placed_) {
      if (last_at_[slot] != txn) ++sorted.begins[slot + 1];
      last_at_[slot] = txn;
    }
    for (std::size_t i = 1; i < sorted.begins.size(); ++i) sorted.begins[i] += sorted.begins[i - 1];
    sorted.txns.resize(sorted.begins.back());
    next_.assign(sorted.begins.begin(), sorted.begins.end() - 1);
    for (const auto& [slot, txn] : placed_) {
      const bool again =
          next_[slot] > sorted.begins[slot] && sorted.txns[next_[slot] - 1] == txn;
      if (!again) sorted.txns[next_[slot]++] = txn;
    }
  }

  // Appends that nobody read count as the successors of the last version.
  void find_successors(std::uint32_t slot) {
    const auto versions = static_cast<std::uint32_t>(order_.versions.size());
    if (slot < versions) {
      successors_ = appenders_.of(slot + 1);
      return;
    }
    const auto first = appenders_.begins[versions + 1];
    unread_.assign(appenders_.txns.begin() + first, appenders_.txns.end());
    std::sort(unread_.begin(), unread_.end());
    unread_.erase(std::unique(unread_.begin(), unread_.end()), unread_.end());
    successors_ = unread_;
  }

  void add_edges() {
    const auto versions = static_cast<std::uint32_t>(order_.versions.size());
    for (std::uint32_t slot = 0; slot < slot_count_; ++slot) {
      const auto readers = readers_.of(slot);
      // Of several who appended the element the last counts.
      const auto appenders = appenders_.of(slot);
      const TxnId writer = appenders.empty() ? no_txn : appenders.back();
      if (slot > 0 && writer != no_txn) {
        for (const TxnId reader : readers) {
          if (reader != writer) graph_.add(writer, reader, Relation::wr);
        }
      }
      if (slot > versions) continue;
      find_successors(slot);
      if (slot > 0 && writer != no_txn) {
        for (const TxnId successor : successors_) {
          if (successor != writer) graph_.add(writer, successor, Relation::ww);
        }
      }
      graph_.add_all(readers, successors_, Relation::rw);
    }
  }

  // ---- Anomalies of one key.

  void find_aborted_reads(std::uint32_t key) {
    others_.clear();
    for (const AppendRecord& append : appends_.of(key)) {
      if (append.is(OpType::fail)) others_.at(append.element) = append.op;
    }
    std::size_t first_failed = 0;
    while (first_failed < order_.longest.size() &&
           others_.find(order_.longest[first_failed]) == ElementIndex::none) {
      ++first_failed;
    }
    for (const ReadRecord& read : reads_.of(key)) {
      if (!read.is(OpType::ok)) continue;
      const List list = list_of(read.mop);
      if (list.size() <= first_failed && begins_with(order_.longest, list)) continue;
      for (const Atom element : list) {
        const std::uint32_t writer = others_.find(element);
        if (writer == ElementIndex::none) continue;
        findings_.aborted_reads.push_back(
            {.op = read.op, .mop = read.mop, .writer = writer, .element = element});
      }
    }
  }

  void find_intermediate_reads(std::uint32_t key) {
    others_.clear();
    for (const IntermediateRecord& record : intermediates_.of(key)) {
      others_.at(record.element) = record.op;
    }
    for (const ReadRecord& read : reads_.of(key)) {
      if (!read.is(OpType::ok)) continue;
      const List list = list_of(read.mop);
      if (list.empty()) continue;
      const std::uint32_t writer = others_.find(list.back());
      if (writer == ElementIndex::none || writer == read.op) continue;
      findings_.intermediate_reads.push_back(
          {.op = read.op, .mop = read.mop, .writer = writer, .element = list.back()});
    }
  }

  void find_incompatible_order(std::uint32_t key) {
    const auto sorted = sorted_values(
        key, [](const ReadRecord& read) { return read.is(OpType::ok) || read.is(OpType::info); });
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      if (begins_with(list_of(sorted[i]), list_of(sorted[i - 1]))) continue;
      findings_.incompatible_orders.push_back({.key = keys_.key(key),
                                               .shorter = history_.mops()[sorted[i - 1]].value,
                                               .longer = history_.mops()[sorted[i]].value});
      return;
    }
  }

  void find_duplicates(std::uint32_t key) {
    for (const ReadRecord& read : reads_.of(key)) {
      if (!read.is(OpType::ok) && !read.is(OpType::info)) continue;
      const List list = list_of(read.mop);
      const bool repeats = begins_with(order_.longest, list)
                               ? list.size() > order_.first_repetition
                               : distinct(list).size() < list.size();
      if (repeats) findings_.duplicates.push_back({.op = read.op, .mop = read.mop});
    }
  }

  // The versions as all operations saw them, failed ones and even invocations included.
  std::vector<Atom> versions_seen_by_all(std::uint32_t key) const {
    bool others_read = false;
    for (const ReadRecord& read : reads_.of(key)) {
      if (read.is(OpType::invoke) || read.is(OpType::fail)) others_read = true;
    }
    if (others_read) {
      const auto sorted = sorted_values(key, [](const ReadRecord&) { return true; });
      if (!sorted.empty()) return distinct(list_of(sorted.back()));
    } else if (!order_.longest.empty()) {
      return order_.versions;
    }
    const auto appends = appends_.of(key);
    if (appends.size() == 1) return {appends.front().element};
    return {};
  }

  void find_dirty_updates(std::uint32_t key, bool has_failed) {
    // Without a failed append there is none, if every version has a writer.
    const auto appends = appends_.of(key);
    const std::vector<Atom>* versions = &order_.versions;
    std::vector<Atom> seen_by_all;
    const bool plain = !has_failed && !order_.longest.empty() && only_possible_read(key);
    if (plain) {
      bool all_written = true;
      for (std::uint32_t slot = 1; slot <= order_.versions.size(); ++slot) {
        if (appenders_.of(slot).empty()) all_written = false;
      }
      if (all_written) return;
    } else {
      seen_by_all = versions_seen_by_all(key);
      versions = &seen_by_all;
      if (versions->empty()) return;
    }
    others_.clear();
    for (const AppendRecord& append : appends) {
      if (!append.is(OpType::invoke)) others_.at(append.element) = append.op;
    }
    const auto type_of = [this](OpPlace op) {
      return op == no_op ? OpType::ok : history_.ops()[op].type;  // the initial state is committed
    };
    OpPlace before = no_op;
    std::vector<Atom> values;
    for (const Atom version : *versions) {
      values.push_back(version);
      const OpPlace writer = others_.find(version);
      if (writer == ElementIndex::none) {
        note_unwritten(key, version);
        return;
      }
      const OpType type = type_of(writer);
      const bool after_failed = type_of(before) == OpType::fail;
      if (type == OpType::info || (type == OpType::fail && after_failed)) continue;
      if (type == OpType::ok && after_failed) {
        findings_.dirty_updates.push_back({.key = keys_.key(key),
                                           .values = values,
                                           .failed = before,
                                           .committed = writer});
      }
      before = writer;
      values.assign(1, version);
    }
  }

  bool only_possible_read(std::uint32_t key) const {
    const auto reads = reads_.of(key);
    return std::all_of(reads.begin(), reads.end(), [](const ReadRecord& read) {
      return read.is(OpType::ok) || read.is(OpType::info);
    });
  }

  void note_unwritten(std::uint32_t key, Atom element) {
    const std::uint64_t position = clojure_position(history_.atoms(), keys_.key(key));
    if (unwritten_ && unwritten_->position <= position) return;
    unwritten_ = Unwritten{keys_.key(key), element, position};
  }

  void find_lost_updates(std::uint32_t key) {
    const auto updates = updates_.of(key);
    if (updates.size() < 2) return;
    // A list that the order of versions begins with is told by its length; nil is not the empty
    // list.
    struct Group {
      std::uint32_t list;
      std::vector<OpPlace> ops;
    };
    std::vector<Group> groups;
    std::map<std::int64_t, std::size_t> known;
    const auto less = [](List a, List b) {
      return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
    };
    std::map<List, std::size_t, decltype(less)> others(less);
    for (const UpdateRecord& update : updates) {
      const List list = history_.list(update.list);
      const bool is_known = update.list == MicroOp::nil_list || begins_with(order_.longest, list);
      std::size_t place = 0;
      if (is_known) {
        const std::int64_t number =
            update.list == MicroOp::nil_list ? -1 : static_cast<std::int64_t>(list.size());
        place = known.try_emplace(number, groups.size()).first->second;
      } else {
        place = others.try_emplace(list, groups.size()).first->second;
      }
      if (place == groups.size()) groups.push_back({update.list, {}});
      groups[place].ops.push_back(update.op);
    }
    for (Group& group : groups) {
      if (group.ops.size() < 2) continue;
      findings_.lost_updates.push_back(
          {.key = keys_.key(key), .value = group.list, .txns = std::move(group.ops)});
    }
  }

  void find_duplicate_appends(std::uint32_t key) {
    others_.clear();
    for (const AppendRecord& append : appends_.of(key)) {
      if (!append.is(OpType::invoke)) continue;
      std::uint32_t& first = others_.at(append.element);
      if (first == ElementIndex::none) {
        first = append.op;
      } else if (append.op < duplicate_append_.op) {
        duplicate_append_ = {append.op, keys_.key(key), append.element};
      }
    }
  }

  // Findings were made key by key; the original has those of operations in their order, and those
  // of keys in the order of its hash table.
  void sort_findings() {
    const auto by_mop = [](const auto& a, const auto& b) { return a.mop < b.mop; };
    std::stable_sort(findings_.aborted_reads.begin(), findings_.aborted_reads.end(), by_mop);
    std::stable_sort(findings_.intermediate_reads.begin(), findings_.intermediate_reads.end(),
                     by_mop);
    std::stable_sort(findings_.duplicates.begin(), findings_.duplicates.end(), by_mop);
    const auto by_position = [this](const auto& a, const auto& b) {
      return clojure_position(history_.atoms(), a.key) < clojure_position(history_.atoms(), b.key);
    };
    std::stable_sort(findings_.incompatible_orders.begin(), findings_.incompatible_orders.end(),
                     by_position);
    std::stable_sort(findings_.dirty_updates.begin(), findings_.dirty_updates.end(), by_position);
    std::stable_sort(findings_.lost_updates.begin(), findings_.lost_updates.end(), by_position);
  }

  // ---- Why one transaction comes before another.

  // The versions of a key once more, and who appended them.
  struct KnownKey {
    std::vector<Atom> versions;
    std::unordered_map<std::uint32_t, std::uint32_t> places;  // by bits of the element
    std::unordered_map<std::uint32_t, OpPlace> writers;       // the same
  };

  const KnownKey& known_key(Atom key) {
    const std::uint32_t number = keys_.find(key);
    const auto [place, is_new] = known_keys_.try_emplace(number);
    KnownKey& known = place->second;
    if (!is_new) return known;
    find_version_order(number, order_);
    known.versions = order_.versions;
    for (std::uint32_t i = 0; i < known.versions.size(); ++i) {
      known.places.emplace(known.versions[i].bits(), i);
    }
    for (const AppendRecord& append : appends_.of(number)) {
      if (append.is(OpType::ok) || append.is(OpType::info)) {
        known.writers[append.element.bits()] = append.op;
      }
    }
    return known;
  }

  // What was appended just before an element, as far as that is known; nil for nothing.
  Atom element_before(Atom key, Atom element) {
    const KnownKey& known = known_key(key);
    const auto place = known.places.find(element.bits());
    if (place == known.places.end()) {
      return known.versions.empty() ? Atom::nil() : known.versions.back();
    }
    return place->second == 0 ? Atom::nil() : known.versions[place->second - 1];
  }

  OpPlace writer_of(Atom key, Atom element) {
    const KnownKey& known = known_key(key);
    const auto found = known.writers.find(element.bits());
    return found == known.writers.end() ? no_op : found->second;
  }

  std::uint32_t append_position(OpPlace op, Atom key, Atom element) const {
    const auto mops = history_.mops(op);
    for (std::uint32_t i = 0; i < mops.size(); ++i) {
      if (mops[i].kind == Kind::write && mops[i].key == key && mops[i].atom() == element) return i;
    }
    throw std::logic_error("a transaction that did not append what it appended");
  }

  // Where an operation read the state of a key that ends with `last` (nil: is empty), or nothing.
  std::optional<std::uint32_t> read_position(OpPlace op, Atom key, Atom last) const {
    const auto mops = history_.mops(op);
    for (std::uint32_t i = 0; i < mops.size(); ++i) {
      if (mops[i].kind != Kind::read || mops[i].key != key) continue;
      if (!says_something(history_.ops()[op].type, mops[i])) continue;
      const List list = history_.list(mops[i].value);
      if (last.is_nil() ? list.empty() : !list.empty() && list.back() == last) return i;
    }
    return std::nullopt;
  }

  Step explain(Relation relation, OpPlace first, OpPlace second) {
    Step step{.relation = relation,
              .key = {},
              .value = {},
              .new_value = {},
              .first_mop = 0,
              .second_mop = 0,
              .is_unread = false};
    const auto mops = history_.mops(second);
    for (std::uint32_t i = 0; i < mops.size(); ++i) {
      const Atom key = mops[i].key;
      step.key = key;
      step.second_mop = i;
      switch (relation) {
        case Relation::ww: {
          if (mops[i].kind != Kind::write) continue;
          step.new_value = mops[i].atom();
          step.value = element_before(key, step.new_value);
          if (step.value.is_nil() || writer_of(key, step.value) != first) continue;
          step.is_unread = !known_key(key).places.contains(step.new_value.bits());
          step.first_mop = append_position(first, key, step.value);
          return step;
        }
        case Relation::wr: {
          if (mops[i].kind != Kind::read || history_.list(mops[i].value).empty()) continue;
          step.value = history_.list(mops[i].value).back();
          if (writer_of(key, step.value) != first) continue;
          step.first_mop = append_position(first, key, step.value);
          return step;
        }
        case Relation::rw: {
          if (mops[i].kind != Kind::write) continue;
          step.new_value = mops[i].atom();
          step.value = element_before(key, step.new_value);
          const auto position = read_position(first, key, step.value);
          if (!position) continue;
          step.first_mop = *position;
          return step;
        }
        case Relation::process:
        case Relation::realtime:
          return {.relation = relation,
                  .key = {},
                  .value = {},
                  .new_value = {},
                  .first_mop = 0,
                  .second_mop = 0,
                  .is_unread = false};
      }
    }
    if (relation == Relation::process || relation == Relation::realtime) return step;
    throw std::logic_error("an edge between transactions that cannot be explained");
  }

  const TxnHistory& history_;
  const ModelSet& models_;
  CycleSearch search_;
  DependencyGraph graph_;
  Findings findings_;

  KeyNumbers keys_;
  TxnScan scan_;
  ByKey<AppendRecord> appends_;
  ByKey<ReadRecord> reads_;
  std::vector<std::pair<std::uint32_t, UpdateRecord>> found_updates_;
  std::vector<std::pair<std::uint32_t, IntermediateRecord>> found_intermediates_;
  ByKey<UpdateRecord> updates_;
  ByKey<IntermediateRecord> intermediates_;

  struct DuplicateAppend {
    OpPlace op = no_op;
    Atom key;
    Atom element;
  } duplicate_append_;
  struct Unwritten {
    Atom key;
    Atom element;
    std::uint64_t position;  // of the key, in the original's hash table
  };
  std::optional<Unwritten> unwritten_;

  // Of the key that is being checked.
  VersionOrder order_;
  ElementIndex index_;  // slots of elements
  ElementIndex others_;
  std::uint32_t slot_count_ = 0;
  std::vector<std::pair<std::uint32_t, TxnId>> placed_;
  std::vector<TxnId> last_at_;
  std::vector<std::uint32_t> next_;
  BySlot appenders_;
  BySlot readers_;
  std::vector<TxnId> unread_;
  std::span<const TxnId> successors_;
  std::unordered_map<std::uint32_t, KnownKey> known_keys_;
};

}  // namespace

TxnResult check_list_append(const TxnHistory& history, const ModelSet& models, CycleSearch search) {
  return Checker(history, models, search).run();
}

}  // namespace bruit::workbench::txn
