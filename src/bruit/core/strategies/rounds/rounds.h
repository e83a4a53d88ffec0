// `rounds`: the fewest messages that arrive on time. docs/protocol.md explains the protocol.
//
//     Rounds        routes messages, owns the timers; no rules of its own
//      |- Membership  who is whose parent
//      |- Rhythm      when something leaves
//      `- Link        one a peer: two logs become equal
//          `- Log     what this node holds: a set that only grows
//
// A message goes through in one pass: it is validated; Link takes what it brings and acknowledges;
// Membership, who says so and where it stands; Rhythm, what that means for time. Then settle()
// sends what is owed and due. Nothing is lost, since both ends of each edge of the tree go on until
// there is nothing to send and nothing unacknowledged (link.h), and no edge ends unnoticed
// (membership.h).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "bruit/core/strategies/rounds/layout.h"
#include "bruit/core/strategies/rounds/link.h"
#include "bruit/core/strategies/rounds/log.h"
#include "bruit/core/strategies/rounds/membership.h"
#include "bruit/core/strategies/rounds/rhythm.h"
#include "bruit/core/strategies/rounds/round_trips.h"
#include "bruit/core/strategy.h"
#include "bruit/core/strategy_options.h"
#include "bruit/core/value_set.h"

namespace bruit::core {

class Rounds final : public Strategy {
 public:
  // `incarnation` is not unknown_incarnation, and no former life of this node had it.
  // `queue_limit`: see StrategyOptions.
  Rounds(const RoundsOptions& options, std::size_t queue_limit, Incarnation incarnation,
         const Members& members, Time start);

  PublishResult publish(Value value, Time now, Outbox& outbox) override;
  void receive(NodeId from, const Message& message, Time now, Outbox& outbox) override;
  void tick(Time now, Outbox& outbox) override;
  std::optional<Time> next_tick() const override { return next_tick_; }
  // Values that some neighbour in the tree may lack.
  std::size_t pending() const override { return pending_; }
  // By the last plan: of this node for its own values, or as a root for its tree's.
  bool budget_met() const override { return budget_met_; }
  const Counters& counters() const override { return counters_; }

  // For status displays and tests.
  const Membership& membership() const { return membership_; }
  Plan plan(Time now) const { return rhythm_.plan(tree(), now); }
  // Measured latency of one hop, or the assumption before it is measured.
  Hop hop() const;
  // Checks what each layer promises of itself. Linear in the log.
  void sanity_check() const;

 private:
  enum class Timer : std::uint8_t {
    membership,   // whatever it wants
    cut,          // a root's next round
    gather,       // a child's
    answer,       // of the parent, overdue
    acknowledge,  // the parent, without a gather
    child,        // an acknowledgement of a child is overdue
    gap,          // something has not come though it should have
    compare,      // name what was sent straight
  };
  static constexpr std::size_t timer_count = 8;

  struct Peer {
    explicit Peer(NodeId id) : link(id) {}
    Link link;
    std::optional<Time> ask_for_gap_at;
    bool gap_asked = false;
    Time asked = Time::min();  // stamp of its latest gather that wanted an answer
  };
  // What a message that is due should do, beside what it always does.
  struct Due {
    bool asks = false;
    bool digest = false;
    bool entries = false;  // a hello: what the peer may lack; others always carry it
    void add(const Due& more) {
      asks = asks || more.asks;
      digest = digest || more.digest;
      entries = entries || more.entries;
    }
  };
  using DueTo = std::map<NodeId, Due>;

  Peer& peer(NodeId id);
  NodeId self() const { return members_.self(); }
  Rhythm::Tree tree() const;

  // Each call begins with the one and ends with the other.
  void begin(Time now);
  void settle(std::size_t sends_before, Time now, Outbox& outbox);
  void follow_role(Time now);
  void settle_as_root(Time now);
  void settle_as_child(Time now);

  // Messages.
  void on(NodeId from, const Gather& gather, Time now, Outbox& outbox);
  void on(NodeId from, const Scatter& scatter, Time now, Outbox& outbox);
  void on(NodeId from, const Hello& hello, Time now, Outbox& outbox);
  void on(NodeId from, const Push& pushed, Time now, Outbox& outbox);
  void on(NodeId from, const Seek& seek, Time now, Outbox& outbox);
  struct Taken {
    bool counts = false;    // for this life, from the present one of the sender
    bool latest = false;    // nothing that was sent later has come before
    bool news = false;      // an entry was new
    bool progress = false;  // it acknowledged something
  };
  Taken take(NodeId from, const Envelope& envelope, const Sync& sync, Time now, Outbox& outbox);
  Link::Hearing hear(Peer& sender, NodeId from, const Envelope& envelope, Time now);
  bool learn(const EntryList& entries, std::uint32_t from, bool straight, Time now, Outbox& outbox);
  void on_news(Duration age, std::uint64_t late, Time now);
  void on_answer(NodeId parent, const Envelope& envelope, const Taken& taken, Time now);
  void watch_gap(Peer& sender, NodeId from, Time now);

  // Sending.
  void carry_out(const Action& action, Time now, Outbox& outbox);
  void scatter_to_children(bool to_all);
  void cut(Time now);
  void flush(Time now, Outbox& outbox);
  void send_gather(const Due& due, Time now, Outbox& outbox);
  void send_scatter(NodeId child, const Due& due, Time now, Outbox& outbox);
  void send_hello(NodeId to, const Due& due, Time now, Outbox& outbox);
  void push(const Entry& entry, Time now, Outbox& outbox);
  void gather_now(const Due& due);
  void ask_parent_again();

  // Timers.
  std::optional<Time>& timer(Timer which) { return timers_[static_cast<std::size_t>(which)]; }
  bool expired(Timer which, Time now) const;
  void on_overdue_answer(Time now);
  void check_children(Time now);
  Time child_overdue_at(NodeId child, Time unacknowledged_since) const;
  void ask_for_gaps(Time now);
  void name_soon(Time now);
  void compare(Time now);
  void compare_with_children(Time now);
  void plan_timers(Time now);
  void count_pending();

  RoundsOptions options_;
  std::size_t queue_limit_;
  Members members_;
  Incarnation incarnation_;
  Layout layout_;
  Counters counters_;

  Log log_;
  ValueSet known_;
  std::uint64_t next_sequence_ = 0;
  bool budget_met_ = true;

  std::map<NodeId, Peer> peers_;
  RoundTrips round_trips_;
  Membership membership_;
  Rhythm rhythm_;
  std::optional<NodeId> followed_;  // the parent that Rhythm knows of

  // What is due in this call.
  std::optional<Due> gather_;
  DueTo scatters_;
  DueTo hellos_;
  std::vector<NodeId> challenges_;
  bool cut_ = false;
  bool replan_ = false;  // when the next gather leaves

  // Values that were sent straight: when they will be named to the parent, and then to children.
  std::optional<Time> compare_at_;
  std::optional<Time> compare_children_at_;
  Time first_unnamed_{};
  Time last_push_{};

  std::array<std::optional<Time>, timer_count> timers_{};
  std::optional<Time> next_tick_;
  std::size_t pending_ = 0;
};

}  // namespace bruit::core
