// `rounds`: the fewest messages that arrive on time. docs/protocol.md explains the protocol; this
// is the map of the code.
//
// Every node holds a log (log.h). Links between a node and its parent keep two logs equal: each
// message carries a stretch of the sender's log and how far the sender has the receiver's, so an
// acknowledgement is two integers on a message that is sent anyway. Everything else decides *when*:
//
//  * The root of a tree cuts once in a period: it scatters what is new to its children, who pass it
//  on at
//    once. A child gathers what is new below it just in time for its parent's next cut, whose
//    moment the last scatter told. After idleness the first value does not wait.
//  * A node whose parent does not answer in time searches: it asks the nodes senior to it and takes
//  the
//    one in the tree with the most senior root. One that finds none is a root, asks everybody else,
//    and keeps asking the seniors that it lost, so that a healed partition is noticed soon.
//  * A root whose child does not acknowledge in time asks that child until it answers.
//
// A mistake in any of this costs messages, never values: logs merge in any order and any number of
// times.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "bruit/core/strategies/rounds/latency.h"
#include "bruit/core/strategies/rounds/layout.h"
#include "bruit/core/strategies/rounds/log.h"
#include "bruit/core/strategies/rounds/median.h"
#include "bruit/core/strategies/rounds/planner.h"
#include "bruit/core/strategy.h"
#include "bruit/core/strategy_options.h"
#include "bruit/core/value_set.h"

namespace bruit::core {

class Rounds final : public Strategy {
 public:
  Rounds(const RoundsOptions& options, std::uint64_t incarnation, const Members& members,
         Time start);

  PublishResult publish(Value value, Time now, Outbox& outbox) override;
  void receive(NodeId from, const Message& message, Time now, Outbox& outbox) override;
  void tick(Time now, Outbox& outbox) override;
  std::optional<Time> next_tick() const override;
  std::size_t pending() const override;
  const Counters& counters() const override { return counters_; }

  // For status displays and tests.
  bool is_root() const { return !parent_.has_value(); }
  std::optional<NodeId> parent() const { return parent_; }
  NodeId root() const { return is_root() ? members_.self() : root_; }
  Plan plan() const;
  // Measured latency of one hop, or the assumption before it is measured.
  Duration hop() const;

 private:
  // What this node knows of another one it has to do with.
  struct Peer {
    bool child = false;
    // My log at the peer.
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;
    std::optional<Time> unacknowledged_since;
    // The peer's log here.
    std::optional<std::uint64_t> incarnation;
    std::uint64_t received = 0;
    std::uint64_t received_told = 0;  // the peer knows that I have it this far
    std::optional<Time> acknowledgement_owed_since;
    bool gap = false;
    // Timing.
    RoundTrip round_trip;
    std::optional<Time> stamp;  // the latest sent_at of the peer
    Time stamp_received{};
    Time heard{};  // anything at all
    // Asked whether it lives.
    std::optional<Time> suspected_since;
    std::optional<Time> next_probe;
    Duration probe_interval{};
    Time resent{};
  };
  // The parent's last word on when the next round is, on this node's clock.
  struct Phase {
    Time gather_at;        // so that a gather arrives just before the parent collects
    Time scatter_arrives;  // the answer to it
    Duration period{};
  };
  // Asking around for a parent.
  struct Search {
    Time ends;
    std::map<NodeId, NodeId> roots;  // who answered, and its root
    std::vector<NodeId> asked_us;    // answered when the search is over
    bool only_parent = false;        // just checking whether the parent still answers
  };

  Peer& peer(NodeId id) { return peers_[id]; }
  NodeId self() const { return members_.self(); }

  // Messages.
  Timestamps stamp_for(Peer& to, Time now) const;
  void take_stamp(Peer& from, const Timestamps& times, Time now);
  Sync make_sync(NodeId to, Time now);
  // Only a digest: what do you have, what do I lack?
  Sync make_comparison(NodeId to, Time now);
  Sync make_sync_from_digest(NodeId to, const Digest& digest, Time now);
  // Returns whether an entry was new.
  bool accept(NodeId from, const Sync& sync, Time now, Outbox& outbox);
  void push(const Entry& entry, Time now, Outbox& outbox);
  void compare_with_parent(Time now, Outbox& outbox);
  void on_push(NodeId from, const Push& push, Time now, Outbox& outbox);
  void on_gather(NodeId from, const Gather& gather, Time now, Outbox& outbox);
  void on_scatter(NodeId from, const Scatter& scatter, Time now, Outbox& outbox);
  void on_probe(NodeId from, const Probe& probe, Time now, Outbox& outbox);
  void on_probe_reply(NodeId from, const ProbeReply& reply, Time now, Outbox& outbox);

  // Rounds.
  std::uint64_t count_late(Duration travel, Time now) const;
  void on_news(Duration age, Time now, Outbox& outbox);
  void cut(Time now, Outbox& outbox);
  void scatter_to(NodeId child, Sync sync, Time now, Outbox& outbox);
  void scatter_to_children(bool to_all, Time now, Outbox& outbox);
  std::optional<Scatter::Phase> phase_for_children(Time now) const;
  void plan_gather(Time now);
  void send_gather(bool attach, Sync sync, Time now, Outbox& outbox);
  bool parent_lacks_news() const;

  // Failure.
  void say_hello(Time now, Outbox& outbox);
  std::int64_t hops_to_root() const;
  Duration patience(const Peer& with) const;
  // When this node owes its parent an acknowledgement that no gather has carried.
  std::optional<Time> acknowledgement_due() const;
  void send_probe(NodeId to, Time now, Outbox& outbox);
  void send_probe_reply(NodeId to, Time now, Outbox& outbox);
  void start_search(bool only_parent, Time now, Outbox& outbox);
  void end_search(Time now, Outbox& outbox);
  void adopt(NodeId parent, NodeId root, const Digest& digest, Time now, Outbox& outbox);
  void become_root(Time now, Outbox& outbox);
  void suspect(NodeId id, Time now, Duration interval);
  bool prefers(NodeId candidate) const;
  std::vector<NodeId> seniors() const;
  void probe_suspects(Time now, Outbox& outbox);
  void check_children(Time now);
  Duration probe_interval() const;

  RoundsOptions options_;
  Members members_;
  Layout layout_;
  std::uint32_t depth_;
  std::uint64_t incarnation_;
  Counters counters_;

  Log log_;
  ValueSet known_;
  std::uint64_t next_sequence_ = 0;

  std::map<NodeId, Peer> peers_;
  std::optional<NodeId> parent_;
  NodeId root_;

  // As a root.
  std::optional<Time> next_cut_;
  Time announced_cut_{};  // what scatters told, where a late value has brought next_cut_ forward
  Time last_cut_{};
  MedianKeeper median_;
  std::uint64_t values_since_cut_ = 0;
  std::uint64_t late_since_cut_ = 0;
  // Below a parent.
  std::optional<Phase> phase_;
  std::optional<Time> gather_at_;
  std::optional<Time> answer_due_;
  bool answer_postponed_ = false;
  double usual_values_ = 0;  // in a scatter
  bool last_scatter_thin_ = false;
  std::optional<Time> attach_sent_;  // and not answered
  // Values that the parent lacks: when this node's own began to wait, and how many of others are
  // late.
  std::vector<Time> waiting_since_;
  std::uint64_t late_relayed_ = 0;
  std::optional<Time> oldest_news_;  // when the oldest value that the parent lacks began to wait
  std::optional<Search> search_;
  // Direct sending: when to compare logs with the parent.
  std::optional<Time> compare_at_;
  Time first_uncompared_{};
  std::optional<Time> hello_at_;  // until anything is heard
};

}  // namespace bruit::core
