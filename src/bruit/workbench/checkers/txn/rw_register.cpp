#include "bruit/workbench/checkers/txn/rw_register.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
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

// What an ok transaction read of a key before it wrote to it, or what an ok or info transaction
// left there.
struct External {
  OpPlace op;
  Atom value;
  bool is_read;
  bool is_ok;
};
// A value that an ok transaction read, and the one that it left instead.
struct Overwrite {
  OpPlace op;
  Atom before;
  Atom after;
};
struct ReadRecord {
  OpPlace op;
  std::uint32_t mop;  // position in TxnHistory::mops()
};
struct WriteRecord {
  OpPlace op;
  Atom value;
};

std::vector<OpPlace> ok_completions(const TxnHistory& history) {
  std::vector<OpPlace> places;
  const auto ops = history.ops();
  places.reserve(ops.size() / 2 + 1);
  for (OpPlace place = 0; place < ops.size(); ++place) {
    if (ops[place].type == OpType::ok) places.push_back(place);
  }
  return places;
}

// In Clojure nothing and false are no values for an `if`.
bool is_truthy(const TxnHistory& history, Atom atom) {
  if (atom.is_nil()) return false;
  return atom.is_integer() || history.atoms().table_text(atom) != "false";
}

class Checker {
 public:
  Checker(const TxnHistory& history, const ModelSet& models, CycleSearch search)
      : history_(history),
        models_(models),
        search_(search),
        graph_(history, ok_completions(history), precedence_for(models)) {}

  TxnResult run() {
    if (auto failure = find_other_mops()) return unjudgeable(Values::registers, *std::move(failure));
    sort_by_key();
    for (std::uint32_t key = 0; key < keys_.size(); ++key) check_key(key);
    if (written_twice_) return unjudgeable(Values::registers, written_twice_failure());
    if (auto failure = find_mixed_keys()) {
      return unjudgeable(Values::registers, *std::move(failure));
    }
    add_overwrites();
    find_dirty_reads();
    find_lost_updates();
    sort_findings();
    findings_.empty_graph = graph_.empty();
    find_cycles(
        graph_, history_, rw_register_order, search_,
        [this](Relation relation, OpPlace first, OpPlace second) {
          return explain(relation, first, second);
        },
        findings_);
    return judge(Values::registers, std::move(findings_), models_);
  }

 private:
  // ---- What makes a history unfit to be judged.

  std::optional<std::string> find_other_mops() const {
    for (OpPlace place = 0; place < history_.ops().size(); ++place) {
      for (const MicroOp& mop : history_.mops(place)) {
        if (mop.kind != Kind::other) continue;
        const std::string text = history_.atoms().text(mop.atom());
        const std::size_t end = text.find_first_of(" ]");
        return "No matching clause: " +
               (text.starts_with("[") ? text.substr(1, end - 1) : text.substr(0, end));
      }
    }
    return std::nullopt;
  }

  std::string written_twice_failure() const {
    std::string writers;
    for (const OpPlace writer : written_twice_->writers) {
      writers += fmt::format("{}#jepsen.history.Op{}", writers.empty() ? "" : " ",
                             history_.text(writer));
    }
    return fmt::format("Key {} had value {} written by more than one op: ({})",
                       history_.atoms().text(written_twice_->key),
                       history_.atoms().text(written_twice_->value), writers);
  }

  // The class that Clojure's reader gives a value.
  std::string_view class_of(Atom atom) const {
    if (atom.is_nil()) return "nil";
    if (atom.is_integer()) return "java.lang.Long";
    const std::string_view text = history_.atoms().table_text(atom);
    switch (text.front()) {
      case '"':
        return "java.lang.String";
      case ':':
        return "clojure.lang.Keyword";
      case '[':
        return "clojure.lang.PersistentVector";
      case '(':
        return "clojure.lang.PersistentList";
      case '{':
        return "clojure.lang.PersistentArrayMap";
      case '\\':
        return "java.lang.Character";
      default:
        break;
    }
    if (text == "true" || text == "false") return "java.lang.Boolean";
    const bool is_number = text.front() == '-' || (text.front() >= '0' && text.front() <= '9');
    if (!is_number) return "clojure.lang.Symbol";
    if (text.ends_with('N')) return "clojure.lang.BigInt";
    if (text.ends_with('M')) return "java.math.BigDecimal";
    if (text.find('/') != std::string_view::npos) return "clojure.lang.Ratio";
    return text.find_first_of(".eE") != std::string_view::npos ? "java.lang.Double"
                                                               : "java.lang.Long";
  }

  std::optional<std::string> find_mixed_keys() const {
    std::vector<std::string_view> classes;
    for (std::uint32_t key = 0; key < keys_.size(); ++key) {
      const std::string_view name = class_of(keys_.key(key));
      if (std::find(classes.begin(), classes.end(), name) == classes.end()) {
        classes.push_back(name);
      }
    }
    if (classes.size() <= 1) return std::nullopt;
    std::string names;
    for (const std::string_view name : classes) {
      names += fmt::format("{}{}", names.empty() ? "" : " ", name);
    }
    return fmt::format(
        "Assert failed: History includes a mix of different types for transaction keys: ({}). You "
        "almost certainly don't want to do this.\n(<= (count key-types) 1)",
        names);
  }

  // ---- From operations to keys.

  void sort_by_key() {
    const auto ops = history_.ops();
    for (OpPlace place = 0; place < ops.size(); ++place) {
      const auto mops = history_.mops(place);
      for (const MicroOp& mop : mops) keys_.number(mop.key);
      for_each_external(place, mops, [&](std::uint32_t key, const External&) {
        externals_.count(key);
      });
    }
    externals_.begin_adding(keys_.size());
    for (OpPlace place = 0; place < ops.size(); ++place) {
      const auto mops = history_.mops(place);
      for_each_external(place, mops, [&](std::uint32_t key, const External& external) {
        externals_.add(key, external);
      });
      if (ops[place].type == OpType::fail) {
        for (const MicroOp& mop : mops) {
          if (mop.kind != Kind::write) continue;
          found_failed_.emplace_back(keys_.find(mop.key), WriteRecord{place, mop.atom()});
        }
      }
      if (mops.size() > 1 && scan_.repeats_a_key(mops)) look_inside(place, mops);
    }
    externals_.end_adding();
    overwrites_ = by_key(found_overwrites_, keys_.size());
    found_overwrites_ = {};
  }

  // Calls `visit` with each read of a key that comes before the transaction's other operations on
  // it (ok transactions only), and with its last write to each key.
  template <typename Visit>
  void for_each_external(OpPlace place, std::span<const MicroOp> mops, Visit visit) {
    const OpType type = history_.ops()[place].type;
    const bool is_ok = type == OpType::ok;
    if (!is_ok && type != OpType::info) return;
    const bool repeats = mops.size() > 1 && scan_.repeats_a_key(mops);
    if (repeats) {
      is_last_write_.assign(mops.size(), true);
      for (auto i = static_cast<std::uint32_t>(mops.size()); i-- > 0;) {
        if (mops[i].kind != Kind::write || !is_last_write_[i]) continue;
        for (std::uint32_t j = scan_.previous(i); j != TxnScan::none; j = scan_.previous(j)) {
          is_last_write_[j] = false;
        }
      }
    }
    for (std::uint32_t i = 0; i < mops.size(); ++i) {
      const MicroOp& mop = mops[i];
      const bool is_read = mop.kind == Kind::read;
      if (is_read && (!is_ok || (repeats && scan_.previous(i) != TxnScan::none))) continue;
      if (!is_read && repeats && !is_last_write_[i]) continue;
      visit(keys_.find(mop.key),
            External{.op = place, .value = mop.atom(), .is_read = is_read, .is_ok = is_ok});
    }
  }

  // What can be seen in one transaction that has more than one operation on a key.
  void look_inside(OpPlace place, std::span<const MicroOp> mops) {
    const bool is_ok = history_.ops()[place].type == OpType::ok;
    bool is_consistent = true;
    for (std::uint32_t i = 0; i < mops.size(); ++i) {
      const std::uint32_t before = scan_.previous(i);
      if (before == TxnScan::none) continue;
      if (mops[i].kind == Kind::write) {
        note_intermediate(place, mops, i);
        if (is_ok) {
          note_update(place, mops, i);
          note_overwrite(place, mops, i);
        }
        continue;
      }
      // The last operation on the key says what is expected; nothing and false expect nothing.
      const Atom expected = mops[before].atom();
      if (!is_ok || !is_consistent || expected == mops[i].atom()) continue;
      if (!is_truthy(history_, expected)) continue;
      is_consistent = false;
      findings_.internal.push_back({.op = place,
                                    .mop = history_.ops()[place].first_mop + i,
                                    .known = true,
                                    .expected = {expected}});
    }
  }

  void note_intermediate(OpPlace place, std::span<const MicroOp> mops, std::uint32_t i) {
    std::uint32_t before = scan_.previous(i);
    while (before != TxnScan::none && mops[before].kind != Kind::write) {
      before = scan_.previous(before);
    }
    if (before == TxnScan::none || !is_truthy(history_, mops[before].atom())) return;
    found_intermediates_.emplace_back(keys_.find(mops[i].key),
                                      WriteRecord{place, mops[before].atom()});
  }

  // The first write to a key after the first read of it.
  void note_update(OpPlace place, std::span<const MicroOp> mops, std::uint32_t i) {
    std::uint32_t first_read = TxnScan::none;
    bool passed_write = false;
    for (std::uint32_t j = scan_.previous(i); j != TxnScan::none; j = scan_.previous(j)) {
      if (mops[j].kind == Kind::write) {
        passed_write = true;
      } else if (passed_write) {
        return;  // it was that write, or one before it
      } else {
        first_read = j;
      }
    }
    if (first_read == TxnScan::none) return;
    found_updates_.emplace_back(keys_.find(mops[i].key),
                                WriteRecord{place, mops[first_read].atom()});
  }

  // The last write to a key that the transaction read before it did anything else with it.
  void note_overwrite(OpPlace place, std::span<const MicroOp> mops, std::uint32_t i) {
    const Atom after = mops[i].atom();
    const bool is_last = std::none_of(mops.begin() + i + 1, mops.end(), [&](const MicroOp& mop) {
      return mop.kind == Kind::write && mop.key == mops[i].key;
    });
    if (!is_last || !is_truthy(history_, after)) return;
    std::uint32_t first = i;
    while (scan_.previous(first) != TxnScan::none) first = scan_.previous(first);
    if (mops[first].kind != Kind::read || mops[first].atom().is_nil()) return;
    found_overwrites_.emplace_back(keys_.find(mops[i].key),
                                   Overwrite{place, mops[first].atom(), after});
  }

  // ---- One key.

  // Transactions of the key's values: value 0 is nil.
  struct ByValue {
    std::vector<std::uint32_t> begins;
    std::vector<TxnId> txns;

    std::span<const TxnId> of(std::uint32_t value) const {
      return std::span(txns).subspan(begins[value], begins[value + 1] - begins[value]);
    }
  };

  void number_values(std::uint32_t key) {
    index_.clear();
    values_.assign(1, Atom::nil());
    index_.at(Atom::nil()) = 0;
    for (const External& external : externals_.of(key)) {
      std::uint32_t& number = index_.at(external.value);
      if (number != ElementIndex::none) continue;
      number = static_cast<std::uint32_t>(values_.size());
      values_.push_back(external.value);
    }
    sort_externals(key, true, readers_);
    sort_externals(key, false, writers_);
  }

  void sort_externals(std::uint32_t key, bool reads, ByValue& sorted) {
    const auto counts = [&](const External& external) {
      return external.is_ok && external.is_read == reads;
    };
    sorted.begins.assign(values_.size() + 1, 0);
    for (const External& external : externals_.of(key)) {
      if (counts(external)) ++sorted.begins[index_.find(external.value) + 1];
    }
    for (std::size_t i = 1; i < sorted.begins.size(); ++i) sorted.begins[i] += sorted.begins[i - 1];
    sorted.txns.resize(sorted.begins.back());
    next_.assign(sorted.begins.begin(), sorted.begins.end() - 1);
    for (const External& external : externals_.of(key)) {
      if (!counts(external)) continue;
      sorted.txns[next_[index_.find(external.value)]++] = graph_.txn(external.op);
    }
  }

  void check_key(std::uint32_t key) {
    number_values(key);
    for (std::uint32_t value = 0; value < values_.size(); ++value) {
      const auto writers = writers_.of(value);
      const auto readers = readers_.of(value);
      if (writers.empty() || readers.empty()) continue;
      if (writers.size() > 1) {
        note_written_twice(key, values_[value], writers);
        continue;
      }
      // Also to itself, if it read what it wrote only later: the original keeps that edge.
      for (const TxnId reader : readers) graph_.add(writers.front(), reader, Relation::wr);
    }
    // Nil comes before everything.
    const std::span<const TxnId> later =
        std::span(writers_.txns).subspan(writers_.begins[1]);
    add_edges(0, later);
    find_cyclic_versions(key);
  }

  // From who wrote and who read a value to those who wrote later ones.
  void add_edges(std::uint32_t value, std::span<const TxnId> later) {
    later_.assign(later.begin(), later.end());
    std::sort(later_.begin(), later_.end());
    later_.erase(std::unique(later_.begin(), later_.end()), later_.end());
    graph_.add_all(writers_.of(value), later_, Relation::ww);
    graph_.add_all(readers_.of(value), later_, Relation::rw);
  }

  void note_written_twice(std::uint32_t key, Atom value, std::span<const TxnId> writers) {
    const std::uint64_t position = clojure_position(history_.atoms(), keys_.key(key));
    if (written_twice_ && written_twice_->position <= position) return;
    written_twice_ = WrittenTwice{keys_.key(key), value, {}, position};
    // The original puts each before those that it knows.
    for (std::size_t i = writers.size(); i-- > 0;) {
      written_twice_->writers.push_back(graph_.completion(writers[i]));
    }
  }

  // Cycles among the values that transactions read and overwrote.
  void find_cyclic_versions(std::uint32_t key) {
    const auto overwrites = overwrites_.of(key);
    bool ascends = true;
    for (const Overwrite& overwrite : overwrites) {
      if (index_.find(overwrite.before) >= index_.find(overwrite.after)) ascends = false;
    }
    if (ascends) return;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    for (const Overwrite& overwrite : overwrites) {
      const std::uint32_t before = index_.find(overwrite.before);
      const std::uint32_t after = index_.find(overwrite.after);
      if (before != after) edges.emplace_back(before, after);
    }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    for (auto& members : cyclic_parts(static_cast<std::uint32_t>(values_.size()), edges)) {
      CyclicVersions found{.key = keys_.key(key), .values = {}};
      for (const std::uint32_t member : members) found.values.push_back(values_[member]);
      std::sort(found.values.begin(), found.values.end());
      findings_.cyclic_versions.push_back(std::move(found));
    }
  }

  // Strongly connected components of two vertices or more: who reaches whom and is reached, one
  // component after the other (Kosaraju). For the few keys that need it.
  static std::vector<std::vector<std::uint32_t>> cyclic_parts(
      std::uint32_t size, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges) {
    std::vector<std::vector<std::uint32_t>> out(size);
    std::vector<std::vector<std::uint32_t>> in(size);
    for (const auto& [from, to] : edges) {
      out[from].push_back(to);
      in[to].push_back(from);
    }
    std::vector<bool> seen(size, false);
    const auto walk = [&seen](std::uint32_t start, const auto& targets) {
      std::vector<std::uint32_t> left;  // in the order in which the walk leaves them
      std::vector<std::pair<std::uint32_t, std::size_t>> way{{start, 0}};
      seen[start] = true;
      while (!way.empty()) {
        auto& [vertex, next] = way.back();
        if (next == targets[vertex].size()) {
          left.push_back(vertex);
          way.pop_back();
          continue;
        }
        const std::uint32_t to = targets[vertex][next++];
        if (seen[to]) continue;
        seen[to] = true;
        way.emplace_back(to, 0);
      }
      return left;
    };
    std::vector<std::uint32_t> order;
    for (std::uint32_t vertex = 0; vertex < size; ++vertex) {
      if (seen[vertex]) continue;
      const auto left = walk(vertex, out);
      order.insert(order.end(), left.begin(), left.end());
    }
    seen.assign(size, false);
    std::vector<std::vector<std::uint32_t>> parts;
    for (auto vertex = order.rbegin(); vertex != order.rend(); ++vertex) {
      if (seen[*vertex]) continue;
      auto part = walk(*vertex, in);
      if (part.size() > 1) parts.push_back(std::move(part));
    }
    return parts;
  }

  // Writes follow reads, unless that makes any key's versions cyclic: then the original goes
  // without it for all keys.
  void add_overwrites() {
    if (!findings_.cyclic_versions.empty()) return;
    for (std::uint32_t key = 0; key < keys_.size(); ++key) {
      const auto overwrites = overwrites_.of(key);
      if (overwrites.empty()) continue;
      number_values(key);
      pairs_.clear();
      for (const Overwrite& overwrite : overwrites) {
        pairs_.emplace_back(index_.find(overwrite.before), index_.find(overwrite.after));
      }
      std::sort(pairs_.begin(), pairs_.end());
      pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
      for (std::size_t i = 0; i < pairs_.size();) {
        const std::uint32_t before = pairs_[i].first;
        gathered_.clear();
        for (; i < pairs_.size() && pairs_[i].first == before; ++i) {
          const auto writers = writers_.of(pairs_[i].second);
          gathered_.insert(gathered_.end(), writers.begin(), writers.end());
        }
        add_edges(before, gathered_);
      }
    }
  }

  // ---- Anomalies without a graph.

  void find_dirty_reads() {
    if (!found_failed_.empty()) {
      const auto failed = by_key(found_failed_, keys_.size());
      find_reads_of(failed, false, findings_.aborted_reads);
    }
    if (!found_intermediates_.empty()) {
      const auto intermediates = by_key(found_intermediates_, keys_.size());
      find_reads_of(intermediates, true, findings_.intermediate_reads);
    }
  }

  // Reads by ok transactions of values that are among `writes`, the last writer of each counting.
  void find_reads_of(const ByKey<WriteRecord>& writes, bool but_own,
                     std::vector<DirtyRead>& found) {
    std::unordered_map<std::uint64_t, OpPlace> writers;
    for (std::uint32_t key = 0; key < keys_.size(); ++key) {
      for (const WriteRecord& write : writes.of(key)) {
        writers[std::uint64_t{key} << 32U | write.value.bits()] = write.op;
      }
    }
    for (const OpPlace place : ok_completions(history_)) {
      std::uint32_t position = history_.ops()[place].first_mop;
      for (const MicroOp& mop : history_.mops(place)) {
        const std::uint32_t at = position++;
        if (mop.kind != Kind::read) continue;
        const auto writer =
            writers.find(std::uint64_t{keys_.find(mop.key)} << 32U | mop.atom().bits());
        if (writer == writers.end() || (but_own && writer->second == place)) continue;
        found.push_back(
            {.op = place, .mop = at, .writer = writer->second, .element = mop.atom()});
      }
    }
  }

  void find_lost_updates() {
    const auto updates = by_key(found_updates_, keys_.size());
    for (std::uint32_t key = 0; key < keys_.size(); ++key) {
      const auto of_key = updates.of(key);
      if (of_key.size() < 2) continue;
      index_.clear();
      std::vector<LostUpdate> groups;
      for (const WriteRecord& update : of_key) {
        std::uint32_t& group = index_.at(update.value);
        if (group == ElementIndex::none) {
          group = static_cast<std::uint32_t>(groups.size());
          groups.push_back(
              {.key = keys_.key(key), .value = update.value.bits(), .txns = {}});
        }
        groups[group].txns.push_back(update.op);
      }
      for (LostUpdate& group : groups) {
        if (group.txns.size() > 1) findings_.lost_updates.push_back(std::move(group));
      }
    }
  }

  void sort_findings() {
    const auto by_position = [this](const auto& a, const auto& b) {
      return clojure_position(history_.atoms(), a.key) < clojure_position(history_.atoms(), b.key);
    };
    const auto by_key_and_least = [&](const CyclicVersions& a, const CyclicVersions& b) {
      if (a.key != b.key) return by_position(a, b);
      return a.values.front() < b.values.front();
    };
    std::stable_sort(findings_.lost_updates.begin(), findings_.lost_updates.end(), by_position);
    std::stable_sort(findings_.cyclic_versions.begin(), findings_.cyclic_versions.end(),
                     by_key_and_least);
  }

  // ---- Why one transaction comes before another.

  // The external operations of a transaction, as positions: its reads, or its last writes.
  std::vector<std::uint32_t> external_positions(OpPlace op, Kind kind) const {
    const auto mops = history_.mops(op);
    std::vector<std::uint32_t> positions;
    for (std::uint32_t i = 0; i < mops.size(); ++i) {
      if (mops[i].kind != kind) continue;
      const auto same_key = [&](const MicroOp& mop) { return mop.key == mops[i].key; };
      const bool is_external =
          kind == Kind::read
              ? std::none_of(mops.begin(), mops.begin() + i, same_key)
              : std::none_of(mops.begin() + i + 1, mops.end(), [&](const MicroOp& mop) {
                  return mop.kind == Kind::write && same_key(mop);
                });
      if (is_external) positions.push_back(i);
    }
    return positions;
  }

  // Whether one value of a key is known to come before another.
  bool is_version_edge(Atom key, Atom before, Atom after) const {
    if (before.is_nil()) return !after.is_nil();
    const auto overwrites = overwrites_.of(keys_.find(key));
    return std::any_of(overwrites.begin(), overwrites.end(), [&](const Overwrite& overwrite) {
      return overwrite.before == before && overwrite.after == after;
    });
  }

  Step explain(Relation relation, OpPlace first, OpPlace second) const {
    Step step{.relation = relation,
              .key = {},
              .value = {},
              .new_value = {},
              .first_mop = 0,
              .second_mop = 0};
    if (relation == Relation::process || relation == Relation::realtime) return step;
    const auto of_first =
        external_positions(first, relation == Relation::rw ? Kind::read : Kind::write);
    const auto of_second =
        external_positions(second, relation == Relation::wr ? Kind::read : Kind::write);
    for (const std::uint32_t i : of_first) {
      for (const std::uint32_t j : of_second) {
        const MicroOp& a = history_.mops(first)[i];
        const MicroOp& b = history_.mops(second)[j];
        if (a.key != b.key) continue;
        const bool holds = relation == Relation::wr ? a.atom() == b.atom()
                                                    : is_version_edge(a.key, a.atom(), b.atom());
        if (!holds) continue;
        step.key = a.key;
        step.value = a.atom();
        step.new_value = b.atom();
        step.first_mop = i;
        step.second_mop = j;
        return step;
      }
    }
    throw std::logic_error("an edge between transactions that cannot be explained");
  }

  const TxnHistory& history_;
  const ModelSet& models_;
  CycleSearch search_;
  DependencyGraph graph_;
  Findings findings_;

  KeyNumbers keys_;
  TxnScan scan_;
  std::vector<bool> is_last_write_;
  ByKey<External> externals_;
  std::vector<std::pair<std::uint32_t, Overwrite>> found_overwrites_;
  std::vector<std::pair<std::uint32_t, WriteRecord>> found_failed_;
  std::vector<std::pair<std::uint32_t, WriteRecord>> found_intermediates_;
  std::vector<std::pair<std::uint32_t, WriteRecord>> found_updates_;
  ByKey<Overwrite> overwrites_;

  struct WrittenTwice {
    Atom key;
    Atom value;
    std::vector<OpPlace> writers;
    std::uint64_t position;  // of the key, in the original's hash table
  };
  std::optional<WrittenTwice> written_twice_;

  // Of the key that is being checked.
  ElementIndex index_;         // numbers of values
  std::vector<Atom> values_;
  ByValue readers_;
  ByValue writers_;
  std::vector<std::uint32_t> next_;
  std::vector<TxnId> later_;
  std::vector<TxnId> gathered_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
};

}  // namespace

TxnResult check_rw_register(const TxnHistory& history, const ModelSet& models, CycleSearch search) {
  return Checker(history, models, search).run();
}

}  // namespace bruit::workbench::txn
