// Atom: a key of a transaction, or a value that it reads or writes, in four bytes.
//
// Nearly all of them are small integers, and those are their own atoms. Anything else that EDN can
// say (strings, keywords, negative numbers, maps) has a number in the table beside the history.
// Equal values have equal atoms, so that checkers compare nothing but numbers.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bruit::workbench::txn {

class Atom {
 public:
  // Integers from 0 to this are their own atoms.
  static constexpr std::uint32_t integer_max = (1U << 31U) - 1;

  constexpr Atom() = default;  // nil
  static constexpr Atom nil() { return {}; }
  // `value` is at most integer_max.
  static constexpr Atom integer(std::uint32_t value) { return Atom(value); }
  static constexpr Atom from_bits(std::uint32_t bits) { return Atom(bits); }

  constexpr bool is_nil() const { return bits_ == nil_bits; }
  constexpr bool is_integer() const { return bits_ <= integer_max; }
  // The integer, of an atom that is one.
  constexpr std::uint32_t as_integer() const { return bits_; }
  constexpr std::uint32_t bits() const { return bits_; }

  // By integer, then those of the table in the order of their first use, nil last.
  friend constexpr auto operator<=>(Atom, Atom) = default;

 private:
  friend class AtomTable;
  static constexpr std::uint32_t nil_bits = UINT32_MAX;
  constexpr explicit Atom(std::uint32_t bits) : bits_(bits) {}

  std::uint32_t bits_ = nil_bits;
};

// What atoms that are no small integers stand for.
class AtomTable {
 public:
  // The atom of a value, by its EDN text. Equal values must come as equal texts.
  Atom intern(std::string_view edn);
  // Appends the EDN text of an atom.
  void append_text(std::string& out, Atom atom) const;
  std::string text(Atom atom) const;
  // The text of an atom that is in the table.
  std::string_view table_text(Atom atom) const { return texts_[atom.bits() - first_in_table]; }

 private:
  static constexpr std::uint32_t first_in_table = Atom::integer_max + 1;

  // Looks up a view without a copy.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> places_;
};

}  // namespace bruit::workbench::txn
