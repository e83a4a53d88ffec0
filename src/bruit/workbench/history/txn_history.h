// TxnHistory: what clients of a transactional store did and saw, in the order in which it happened.
//
// Made for millions of transactions: an operation takes 32 bytes, a micro-operation 12, an element
// of a list that was read 4, and nothing is allocated for any of them. Checkers read nothing else.
// The nemesis is not part of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/history/atom.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench::txn {

// What the values of keys are.
enum class Values : std::uint8_t {
  lists,      // transactions append elements (:append) and read whole lists
  registers,  // transactions write (:w) and read single values
};

// One read or write of a transaction.
struct MicroOp {
  enum class Kind : std::uint8_t {
    read,
    write,  // :append or :w
    other,  // something else; `value` is its whole text, an atom's bits
  };
  static constexpr std::uint32_t nil_list = UINT32_MAX;

  Atom key;
  // A read of a list: its number in the history, or nil_list. Otherwise the bits of an atom.
  std::uint32_t value = nil_list;
  Kind kind = Kind::read;

  Atom atom() const { return Atom::from_bits(value); }
};

// A position in TxnHistory::ops().
using OpPlace = std::uint32_t;
inline constexpr OpPlace no_op = UINT32_MAX;

// An invocation or a completion.
struct TxnOp {
  std::int64_t time_ns = 0;
  std::uint32_t index = 0;      // :index
  std::int32_t process = 0;     // of a client
  OpPlace partner = no_op;      // the completion of an invocation, and the other way round
  std::uint32_t first_mop = 0;  // its micro-operations end where those of the next one begin
  std::uint32_t rest = 0;       // what else the operation has: a number of TxnHistory::rest()
  OpType type = OpType::invoke;
};

class TxnHistory {
 public:
  // Operations and micro-operations that a history can have, and different lists.
  static constexpr std::size_t size_max = std::size_t{1} << 28U;

  explicit TxnHistory(Values values) : values_(values) {}

  Values values() const { return values_; }
  AtomTable& atoms() { return atoms_; }
  const AtomTable& atoms() const { return atoms_; }

  std::span<const TxnOp> ops() const { return ops_; }
  std::span<const MicroOp> mops() const { return mops_; }
  // The micro-operations of the operation at `place`.
  std::span<const MicroOp> mops(OpPlace place) const {
    const std::size_t end = place + 1 < ops_.size() ? ops_[place + 1].first_mop : mops_.size();
    return std::span(mops_).subspan(ops_[place].first_mop, end - ops_[place].first_mop);
  }
  // The list of that number, empty for nil_list.
  std::span<const Atom> list(std::uint32_t number) const {
    if (number == MicroOp::nil_list) return {};
    const std::uint64_t begin = number == 0 ? 0 : list_ends_[number - 1];
    return std::span(elements_).subspan(begin, list_ends_[number] - begin);
  }

  // Building: first the micro-operations of an operation, then the operation, whose own are those
  // from `first_mop` on. `rest` is the EDN text of what else it has, as it is printed (", :error
  // [:x]"), `f` its :f. Throws std::length_error beyond size_max.
  void add_read(Atom key, Atom value);
  void add_write(Atom key, Atom value);
  void add_other(std::string_view edn);
  // A read of a list: of the elements that add_element() added since the last one, or of nil.
  void add_element(Atom element) { elements_.push_back(element); }
  void add_list_read(Atom key);
  void add_nil_read(Atom key);
  void add_op(OpType type, std::int32_t process, std::int64_t time_ns, std::uint32_t index,
              std::size_t first_mop, std::string_view f = "txn", std::string_view rest = {});
  // Forgets all micro-operations but the first `count`; they belong to no operation yet.
  void drop_mops(std::size_t count);
  // Makes the operations at the two places partners.
  void pair(OpPlace invocation, OpPlace completion) {
    ops_[invocation].partner = completion;
    ops_[completion].partner = invocation;
  }
  void reserve(std::size_t ops, std::size_t mops, std::size_t elements);

  // The :f of the operation at `place`.
  std::string_view f(OpPlace place) const { return rests_[ops_[place].rest].f; }
  // As Jepsen prints it, without its tag: {:index 4, :time .., :value [[:r 8 nil]]}.
  std::string text(OpPlace place) const;
  // The same as a value, tagged #jepsen.history.Op.
  Edn op_edn(OpPlace place) const;
  // [:r 8 [1 2]], as text and as a value.
  void append_text(std::string& out, const MicroOp& mop) const;
  Edn mop_edn(const MicroOp& mop) const;
  Edn atom_edn(Atom atom) const { return parse_edn(atoms_.text(atom)); }
  Edn list_edn(std::span<const Atom> list) const;

 private:
  struct Rest {
    std::string f;
    std::string text;
    friend bool operator==(const Rest&, const Rest&) = default;
  };
  std::uint32_t intern_rest(std::string_view f, std::string_view rest);
  void check_room(std::size_t size) const;

  Values values_;
  AtomTable atoms_;
  std::vector<TxnOp> ops_;
  std::vector<MicroOp> mops_;
  std::vector<Atom> elements_;
  std::vector<std::uint64_t> list_ends_;
  std::vector<Rest> rests_{{"txn", ""}};
  std::unordered_map<std::string, std::uint32_t> rest_places_;
};

}  // namespace bruit::workbench::txn
