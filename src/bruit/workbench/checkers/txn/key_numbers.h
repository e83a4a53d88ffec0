// KeyNumbers and ElementIndex: dense numbers for atoms.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bruit/workbench/history/atom.h"

namespace bruit::workbench::txn {

// Numbers keys 0, 1, 2, ... in the order of their first appearance. Small integers are looked up in
// an array, anything else in a hash table.
class KeyNumbers {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  std::uint32_t number(Atom key) {
    std::uint32_t& number = slot(key);
    if (number == none) {
      number = static_cast<std::uint32_t>(keys_.size());
      keys_.push_back(key);
    }
    return number;
  }
  // The number of a key that has one, or none.
  std::uint32_t find(Atom key) const {
    const std::uint32_t bits = key.bits();
    if (bits < small_.size()) return small_[bits];
    const auto found = others_.find(bits);
    return found == others_.end() ? none : found->second;
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }
  Atom key(std::uint32_t number) const { return keys_[number]; }

 private:
  // Integers up to a small multiple of how many keys there are.
  static constexpr std::uint32_t small_min = 1U << 16U;

  std::uint32_t& slot(Atom key) {
    const std::uint32_t bits = key.bits();
    if (bits < small_.size()) return small_[bits];
    if (bits < small_min || bits / 8 < keys_.size()) grow(bits);
    if (bits < small_.size()) return small_[bits];
    return others_.try_emplace(bits, none).first->second;
  }
  void grow(std::uint32_t bits) {
    small_.resize(std::bit_ceil(bits + 1 < small_min ? small_min : bits + 1), none);
    for (auto other = others_.begin(); other != others_.end();) {
      if (other->first < small_.size()) {
        small_[other->first] = other->second;
        other = others_.erase(other);
      } else {
        ++other;
      }
    }
  }

  std::vector<Atom> keys_;
  std::vector<std::uint32_t> small_;
  std::unordered_map<std::uint32_t, std::uint32_t> others_;
};

// A map from atoms to numbers that is cleared in constant time: one serves all keys in turn, and
// for the few elements of a key it stays in the cache.
class ElementIndex {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  void clear() {
    if (++round_ == 0) {
      entries_.assign(entries_.size(), {});
      round_ = 1;
    }
    size_ = 0;
  }
  std::uint32_t find(Atom atom) const {
    const Entry& entry = entries_[place(atom)];
    return entry.round == round_ ? entry.value : none;
  }
  // The value of `atom`; one that is not there yet is `none` until it is assigned.
  std::uint32_t& at(Atom atom) {
    if (2 * (size_ + 1) > entries_.size()) grow();
    Entry& entry = entries_[place(atom)];
    if (entry.round != round_) {
      entry = {.round = round_, .atom = atom, .value = none};
      ++size_;
    }
    return entry.value;
  }
  std::size_t size() const { return size_; }

 private:
  struct Entry {
    std::uint32_t round = 0;
    Atom atom;
    std::uint32_t value = 0;
  };

  // Of the entry of `atom`, or of the free one where it belongs.
  std::size_t place(Atom atom) const {
    std::size_t at = (atom.bits() * 0x9e3779b1U) >> shift_;
    while (entries_[at].round == round_ && entries_[at].atom != atom) {
      at = (at + 1) & (entries_.size() - 1);
    }
    return at;
  }
  void grow() {
    std::vector<Entry> old(2 * entries_.size());
    old.swap(entries_);
    --shift_;
    for (const Entry& entry : old) {
      if (entry.round == round_) entries_[place(entry.atom)] = entry;
    }
  }

  static constexpr unsigned first_bits = 6;
  std::vector<Entry> entries_{std::size_t{1} << first_bits};
  unsigned shift_ = 32 - first_bits;
  std::uint32_t round_ = 1;
  std::size_t size_ = 0;
};

// Records sorted by key: those of one key are together, in the order in which they were added.
template <typename Record>
class ByKey {
 public:
  // First every record is counted, then each is added.
  void count(std::uint32_t key) {
    if (key + 1 >= begins_.size()) begins_.resize(std::size_t{key} + 2, 0);
    ++begins_[key + 1];
  }
  void begin_adding(std::uint32_t key_count) {
    begins_.resize(std::size_t{key_count} + 1, 0);
    for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
    records_.resize(begins_.back());
    next_.assign(begins_.begin(), begins_.end() - 1);
  }
  void add(std::uint32_t key, const Record& record) { records_[next_[key]++] = record; }
  void end_adding() { next_ = {}; }

  std::span<const Record> of(std::uint32_t key) const {
    return std::span(records_).subspan(begins_[key], begins_[key + 1] - begins_[key]);
  }

 private:
  std::vector<std::uint32_t> begins_;
  std::vector<std::uint32_t> next_;
  std::vector<Record> records_;
};

// Sorts records that were collected with their keys.
template <typename Record>
ByKey<Record> by_key(const std::vector<std::pair<std::uint32_t, Record>>& records,
                     std::uint32_t key_count) {
  ByKey<Record> sorted;
  for (const auto& [key, record] : records) sorted.count(key);
  sorted.begin_adding(key_count);
  for (const auto& [key, record] : records) sorted.add(key, record);
  sorted.end_adding();
  return sorted;
}

}  // namespace bruit::workbench::txn
