// Log: every entry that a node holds, in the order in which it learned them.
//
// The set of entries is a CRDT: it only grows, and merging is idempotent and independent of order.
// Two views of it serve the protocol. The *arrival order* gives positions: a peer that has followed
// this log up to position p needs exactly what comes after p, whatever its origin. The *heads* say
// for each origin how far there is no gap, and what is held beyond: two nodes that know nothing of
// each other's positions compare these.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "bruit/core/message.h"

namespace bruit::core {

class Log {
 public:
  // As a source: the entry was sent to everybody by whoever had it first. It is news for nobody,
  // but comparing digests finds who missed it.
  static constexpr NodeId sent_to_everybody{0xffff'ffff};

  static constexpr std::uint32_t nobody = 0xffff'ffff;

  // Where an entry came from: a peer, or this node's own clients.
  struct Item {
    std::uint32_t origin = 0;  // position in the list of origins
    std::uint32_t learned_from = 0;
    std::uint32_t only_for = nobody;  // a repetition; see repeat_for()
    std::uint64_t sequence = 0;
    Value value;
  };

  // False if the entry was held already. Amortised O(log origins).
  bool add(const Entry& entry, NodeId learned_from);

  std::uint64_t size() const { return items_.size(); }

  // A stretch of the log, up to `end`, less what its receiver has. `entries` may be null.
  struct Stretch {
    EntryList entries;
    std::uint64_t end = 0;
  };
  // Most entries of one message. Guess: some hundred kilobytes, and few enough that a node is not
  // busy with one for long.
  static constexpr std::size_t most_entries = 16'384;

  // Whether [from, size) has news for `peer`: an entry that was neither sent to everybody nor
  // learned from `peer`. Below `doubtful` every entry counts: `peer` may have missed or forgotten
  // it. O(size - from).
  bool has_news_for(NodeId peer, std::uint64_t from, std::uint64_t doubtful = 0) const;
  // The stretch from `from` to the end, or to where it has most_entries of them.
  Stretch news_for(NodeId peer, std::uint64_t from, std::uint64_t doubtful = 0) const;

  // What this node holds, for a peer with an unknown past.
  Digest digest() const;
  // The stretch from `from` to the end, or to where it has most_entries, less what `peer`, with
  // this digest, holds. O(size).
  Stretch missing_in(const Digest& digest, NodeId peer, std::uint64_t from = 0) const;
  // Whether that, from 0, has an entry. O(size).
  bool has_missing_in(const Digest& digest) const;
  // Of the entries in [0, until), which `peer` counts as received, appends those that a node with
  // this digest lacks, as news for it alone: it missed them when they were sent to everybody. Not
  // those that have been repeated at `until` or later, and are under way. O(size).
  void repeat_for(NodeId peer, const Digest& digest, std::uint64_t until);
  // Whether a node with this digest holds something that this one lacks.
  bool lacks(const Digest& digest) const;
  // How many entries of this node's lives come here without a gap. O(log origins).
  std::uint64_t followed(NodeId node) const;
  // Whether some origin's entries have a gap here.
  bool has_gap() const;

 private:
  struct OriginState {
    Origin origin;
    std::uint64_t next = 0;             // all below are held
    std::vector<SequenceRange> beyond;  // held beyond a gap; ascending, not adjoining

    bool holds(const SequenceRange& range) const;
    bool add(std::uint64_t sequence);
  };

  // In by_origin_: where the origin is, or would be.
  std::vector<std::uint32_t>::const_iterator place_of(const Origin& origin) const;
  const OriginState* find(const Origin& origin) const;
  bool is_news(std::uint64_t position, NodeId peer, std::uint64_t doubtful) const {
    const Item& item = items_[position];
    if (item.only_for != nobody) return item.only_for == peer.index;
    if (position < doubtful) return true;
    return item.learned_from != peer.index && item.learned_from != sent_to_everybody.index;
  }
  // What a digest says of each of origins_; null for nothing.
  std::vector<const Head*> heads_of(const Digest& digest) const;
  static bool lacks(const Item& item, const std::vector<const Head*>& heads);
  // Position in origins_, a new one if needed.
  std::uint32_t find_or_add(const Origin& origin);
  Entry entry(const Item& item) const {
    return {origins_[item.origin].origin, item.sequence, item.value};
  }

  std::deque<Item> items_;                // in pieces: a vector that has just grown is half empty
  std::vector<OriginState> origins_;      // in order of appearance
  std::vector<std::uint32_t> by_origin_;  // positions in origins_, ordered by origin
};

}  // namespace bruit::core
