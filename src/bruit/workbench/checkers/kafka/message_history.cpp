#include "bruit/workbench/checkers/kafka/message_history.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "bruit/workbench/history/history_io.h"

namespace bruit::workbench::kafka {
namespace {

using txn::Atom;

[[noreturn]] void fail(const Op& op, std::string_view expected, const Edn& found) {
  constexpr std::size_t shown_max = 60;
  std::string text = to_string(found);
  if (text.size() > shown_max) text = text.substr(0, shown_max) + "…";
  throw std::invalid_argument(
      fmt::format("the operation at index {}: expected {}, found {}", op.index, expected, text));
}

const std::vector<Edn>* items_of(const Edn& edn) {
  if (const auto* vector = edn.get_if<EdnVector>()) return &vector->items;
  if (const auto* list = edn.get_if<EdnList>()) return &list->items;
  return nullptr;
}

// The number that a string says, if it says it as numbers are printed and it is not large.
std::optional<std::uint32_t> small_number(const Edn& key) {
  constexpr std::size_t digits_max = 6;
  const auto* const text = key.get_if<std::string>();
  if (text == nullptr || text->empty() || text->size() > digits_max) return std::nullopt;
  if (text->size() > 1 && text->front() == '0') return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : *text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = 10 * number + static_cast<std::uint32_t>(c - '0');
  }
  return number;
}

// Records of the same key side by side, keys in the order of their first ones.
void group_by_key(std::span<Record> records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::size_t end = i + 1;
    for (std::size_t j = i + 1; j < records.size(); ++j) {
      if (records[j].key != records[i].key) continue;
      std::rotate(records.begin() + static_cast<std::ptrdiff_t>(end),
                  records.begin() + static_cast<std::ptrdiff_t>(j),
                  records.begin() + static_cast<std::ptrdiff_t>(j) + 1);
      ++end;
    }
    i = end - 1;
  }
}

}  // namespace

MessageHistory::MessageHistory(const History& history) : history_(history) {
  std::unordered_map<std::int64_t, OpId> open;  // by process
  ops_.reserve(history.ops.size());
  for (std::size_t place = 0; place < history.ops.size(); ++place) {
    const Op& op = history.ops[place];
    if (op.process.is_nemesis()) continue;
    const OpId id = check_size(ops_.size());
    ClientOp taken{.place = place,
                   .process = op.process.id,
                   .time_ns = op.time.count(),
                   .first_sent = check_size(sent_.size()),
                   .first_polled = check_size(polled_.size()),
                   .first_assigned = check_size(assigned_.size()),
                   .type = op.type};
    take(op, taken);
    if (op.type == OpType::invoke) {
      open[op.process.id] = id;
    } else if (const auto found = open.find(op.process.id); found != open.end()) {
      taken.partner = found->second;
      ops_[found->second].partner = id;
      open.erase(found);
    }
    ops_.push_back(taken);
  }
}

std::uint32_t MessageHistory::check_size(std::size_t size) const {
  constexpr std::size_t size_max = std::size_t{1} << 29U;
  if (size >= size_max) throw std::length_error("a history of more than 536870912 messages");
  return static_cast<std::uint32_t>(size);
}

void MessageHistory::take(const Op& op, ClientOp& taken) {
  static const Edn nothing;
  const auto* const given = std::get_if<Edn>(&op.value);
  const Edn& value = given == nullptr ? nothing : *given;
  if (op.f == "assign" || op.f == "subscribe") {
    taken.function = Function::assign;
    const auto* const keys = items_of(value);
    if (keys == nullptr && !value.is_nil()) fail(op, "a vector of keys", value);
    if (keys == nullptr) return;
    for (const Edn& key : *keys) assigned_.push_back(key_of(key));
    return;
  }
  if (op.f != "send" && op.f != "poll" && op.f != "txn") return;
  taken.is_data = true;
  if (op.f != "txn") taken.function = op.f == "send" ? Function::send : Function::poll;
  const auto* const mops = items_of(value);
  if (mops == nullptr) {
    if (value.is_nil() && op.type != OpType::ok) return;
    fail(op, "a vector of [:send key value] and [:poll]", value);
  }
  for (std::uint32_t i = 0; i < mops->size(); ++i) take_mop(op, (*mops)[i], i);
  if (mops->size() > 1) {
    group_by_key(std::span(sent_).subspan(taken.first_sent));
    group_by_key(std::span(polled_).subspan(taken.first_polled));
  }
}

void MessageHistory::take_mop(const Op& op, const Edn& mop, std::uint32_t number) {
  const auto* const items = items_of(mop);
  if (items == nullptr || items->empty()) fail(op, "[:send key value] or [:poll]", mop);
  const Edn& name = items->front();
  if (name.is_keyword("poll") && items->size() <= 2 && op.f != "send") {
    if (items->size() == 1 || (*items)[1].is_nil()) return;
    const auto* const polled = (*items)[1].get_if<EdnMap>();
    if (polled == nullptr) fail(op, "[:poll {key [[offset value] ..]}]", mop);
    take_poll(op, *polled, number);
    return;
  }
  if (!name.is_keyword("send") || items->size() != 3 || op.f == "poll") {
    fail(op, op.f == "send" ? "[:send key value]" : "[:poll]", mop);
  }
  Record record{.key = key_of((*items)[1]), .mop = number};
  const auto* const pair = (*items)[2].get_if<EdnVector>();
  if (pair == nullptr) {
    record.message = message_of(record.key, (*items)[2]);
  } else {
    const auto* const offset =
        pair->items.size() == 2 ? pair->items[0].get_if<std::int64_t>() : nullptr;
    if (pair->items.size() != 2 || (offset == nullptr && !pair->items[0].is_nil())) {
      fail(op, "[offset value] of a message that was sent", (*items)[2]);
    }
    if (offset != nullptr) record.offset = *offset;
    record.message = message_of(record.key, pair->items[1]);
  }
  sent_.push_back(record);
}

void MessageHistory::take_poll(const Op& op, const EdnMap& polled, std::uint32_t number) {
  for (const EdnEntry& entry : polled.entries) {
    const KeyId key = key_of(entry.key);
    const auto* const pairs = items_of(entry.value);
    if (pairs == nullptr) fail(op, "a vector of [offset value]", entry.value);
    if (pairs->empty()) polled_.push_back({.key = key, .mop = number});
    for (const Edn& pair : *pairs) {
      const auto* const items = items_of(pair);
      const auto* const offset = items == nullptr || items->size() != 2
                                     ? nullptr
                                     : items->front().get_if<std::int64_t>();
      if (offset == nullptr) fail(op, "[offset value]", pair);
      polled_.push_back({.key = key,
                         .message = message_of(key, items->back()),
                         .offset = *offset,
                         .mop = number});
    }
  }
}

Atom MessageHistory::atom(const Edn& value) {
  if (value.is_nil()) return Atom::nil();
  const auto* const integer = value.get_if<std::int64_t>();
  if (integer != nullptr && *integer >= 0 && *integer <= Atom::integer_max) {
    return Atom::integer(static_cast<std::uint32_t>(*integer));
  }
  scratch_.clear();
  append_edn(scratch_, value);
  return atoms_.intern(scratch_);
}

KeyId MessageHistory::key_of(const Edn& key) {
  constexpr KeyId unknown = UINT32_MAX;
  const auto number = small_number(key);
  if (!number) return new_key(atom(key));
  if (numbered_.size() <= *number) numbered_.resize(*number + 1, unknown);
  if (numbered_[*number] == unknown) numbered_[*number] = new_key(atom(key));
  return numbered_[*number];
}

// The number of a key by its name, a new one if it has none.
KeyId MessageHistory::new_key(Atom name) {
  const auto [found, is_new] = key_ids_.try_emplace(name.bits(), keys_.size());
  if (is_new) {
    keys_.push_back(name);
    small_.emplace_back();
  }
  return found->second;
}

MessageId MessageHistory::message_of(KeyId key, const Edn& value) {
  constexpr std::uint32_t small_max = 4096;
  const Atom name = atom(value);
  MessageId* id = nullptr;
  if (name.is_integer() && name.as_integer() < small_max) {
    auto& ids = small_[key];
    if (ids.size() <= name.as_integer()) ids.resize(name.as_integer() + 1, no_message);
    id = &ids[name.as_integer()];
  } else {
    id = &large_.try_emplace(std::uint64_t{key} << 32U | name.bits(), no_message).first->second;
  }
  if (*id == no_message) {
    *id = check_size(messages_.size());
    messages_.push_back({key, name});
  }
  return *id;
}

Edn MessageHistory::op_edn(OpId op) const {
  return Edn::tagged("jepsen.history.Op",
                     to_edn(history_.ops[ops_[op].place], history_.elements));
}

}  // namespace bruit::workbench::kafka
