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
  node_receive,     // subject: receiver of a node or service, which has something to do
  client_receive,   // subject: slot of a packet for a client
  restart_timeout,  // subject: node; token: the client that sent it `init`
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

// A heap in which each event has up to four below it: half as deep as with two, and those four lie
// side by side in memory. push and pop cost O(log size).
class EventQueue {
 public:
  void push(Time time, EventKind kind, std::uint32_t subject = 0, std::uint64_t token = 0) {
    const Event event{time, next_sequence_++, kind, subject, token};
    std::size_t place = heap_.size();
    heap_.push_back(event);
    while (place > 0) {
      const std::size_t above = (place - 1) / arity;
      if (!later(heap_[above], event)) break;
      heap_[place] = heap_[above];
      place = above;
    }
    heap_[place] = event;
  }
  bool empty() const { return heap_.empty(); }
  const Event& top() const { return heap_.front(); }
  Event pop() {
    const Event first = heap_.front();
    const Event last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(last);
    return first;
  }

 private:
  static constexpr std::size_t arity = 4;

  static bool later(const Event& a, const Event& b) {
    return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
  }

  // Puts the event where it belongs, from the top down.
  void sink(const Event& event) {
    std::size_t place = 0;
    while (true) {
      const std::size_t begin = place * arity + 1;
      if (begin >= heap_.size()) break;
      const std::size_t end = std::min(begin + arity, heap_.size());
      std::size_t first = begin;
      for (std::size_t below = begin + 1; below < end; ++below) {
        if (later(heap_[first], heap_[below])) first = below;
      }
      if (!later(event, heap_[first])) break;
      heap_[place] = heap_[first];
      place = first;
    }
    heap_[place] = event;
  }

  std::vector<Event> heap_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace bruit::workbench
