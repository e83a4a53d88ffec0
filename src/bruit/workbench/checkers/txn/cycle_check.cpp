#include "bruit/workbench/checkers/txn/cycle_check.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace bruit::workbench::txn {
namespace {

using Kind = MicroOp::Kind;

// What the history says of one key that an edge speaks of.
struct KeyFacts {
  // Lists: the reads of the greatest length, and the same without repetitions. Several if reads
  // disagree.
  std::vector<std::span<const Atom>> longest;
  std::set<std::vector<Atom>> versions;
  std::size_t appends = 0;  // by ok and info transactions
  Atom only_append;         // if there is one
  // By element or value: the last ok or info transaction that wrote it.
  std::map<Atom, OpPlace> writers;
  // Registers: values that a transaction read first and overwrote last.
  std::set<std::pair<Atom, Atom>> overwrites;
};

class Verifier {
 public:
  Verifier(const TxnHistory& history, std::span<const Cycle> cycles) : history_(history) {
    for (const Cycle& cycle : cycles) {
      for (const Step& step : cycle.steps) {
        if (is_data(step.relation)) facts_.try_emplace(step.key);
      }
    }
    for (OpPlace op = 0; op < history.ops().size(); ++op) {
      const OpType type = history.ops()[op].type;
      if (type == OpType::ok || type == OpType::info) collect(op, type);
    }
    for (auto& [key, facts] : facts_) {
      for (const auto& list : facts.longest) facts.versions.insert(without_repetitions(list));
    }
  }

  void verify(const Cycle& cycle) const {
    const std::size_t size = cycle.ops.size();
    if (size == 0 || cycle.steps.size() != size) fail(cycle, 0, "has no step for each transaction");
    if (std::set<OpPlace>(cycle.ops.begin(), cycle.ops.end()).size() != size) {
      fail(cycle, 0, "visits a transaction twice");
    }
    for (std::size_t i = 0; i < size; ++i) {
      const std::string problem =
          problem_of(cycle.steps[i], cycle.ops[i], cycle.ops[(i + 1) % size]);
      if (!problem.empty()) fail(cycle, i, problem);
    }
    if (name_of(cycle) != to_string(cycle.kind)) fail(cycle, 0, "is a " + name_of(cycle));
  }

 private:
  static bool is_data(Relation relation) {
    return relation == Relation::ww || relation == Relation::wr || relation == Relation::rw;
  }

  [[noreturn]] void fail(const Cycle& cycle, std::size_t step, std::string_view problem) const {
    std::string text = fmt::format("a cycle that was found to be {}, step {}: {}",
                                   to_string(cycle.kind), step + 1, problem);
    for (const OpPlace op : cycle.ops) text += "\n  " + history_.text(op);
    throw std::logic_error(text);
  }

  void collect(OpPlace op, OpType type) {
    std::map<Atom, Atom> first_reads;
    std::map<Atom, Atom> last_writes;
    std::set<Atom> touched;
    for (const MicroOp& mop : history_.mops(op)) {
      const auto found = facts_.find(mop.key);
      if (found == facts_.end()) continue;
      KeyFacts& facts = found->second;
      if (mop.kind == Kind::write) {
        facts.writers[mop.atom()] = op;
        facts.only_append = mop.atom();
        ++facts.appends;
        last_writes[mop.key] = mop.atom();
      } else if (history_.values() == Values::lists) {
        add_read(facts, history_.list(mop.value));
      } else if (!touched.contains(mop.key)) {
        first_reads[mop.key] = mop.atom();
      }
      touched.insert(mop.key);
    }
    if (history_.values() == Values::lists || type != OpType::ok) return;
    for (const auto& [key, read] : first_reads) {
      const auto written = last_writes.find(key);
      if (written != last_writes.end()) facts_[key].overwrites.emplace(read, written->second);
    }
  }

  static void add_read(KeyFacts& facts, std::span<const Atom> list) {
    const std::size_t longest = facts.longest.empty() ? 1 : facts.longest.front().size();
    if (list.size() < longest) return;
    if (list.size() > longest) facts.longest.clear();
    facts.longest.push_back(list);
  }

  static std::vector<Atom> without_repetitions(std::span<const Atom> list) {
    std::set<Atom> seen;
    std::vector<Atom> versions;
    for (const Atom atom : list) {
      if (seen.insert(atom).second) versions.push_back(atom);
    }
    return versions;
  }

  // Empty if the edge holds.
  std::string problem_of(const Step& step, OpPlace first, OpPlace second) const {
    const TxnOp& before = history_.ops()[first];
    const TxnOp& after = history_.ops()[second];
    switch (step.relation) {
      case Relation::realtime:
        if (before.type != OpType::ok) return "the first was not acknowledged";
        if (after.partner == no_op) return "nobody knows when the second began";
        if (first >= after.partner) return "the second began before the first had ended";
        return {};
      case Relation::process:
        if (before.process != after.process) return "the processes differ";
        if (first >= second) return "the first came later";
        return {};
      default:
        return history_.values() == Values::lists ? list_problem(step, first, second)
                                                  : register_problem(step, first, second);
    }
  }

  const MicroOp& mop(OpPlace op, std::uint32_t position) const {
    return history_.mops(op)[position];
  }

  bool wrote(OpPlace op, std::uint32_t position, Atom key, Atom value) const {
    const MicroOp& written = mop(op, position);
    return written.kind == Kind::write && written.key == key && written.atom() == value;
  }

  std::string list_problem(const Step& step, OpPlace first, OpPlace second) const {
    const KeyFacts& facts = facts_.at(step.key);
    if (step.relation != Relation::rw) {
      if (!wrote(first, step.first_mop, step.key, step.value)) return "the first did not append";
      if (facts.writers.at(step.value) != first) return "the first was not the last to append";
    } else if (!read_ends_with(first, step.first_mop, step.key, step.value)) {
      return "the first did not read that state";
    }
    if (step.relation == Relation::wr) {
      const bool read = read_ends_with(second, step.second_mop, step.key, step.value);
      return read ? "" : "the second did not read what the first appended";
    }
    if (!wrote(second, step.second_mop, step.key, step.new_value)) {
      return "the second did not append";
    }
    return follows(facts, step.value, step.new_value) ? "" : "its append did not come next";
  }

  // Whether a read found a state whose last element is `last`; nil: the initial state.
  bool read_ends_with(OpPlace op, std::uint32_t position, Atom key, Atom last) const {
    const MicroOp& read = mop(op, position);
    if (read.kind != Kind::read || read.key != key) return false;
    if (read.value == MicroOp::nil_list) {
      return last.is_nil() && history_.ops()[op].type == OpType::ok;
    }
    const auto list = history_.list(read.value);
    return last.is_nil() ? list.empty() : !list.empty() && list.back() == last;
  }

  static bool follows(const KeyFacts& facts, Atom before, Atom after) {
    if (facts.versions.empty()) return before.is_nil();
    return std::any_of(facts.versions.begin(), facts.versions.end(), [&](const auto& versions) {
      const auto place = std::find(versions.begin(), versions.end(), after);
      if (place == versions.end()) return versions.back() == before;
      return place == versions.begin() ? before.is_nil() : *(place - 1) == before;
    });
  }

  // The value that a transaction read of a key before it did anything else to it.
  std::optional<Atom> external_read(OpPlace op, Atom key) const {
    for (const MicroOp& touched : history_.mops(op)) {
      if (touched.key != key) continue;
      if (touched.kind != Kind::read) return std::nullopt;
      return touched.atom();
    }
    return std::nullopt;
  }

  std::optional<Atom> external_write(OpPlace op, Atom key) const {
    std::optional<Atom> last;
    for (const MicroOp& touched : history_.mops(op)) {
      if (touched.key == key && touched.kind == Kind::write) last = touched.atom();
    }
    return last;
  }

  std::string register_problem(const Step& step, OpPlace first, OpPlace second) const {
    const KeyFacts& facts = facts_.at(step.key);
    const bool first_reads = step.relation == Relation::rw;
    const auto of_first =
        first_reads ? external_read(first, step.key) : external_write(first, step.key);
    if (of_first != step.value) return "the first did not have that value";
    if (step.relation == Relation::wr) {
      return external_read(second, step.key) == step.value ? "" : "the second did not read it";
    }
    if (external_write(second, step.key) != step.new_value) return "the second did not write";
    const bool known = step.value.is_nil() || facts.overwrites.contains({step.value, step.new_value});
    return known ? "" : "nothing says that its write came later";
  }

  // By the letter of the definitions.
  static std::string name_of(const Cycle& cycle) {
    std::string letters;
    for (const Step& step : cycle.steps) {
      constexpr std::string_view names = "wrapt";  // ww, wr, anti-dependency, process, time
      letters += names[static_cast<std::size_t>(step.relation)];
    }
    const auto count = [&](char letter) { return std::count(letters.begin(), letters.end(), letter); };
    std::string name = "G0";
    if (count('r') > 0) name = "G1c";
    if (count('a') == 1) name = "G-single-item";
    if (count('a') > 1) {
      const bool adjacent = (letters + letters.front()).find("aa") != std::string::npos;
      name = adjacent ? "G2-item" : "G-nonadjacent-item";
    }
    if (count('t') > 0) return name + "-realtime";
    if (count('p') > 0) return name + "-process";
    return name;
  }

  const TxnHistory& history_;
  std::map<Atom, KeyFacts> facts_;
};

}  // namespace

void verify_cycles(const TxnHistory& history, std::span<const Cycle> cycles) {
  if (cycles.empty()) return;
  const Verifier verifier(history, cycles);
  for (const Cycle& cycle : cycles) verifier.verify(cycle);
}

}  // namespace bruit::workbench::txn
