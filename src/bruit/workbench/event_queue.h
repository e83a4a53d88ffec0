// EventQueue: what is due when. Ties are broken by the order of scheduling, so a run is a function
// of its inputs.
//
// Events are small plain structs, not closures: a run schedules millions of them. There is no
// cancel; whoever scheduled an event that is no longer wanted recognises it when it comes (by
// `token`).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bruit/core/time.h"

namespace bruit::workbench {

using core::Time;

enum class EventKind : std::uint8_t {
  node_receive,     // subject: node. Its receiver has something to do.
  client_receive,   // subject: slot of a packet for a client
  node_tick,        // subject: node; token: which arming of its timer
  request_timeout,  // subject: worker; token: its request
  generator,        // the next client operation is due
  nemesis,          // the next fault of the scenario is due
  phase,            // the current phase's time is over; token: the phase
};

struct Event {
  Time time;
  std::uint64_t sequence = 0;  // set by the queue
  EventKind kind{};
  std::uint32_t subject = 0;
  std::uint64_t token = 0;
};

// A binary heap. push and pop cost O(log size).
class EventQueue {
 public:
  void push(Time time, EventKind kind, std::uint32_t subject = 0, std::uint64_t token = 0) {
    heap_.push_back({time, next_sequence_++, kind, subject, token});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  bool empty() const { return heap_.empty(); }
  const Event& top() const { return heap_.front(); }
  Event pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Event event = heap_.back();
    heap_.pop_back();
    return event;
  }

 private:
  static bool later(const Event& a, const Event& b) {
    return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
  }

  std::vector<Event> heap_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace bruit::workbench
