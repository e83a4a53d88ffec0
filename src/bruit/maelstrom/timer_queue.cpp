#include "bruit/maelstrom/timer_queue.h"

#include <stdexcept>

namespace bruit::maelstrom {

void TimerQueue::enter(Time deadline, Timer timer) {
  const Key key{deadline, entries_++};
  keys_[timer.id.number] = key;
  timers_.emplace(key, std::move(timer));
}

TimerId TimerQueue::at(Time deadline, Function function) {
  const TimerId id{next_id_++};
  enter(deadline, {id, std::nullopt, std::move(function)});
  return id;
}

TimerId TimerQueue::every(Time first, Duration period, Function function) {
  if (period <= Duration::zero()) {
    throw std::invalid_argument("the period of a timer must be above zero");
  }
  const TimerId id{next_id_++};
  enter(first, {id, period, std::move(function)});
  return id;
}

bool TimerQueue::cancel(TimerId timer) {
  const auto found = keys_.find(timer.number);
  if (found == keys_.end()) return false;
  timers_.erase(found->second);
  keys_.erase(found);
  return true;
}

std::optional<Time> TimerQueue::next() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.first;
}

std::optional<TimerQueue::Function> TimerQueue::take_due(Time now, std::uint64_t mark) {
  for (auto entry = timers_.begin(); entry != timers_.end() && entry->first.first <= now; ++entry) {
    if (entry->first.second >= mark) continue;
    const Time deadline = entry->first.first;
    Timer timer = std::move(entry->second);
    timers_.erase(entry);
    if (!timer.period) {
      keys_.erase(timer.id.number);
      return std::move(timer.function);
    }
    Function function = timer.function;
    const Time next = deadline + *timer.period;
    enter(next > now ? next : now + *timer.period, std::move(timer));
    return function;
  }
  return std::nullopt;
}

}  // namespace bruit::maelstrom
