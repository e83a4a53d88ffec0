// Inbox: the packets that wait for one node, earliest deadline first, then in the order in which
// they were sent.
//
// With a constant latency packets come in the order of their deadlines: each goes to the end of a
// chain, in constant time. Only those that come out of order (of random latencies; from clients,
// which have none) go to a heap. The chain runs through the packets themselves, so that a node of
// which there are very many has no block of memory here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "bruit/core/time.h"

namespace bruit::workbench {

// A place where the network keeps a packet.
using Slot = std::uint32_t;
inline constexpr Slot no_slot = ~Slot{0};

// What an inbox needs to know of a packet, and to note with it.
struct Queued {
  core::Time deadline;
  std::uint64_t id = 0;  // of the packet; ascending over time
  Slot next = no_slot;   // in the chain

  friend bool operator<(const Queued& a, const Queued& b) {
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.id < b.id;
  }
};

// `Packets` is callable: packets(slot) is the Queued of the packet there, which nobody but the
// inbox changes while the packet is in it.
class Inbox {
 public:
  bool empty() const { return first_ == no_slot && heap_.empty(); }

  template <typename Packets>
  void push(Slot slot, const Packets& packets) {
    Queued& packet = packets(slot);
    if (first_ == no_slot || last_deadline_ <= packet.deadline) {
      packet.next = no_slot;
      (first_ == no_slot ? first_ : packets(last_).next) = slot;
      last_ = slot;
      last_deadline_ = packet.deadline;
    } else {
      heap_.push_back({packet.deadline, packet.id, slot});
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
  }

  // The first of those that came in order, if there is one: probably top().
  Slot first_in_order() const { return first_; }

  // The first packet. The inbox is not empty.
  template <typename Packets>
  Slot top(const Packets& packets) const {
    return heap_is_first(packets) ? heap_.front().next : first_;
  }

  // As top(), and takes it out.
  template <typename Packets>
  Slot pop(const Packets& packets) {
    if (!heap_is_first(packets)) return std::exchange(first_, packets(first_).next);
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Slot slot = heap_.back().next;
    heap_.pop_back();
    return slot;
  }

 private:
  static bool later(const Queued& a, const Queued& b) { return b < a; }

  template <typename Packets>
  bool heap_is_first(const Packets& packets) const {
    return !heap_.empty() && (first_ == no_slot || heap_.front() < packets(first_));
  }

  Slot first_ = no_slot;  // of the chain
  Slot last_ = no_slot;   // has no meaning while the chain is empty, like the next one
  core::Time last_deadline_;
  std::vector<Queued> heap_;  // `next` is the slot of the packet itself
};

}  // namespace bruit::workbench
