// ReliableLink: values to one peer, each repeated until the peer acknowledges it.
//
// What the three acknowledged strategies share. A value first waits, then is in flight as part of a
// Batch whose id counts from 1, and is gone when the Ack with that id arrives. Acks may be late,
// repeated or in any order; those that match nothing in flight are ignored.
//
// A message is repeated RetryOptions::first after it was sent, then after twice as long, and so on
// up to RetryOptions::longest. Two rules keep down what a peer costs that does not answer:
//
//   * A message is repeated for its own sake only if an acknowledgement came after it was sent: the
//     peer is there, so this message was lost. As long as none comes, the peer is silent, and only
//     the oldest message in flight is repeated, as a probe for all of them.
//   * After a silence of RetryOptions::longest the link is closed, that is, new values wait; and so
//     it is while in_flight_limit messages are in flight.
//
// So a peer cut off for long costs one message each RetryOptions::longest. An acknowledgement means
// that it is back: what is overdue is repeated and what waits is sent, at once, in order, as far as
// in_flight_limit allows.
//
// Cost: constant time a message, and a walk over the messages in flight whenever a repeat may be
// due. 64 bytes when empty, then 24 bytes a message in flight and 8 bytes a value waiting, besides
// the lists and values, which are shared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "bruit/core/fifo.h"
#include "bruit/core/member.h"
#include "bruit/core/message.h"
#include "bruit/core/strategy.h"
#include "bruit/core/strategy_options.h"
#include "bruit/core/time.h"
#include "bruit/core/value.h"

namespace bruit::core {

// What a call on a link borrows from the strategy that owns it.
struct LinkCall {
  const RetryOptions& retry;
  Time now;
  Outbox& outbox;
  Counters& counters;
};

class ReliableLink {
 public:
  // Most messages between the oldest and the newest in flight. At a round trip of 200 ms that is
  // five thousand messages a second on one link, a hundred times what challenges 3d and 3e need.
  static constexpr std::size_t in_flight_limit = 1024;

  // One Batch carries at most `values_per_message` (at least 1) values.
  ReliableLink(NodeId peer, std::size_t values_per_message);

  NodeId peer() const { return peer_; }

  // `value` waits for the next flush(), or for an acknowledgement if the last flush left values
  // waiting.
  void queue(Value value);

  // Sends what is waiting, as far as the link is open; the rest follows when it opens.
  void flush(const LinkCall& call);

  // As queue() of each value and flush(), but sends the list itself, without a copy, if nothing is
  // in its way. It holds at least one and at most `values_per_message` values.
  void send(const ValueList& values, const LinkCall& call);

  // Ack{id} came from the peer.
  void acknowledge(std::uint64_t id, const LinkCall& call);

  // Repeats what is due.
  void tick(const LinkCall& call);

  // Not later than the next repeat; sometimes earlier, since an acknowledgement does not search for
  // the new earliest. Nothing while nothing is in flight.
  std::optional<Time> next_tick() const {
    if (next_repeat_ == Time::max()) return std::nullopt;
    return next_repeat_;
  }

  // Values waiting or in flight.
  std::size_t pending() const { return pending_; }

 private:
  struct InFlight {
    ValueList values;  // null once acknowledged
    Time sent_at;      // last
    std::uint32_t times_sent;
  };

  bool is_open(const LinkCall& call) const;
  void send_new(ValueList values, const LinkCall& call);
  void repeat_overdue(const LinkCall& call);

  NodeId peer_;
  std::uint32_t values_per_message_;
  std::uint64_t first_id_ = 1;  // of in_flight_[0]; ids are consecutive
  Fifo<InFlight> in_flight_;    // the first one is not acknowledged
  std::size_t pending_ = 0;
  Time next_repeat_ = Time::max();  // a lower bound; max while nothing is in flight
  Fifo<Value> waiting_;
  Time quiet_since_{};         // last acknowledgement, or when in_flight_ was last empty, if later
  bool passed_over_ = false;   // an overdue message was not repeated because the peer is silent
  bool left_waiting_ = false;  // a flush found the link closed
};

}  // namespace bruit::core
