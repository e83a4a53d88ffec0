// Inbox: the packets that wait for one node, earliest deadline first, then in the order in which
// they were sent.
//
// With a constant latency packets come in the order of their deadlines: each goes to the end of a
// queue, in constant time. Only those that come out of order (of random latencies; from clients,
// which have none) go to a heap.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bruit/core/fifo.h"
#include "bruit/core/time.h"

namespace bruit::workbench {

struct Queued {
  core::Time deadline;
  std::uint64_t id = 0;  // of the packet; ascending over time
  std::uint32_t slot = 0;
};

class Inbox {
 public:
  bool empty() const { return in_order_.empty() && heap_.empty(); }

  void push(const Queued& packet) {
    if (in_order_.empty() || !later(in_order_[in_order_.size() - 1], packet)) {
      in_order_.push(packet);
    } else {
      heap_.push_back(packet);
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
  }

  // Not empty.
  const Queued& top() const { return heap_is_first() ? heap_.front() : in_order_[0]; }

  Queued pop() {
    if (!heap_is_first()) return in_order_.pop();
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Queued packet = heap_.back();
    heap_.pop_back();
    return packet;
  }

 private:
  static bool later(const Queued& a, const Queued& b) {
    return a.deadline != b.deadline ? a.deadline > b.deadline : a.id > b.id;
  }
  bool heap_is_first() const {
    return !heap_.empty() && (in_order_.empty() || later(in_order_[0], heap_.front()));
  }

  core::Fifo<Queued> in_order_;
  std::vector<Queued> heap_;
};

}  // namespace bruit::workbench
