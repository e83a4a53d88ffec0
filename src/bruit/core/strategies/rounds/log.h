// Log: every entry that a node holds, in the order in which it learned them.
//
// The set of entries is a CRDT: it only grows, and merging is idempotent and independent of order.
// So any mistake elsewhere costs messages, never values. Two views of it serve the protocol. The
// *order of arrival* gives positions: a peer that has followed this log up to position p needs what
// comes after p, whatever its origin. The *names* say which entries are held: two nodes that know
// nothing of each other's positions compare these.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "bruit/core/strategies/rounds/messages.h"

namespace bruit::core {

class Log {
 public:
  // Whom an entry was learned from, so that it is not sent back.
  static constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

  struct Item {
    std::uint32_t origin;        // position in the list of origins
    bool straight;               // whoever had it first sent it to everybody (Push)
    std::uint32_t learned_from;  // a node's index, or nobody
    std::uint64_t sequence;
    Value value;
  };

  // False if the entry was held already. O(log origins), and linear in the gaps of its origin.
  bool add(const Entry& entry, std::uint32_t learned_from, bool straight);

  std::uint64_t size() const { return items_.size(); }
  // Below size().
  const Item& operator[](std::uint64_t position) const { return items_[position]; }
  Entry entry(std::uint64_t position) const {
    const Item& item = items_[position];
    return {origins_[item.origin].origin, item.sequence, item.value};
  }

  // All that is held, by name. O(1) if nothing has come since the last call, else O(origins).
  EntryNames digest() const;
  // Those of the entries in [from, to) for which `wanted` says so, by name; null if there are none.
  template <typename Wanted>
  EntryNames names(std::uint64_t from, std::uint64_t to, Wanted wanted) const;

  // Whether all entries that are named are held. Null names none. O(names log origins).
  bool holds(const EntryNames& names) const;
  // Whether some origin's entries have a gap here.
  bool has_gap() const { return gaps_ > 0; }

  // What another node holds, by its digest, prepared for quick questions about items of this log.
  class Holder {
   public:
    Holder(const Log& log, EntryNames digest);
    // Whether it holds the entry. O(ranges of its origin). True may become false only for another
    // holder: the log that `item` is of may have grown since.
    bool holds(const Item& item) const;
    // Whether it holds all that the log held when this was made. O(1).
    bool holds_all() const { return holds_all_; }

   private:
    EntryNames digest_;
    std::vector<const std::vector<SequenceRange>*> ranges_;  // by position in origins_; or null
    bool holds_all_ = true;
  };

  // Whether positions, names and sequence numbers agree with each other. Linear.
  void sanity_check() const;

 private:
  struct OriginState {
    Origin origin;
    std::vector<SequenceRange> held;  // not empty, ascending, not touching
  };

  // In by_origin_: where the origin is, or would be.
  std::vector<std::uint32_t>::const_iterator place_of(const Origin& origin) const;
  std::uint32_t find_or_add(const Origin& origin);
  EntryNames to_names(std::vector<std::vector<SequenceRange>> by_position) const;

  std::deque<Item> items_;                // in pieces: a vector that has just grown is half empty
  std::vector<OriginState> origins_;      // in order of appearance
  std::vector<std::uint32_t> by_origin_;  // positions in origins_, ordered by origin
  std::size_t gaps_ = 0;                  // origins that lack something before what they have
  mutable EntryNames digest_;             // as of digest_size_
  mutable std::uint64_t digest_size_ = std::numeric_limits<std::uint64_t>::max();
};

// Adds `sequence` to ranges that ascend and do not touch. False if it was there.
bool insert(std::vector<SequenceRange>& ranges, std::uint64_t sequence);

template <typename Wanted>
EntryNames Log::names(std::uint64_t from, std::uint64_t to, Wanted wanted) const {
  std::vector<std::vector<SequenceRange>> by_position;
  for (std::uint64_t i = from; i < to; ++i) {
    const Item& item = items_[i];
    if (!wanted(i)) continue;
    if (item.origin >= by_position.size()) by_position.resize(item.origin + 1);
    insert(by_position[item.origin], item.sequence);
  }
  return by_position.empty() ? nullptr : to_names(std::move(by_position));
}

}  // namespace bruit::core
