// What `rounds` nodes say to each other: plain structs, each described once.
//
// describe() names the fields of a struct in order. From these descriptions come the JSON form
// (maelstrom/rounds_codec.h), the binary form (binary_codec.h), the hash of a trace and the text of
// a transcript: a new field is added in one place. validate() says what a message must be beyond
// the types of its fields; every codec calls it, and so does a strategy on what it receives.
//
//   gather   child -> parent      what is new below it
//   scatter  parent -> child      what is new above and beside it, and when the next round is
//   hello    anybody -> anybody   who I am, where I stand, what I hold; it may ask for an answer
//   push     anybody -> everybody a value, when the budget leaves no time for a round
//   seek     parent -> helper     nodes that the sender cannot reach: perhaps the receiver can
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/core/member.h"
#include "bruit/core/shared.h"
#include "bruit/core/time.h"
#include "bruit/core/value.h"

namespace bruit::core {

// One life of a node, from a start to the loss of its memory. No two lives of one node have the
// same number. Numbers have no order: a clock may have been set back between two of them.
using Incarnation = std::uint64_t;
inline constexpr Incarnation unknown_incarnation = 0;

// The log that one life of one node appends the values of its clients to.
struct Origin {
  NodeId node;
  Incarnation incarnation = unknown_incarnation;
  friend auto operator<=>(const Origin&, const Origin&) = default;

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("node", self.node);
    field("incarnation", self.incarnation);
  }
};

// A value with its identity. Sequence numbers count from 0 for each origin.
struct Entry {
  Origin origin;
  std::uint64_t sequence = 0;
  Value value;
};
// Shared between the copies of a message. Null means none; never empty.
using EntryList = Shared<std::vector<Entry>>;

// Sequence numbers from `first` until before `end`.
struct SequenceRange {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  friend bool operator==(const SequenceRange&, const SequenceRange&) = default;

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("first", self.first);
    field("end", self.end);
  }
};

// Entries of one origin by name. `ranges` are not empty, ascend, and do not touch each other.
struct OriginRanges {
  Origin origin;
  std::vector<SequenceRange> ranges;

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("origin", self.origin);
    field("ranges", self.ranges);
  }
};
// Entries by name, ordered by origin, each origin once. Null means that nothing is said; a list
// without origins names no entry.
using EntryNames = Shared<std::vector<OriginRanges>>;

// A time on the sender's clock, and the latest one of the receiver's that the sender has, with how
// long it had it: so each side measures round trips without a common clock. Not how long if the
// sender was frozen: then nobody knows. No two messages of one life to one receiver have the same
// sent_at, so it also tells which of two is the later one.
struct Timestamps {
  Time sent_at{};
  std::optional<Time> echo;
  std::optional<Duration> echo_held;

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("sent_at", self.sent_at);
    field("echo", self.echo);
    field("echo_held", self.echo_held);
  }
};

// Between which two lives a message passes. Rule L1 (link.h): who gets one that was written for
// another life of it takes the entries and concludes nothing else.
struct Envelope {
  Incarnation sender = unknown_incarnation;
  Incarnation receiver = unknown_incarnation;  // unknown: the sender has not heard it yet
  Timestamps times;

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("sender", self.sender);
    field("receiver", self.receiver);
    field("times", self.times);
  }
};

// A stretch [from, to) of the sender's log, and how far it has the receiver's. What the receiver
// itself has sent is left out. The rest is there by value or, where the receiver should hold it
// already, by name. A digest names all that the sender holds, so it stands for [0, to).
struct Sync {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  EntryList entries;
  EntryNames named;
  EntryNames digest;
  std::uint64_t received = 0;  // the receiver's log is held up to here: an acknowledgement
  bool gap = false;            // and something after that is missing: send it again
  bool awaited = false;  // the receiver asks again if this is lost: no acknowledgement, please

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("from", self.from);
    field("to", self.to);
    field("entries", self.entries);
    field("named", self.named);
    field("digest", self.digest);
    field("received", self.received);
    field("gap", self.gap);
    field("awaited", self.awaited);
  }
};

// When a root spoke, on its own clock: of two words of one life one can tell which is newer.
struct RootWord {
  Incarnation incarnation = unknown_incarnation;
  Time spoken{};
  friend bool operator==(const RootWord&, const RootWord&) = default;

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("incarnation", self.incarnation);
    field("spoken", self.spoken);
  }
};

// The nodes from the root of a tree to one node, both included; nobody twice.
using Path = std::vector<NodeId>;

// Where the sender stands: its path, and the newest word of the root that came down that path.
struct Standing {
  Path path;
  RootWord word;

  NodeId root() const { return path.front(); }

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("path", self.path);
    field("word", self.word);
  }
};

struct Gather {
  static constexpr std::string_view name = "gather";
  Envelope envelope;
  Sync sync;
  Standing standing;
  Duration oldest_age{};   // how long the oldest new value has waited
  std::uint32_t late = 0;  // values among the new ones that will miss the median budget
  bool asks = false;       // for an answer at once

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("envelope", self.envelope);
    field("sync", self.sync);
    field("standing", self.standing);
    field("oldest_age", self.oldest_age);
    field("late", self.late);
    field("asks", self.asks);
  }
};

struct Scatter {
  static constexpr std::string_view name = "scatter";
  // While values flow: how long until the sender collects gathers, and until it scatters, next.
  struct Phase {
    Duration collect_in{};
    Duration scatter_in{};
    Duration period{};

    template <typename Self, typename Field>
    static void describe(Self& self, Field&& field) {
      field("collect_in", self.collect_in);
      field("scatter_in", self.scatter_in);
      field("period", self.period);
    }
  };
  Envelope envelope;
  Sync sync;
  Standing standing;
  std::optional<Phase> phase;

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("envelope", self.envelope);
    field("sync", self.sync);
    field("standing", self.standing);
    field("phase", self.phase);
  }
};

struct Hello {
  static constexpr std::string_view name = "hello";
  Envelope envelope;
  Sync sync;
  Standing standing;
  bool asks = false;  // for an answer

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("envelope", self.envelope);
    field("sync", self.sync);
    field("standing", self.standing);
    field("asks", self.asks);
  }
};

// Not acknowledged: what is lost is found when an edge of the tree names it (Sync::named).
struct Push {
  static constexpr std::string_view name = "push";
  Envelope envelope;
  EntryList entries;

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("envelope", self.envelope);
    field("entries", self.entries);
  }
};

// Whoever reaches one of these nodes tells it of its own tree, by a hello. Not answered.
struct Seek {
  static constexpr std::string_view name = "seek";
  Envelope envelope;
  std::vector<NodeId> nodes;
  std::uint32_t hops_left = 0;

  template <typename Self, typename Field>
  static void describe(Self& self, Field&& field) {
    field("envelope", self.envelope);
    field("nodes", self.nodes);
    field("hops_left", self.hops_left);
  }
};

// What is wrong with a message from `sender` in a cluster of `members`; nothing if all is right.
// Linear in the message, but for paths: quadratic in their length, which is at most `members`.
std::optional<std::string> validate(const Gather& gather, NodeId sender, const Members& members);
std::optional<std::string> validate(const Scatter& scatter, NodeId sender, const Members& members);
std::optional<std::string> validate(const Hello& hello, NodeId sender, const Members& members);
std::optional<std::string> validate(const Push& push, NodeId sender, const Members& members);
std::optional<std::string> validate(const Seek& seek, NodeId sender, const Members& members);

}  // namespace bruit::core
