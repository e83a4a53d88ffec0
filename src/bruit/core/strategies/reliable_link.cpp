#include "bruit/core/strategies/reliable_link.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "bruit/core/check.h"
#include "bruit/core/coverage_mark.h"

namespace bruit::core {
namespace {

// How long to wait for an acknowledgement of a message sent `times_sent` times.
Duration patience(std::uint32_t times_sent, const RetryOptions& retry) {
  Duration wait = retry.first;
  for (std::uint32_t i = 1; i < times_sent && wait < retry.longest; ++i) wait *= 2;
  return std::min(wait, retry.longest);
}

}  // namespace

ReliableLink::ReliableLink(NodeId peer, std::size_t values_per_message)
    : peer_(peer), values_per_message_(static_cast<std::uint32_t>(values_per_message)) {
  BRUIT_CHECK(values_per_message >= 1 &&
              values_per_message <= std::numeric_limits<std::uint32_t>::max());
}

void ReliableLink::queue(Value value) {
  waiting_.push(std::move(value));
  ++pending_;
}

void ReliableLink::flush(const LinkCall& call) {
  while (!waiting_.empty() && is_open(call)) {
    const std::size_t count = std::min<std::size_t>(waiting_.size(), values_per_message_);
    std::vector<Value> values;
    values.reserve(count);
    for (std::size_t i = 0; i < count; ++i) values.push_back(waiting_.pop());
    send_new(ValueList(std::move(values)), call);
  }
  left_waiting_ = !waiting_.empty();
}

void ReliableLink::send(const ValueList& values, const LinkCall& call) {
  BRUIT_CHECK(!values->empty() && values->size() <= values_per_message_);
  if (waiting_.empty() && is_open(call)) {
    pending_ += values->size();
    send_new(values, call);
    return;
  }
  for (const Value& value : *values) queue(value);
  flush(call);
}

void ReliableLink::acknowledge(std::uint64_t id, const LinkCall& call) {
  if (id < first_id_ || id - first_id_ >= in_flight_.size()) {
    BRUIT_MARK("reliable-link.acknowledged-again");
    return;
  }
  ValueList& values = in_flight_[id - first_id_].values;
  if (values == nullptr) return;
  pending_ -= values->size();
  values = nullptr;
  while (!in_flight_.empty() && in_flight_[0].values == nullptr) {
    in_flight_.pop();
    ++first_id_;
  }
  if (in_flight_.empty()) next_repeat_ = Time::max();
  quiet_since_ = call.now;
  if (passed_over_) {
    BRUIT_MARK("reliable-link.back-and-overdue");
    repeat_overdue(call);
  }
  if (left_waiting_) {
    BRUIT_MARK("reliable-link.opens-again");
    flush(call);
  }
}

void ReliableLink::tick(const LinkCall& call) {
  if (call.now >= next_repeat_) repeat_overdue(call);
}

bool ReliableLink::is_open(const LinkCall& call) const {
  return in_flight_.empty() ||
         (in_flight_.size() < in_flight_limit && call.now - quiet_since_ < call.retry.longest);
}

void ReliableLink::send_new(ValueList values, const LinkCall& call) {
  const Time repeat_at = call.now + patience(1, call.retry);
  if (in_flight_.empty()) quiet_since_ = call.now;
  next_repeat_ = std::min(next_repeat_, repeat_at);
  call.outbox.send(peer_, Batch{.id = first_id_ + in_flight_.size(), .values = values});
  ++call.counters.sent;
  in_flight_.push({.values = std::move(values), .sent_at = call.now, .times_sent = 1});
}

void ReliableLink::repeat_overdue(const LinkCall& call) {
  passed_over_ = false;
  next_repeat_ = Time::max();
  for (std::size_t i = 0; i < in_flight_.size(); ++i) {
    InFlight& message = in_flight_[i];
    if (message.values == nullptr) continue;
    if (call.now >= message.sent_at + patience(message.times_sent, call.retry)) {
      // The oldest is repeated in any case: it always has a next time, so the link cannot fall
      // asleep.
      const bool heard_since = quiet_since_ > message.sent_at;
      if (i > 0 && !heard_since) {
        BRUIT_MARK("reliable-link.passes-over");
        passed_over_ = true;
        continue;
      }
      BRUIT_MARK("reliable-link.repeats");
      call.outbox.send(peer_, Batch{.id = first_id_ + i, .values = message.values});
      ++call.counters.sent;
      ++call.counters.retried;
      message.sent_at = call.now;
      ++message.times_sent;
    }
    next_repeat_ =
        std::min(next_repeat_, message.sent_at + patience(message.times_sent, call.retry));
  }
}

}  // namespace bruit::core
