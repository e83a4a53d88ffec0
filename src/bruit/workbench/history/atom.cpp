#include "bruit/workbench/history/atom.h"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace bruit::workbench::txn {

Atom AtomTable::intern(std::string_view edn) {
  if (edn == "nil") return Atom::nil();
  std::uint32_t integer = 0;
  const char* const end = edn.data() + edn.size();
  const auto [rest, error] = std::from_chars(edn.data(), end, integer);
  if (error == std::errc() && rest == end && integer <= Atom::integer_max) {
    return Atom::integer(integer);
  }
  const auto found = places_.find(edn);
  if (found != places_.end()) return Atom(first_in_table + found->second);
  const auto place = static_cast<std::uint32_t>(texts_.size());
  if (place >= Atom::nil_bits - first_in_table) {
    throw std::length_error("more than 2147483647 different values that are no small integers");
  }
  texts_.emplace_back(edn);
  places_.emplace(texts_.back(), place);
  return Atom(first_in_table + place);
}

void AtomTable::append_text(std::string& out, Atom atom) const {
  if (atom.is_nil()) {
    out += "nil";
  } else if (atom.is_integer()) {
    fmt::format_to(std::back_inserter(out), "{}", atom.as_integer());
  } else {
    out += table_text(atom);
  }
}

std::string AtomTable::text(Atom atom) const {
  std::string out;
  append_text(out, atom);
  return out;
}

}  // namespace bruit::workbench::txn
