// LostNodes: who is silent that should not be, and when to ask whom whether it is back.
//
// Right after somebody was lost all are asked at short intervals, a quarter of them at a time,
// since most losses are short. After that one is asked at a time, whoever was asked longest ago:
// any answer from the far side of a cut leads to all others there. A root never asks more rarely,
// however long it takes, so the time to notice a heal does not grow with the length of the cut.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "bruit/core/member.h"
#include "bruit/core/time.h"

namespace bruit::core {

class LostNodes {
 public:
  bool empty() const { return lost_.empty(); }
  bool is_silent(NodeId node) const { return lost_.contains(node); }
  // Since when, if it is.
  std::optional<Time> silent_since(NodeId node) const;
  std::vector<NodeId> all() const;

  // It is silent, and will be asked at the next occasion. Nothing changes if that is known. Without
  // `hurry` those that are silent are asked one at a time from the beginning.
  void add(NodeId node, bool hurry, Time now);
  // It was just asked.
  void on_asked(NodeId node, Time now);
  // It is heard again, or given up.
  void remove(NodeId node);

  // When somebody is to be asked; nothing if nobody is silent.
  std::optional<Time> next_at() const { return empty() ? std::nullopt : next_at_; }
  // Whom to ask now, those unasked for longest first, and plans the next time. `round_trip`: the
  // longest that is known. O(silent nodes log silent nodes).
  std::vector<NodeId> take_due(bool is_root, Duration round_trip, Time now);
  // Of `children`, those that others should seek now: first a moment after they were lost, then
  // each time after twice as long, up to the longest interval.
  std::vector<NodeId> take_sought(const std::vector<NodeId>& children, Time now);

  // Whether all may be asked at once now, since somebody was found: not twice in a short time.
  bool may_ask_all(Time now);

 private:
  // Often enough that both sides of a healed partition agree within 300 ms on a fast network.
  static constexpr Duration shortest_interval = std::chrono::milliseconds(250);
  static constexpr Duration longest_hurried_interval = std::chrono::seconds(1);
  // How long there is a hurry. Guess: four short intervals, in which each is asked once.
  static constexpr Duration hurry_lasts = std::chrono::seconds(1);
  // A root's after that, once the loss has lasted for long. Both sides of a cut ask, so a heal
  // stays unnoticed for half of it on average.
  static constexpr Duration patient_interval = std::chrono::seconds(1);
  static constexpr Duration long_time = std::chrono::seconds(20);
  // Others only look for children, which greet them when they are back.
  static constexpr Duration longest_interval = std::chrono::seconds(10);

  struct Lost {
    Time since;
    std::optional<Time> asked;
    std::optional<Time> sought_at;  // next
    Duration sought_after = shortest_interval;
  };

  std::map<NodeId, Lost> lost_;
  Time last_lost_{};
  Time hurry_until_ = Time::min();
  std::optional<Time> next_at_;
  std::optional<Time> asked_all_;
};

}  // namespace bruit::core
