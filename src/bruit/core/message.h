// What strategies say to each other: plain structs in one variant.
//
// Encodings live in the shells. A strategy that receives a kind it does not use ignores it and
// counts it (Counters::unexpected), since a peer may run another strategy or version.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "bruit/core/member.h"
#include "bruit/core/shared.h"
#include "bruit/core/time.h"
#include "bruit/core/value.h"

namespace bruit::core {

// Values shared between the copies of a message that go to several peers. Never null.
using ValueList = Shared<std::vector<Value>>;

// `flood`: a value, sent once, not acknowledged.
struct Rumor {
  Value value;
};

// The reliable baselines: values that the receiver acknowledges with Ack{id}. A retry has the same
// id. `id` counts from 1 per sender and receiver.
struct Batch {
  std::uint64_t id;
  ValueList values;
};

struct Ack {
  std::uint64_t id;
};

// --- `rounds`: see strategies/rounds/rounds.h and docs/protocol.md ---

// One life of one node: the log that it appends the values of its clients to. A node that restarts
// takes a higher incarnation, so that it can never reuse a sequence number.
struct Origin {
  NodeId node;
  std::uint64_t incarnation = 0;
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

// A value with its identity. Sequence numbers count from 0 per origin.
struct Entry {
  Origin origin;
  std::uint64_t sequence = 0;
  Value value;
};
// Shared between the copies of a message. Null means none.
using EntryList = Shared<std::vector<Entry>>;

// Sequence numbers from `first` until before `end`.
struct SequenceRange {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  friend bool operator==(const SequenceRange&, const SequenceRange&) = default;
};

// The sender holds every entry of `origin` below `next`, and `beyond`: ascending, with gaps between
// and before. A gap whose entries died with the only node that had them stays for ever.
struct Head {
  Origin origin;
  std::uint64_t next = 0;
  std::vector<SequenceRange> beyond{};
};
// Exactly what a node holds, ordered by origin. Null means none.
using Digest = Shared<std::vector<Head>>;

// A place in the arrival-ordered log of the node and incarnation that is meant.
struct LogPosition {
  std::uint64_t incarnation = 0;
  std::uint64_t position = 0;
};

// A time on the sender's clock, and the latest one of the receiver's that the sender has, with how
// long it had it: so each side measures round trips without a common clock. No two messages to one
// receiver have the same sent_at, so it also says which of two is the later one.
struct Timestamps {
  Time sent_at{};
  std::optional<Time> echo;
  Duration echo_held{};
};

// The nodes from the root of a tree to one node, both included: never empty. Who finds itself in
// the path of its parent is in a circle, and leaves it.
using Path = std::vector<NodeId>;

// When a root spoke, on its own clock: from two words of one root one can tell which is newer. A
// root that restarts takes a higher incarnation.
struct RootWord {
  std::uint64_t incarnation = 0;
  Time spoken{};
  friend auto operator<=>(const RootWord&, const RootWord&) = default;
};

// What `rounds` messages have in common: a stretch of the sender's log, and how far it has the
// receiver's. A few integers, whatever the number of nodes.
struct Sync {
  LogPosition log;         // end of the stretch, in the sender's log
  std::uint64_t from = 0;  // its beginning; the receiver needs what is before, or there is a gap
  EntryList entries;       // of the stretch, but for what the receiver itself has sent
  LogPosition received;    // the receiver's log is held up to here
  bool gap = false;        // and something after that is missing: send it again
  bool awaited = false;    // the receiver waits for this and asks again: no acknowledgement, please
  Digest digest;           // only when two nodes that have not talked for long begin to
  Path path;               // of the sender
  RootWord word;           // the newest that has come down that path
  Timestamps times;
};

// To the parent: what is new below it.
struct Gather {
  Sync sync;
  Duration oldest_age{};   // how long the oldest new value has waited
  std::uint32_t late = 0;  // values among the new ones that will miss the median budget
  bool attach = false;     // the sender wants to be a child from now on, and an answer at once
};

// To a child: what is new above and beside it.
struct Scatter {
  Sync sync;
  // While values flow: how long until the sender collects gathers, and until it scatters, next.
  struct Phase {
    Duration collect_in{};
    Duration scatter_in{};
    Duration period{};
  };
  std::optional<Phase> phase;
  std::optional<Time> attached;  // the answer to a Gather that wanted to attach, sent at that time
};

// Straight to everybody, when the budget leaves no time for a round. Not acknowledged: what is lost
// is found when logs are compared (Gather with a digest).
struct Push {
  EntryList entries;
  Timestamps times;
};

// Do you live, and who is your root?
struct Probe {
  NodeId root;
  Timestamps times;
};

// Unasked it is news of a tree that the receiver may want to join.
struct ProbeReply {
  Path path;             // of the sender
  RootWord word;         // the newest that has come down that path
  LogPosition received;  // of the prober's log
  Digest digest;
  Timestamps times;
};

// The sender cannot reach these nodes: perhaps the receiver can, and tells them of its tree, or a
// child of it, if hops are left. Not answered.
struct Seek {
  std::vector<NodeId> nodes;
  std::uint32_t hops_left = 0;
  Timestamps times;
};

using Message = std::variant<Rumor, Batch, Ack, Gather, Scatter, Push, Probe, ProbeReply, Seek>;

}  // namespace bruit::core
