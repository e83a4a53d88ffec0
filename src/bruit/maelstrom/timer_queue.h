// TimerQueue: functions to be called at given times, once or periodically. It never reads a clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "bruit/core/time.h"

namespace bruit::maelstrom {

using core::Duration;
using core::Time;

// Names a timer of one queue. Never reused.
struct TimerId {
  std::uint64_t number = 0;
  friend bool operator==(TimerId, TimerId) = default;
};

class TimerQueue {
 public:
  using Function = std::function<void()>;

  // Calls `function` once at `deadline`.
  TimerId at(Time deadline, Function function);
  // Calls `function` at `first` and then every `period` (above zero). A period that was missed
  // because the process was busy is skipped, not made up for.
  TimerId every(Time first, Duration period, Function function);
  // False if the timer has run already (a periodic one never has) or was cancelled. A periodic
  // timer may cancel itself.
  bool cancel(TimerId timer);

  std::optional<Time> next() const;
  std::size_t size() const { return timers_.size(); }

  // A mark for take_due(): timers entered after it are left for later, so that a timer that enters
  // another one without delay cannot keep its caller busy forever.
  std::uint64_t mark() const { return entries_; }

  // Takes out the first timer that is due at `now` and was entered before `mark`, for the caller to
  // call its function; nothing if there is none. Timers come in the order of their deadlines, and
  // of entry among equal ones. A periodic timer has been entered again by then.
  std::optional<Function> take_due(Time now, std::uint64_t mark);

 private:
  struct Timer {
    TimerId id;
    std::optional<Duration> period;
    Function function;
  };
  using Key = std::pair<Time, std::uint64_t>;  // deadline, order of entry

  void enter(Time deadline, Timer timer);

  std::uint64_t next_id_ = 1;
  std::uint64_t entries_ = 0;
  std::map<Key, Timer> timers_;
  std::unordered_map<std::uint64_t, Key> keys_;  // by timer number
};

}  // namespace bruit::maelstrom
