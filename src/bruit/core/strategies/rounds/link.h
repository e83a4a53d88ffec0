// Link: keeps the logs of two nodes equal, over a network that loses, repeats and reorders.
//
// Each side knows how far the other has its log. A message carries the stretch of the sender's log
// that was not sent yet, and how far the sender has the receiver's: that is the acknowledgement.
// Positions are cumulative, like TCP's, so any later message repairs a lost acknowledgement.
//
// What is missing when a stretch comes too early is asked for by whoever owns the link, when the
// stretch has had time to arrive out of order; what is not acknowledged likewise. A link never
// sends by itself and has no timer: it says since when something is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bruit/core/message.h"
#include "bruit/core/strategies/rounds/log.h"
#include "bruit/core/time.h"

namespace bruit::core {

class Link {
 public:
  // --- My log at the peer. `log` is always this node's own, `peer` the other end. ---

  bool has_news(const Log& log, NodeId peer) const {
    return log.has_news_for(peer, sent_, doubtful_);
  }
  // Since when something that was sent has not been acknowledged, or not the next part of it. Not
  // what the peer waited for.
  std::optional<Time> unacknowledged_since() const { return unacknowledged_since_; }

  std::uint64_t acknowledged() const { return acknowledged_; }

  // Fills the positions, entries and gap of a message with the stretch that was not sent yet.
  void write_news(Sync& sync, const Log& log, NodeId peer, Time now);
  // The same with what a peer with this digest lacks, whatever was sent. What the peer said of
  // positions with the digest has been read before.
  void write_difference(Sync& sync, Log& log, NodeId peer, const Digest& digest, Time now);
  // The same with nothing but the digest of `log`, for the peer to answer with its own.
  void write_comparison(Sync& sync, const Log& log);
  // What was sent and not acknowledged shall be sent again.
  void rewind();

  // --- The peer's log here. ---

  std::optional<std::uint64_t> peer_incarnation() const { return peer_incarnation_; }
  LogPosition received() const { return {peer_incarnation_.value_or(0), received_}; }
  std::optional<Time> acknowledgement_owed_since() const { return owed_since_; }
  // Since when a stretch is missing that is before one that has come.
  std::optional<Time> gap_since() const { return gap_since_; }
  // The next message asks for it.
  void ask_for_gap() { ask_for_gap_ = true; }
  // Whether the peer has sent entries and not been told that they came: the next message is the one
  // it waits for. To be told if it was told so by another message than those of this link, and if
  // it waits although it may have been told.
  bool peer_waits() const { return peer_waits_; }
  void has_told_received() {
    told_ = received_;
    peer_waits_ = false;
  }
  void peer_asks() { peer_waits_ = true; }

  // To be called for every message with a Sync before its entries go to the log. False for a
  // message from a former life of the peer: its entries are true, but nothing else counts.
  bool begin_read(const Sync& sync, const Log& log);
  // And after that, if begin_read() said so. `own` is this node's incarnation.
  void end_read(const Sync& sync, const Log& log, NodeId peer, std::uint64_t own, Time now);
  // The peer said elsewhere how far it has my log.
  void acknowledge(const LogPosition& position, const Log& log, NodeId peer, std::uint64_t own,
                   Time now);

 private:
  // Most stretches that are remembered while one before them is missing. Guess: more are rare, and
  // what is forgotten is sent again.
  static constexpr std::size_t most_beyond = 16;

  void receive(const SequenceRange& stretch, Time now);
  void write_rest(Sync& sync, Time now);

  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;  // by positions, or concluded from digests
  std::uint64_t claimed_ = 0;       // by positions alone: nothing before is missing at the peer
  std::uint64_t expected_ = 0;      // what is before should be acknowledged
  std::optional<Time> unacknowledged_since_;
  // Below this position of my log the peer may lack anything that it has not acknowledged, also
  // what it told me itself in a former life, or what was sent to everybody before I heard it.
  std::uint64_t doubtful_ = 0;

  std::optional<std::uint64_t> peer_incarnation_;
  std::uint64_t received_ = 0;
  std::uint64_t told_ = 0;             // of received_, the peer
  std::vector<SequenceRange> beyond_;  // stretches that came before one that is missing
  std::optional<Time> gap_since_;
  std::optional<Time> owed_since_;
  bool ask_for_gap_ = false;
  bool peer_waits_ = false;
};

}  // namespace bruit::core
