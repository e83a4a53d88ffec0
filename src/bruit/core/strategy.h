// Strategy: how a value gets from one node to all others. The seam of the whole project.
//
// A strategy is a state machine: (state, input, now) -> (state, outputs). It has no callbacks, so that
// a shell never runs code of the core at a moment that it did not choose, and a test can hold every
// output in its hand. Inputs are the three calls below; outputs are appended to the Outbox that the
// caller passes. A shell's loop:
//
//     strategy->receive(from, message, now, outbox);      // or publish, or tick
//     for (auto& send : outbox.sends) ...                 // transmit
//     for (auto& value : outbox.delivered) ...            // now visible to clients of this node
//     outbox.clear();
//     arm_timer(strategy->next_tick());                   // it may have changed with any call
//
// Rules for callers: `now` never goes back. tick() is called at next_tick() or as soon after it as
// the shell can; calling it early or too often is harmless. Calls come from one thread at a time.
//
// Rules for strategies: deterministic, given the same calls. A value is delivered exactly once per
// node (by bytes), including a value published here. No call fails: what cannot be done now is either
// queued within a stated limit or refused by publish().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bruit/core/member.h"
#include "bruit/core/message.h"
#include "bruit/core/time.h"
#include "bruit/core/value.h"

namespace bruit::core {

struct Send {
  NodeId to;  // never the sender itself
  Message message;
};

// What a call produced. Order matters in both lists: sends leave in this order.
struct Outbox {
  std::vector<Send> sends;
  std::vector<Value> delivered;

  void send(NodeId to, Message message) { sends.push_back({to, std::move(message)}); }
  void deliver(Value value) { delivered.push_back(std::move(value)); }
  bool empty() const { return sends.empty() && delivered.empty(); }
  void clear() {
    sends.clear();
    delivered.clear();
  }
};

enum class PublishResult {
  accepted,   // will reach every node that can be reached
  duplicate,  // already known here; nothing to do, the value is safe
  refused,    // a queue is at its limit; nothing was changed, try again later
};

// Counted since construction. Shells report them.
struct Counters {
  std::uint64_t sent = 0;        // messages handed to the outbox
  std::uint64_t retried = 0;     // of those, repeats of an earlier message
  std::uint64_t duplicates = 0;  // values received that were already known
  std::uint64_t unexpected = 0;  // messages of a kind that this strategy does not use
  std::uint64_t refused = 0;     // publishes refused at a limit
  // Messages left unacknowledged for now because a queue is at its limit; the sender repeats them.
  std::uint64_t pushed_back = 0;
};

class Strategy {
 public:
  virtual ~Strategy() = default;

  // A client of this node broadcasts `value`.
  virtual PublishResult publish(Value value, Time now, Outbox& outbox) = 0;

  // `message` arrived from the peer `from`. Duplicates and any order are allowed.
  virtual void receive(NodeId from, const Message& message, Time now, Outbox& outbox) = 0;

  // Time has passed.
  virtual void tick(Time now, Outbox& outbox) = 0;

  // When tick() is wanted next; nothing while there is nothing to wait for.
  virtual std::optional<Time> next_tick() const = 0;

  // Values queued or awaiting acknowledgement: 0 means that nothing more will be sent unasked.
  virtual std::size_t pending() const = 0;

  // Whether a latency budget that was asked for can be kept, as latencies are now. True without a
  // budget.
  virtual bool budget_met() const { return true; }

  virtual const Counters& counters() const = 0;
};

}  // namespace bruit::core
