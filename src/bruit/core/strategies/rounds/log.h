// Log: every entry that a node holds, in the order in which it learned them.
//
// The set of entries is a CRDT: it only grows, and merging is idempotent and independent of order.
// Two views of it serve the protocol. The *arrival order* gives positions: a peer that has followed
// this log up to position p needs exactly what comes after p, whatever its origin. The *heads* say
// for each origin how far there is no gap: two nodes that know nothing of each other's positions
// compare these.
#pragma once

#include <cstdint>
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

  // Where an entry came from: a peer, or this node's own clients.
  struct Item {
    std::uint32_t origin = 0;  // position in the list of origins
    std::uint32_t learned_from = 0;
    std::uint64_t sequence = 0;
    Value value;
  };

  // False if the entry was held already. Amortised O(log origins).
  bool add(const Entry& entry, NodeId learned_from);

  std::uint64_t size() const { return items_.size(); }

  // Whether [from, size) has an entry that was neither learned from `peer` nor sent to everybody.
  // O(size - from).
  bool has_news_for(NodeId peer, std::uint64_t from) const;
  // Those entries.
  EntryList news_for(NodeId peer, std::uint64_t from) const;

  // What this node holds, for a peer with an unknown past.
  Digest digest() const;
  // All entries that a node with this digest lacks, as far as the digest tells. O(size).
  EntryList missing_in(const Digest& digest) const;
  // Whether a node with this digest holds something that this one lacks.
  bool lacks(const Digest& digest) const;
  // Whether some origin's entries have a gap here.
  bool has_gap() const;

 private:
  struct OriginState {
    Origin origin;
    std::uint64_t next = 0;             // all below are held
    std::vector<std::uint64_t> beyond;  // held beyond a gap, ascending
  };

  const OriginState* find(const Origin& origin) const;
  static bool is_news(const Item& item, NodeId peer) {
    return item.learned_from != peer.index && item.learned_from != sent_to_everybody.index;
  }
  // Position in origins_, a new one if needed.
  std::uint32_t find_or_add(const Origin& origin);
  Entry entry(const Item& item) const {
    return {origins_[item.origin].origin, item.sequence, item.value};
  }

  std::vector<Item> items_;
  std::vector<OriginState> origins_;      // in order of appearance
  std::vector<std::uint32_t> by_origin_;  // positions in origins_, ordered by origin
};

}  // namespace bruit::core
