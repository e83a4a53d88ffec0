#include "bruit/workbench/checkers/txn/txn_words.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bruit::workbench::txn {
namespace {

using Kind = MicroOp::Kind;

std::string short_list(std::span<const Atom> list, const AtomTable& atoms) {
  constexpr std::size_t shown_max = 12;
  constexpr std::size_t shown_first = 4;
  constexpr std::size_t shown_last = 4;
  std::string text = "[";
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text += ' ';
    if (list.size() > shown_max && i == shown_first) {
      text += "… ";
      i = list.size() - shown_last;
    }
    atoms.append_text(text, list[i]);
  }
  return text + "]";
}

std::string short_mop(const MicroOp& mop, const TxnHistory& history) {
  const bool lists = history.values() == Values::lists;
  if (mop.kind == Kind::read && lists && mop.value != MicroOp::nil_list) {
    return fmt::format("[:r {} {}]", history.atoms().text(mop.key),
                       short_list(history.list(mop.value), history.atoms()));
  }
  std::string text;
  history.append_text(text, mop);
  return text;
}

// "40 ms", "1.52 s".
std::string span_of_time(std::int64_t nanoseconds) {
  const double milliseconds = static_cast<double>(nanoseconds) / 1e6;
  if (milliseconds < 1) return fmt::format("{:.3f} ms", milliseconds);
  if (milliseconds < 10) return fmt::format("{:.1f} ms", milliseconds);
  if (milliseconds < 1000) return fmt::format("{:.0f} ms", milliseconds);
  return fmt::format("{:.2f} s", milliseconds / 1000);
}

// "acknowledged 40 ms before T1 began", if the first had ended when the second began.
std::string ended_before(OpPlace first, OpPlace second, std::string_view second_name,
                         const TxnHistory& history) {
  const auto ops = history.ops();
  const OpPlace begun = ops[second].partner;
  if (ops[first].type != OpType::ok || begun == no_op || first > begun) return {};
  const std::int64_t gap = ops[begun].time_ns - ops[first].time_ns;
  if (gap <= 0) return fmt::format("acknowledged before {} began", second_name);
  return fmt::format("acknowledged {} before {} began", span_of_time(gap), second_name);
}

std::string state_read(OpPlace op, std::uint32_t position, const TxnHistory& history) {
  const MicroOp& mop = history.mops(op)[position];
  if (history.values() == Values::registers) return history.atoms().text(mop.atom());
  if (mop.value == MicroOp::nil_list) return "nil";
  return short_list(history.list(mop.value), history.atoms());
}

// Whether a read of a list has an element.
bool reads(OpPlace op, std::uint32_t position, Atom element, const TxnHistory& history) {
  const MicroOp& mop = history.mops(op)[position];
  if (mop.value == MicroOp::nil_list) return false;
  const auto list = history.list(mop.value);
  return std::find(list.begin(), list.end(), element) != list.end();
}

std::string_view meaning(Anomaly kind) {
  switch (kind) {
    case Anomaly::G0:
    case Anomaly::G0_process:
    case Anomaly::G0_realtime:
      return "transactions overwrote each other in a circle";
    case Anomaly::G1a:
      return "a transaction read what a failed one had written";
    case Anomaly::G1b:
      return "a transaction read what another wrote and then wrote over";
    case Anomaly::G1c:
    case Anomaly::G1c_process:
    case Anomaly::G1c_realtime:
      return "transactions saw or overwrote each other's writes in a circle";
    case Anomaly::G_single_item:
    case Anomaly::G_single_item_process:
    case Anomaly::G_single_item_realtime:
      return "a transaction missed a write, and must yet come after it";
    case Anomaly::G_nonadjacent_item:
    case Anomaly::G_nonadjacent_item_process:
    case Anomaly::G_nonadjacent_item_realtime:
      return "transactions missed writes of others, and must yet come after them";
    case Anomaly::G2_item:
    case Anomaly::G2_item_process:
    case Anomaly::G2_item_realtime:
      return "transactions missed each other's writes: no order has both";
    case Anomaly::cyclic_versions:
      return "values of a key each of which would be older than the next";
    case Anomaly::dirty_update:
      return "a transaction appended upon what a failed one had appended";
    case Anomaly::duplicate_elements:
      return "a read lists an element more than once";
    case Anomaly::future_read:
      return "a transaction read what it itself wrote only later";
    case Anomaly::incompatible_order:
      return "two reads of a key of which neither begins with the other";
    case Anomaly::internal:
      return "a transaction did not see what it had read or written itself";
    case Anomaly::lost_update:
      return "transactions read the same value and each wrote upon it: all but one are lost";
    case Anomaly::cycle_search_timeout:
      return "the search for cycles reached its limit";
    case Anomaly::empty_transaction_graph:
      return "nothing depends on anything else: there is nothing to judge";
    default:
      return "there is a cycle somewhere among these transactions";
  }
}

class Writer {
 public:
  Writer(const TxnResult& result, const TxnHistory& history)
      : result_(result), findings_(result.findings), history_(history) {}

  std::string run() {
    if (result_.failure) {
      line("Not judged: {}", *result_.failure);
      return text_;
    }
    std::vector<Anomaly> kinds;
    result_.told.for_each([&](Anomaly kind) { kinds.push_back(kind); });
    if (kinds.empty()) return {};
    if (!result_.ruled_out.weakest.empty()) {
      line("The history is not {}, and nothing stronger.",
           fmt::join(result_.ruled_out.weakest.names(), ", not "));
    }
    // What needs no cycle to be understood comes first, then the shortest cycles. A few explain
    // enough: most kinds come of the same cause.
    constexpr std::size_t explained_max = 3;
    std::stable_sort(kinds.begin(), kinds.end(), [this](Anomaly a, Anomaly b) {
      return difficulty(a) < difficulty(b);
    });
    std::vector<std::string> others;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const Anomaly kind = kinds[i];
      const std::size_t count = findings_.count(kind);
      if (i >= explained_max) {
        others.push_back(fmt::format("{} ({})", to_string(kind), count));
        continue;
      }
      line("");
      line("{}, found {}: {}.", to_string(kind),
           count == 1 ? std::string("once") : fmt::format("{} times", count), meaning(kind));
      example(kind);
    }
    if (!others.empty()) {
      line("");
      line("Also found: {}.", fmt::join(others, ", "));
    }
    return text_;
  }

 private:
  // How many transactions must be looked at together.
  std::size_t difficulty(Anomaly kind) const {
    for (const Cycle& cycle : findings_.cycles) {
      if (cycle.kind == kind) return cycle.ops.size();
    }
    constexpr std::size_t no_example = 1'000'000;
    const bool is_example = kind != Anomaly::cycle_search_timeout &&
                            kind != Anomaly::empty_transaction_graph && !is_cycle_existence(kind);
    return is_example ? 0 : no_example;
  }

  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }

  std::string atom(Atom value) const { return history_.atoms().text(value); }
  std::string mop(std::uint32_t place) const { return short_mop(history_.mops()[place], history_); }

  void txn(std::string_view name, OpPlace place) {
    const TxnOp& op = history_.ops()[place];
    line("  {} = index {}, process {}, {}: {}", name, op.index, op.process, to_string(op.type),
         short_text(place, history_));
  }

  std::string list(std::uint32_t value) const {
    if (history_.values() == Values::registers) return atom(Atom::from_bits(value));
    if (value == MicroOp::nil_list) return "nil";
    return short_list(history_.list(value), history_.atoms());
  }

  void example(Anomaly kind) {
    switch (kind) {
      case Anomaly::G1a:
      case Anomaly::G1b:
        return dirty_read(kind == Anomaly::G1a ? findings_.aborted_reads.front()
                                               : findings_.intermediate_reads.front(),
                          kind == Anomaly::G1a);
      case Anomaly::internal:
        return internal(findings_.internal.front());
      case Anomaly::future_read: {
        const FutureRead& read = findings_.future_reads.front();
        txn("T1", read.op);
        line("  T1's {} has {}, which T1 wrote only after that.", mop(read.mop),
             atom(read.element));
        return;
      }
      case Anomaly::dirty_update: {
        const DirtyUpdate& update = findings_.dirty_updates.front();
        txn("T1", update.failed);
        txn("T2", update.committed);
        line("  In key {} T2's {} comes after T1's {}, but T1 failed and T2 did not.",
             atom(update.key), atom(update.values.back()), atom(update.values.front()));
        return;
      }
      case Anomaly::duplicate_elements: {
        const DuplicateElements& duplicate = findings_.duplicates.front();
        txn("T1", duplicate.op);
        line("  T1 read {}, where an element is there more than once.", mop(duplicate.mop));
        return;
      }
      case Anomaly::incompatible_order: {
        const IncompatibleOrder& order = findings_.incompatible_orders.front();
        line("  Key {} was read as {} and as {}: one of the two has lost something.",
             atom(order.key), list(order.shorter), list(order.longer));
        return;
      }
      case Anomaly::lost_update: {
        const LostUpdate& lost = findings_.lost_updates.front();
        for (std::size_t i = 0; i < std::min<std::size_t>(lost.txns.size(), 3); ++i) {
          txn(fmt::format("T{}", i + 1), lost.txns[i]);
        }
        line("  {} transactions read key {} as {} and then wrote to it. Had one come after the "
             "other, it would have read the other's value.",
             lost.txns.size(), atom(lost.key), list(lost.value));
        return;
      }
      case Anomaly::cyclic_versions: {
        const CyclicVersions& versions = findings_.cyclic_versions.front();
        line("  Key {}: by who read what and then wrote what, {} are each older than the next.",
             atom(versions.key), short_list(versions.values, history_.atoms()));
        return;
      }
      case Anomaly::cycle_search_timeout: {
        const SearchLimit& limit = findings_.limits.front();
        line("  It was broken off at {}, among {} transactions that depend on each other.",
             to_string(limit.kind), limit.component_size);
        return;
      }
      case Anomaly::empty_transaction_graph:
        return;
      default:
        break;
    }
    for (const Cycle& found : findings_.cycles) {
      if (found.kind == kind) return cycle(found);
    }
    for (const CycleExistence& existence : findings_.existences) {
      if (existence.kind != kind) continue;
      std::vector<std::uint32_t> indices;
      for (const OpPlace op : existence.ops) indices.push_back(history_.ops()[op].index);
      constexpr std::size_t shown_max = 20;
      const bool all = indices.size() <= shown_max;
      if (!all) indices.resize(shown_max);
      line("  The transactions at index {}{}.", fmt::join(indices, ", "), all ? "" : ", …");
      return;
    }
  }

  void dirty_read(const DirtyRead& read, bool aborted) {
    txn("T1", read.op);
    txn("T2", read.writer);
    const std::string key = atom(history_.mops()[read.mop].key);
    if (aborted) {
      line("  T1 read {} in key {}, which T2 wrote. T2 failed: it must not have had any effect.",
           atom(read.element), key);
    } else {
      line("  T1 read key {} as T2 left it with {}, but T2 wrote to that key again before its end.",
           key, atom(read.element));
    }
  }

  void internal(const InternalRead& read) {
    txn("T1", read.op);
    std::string expected = short_list(read.expected, history_.atoms());
    if (history_.values() == Values::registers) expected = atom(read.expected.front());
    if (!read.known) expected.insert(1, "… ");
    line("  T1's {} should have found {}, by what T1 itself did before.", mop(read.mop), expected);
  }

  void cycle(const Cycle& cycle) {
    const std::size_t size = cycle.ops.size();
    const auto name = [size](std::size_t i) { return fmt::format("T{}", i % size + 1); };
    for (std::size_t i = 0; i < size; ++i) txn(name(i), cycle.ops[i]);
    for (std::size_t i = 0; i < size; ++i) {
      line("  {} comes before {}: {}.", name(i), name(i + 1),
           reason(cycle.steps[i], cycle.ops[i], cycle.ops[(i + 1) % size], name(i), name(i + 1),
                  history_));
    }
    line("  So T1 would have to come before itself.");
  }

  const TxnResult& result_;
  const Findings& findings_;
  const TxnHistory& history_;
  std::string text_;
};

}  // namespace

std::string short_text(OpPlace op, const TxnHistory& history) {
  std::string text = "[";
  for (const MicroOp& mop : history.mops(op)) {
    if (text.size() > 1) text += ' ';
    text += short_mop(mop, history);
  }
  return text + "]";
}

std::string reason(const Step& step, OpPlace first, OpPlace second, std::string_view first_name,
                   std::string_view second_name, const TxnHistory& history) {
  const auto text = [&](Atom atom) { return history.atoms().text(atom); };
  const bool lists = history.values() == Values::lists;
  switch (step.relation) {
    case Relation::ww:
      if (step.is_unread) {
        return fmt::format("{} appended {} to key {}, which is in no read, so it comes after {}'s {}, "
                           "the last that was read",
                           second_name, text(step.new_value), text(step.key), first_name,
                           text(step.value));
      }
      if (lists) {
        return fmt::format("{} appended {} to key {} right after {}'s {}", second_name,
                           text(step.new_value), text(step.key), first_name, text(step.value));
      }
      return fmt::format("{} wrote {} over {}'s {} in key {}", second_name, text(step.new_value),
                         first_name, text(step.value), text(step.key));
    case Relation::wr:
      return fmt::format("{} read {} in key {}, which {} {}", second_name, text(step.value),
                         text(step.key), first_name, lists ? "appended" : "wrote");
    case Relation::rw: {
      const std::string state = state_read(first, step.first_mop, history);
      const std::string read = fmt::format("{} read key {} as {}", first_name, text(step.key), state);
      if (lists && reads(first, step.first_mop, step.new_value, history)) {
        return fmt::format("{}, which ends with {}; {}'s {} comes right after that in the longest read",
                           read, step.value.is_nil() ? "nothing" : text(step.value), second_name,
                           text(step.new_value));
      }
      const std::string ended = ended_before(second, first, first_name, history);
      const std::string_view verb = lists ? "appended" : "written";
      if (!ended.empty()) {
        return fmt::format("{}, without {}, though {} had {} it and was {}", read,
                           text(step.new_value), second_name, verb, ended);
      }
      return fmt::format("{}, before {} {} {}", read, second_name, lists ? "appended" : "wrote",
                         text(step.new_value));
    }
    case Relation::process:
      return fmt::format("process {} did {} first", history.ops()[first].process, first_name);
    case Relation::realtime:
      return fmt::format("{} was {}", first_name,
                         ended_before(first, second, second_name, history));
  }
  return {};
}

std::string in_words(const TxnResult& result, const TxnHistory& history) {
  return Writer(result, history).run();
}

}  // namespace bruit::workbench::txn
