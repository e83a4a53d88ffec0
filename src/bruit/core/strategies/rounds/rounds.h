// `rounds`: the fewest messages that arrive on time. docs/protocol.md explains the protocol; this
// is the map of the code.
//
// Every node holds a log (log.h), and links (link.h) keep those of a node and its parent equal.
// Everything else decides *when*, and who is whose parent:
//
//  * timing.cpp. The root of a tree cuts once in a period: it scatters what is new to its children,
//    who pass it on at once. A child gathers what is new below it just in time for its parent's
//    next cut, whose moment the last scatter told. After idleness the first value does not wait.
//  * direct_sending.cpp. When there is no time for rounds, a node sends straight to everybody, and
//    logs are compared later.
//  * suspicion.cpp. A node whose parent does not answer in time asks again. A parent whose child
//    does not acknowledge asks for it, and has others look for it. Whoever is lost is asked for
//    again and again, so that a healed partition is noticed soon.
//  * search.cpp. A node without a parent asks those senior to it and takes one in the tree with the
//    most senior root. One that finds none is a root, and tells everybody else.
//  * rounds.cpp. What a call does and each message means, in terms of the others.
//
// A mistake in any of this costs messages, never values: logs merge in any order and any number of
// times. settle() sees to it that whatever is owed has a timer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "bruit/core/strategies/rounds/clock_ratio.h"
#include "bruit/core/strategies/rounds/latency.h"
#include "bruit/core/strategies/rounds/layout.h"
#include "bruit/core/strategies/rounds/link.h"
#include "bruit/core/strategies/rounds/log.h"
#include "bruit/core/strategies/rounds/median.h"
#include "bruit/core/strategies/rounds/planner.h"
#include "bruit/core/strategies/rounds/value_rate.h"
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
  std::optional<Time> next_tick() const override { return next_tick_; }
  std::size_t pending() const override;
  // By the last plan: of this node for its own values, or as a root for its tree's.
  bool budget_met() const override { return budget_met_; }
  const Counters& counters() const override { return counters_; }

  // For status displays and tests.
  bool is_root() const { return !parent_.has_value(); }
  std::optional<NodeId> parent() const { return parent_; }
  NodeId root() const { return is_root() ? members_.self() : parent_path_.front(); }
  Plan plan(Time now) const;
  // Measured latency of one hop, or the assumption before it is measured.
  Hop hop() const;

 private:
  // What this node knows of another one it has to do with.
  struct Peer {
    bool child = false;
    Link link;
    std::optional<Time> ask_for_gap_at;
    bool gap_asked = false;
    // Timing.
    RoundTrip round_trip;
    Time last_stamp = Time::min();  // sent_at of the latest message to the peer
    Time last_echo = Time::min();   // the latest of them that the peer has echoed
    std::optional<Time> stamp;      // the latest sent_at of the peer
    Time stamp_received{};
    std::optional<Time> heard;  // anything at all
    Time asked = Time::min();   // sent_at of its latest gather that wanted an answer
    // The tree it was in when it last told.
    std::optional<NodeId> root;
    // It asked about this node's root, whose last word was old.
    bool awaits_word = false;
    std::optional<Time> compared;         // its digest came
    std::optional<Time> comparison_sent;  // and it has not come since
    // Silent when it should not have been.
    std::optional<Time> suspected_since;
    std::optional<Time> probed;
    std::uint32_t sought = 0;  // how often, since it is suspected
    // How many of its values have come, and when the last of them since it is suspected.
    std::uint64_t followed = 0;
    std::optional<Time> followed_at;
  };
  // The parent's last word on when the next round is, on this node's clock.
  struct Phase {
    Time told_at;
    Time gather_at;        // so that a gather arrives just before the parent collects
    Time scatter_arrives;  // the answer to it
    Duration period{};
  };
  // Asking around for a parent.
  struct Search {
    Time ends;
    struct Answer {
      Path path;
      RootWord word;
      Digest digest;
    };
    std::map<NodeId, Answer> answers;
    std::vector<NodeId> seniors;    // to ask, in this order
    std::size_t asked = 0;          // of them
    bool parent_is_silent = false;  // otherwise it is of no use: it has its root from this node
  };

  Peer& peer(NodeId id) { return peers_[id]; }
  NodeId self() const { return members_.self(); }

  // Messages.
  Path path() const;
  RootWord word(Time now) const;
  Timestamps stamp_for(Peer& to, Time now) const;
  void take_stamp(Peer& from, const Timestamps& times, Time now);
  // After take_stamp(): whether nothing that `from` sent later has come before.
  static bool is_latest_from(const Peer& from, const Timestamps& times);
  // After accept(): whether the child wants an answer and waits for it. It does not if the gather
  // was repeated or overtaken by the network.
  static bool asks_anew(const Peer& child, const Gather& gather);
  // With what is new for the receiver; with what a node with this digest lacks; with only a digest.
  Sync make_news(NodeId to, Time now);
  Sync make_difference(NodeId to, const Digest& digest, Time now);
  Sync make_comparison(NodeId to, Time now);
  Sync begin_sync(NodeId to, Time now);
  // Returns whether an entry was new.
  bool accept(NodeId from, const Sync& sync, Time now, Outbox& outbox);
  bool learn(const EntryList& entries, NodeId from, Time now, Outbox& outbox);
  void push(const Entry& entry, Time now, Outbox& outbox);
  void compare_soon(Time now);
  Time children_compared_by() const;
  void compare(Time now, Outbox& outbox);
  void compare_with_children(Time now, Outbox& outbox);
  void take_phase(const std::optional<Scatter::Phase>& told, const Peer& parent, Time now);
  void on_push(NodeId from, const Push& push, Time now, Outbox& outbox);
  void on_gather(NodeId from, const Gather& gather, Time now, Outbox& outbox);
  void on_scatter(NodeId from, const Scatter& scatter, Time now, Outbox& outbox);
  void on_probe(NodeId from, const Probe& probe, Time now, Outbox& outbox);
  void on_probe_reply(NodeId from, const ProbeReply& reply, Time now, Outbox& outbox);
  void on_seek(NodeId from, const Seek& seek, Time now, Outbox& outbox);

  // Rounds.
  std::uint64_t count_late(Duration travel, Time now) const;
  // As a root: its values, the oldest of which has waited since then.
  void count_gathered(const Gather& gather, Time since, Time now);
  void on_news(Duration age, Time now, Outbox& outbox);
  // Returns whether there was anything to scatter.
  bool cut(Time now, Outbox& outbox);
  // `attached`: see Scatter.
  void scatter_to(NodeId child, Sync sync, Time now, Outbox& outbox,
                  std::optional<Time> attached = {});
  void scatter_to_children(bool to_all, Time now, Outbox& outbox);
  std::optional<Scatter::Phase> phase_for_children(Time now) const;
  bool anybody_is_lost() const;
  // When a value that is new since then has to leave to be within the budget `hops` hops away.
  Time latest_departure(Time since, Duration budget, std::int64_t hops) const;
  void plan_gather(Time now);
  void hurry(Time since, std::int64_t hops, Time now);
  // Whether a scatter comes back before the next gather leaves.
  bool has_time_for_answer(const Phase& phase) const;
  // Of the phase: which of the rounds from the announced one on is the first that a gather can
  // still be in time for.
  std::int64_t next_round(Time now) const;
  // When the first scatter comes that can answer a gather of then. While there is a phase.
  Time first_answer(Time gathered_at, const Peer& parent) const;
  Time next_gather(Time now) const;
  void send_gather(bool attach, Sync sync, Time now, Outbox& outbox);
  void remember_unanswered();
  bool parent_lacks_news() const;

  // Each call begins with the one and ends with the other.
  void notice_freeze(Time now);
  void conclude(std::size_t sends_before, Time now, Outbox& outbox);
  // Sees to it that whatever is owed is under way or has a timer.
  void settle(Time now, Outbox& outbox);
  std::optional<Time> earliest_timer() const;

  // Failure.
  void say_hello(Time now, Outbox& outbox);
  std::int64_t hops_to_root() const;
  static bool heard_within(const Peer& peer, Duration duration, Time now);
  Duration patience(const Peer& with) const;
  // With whoever is slowest, within reason.
  Duration longest_patience() const;
  // When this node owes its parent an acknowledgement that no gather has carried.
  std::optional<Time> acknowledgement_due() const;
  // When a child's acknowledgement is overdue, if it owes one.
  std::optional<Time> child_overdue_at(const Peer& child, Duration period) const;
  // Of the rounds now, or as the last plan had it.
  Duration period() const { return phase_ ? phase_->period : period_; }
  void ask_for_gaps(Time now, Outbox& outbox);
  void send_probe(NodeId to, Time now, Outbox& outbox);
  // Not if it was asked a moment ago: so no chain of questions can go on for ever.
  void send_probe_in_reaction(NodeId to, Time now, Outbox& outbox);
  void send_probe_reply(NodeId to, Time now, Outbox& outbox);
  void on_overdue_answer(Time now, Outbox& outbox);
  void ask_parent_again(Time now, Outbox& outbox);
  // Whether the parent had not got the last gather when it sent this, though it should have.
  bool is_missing_at(const Peer& parent, const Timestamps& times) const;
  void start_search(bool parent_is_silent, Time now, Outbox& outbox);
  void end_search(Time now, Outbox& outbox);
  std::optional<NodeId> best_candidate(const Search& search) const;
  void ask_more(std::size_t until, Time now, Outbox& outbox);
  void remember_lost_root();
  // Whether that is news of its root, not what was known before this node was cut off.
  bool is_current(const Path& path, const RootWord& word) const;
  void adopt(NodeId parent, const Path& path, const RootWord& word, const Digest& digest, Time now,
             Outbox& outbox);
  void become_root(Time now, Outbox& outbox);
  void set_parent_path(const Path& path, Time now, Outbox& outbox);
  // What a parent tells of its path. False if it is not to be the parent any longer.
  bool follow(const Path& path, const RootWord& word, Time now, Outbox& outbox);
  void hear_word(Time now, Outbox& outbox);
  bool is_on(const Path& path) const;
  bool is_child(NodeId id) const;
  bool is_child_in_reach(NodeId id, Time now) const;
  void suspect(NodeId id, Time now);
  bool prefers(NodeId candidate) const;
  bool is_better_place(NodeId candidate, const Path& path) const;
  // Below another parent than the layout gives this node.
  bool wants_to_return() const;
  std::vector<NodeId> seniors(Time now) const;
  bool is_in_better_tree(const Peer& known) const;
  bool is_wanted(NodeId id, const Peer& lost, Time now) const;
  void probe_suspects(Time now, Outbox& outbox);
  bool comes_another_way(NodeId id, Peer& lost, Time now);
  void look_around(Time now, Outbox& outbox);
  // Has another node look for children that this one cannot reach.
  void seek_children(Time now, Outbox& outbox);
  // Whether this is news of the root's tree that should have come from the parent, but has not.
  bool parent_is_passed_over(const Path& path, const RootWord& word, Time now);
  void check_children(Time now);
  Duration probe_interval(Time now) const;

  RoundsOptions options_;
  Members members_;
  Layout layout_;
  std::uint32_t depth_;
  std::uint64_t incarnation_;
  Counters counters_;

  Log log_;
  ValueSet known_;
  ValueRate rate_;
  bool budget_met_ = true;
  std::uint64_t next_sequence_ = 0;

  std::map<NodeId, Peer> peers_;
  std::optional<NodeId> parent_;
  Path parent_path_;  // as the parent told it; empty for a root
  RootWord word_;     // the newest from the root of that path
  // Of each root that this node was cut off from, the last word. Others may tell of such a root
  // without knowing that they are cut off from it as well.
  std::map<NodeId, RootWord> lost_;

  // As a root.
  std::optional<Time> next_cut_;
  Time announced_cut_{};  // what scatters told, where a late value has brought next_cut_ forward
  Time last_cut_{};
  Duration period_{};  // of the last plan
  MedianKeeper median_;
  std::uint64_t values_since_cut_ = 0;
  std::uint64_t late_since_cut_ = 0;
  // Below a parent.
  std::optional<Phase> phase_;
  ClockRatio clock_ratio_;  // against the parent's
  std::optional<Time> gather_at_;
  std::optional<Time> answer_due_;
  bool answer_postponed_ = false;
  Time gathered_at_{};                 // when the last gather left that wants an answer
  std::uint32_t returns_in_vain_ = 0;  // answers of the layout's parent that were no reason to move
  bool asked_again_ = false;           // the parent, after an answer did not come
  double usual_values_ = 0;            // in a scatter
  bool last_scatter_thin_ = false;
  std::optional<Time> attach_sent_;  // and not answered
  bool attach_compares_ = false;     // that had a digest
  // Values that the parent lacks: when this node's own began to wait (as a root also others that
  // came early for the cut), and how many of others are late.
  std::vector<Time> waiting_since_;
  std::uint64_t late_relayed_ = 0;
  std::optional<Time> oldest_news_;  // when the oldest value that the parent lacks began to wait
  std::optional<Time> oldest_unanswered_;  // the same for those in gathers without an answer
  std::optional<Time> root_doubted_at_;    // others asked for a root since they had lost this one
  std::optional<Search> search_;
  std::optional<Time> next_probe_;  // while anybody is suspected
  std::uint32_t last_asked_ = 0;    // while too far from the root
  std::uint32_t last_helper_ = 0;   // that sought children
  // Direct sending: when to compare logs with the parent, and then with the children.
  std::optional<Time> compare_at_;
  std::optional<Time> compare_children_at_;
  Time first_uncompared_{};
  Time last_push_{};
  std::optional<Time> hello_at_;  // until anything is heard
  std::optional<Time> next_tick_;
  Time thawed_at_;  // the last time that timers had been held up, or the start
};

}  // namespace bruit::core
