// Link: makes the logs of two nodes equal, over a network that loses, repeats and reorders, while
// either may lose its memory and begin a new life. It knows nothing of trees and rounds.
//
// L1  Positions and acknowledgements mean something only between the two lives that agreed on them.
//     Every message names both. What was written for another life of the receiver, or comes from a
//     life that another one has replaced, brings entries and nothing else.
//     - A life that was never heard of replaces the one that was known. (What it holds is unknown,
//       and nothing that its former lives said or got counts.)
//     - One that was replaced comes back only by echoing something that was sent since. So what is
//       still under way from a dead life changes nothing, and a clock that was set back, or a wiped
//       disk, silences nobody: numbers of lives are never compared.
//     - It is challenged: told that it was heard, by a message that is written for it and says
//       nothing else. If it lives it can answer, even where each end took a dead life for the
//       other.
// L2  What the peer may lack is everything that this life of it is not known to hold: it sent it
//     itself, named it in a digest, or acknowledged it. What may be lacking is sent until it is
//     acknowledged. So the only mistake that a link can make is to send too much.
//     - Entries that were learned by other ways change no position.
//     - What was sent straight to everybody goes by name, when it has been quiet for a while; by
//       value only if the peer then says that it lacks it.
// L3  What is not acknowledged has a timer at one end. A link has no timers: it says since when
//     something is missing, and whoever owns it asks. Who sends what the peer waits for (`awaited`)
//     leaves it to the peer, which asks again if it does not come.
// L4  That an edge exists at all is the business of Membership; the link says whether the peer has
//     met this life (met()), and who has not been met is greeted until it answers.
//
// So if both ends of an edge have nothing to send and nothing unacknowledged, both logs are equal.
//
// Cost: each call is O(what it reads or writes), but for a digest or a new life of the peer: after
// these the log is looked through once more, from the last acknowledged position.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "bruit/core/strategies/rounds/log.h"
#include "bruit/core/strategies/rounds/messages.h"
#include "bruit/core/time.h"

namespace bruit::core {

class Link {
 public:
  // `peer` is the other end.
  explicit Link(NodeId peer) : peer_(peer) {}

  // --- L1: which lives talk ---

  enum class Hearing : std::uint8_t {
    of_former_life,    // its sender has been replaced: nothing counts, not even that it lives
    for_another_life,  // its sender lives, but does not know this life: its entries are its own
    counts,
  };
  // To be called first for every message. `log_size`: before its entries are added. `thawing`: it
  // may have waited since this node was frozen.
  Hearing hear(const Envelope& envelope, Incarnation own, std::uint64_t log_size, bool thawing,
               Time now);
  // Whether the peer has written for this life.
  bool met() const { return met_; }
  // Unknown if it was never heard.
  Incarnation peer_incarnation() const { return lives_.peer; }

  // Whether a replaced life was heard that has to be challenged.
  bool wants_challenge() const { return claim_.has_value(); }
  // Of a message to that life, with an empty Sync.
  Envelope challenge(Incarnation own, Time now);

  // Of a message to the peer. Of two that leave at one moment the second is the later one.
  Envelope address(Incarnation own, Time now);
  Time last_sent() const { return last_sent_; }
  // After hear(): whether nothing that this life of the peer sent later has come before.
  bool is_latest(const Envelope& envelope) const {
    return envelope.sender == lives_.peer && envelope.times.sent_at == lives_.last_stamp;
  }

  // --- My log at the peer. `log` is always this node's own ---

  // Whether something that the peer may lack has not been sent by value.
  bool has_news(const Log& log) {
    look_through(log);
    return clean_until_ < log.size();
  }
  // Whether it has to be named to the peer: it was sent straight.
  bool has_names(const Log& log) {
    look_through(log);
    return names_from_.has_value();
  }
  // Since when something that was sent has not been acknowledged, or not the next part of it. Not
  // what the peer waits for.
  std::optional<Time> unacknowledged_since() const { return unacknowledged_since_; }
  // The peer holds everything before. Never more than the truth.
  std::uint64_t acknowledged() const { return acknowledged_; }
  // The first position that the peer may lack, sent or not; the log's size if there is none.
  std::uint64_t first_owed(const Log& log);

  struct Writing {
    bool digest = false;   // with all that this node holds, by name: the peer tells the difference
    bool entries = true;   // false: nothing by value or name, the peer may not be there
    bool awaited = false;  // the peer asks again if this is lost
  };
  // The next part of what was not sent yet. At most `most_entries` of them; has_news() tells
  // whether there is more.
  Sync write(const Log& log, Writing writing, Time now);
  // Most entries of one message. Guess: some hundred kilobytes, and few enough that a node is not
  // busy with one for long.
  static constexpr std::size_t most_entries = 16'384;
  // What was sent and not acknowledged shall be sent again, all of it by value: what the peer may
  // still lack of it. Nothing of it counts as unacknowledged before.
  void rewind();

  // --- The peer's log here ---

  // For a message that counts, after its entries were added to the log.
  void read(const Envelope& envelope, const Sync& sync, const Log& log, Time now);
  // Since when an acknowledgement is owed to the peer.
  std::optional<Time> owes_since() const { return owes_since_; }
  // Since when something is missing that the peer has sent before, or has named.
  std::optional<Time> gap_since() const { return gap_since_; }
  // Whether it still is, now that other messages have brought entries.
  bool has_gap(const Log& log);
  // Whether it was named, so that only a digest tells exactly what is missing.
  bool misses_named(const Log& log) const;
  // The next message asks for it.
  void ask_for_gap() { asks_for_gap_ = true; }
  // The peer's digest named something that this node lacks: it should be sent the own digest.
  bool lacks_something() const { return lacks_something_; }
  // Whether the peer has sent entries and waits to be told that they came.
  bool peer_waits() const { return peer_waits_; }
  void peer_asks() { peer_waits_ = true; }

  // What a link can check by itself: order of its positions. O(1).
  void sanity_check(const Log& log) const;

 private:
  // A stretch that came before one that is missing, or that names what is.
  struct Waiting {
    std::uint64_t from;
    std::uint64_t to;
    EntryNames named;
  };
  // Most of those that are remembered. Guess: more are rare, and
  // what is forgotten is sent again.
  static constexpr std::size_t most_waiting = 16;
  // Most former lives that are remembered. Guess: who comes from an older one is taken for new, and
  // replaced again as soon as the present one answers.
  static constexpr std::size_t most_former = 64;

  struct Lives {
    Incarnation peer = unknown_incarnation;
    Time last_stamp = Time::min();       // of this life
    std::optional<Time> stamp_received;  // not if that was when this node had been frozen
    Time replaced_at = Time::min();      // last_sent_ when it replaced another one
    std::vector<Incarnation> former;     // the latest last
  };
  // A life that was replaced spoke.
  struct Claim {
    Incarnation life;
    Time stamp;
    Time heard;
  };
  // Guess: what comes from a dead life comes all at once, and need not all be answered.
  static constexpr Duration challenge_interval = std::chrono::seconds(1);

  // What the peer held, by its digest: says something of entries before `end`.
  struct Basis {
    Log::Holder holder;
    std::uint64_t end;
  };

  void begin_life(Incarnation peer, std::uint64_t log_size);
  bool may_lack(const Log& log, std::uint64_t position) const;
  bool goes_by_name(const Log& log, std::uint64_t position) const;
  void look_through(const Log& log);
  void take_digest(const Sync& sync, const std::optional<Time>& echo, const Log& log);
  void acknowledge(const Sync& sync, const Log& log, Time now);
  void receive(const Sync& sync, bool latest, const Log& log);
  void absorb(const Log& log);

  NodeId peer_;
  Lives lives_;
  std::optional<Claim> claim_;
  std::optional<Time> challenged_;
  bool met_ = false;
  Time last_sent_ = Time::min();

  std::uint64_t acknowledged_ = 0;
  std::uint64_t sent_ = 0;                   // from here on nothing has been sent
  std::uint64_t clean_until_ = 0;            // from sent_ to here there is no news
  std::optional<std::uint64_t> names_from_;  // in that stretch: the first that goes by name
  std::uint64_t by_value_until_ = 0;         // whatever is before goes by value
  std::uint64_t expected_ = 0;               // what is before should be acknowledged
  std::optional<Time> unacknowledged_since_;
  Time written_ = Time::min();    // stamp of the last message with something of the log
  std::uint64_t heard_from_ = 0;  // items from here on that came from the peer it still holds
  std::optional<Basis> basis_;

  std::uint64_t received_ = 0;
  std::uint64_t told_ = 0;  // of received_, the peer
  std::vector<Waiting> waiting_;
  std::optional<Time> gap_since_;
  std::optional<Time> owes_since_;
  bool asks_for_gap_ = false;
  bool lacks_something_ = false;
  bool peer_waits_ = false;
};

}  // namespace bruit::core
