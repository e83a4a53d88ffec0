#include "bruit/workbench/history/txn_history.h"

#include <stdexcept>

#include <fmt/format.h>

namespace bruit::workbench::txn {

void TxnHistory::check_room(std::size_t size) const {
  if (size >= size_max) {
    throw std::length_error(fmt::format("a history of more than {} operations or micro-operations",
                                        size_max));
  }
}

void TxnHistory::add_op(OpType type, std::int32_t process, std::int64_t time_ns,
                        std::uint32_t index, std::size_t first_mop, std::string_view f,
                        std::string_view rest) {
  check_room(ops_.size());
  check_room(mops_.size());
  ops_.push_back({.time_ns = time_ns,
                  .index = index,
                  .process = process,
                  .partner = no_op,
                  .first_mop = static_cast<std::uint32_t>(first_mop),
                  .rest = rest.empty() && f == "txn" ? 0 : intern_rest(f, rest),
                  .type = type});
}

std::uint32_t TxnHistory::intern_rest(std::string_view f, std::string_view rest) {
  std::string key = fmt::format("{} {}", f, rest);
  const auto [place, is_new] =
      rest_places_.try_emplace(std::move(key), static_cast<std::uint32_t>(rests_.size()));
  if (is_new) rests_.push_back({std::string(f), std::string(rest)});
  return place->second;
}

void TxnHistory::add_read(Atom key, Atom value) {
  mops_.push_back({.key = key, .value = value.bits(), .kind = MicroOp::Kind::read});
}

void TxnHistory::add_write(Atom key, Atom value) {
  mops_.push_back({.key = key, .value = value.bits(), .kind = MicroOp::Kind::write});
}

void TxnHistory::add_other(std::string_view edn) {
  mops_.push_back(
      {.key = {}, .value = atoms_.intern(edn).bits(), .kind = MicroOp::Kind::other});
}

void TxnHistory::add_list_read(Atom key) {
  check_room(list_ends_.size());
  mops_.push_back({.key = key,
                   .value = static_cast<std::uint32_t>(list_ends_.size()),
                   .kind = MicroOp::Kind::read});
  list_ends_.push_back(elements_.size());
}

void TxnHistory::add_nil_read(Atom key) {
  mops_.push_back({.key = key, .value = MicroOp::nil_list, .kind = MicroOp::Kind::read});
}

void TxnHistory::drop_mops(std::size_t count) {
  if (values_ == Values::lists) {
    for (std::size_t i = mops_.size(); i > count; --i) {
      const MicroOp& mop = mops_[i - 1];
      if (mop.kind == MicroOp::Kind::read && mop.value != MicroOp::nil_list) {
        list_ends_.pop_back();
      }
    }
    elements_.resize(list_ends_.empty() ? 0 : list_ends_.back());
  }
  mops_.resize(count);
}

void TxnHistory::reserve(std::size_t ops, std::size_t mops, std::size_t elements) {
  ops_.reserve(ops);
  mops_.reserve(mops);
  elements_.reserve(elements);
}

void TxnHistory::append_text(std::string& out, const MicroOp& mop) const {
  if (mop.kind == MicroOp::Kind::other) {
    atoms_.append_text(out, mop.atom());
    return;
  }
  const bool is_read = mop.kind == MicroOp::Kind::read;
  out += is_read ? "[:r " : values_ == Values::lists ? "[:append " : "[:w ";
  atoms_.append_text(out, mop.key);
  out += ' ';
  if (!is_read || values_ == Values::registers) {
    atoms_.append_text(out, mop.atom());
  } else if (mop.value == MicroOp::nil_list) {
    out += "nil";
  } else {
    out += '[';
    bool first = true;
    for (const Atom element : list(mop.value)) {
      if (!first) out += ' ';
      first = false;
      atoms_.append_text(out, element);
    }
    out += ']';
  }
  out += ']';
}

std::string TxnHistory::text(OpPlace place) const {
  const TxnOp& op = ops_[place];
  const Rest& rest = rests_[op.rest];
  std::string out =
      fmt::format("{{:index {}, :time {}, :type :{}, :process {}, :f :{}, :value [", op.index,
                  op.time_ns, to_string(op.type), op.process, rest.f);
  bool first = true;
  for (const MicroOp& mop : mops(place)) {
    if (!first) out += ' ';
    first = false;
    append_text(out, mop);
  }
  out += ']';
  out += rest.text;
  out += '}';
  return out;
}

Edn TxnHistory::op_edn(OpPlace place) const {
  return Edn::tagged("jepsen.history.Op", parse_edn(text(place)));
}

Edn TxnHistory::mop_edn(const MicroOp& mop) const {
  std::string out;
  append_text(out, mop);
  return parse_edn(out);
}

Edn TxnHistory::list_edn(std::span<const Atom> list) const {
  EdnVector vector;
  for (const Atom element : list) vector.items.push_back(atom_edn(element));
  return vector;
}

}  // namespace bruit::workbench::txn
