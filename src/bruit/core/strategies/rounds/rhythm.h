// Rhythm: when something leaves.
//
// It may be wrong about anything without harm to the logs: a bad estimate costs messages or time.
//
// R1  A *plan* (planner.h) says whether there is time for rounds, and how long they may be. Else,
//     or if rounds would gather next to nothing, a node sends its values straight to everybody.
// R2  A root that is idle cuts at once when something comes. While values flow it cuts once in a
//     period, and each scatter tells when it will next. A round with nothing new sends nothing.
// R3  A child gathers just in time for its parent's next cut. Who has just missed it is better late
//     for this round than a whole round later. A cut that was never told is taken to be a period
//     after the last.
// R4  A value that would be late for its budget does not wait for the next round: its node gathers,
//     and its root cuts, early. The rhythm that was told stays. What is too late already may wait,
//     unless it is later than lost messages explain.
// R5  In a tree that failures bent values have up to twice the budget; and so has the root while
//     somebody is silent.
// R6  A gather with something new is answered by the first scatter that can have left after it
//     came. If that does not come, the parent is asked once more, and then is silent (Membership,
//     M2).
// R7  What needs an acknowledgement gets it by the next gather. Without any it is sent after a few
//     rounds, or as soon as a scatter that was told does not come: then the values have ended.
// R8  The median is kept by an account of early and late values (median.h).
// R9  A timer that comes late says that the node was frozen. What its clients said before leaves at
//     once, and what was under way meanwhile measures nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "bruit/core/strategies/rounds/clock_ratio.h"
#include "bruit/core/strategies/rounds/median.h"
#include "bruit/core/strategies/rounds/messages.h"
#include "bruit/core/strategies/rounds/planner.h"
#include "bruit/core/strategies/rounds/round_trips.h"
#include "bruit/core/strategies/rounds/value_rate.h"
#include "bruit/core/strategy_options.h"

namespace bruit::core {

class Rhythm {
 public:
  // What times depend on, as it is now.
  struct Tree {
    std::uint32_t depth = 1;        // of the layout
    std::int64_t hops_to_root = 0;  // from this node
    bool in_layout = true;
    bool anybody_silent = false;
    Hop hop;           // the slowest of the tree that this node sees
    RoundTrip parent;  // to it
    Duration parent_patience{};
  };

  Rhythm(const Budget& budget, bool may_send_straight, Time start)
      : budget_(budget), may_send_straight_(may_send_straight), thawed_at_(start) {}

  // --- The role ---

  bool is_root() const { return std::holds_alternative<RootState>(state_); }
  void become_root() { state_ = RootState{}; }
  // A new parent. What waited for one has waited enough.
  void become_child(Time now) {
    ChildState child;
    child.oldest_news = now - 2 * budget_.worst;
    state_ = std::move(child);
  }
  void begin_as_child() { state_ = ChildState{}; }
  void search() { state_ = std::monostate{}; }

  // --- Values ---

  // R1. Of this node for its own values, or as a root for its tree's.
  Plan plan(const Tree& tree, Time now) const;
  void count_value(Time now) { rate_.add(now); }
  // A value of this node's clients waits for a round.
  void on_own_value(Time now) { waiting_since_.push_back(now); }

  // --- As a root ---

  std::optional<Time> next_cut() const;
  // A gather brought so many values, `late` of them late already, the oldest `age` old.
  void on_gathered(std::uint64_t values, std::uint64_t late, Duration age, Time now);
  // Something came that is `age` old: true if the root should cut now.
  bool on_news_at_root(Duration age, const Tree& tree, Time now);
  // The root cuts. Without anything to scatter the rhythm ends.
  void cut(bool anything, const Tree& tree, Time now);

  // --- As a child ---

  std::optional<Time> gather_at() const;
  std::optional<Time> answer_due() const;
  // The parent lacks something that is `age` old; `late`: how many values from below are late.
  void on_news_at_child(Duration age, std::uint64_t late, Time now);
  // When the next gather should leave. To be called when the parent lacks something.
  void plan_gather(const Tree& tree, Time now);
  // What a gather that leaves now should tell. `brings`: something new; `asks`: for an answer, as
  // the message with this stamp.
  struct Told {
    Duration oldest_age{};
    std::uint32_t late = 0;
  };
  Told gather(bool brings, bool asks, Time stamp, const Tree& tree, Time now);
  // A scatter of the parent: when the next round is.
  void on_scatter(const Scatter& scatter, const Tree& tree, Time now);
  // After any message of the parent. `progress`: it acknowledged something; `all`: there is nothing
  // left to acknowledge.
  void on_answer(const Timestamps& times, bool progress, bool all, const Tree& tree, Time now);
  // Something has not been acknowledged, and nothing else waits for an answer.
  void expect_answer(const Tree& tree, Time now);
  // Stamp of the gather that asked and has not been answered.
  std::optional<Time> asked_at() const {
    return if_child() == nullptr ? std::nullopt : if_child()->asked_at;
  }
  // The answer is overdue: whether to ask once more, else the parent is silent.
  bool would_ask_again() const { return if_child() != nullptr && !if_child()->asked_again; }
  // The parent is asked again. What is sent again is as old as it was.
  void ask_again();
  void repeat();
  // There is nothing to gather any more.
  void forget_gather() { child().gather_at.reset(); }
  // When an acknowledgement that is owed to the parent since then should leave by itself.
  Time acknowledgement_due(Time owed_since, std::uint32_t members) const;

  // --- For children ---

  std::optional<Scatter::Phase> phase(Time now) const;
  // Of the rounds now, or as the last plan had it.
  Duration period() const;
  // How long a child's acknowledgement may take.
  Duration acknowledgement_wait(std::uint32_t members) const;

  // R9. `wanted`: when this call should have come, if it is one of a timer.
  void notice_freeze(const std::optional<Time>& wanted, Time now);
  Time thawed_at() const { return thawed_at_; }
  // What is read now may have waited for this node.
  bool is_thawing(Time now) const { return was_frozen_ && now - thawed_at_ < thawing; }

  void sanity_check() const;

 private:
  // Guess: a node has read within this time what came while it was frozen.
  static constexpr Duration thawing = std::chrono::milliseconds(10);

  struct RootState {
    std::optional<Time> next_cut;
    Time announced_cut{};  // what scatters told, where a late value has brought next_cut forward
    Time last_cut{};
    MedianKeeper median;
    std::uint64_t values_since_cut = 0;
    std::uint64_t late_since_cut = 0;
  };
  // The parent's last word on when the next round is, on this node's clock.
  struct Phase {
    Time told_at;
    Time gather_at;        // so that a gather arrives just before the parent collects
    Time scatter_arrives;  // the answer to it
    Duration period{};
  };
  struct ChildState {
    std::optional<Phase> phase;
    ClockRatio clock_ratio;  // against the parent's
    std::optional<Time> gather_at;
    std::optional<Time> answer_due;
    bool postponed = false;           // once, for a scatter that was no answer
    bool asked_again = false;         // after an answer did not come
    std::optional<Time> asked_at;     // stamp of the last gather that asked, until it is answered
    Time gathered_at{};               // when the last gather left that wants an answer
    std::uint64_t late_relayed = 0;   // values of others that the parent lacks
    std::optional<Time> oldest_news;  // when the oldest value that it lacks began to wait
    std::optional<Time> oldest_unanswered;  // the same for gathers without an answer
  };

  ChildState& child() { return std::get<ChildState>(state_); }
  const ChildState* if_child() const { return std::get_if<ChildState>(&state_); }
  std::uint64_t count_late(Duration travel, Time now) const;
  Time latest_departure(Time since, Duration budget, std::int64_t hops, const Tree& tree) const;
  static void bring_forward(RootState& root, Time latest, Time now);
  static void take_phase(ChildState& child, const std::optional<Scatter::Phase>& told,
                         const Tree& tree, Time now);
  static bool has_time_for_answer(const Phase& phase, const Tree& tree);
  static std::int64_t next_round(const Phase& phase, Time now);
  static Time next_gather(const Phase& phase, Time now);
  static Time first_answer(const Phase& phase, Time gathered_at, const Tree& tree);
  static bool is_missing(const ChildState& child, const Timestamps& times, const Tree& tree);
  void hurry(ChildState& child, Time since, std::int64_t hops, const Tree& tree, Time now) const;

  Budget budget_;
  bool may_send_straight_;
  ValueRate rate_;
  Duration period_{};  // of the last plan
  // When this node's own values began to wait; as a root also others that came early for the cut.
  std::vector<Time> waiting_since_;
  bool was_frozen_ = false;
  Time thawed_at_;  // the last time that timers had been held up, or the start
  std::variant<std::monostate, RootState, ChildState> state_ = RootState{};
};

}  // namespace bruit::core
