// EventQueue: what is due when. Ties are broken by the order of scheduling, so a run is a function
// of its inputs.
//
// Events are small plain structs, not closures: a run schedules millions of them. There is no
// cancel; whoever scheduled an event that is no longer wanted recognises it when it comes (by
// `token`).
//
// A radix heap (Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path
// problem", 1990), since time only goes on. Time is a number of 16 digits of four bits. An event
// lies with those that agree with the time of the queue in all digits above some place, and with
// each other in the digit there. When nothing is due, the queue takes the lowest such bucket, makes
// its earliest time its own, and sorts the bucket into those below. So an event moves at most once
// for each place in which it differed, always to the end of an array, which keeps the order of
// equal times; and those that are due at one instant lie side by side, so that one can look ahead.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "bruit/core/check.h"
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
  final_operation,  // subject: worker, whose next operation at the end is due
  nemesis,          // the next fault of the scenario is due
  phase,            // the current phase's time is over; token: the phase
};

struct Event {
  Time time;
  std::uint64_t token = 0;
  std::uint32_t subject = 0;
  EventKind kind{};
};

class EventQueue {
 public:
  // An event of before the queue's time, that is, that of the last one taken, is due at once, after
  // those that are due already. Times are not negative. Constant time.
  void push(Time time, EventKind kind, std::uint32_t subject = 0, std::uint64_t token = 0) {
    put({std::max(time, time_), token, subject, kind});
  }
  bool empty() const { return next_ == due_.size() && places_ == 0; }

  // The following two need an event.
  Time next_time() const { return next_ < due_.size() ? time_ : earliest_[lowest()]; }
  // Amortised: at most 16 moves of an event, two or three in practice.
  Event pop() {
    if (next_ == due_.size()) go_on();
    return due_[next_++];
  }

  // The event that comes after `count` others, if it is due at the same instant as the last one
  // taken. Else null, as far as anybody knows.
  const Event* ahead(std::size_t count) const {
    return count < due_.size() - next_ ? &due_[next_ + count] : nullptr;
  }

 private:
  static constexpr unsigned digit_bits = 4;
  static constexpr std::size_t digits = 1U << digit_bits;
  static constexpr std::size_t places = 64 / digit_bits;

  static std::uint64_t number(Time time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
  }

  void put(const Event& event) {
    const std::uint64_t time = number(event.time);
    const std::uint64_t difference = time ^ number(time_);
    if (difference == 0) {
      due_.push_back(event);
      return;
    }
    const unsigned place = (static_cast<unsigned>(std::bit_width(difference)) - 1) / digit_bits;
    const unsigned digit = (time >> (place * digit_bits)) % digits;
    const std::size_t bucket = place * digits + digit;
    if (buckets_[bucket].empty()) {
      if (buckets_[bucket].capacity() == 0 && !spare_.empty()) {
        buckets_[bucket] = std::move(spare_.back());
        spare_.pop_back();
      }
      earliest_[bucket] = event.time;
      places_ |= 1U << place;
      digits_[place] |= 1U << digit;
    } else {
      earliest_[bucket] = std::min(earliest_[bucket], event.time);
    }
    buckets_[bucket].push_back(event);
  }

  // The bucket with the earliest event.
  std::size_t lowest() const {
    const auto place = static_cast<std::size_t>(std::countr_zero(places_));
    return place * digits + static_cast<std::size_t>(std::countr_zero(digits_[place]));
  }

  void go_on() {
    BRUIT_CHECK(places_ != 0);
    const std::size_t bucket = lowest();
    const std::size_t place = bucket / digits;
    digits_[place] &= digits_[place] - 1;
    if (digits_[place] == 0) places_ &= places_ - 1;
    time_ = earliest_[bucket];
    due_.clear();
    next_ = 0;
    if (buckets_[bucket].size() == 1) {
      due_.push_back(buckets_[bucket].front());
    } else {
      for (const Event& event : buckets_[bucket]) put(event);  // all into lower ones
    }
    buckets_[bucket].clear();
    // Small ones pass from bucket to bucket, so that a short run allocates few.
    constexpr std::size_t small = 64;
    if (buckets_[bucket].capacity() <= small) spare_.push_back(std::exchange(buckets_[bucket], {}));
  }

  Time time_{};
  std::vector<Event> due_;  // at time_
  std::size_t next_ = 0;    // the first of them that was not taken
  std::array<std::vector<Event>, places * digits> buckets_;
  std::vector<std::vector<Event>> spare_;         // without events
  std::array<Time, places * digits> earliest_{};  // of those that are not empty
  std::uint32_t places_ = 0;                      // which have a bucket that is not empty
  std::array<std::uint32_t, places> digits_{};    // and of which digits
};

}  // namespace bruit::workbench
