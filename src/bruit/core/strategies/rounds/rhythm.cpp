#include "bruit/core/strategies/rounds/rhythm.h"

#include <algorithm>

#include "bruit/core/check.h"
#include "bruit/core/coverage_mark.h"

namespace bruit::core {
namespace {

using std::chrono::milliseconds;

// How much before its parent's cut a gather should arrive. Guess: timers of an ordinary machine.
constexpr Duration early_arrival = milliseconds(2);
// R1. A round costs two messages for each node but the root, and a value that is sent straight one.
// Sent straight it also has to be compared later, which pays only if values keep coming.
constexpr double least_values_in_round = 2.2;
constexpr double least_rate_for_straight = 4;
// R7. Guess: a few rounds of challenge 3d, so that most acknowledgements ride on a gather.
constexpr Duration acknowledge_after = milliseconds(800);
// In a large cluster few nodes have something to gather in a round, and most would acknowledge by
// themselves: those wait longer.
constexpr std::uint32_t large_cluster = 64;
// R9. Guess: a busy machine's worst.
constexpr Duration freeze_at_least = milliseconds(100);

bool rounds_gather_too_little(const Plan& plan, double values_per_second) {
  const std::chrono::duration<double> period = plan.period;
  return plan.mode == Plan::Mode::rounds && values_per_second >= least_rate_for_straight &&
         values_per_second * period.count() < least_values_in_round;
}

}  // namespace

// --- R1 ---

Plan Rhythm::plan(const Tree& tree, Time now) const {
  Plan plan = make_plan(budget_, tree.depth, tree.hop);
  if (const auto* root = std::get_if<RootState>(&state_)) {
    const Duration correction = root->median.correction(plan.period);
    if (correction != Duration::zero()) BRUIT_MARK("rounds.R8.the-median-is-corrected");
    plan = make_plan(budget_, tree.depth, tree.hop, correction);
  }
  if (plan.mode == Plan::Mode::direct && !may_send_straight_) {
    plan.mode = Plan::Mode::rounds;
    plan.budget_met = false;
  } else if (may_send_straight_ && rounds_gather_too_little(plan, rate_.per_second(now))) {
    BRUIT_MARK("rounds.R1.rounds-would-gather-too-little");
    plan.mode = Plan::Mode::direct;
  }
  return plan;
}

std::uint64_t Rhythm::count_late(Duration travel, Time now) const {
  return static_cast<std::uint64_t>(
      std::count_if(waiting_since_.begin(), waiting_since_.end(),
                    [&](Time since) { return now - since + travel > budget_.median; }));
}

// When a value that is new since then has to leave to be within the budget `hops` hops away.
Time Rhythm::latest_departure(Time since, Duration budget, std::int64_t hops,
                              const Tree& tree) const {
  return since + budget - hops * tree.hop.late - budget / 100;
}

void Rhythm::notice_freeze(const std::optional<Time>& wanted, Time now) {
  if (!wanted || now - *wanted <= freeze_at_least) return;
  BRUIT_MARK("rounds.R9.was-frozen");
  thawed_at_ = now;
  was_frozen_ = true;
}

// --- As a root ---

std::optional<Time> Rhythm::next_cut() const {
  const auto* root = std::get_if<RootState>(&state_);
  return root == nullptr ? std::nullopt : root->next_cut;
}

void Rhythm::on_gathered(std::uint64_t values, std::uint64_t late, Duration age, Time now) {
  auto& root = std::get<RootState>(state_);
  late = std::min(late, values);
  root.late_since_cut += late;
  const bool early = root.next_cut && *root.next_cut - now > period_ / 8;
  if (!early) {
    root.values_since_cut += values;
    return;
  }
  // It was not sent for this cut: what it did not count as late may become so here.
  root.values_since_cut += late;
  waiting_since_.insert(waiting_since_.end(), values - late, now - age);
}

void Rhythm::bring_forward(RootState& root, Time latest, Time now) {
  root.next_cut = std::min(*root.next_cut, std::max(latest, now));
}

bool Rhythm::on_news_at_root(Duration age, const Tree& tree, Time now) {
  auto& root = std::get<RootState>(state_);
  const Time latest = latest_departure(now - age, budget_.worst, tree.depth, tree);
  const bool can_be_in_time = latest + budget_.worst / 10 >= now;
  if (!root.next_cut) {
    // R2. Where there is no time for rounds, what comes at nearly the same time still goes
    // together, unless that would make it late.
    Time soonest = root.last_cut + tree.hop.late / 16;
    if (can_be_in_time) soonest = std::min(soonest, latest);
    if (soonest <= now) return true;
    BRUIT_MARK("rounds.R2.what-comes-together-goes-together");
    root.next_cut = root.announced_cut = soonest;
    return false;
  }
  // R4. Later than lost messages explain: one that is lost and repeated, as long as nodes are
  // silent, and otherwise two in a row.
  const Duration repeat = 2 * tree.hop.late + RoundTrips::slack;
  if (age >= budget_.worst + (tree.anybody_silent ? repeat : 2 * repeat)) {
    BRUIT_MARK("rounds.R4.later-than-losses-explain");
    // Many may bring such values at once: one cut for all of them.
    const Time soonest = root.last_cut + tree.hop.late / 4;
    if (soonest <= now) return true;
    root.next_cut = std::min(*root.next_cut, soonest);
    return false;
  }
  if (tree.anybody_silent) {
    BRUIT_MARK("rounds.R5.twice-the-budget-while-somebody-is-silent");
    const Time silent_latest =
        latest_departure(now - age, 2 * budget_.worst - budget_.worst / 6, tree.depth + 1, tree);
    if (silent_latest + budget_.worst / 10 >= now) bring_forward(root, silent_latest, now);
  } else if (can_be_in_time) {
    BRUIT_MARK("rounds.R4.cuts-early");
    bring_forward(root, latest, now);
  }
  return false;
}

void Rhythm::cut(bool anything, const Tree& tree, Time now) {
  auto& root = std::get<RootState>(state_);
  const Duration travel = static_cast<std::int64_t>(tree.depth) * tree.hop.mean;
  root.median.add_round(root.values_since_cut + waiting_since_.size(),
                        root.late_since_cut + count_late(travel, now),
                        root.next_cut ? now - root.last_cut : Duration::zero());
  root.values_since_cut = root.late_since_cut = 0;
  waiting_since_.clear();
  root.last_cut = now;
  // Nodes count on the cut that was announced: one that a late value brought forward by much does
  // not replace it, and none moves the rhythm.
  const bool announced = root.next_cut && root.announced_cut > now;
  const Time rhythm = announced ? root.announced_cut : now;
  root.next_cut.reset();
  if (!anything) return;
  const Plan current = plan(tree, now);
  period_ = current.period;
  if (current.mode != Plan::Mode::rounds) return;
  const Duration near = tree.anybody_silent ? current.period * 3 / 4 : current.period / 32;
  const bool much_too_early = rhythm - now > near;
  root.announced_cut = much_too_early ? rhythm : rhythm + current.period;
  root.next_cut = root.announced_cut;
}

// --- As a child ---

std::optional<Time> Rhythm::gather_at() const {
  return if_child() == nullptr ? std::nullopt : if_child()->gather_at;
}

std::optional<Time> Rhythm::answer_due() const {
  return if_child() == nullptr ? std::nullopt : if_child()->answer_due;
}

void Rhythm::on_news_at_child(Duration age, std::uint64_t late, Time now) {
  ChildState& child = this->child();
  child.oldest_news = std::min(child.oldest_news.value_or(now - age), now - age);
  child.late_relayed += late;
}

void Rhythm::take_phase(ChildState& child, const std::optional<Scatter::Phase>& told,
                        const Tree& tree, Time now) {
  child.phase.reset();
  if (!told) return;
  const auto here = [&](Duration theirs) {
    return std::chrono::duration_cast<Duration>(theirs * child.clock_ratio.value());
  };
  // How much a latency varies is not known from a few samples.
  const Duration varies =
      tree.parent.confirmed() ? 4 * tree.parent.spread() : tree.parent.smoothed() / 64;
  child.phase = Phase{
      .told_at = now,
      .gather_at = now + here(told->collect_in) - tree.parent.smoothed() - early_arrival - varies,
      .scatter_arrives = now + here(told->scatter_in),
      .period = told->period};
}

// Otherwise gathers are always for a later round than the next. (Up to the root and back.)
bool Rhythm::has_time_for_answer(const Phase& phase, const Tree& tree) {
  return phase.period >= tree.hops_to_root * tree.parent.smoothed() + early_arrival;
}

// Which of the rounds from the announced one on is the first that a gather can still be in time
// for.
std::int64_t Rhythm::next_round(const Phase& phase, Time now) {
  const Duration late = now - phase.gather_at;
  if (late <= Duration::zero() || phase.period <= Duration::zero()) return 0;
  return (late + phase.period - Duration(1)) / phase.period;
}

// A round that has not been announced yet may be a little earlier than a period after the last.
Time Rhythm::next_gather(const Phase& phase, Time now) {
  return phase.gather_at + next_round(phase, now) * (phase.period - phase.period / 32);
}

// When the first scatter comes that can answer a gather of then.
Time Rhythm::first_answer(const Phase& phase, Time gathered_at, const Tree& tree) {
  const Time earliest =
      gathered_at + tree.parent.smoothed() + early_arrival + 2 * tree.parent.deviation();
  const Duration late = earliest - phase.scatter_arrives;
  if (late <= Duration::zero() || phase.period <= Duration::zero()) return phase.scatter_arrives;
  return phase.scatter_arrives + (late + phase.period - Duration(1)) / phase.period * phase.period;
}

void Rhythm::plan_gather(const Tree& tree, Time now) {
  ChildState& child = this->child();
  const auto& phase = child.phase;
  if (!phase || now > phase->scatter_arrives + tree.parent_patience) {
    // The answer to a gather that is under way will tell the phase.
    child.gather_at = child.answer_due ? *child.answer_due : now;
  } else if (now > phase->gather_at && has_time_for_answer(*phase, tree)) {
    BRUIT_MARK("rounds.R3.has-just-missed-it");
    // Otherwise the gather for it has left, and the scatter that answers it tells the next.
    child.gather_at = now == phase->told_at ? now : phase->scatter_arrives + RoundTrips::slack;
  } else {
    child.gather_at = std::max(next_gather(*phase, now), now);
  }
  const std::int64_t hops = tree.hops_to_root + tree.depth;
  if (child.oldest_news) {
    // R5. In a tree that is deeper, by a hop at most ends, nearly all would be late, and nothing
    // gained.
    const Time latest = latest_departure(*child.oldest_news, budget_.worst * 3 / 2, hops + 1, tree);
    child.gather_at = std::min(*child.gather_at, std::max(latest, now));
    if (!tree.in_layout) {
      BRUIT_MARK("rounds.R5.twice-the-budget-in-a-bent-tree");
      return;
    }
    hurry(child, *child.oldest_news, hops, tree, now);
  }
  if (waiting_since_.empty()) return;
  hurry(child, waiting_since_.front(), hops, tree, now);
  if (waiting_since_.front() < thawed_at_) {
    BRUIT_MARK("rounds.R9.leaves-at-once-after-a-freeze");
    child.gather_at = now;
  }
}

// R4
void Rhythm::hurry(ChildState& child, Time since, std::int64_t hops, const Tree& tree,
                   Time now) const {
  const Time latest = latest_departure(since, budget_.worst, hops, tree);
  if (latest + budget_.worst / 20 >= now) {
    child.gather_at = std::min(*child.gather_at, std::max(latest, now));
  }
}

Rhythm::Told Rhythm::gather(bool brings, bool asks, Time stamp, const Tree& tree, Time now) {
  ChildState& child = this->child();
  Told told;
  if (child.oldest_news) {
    told.oldest_age = std::max(now - *child.oldest_news, Duration::zero());
    child.oldest_unanswered =
        std::min(child.oldest_unanswered.value_or(*child.oldest_news), *child.oldest_news);
  }
  if (brings || asks) {
    child.gathered_at = now;
    const bool in_phase = child.phase && now < child.phase->scatter_arrives && !asks;
    const Duration slack = tree.parent_patience - tree.parent.smoothed();
    Time due = now + slack;
    if (in_phase) {
      const bool just_told = now == child.phase->told_at && has_time_for_answer(*child.phase, tree);
      const std::int64_t rounds = just_told ? 0 : next_round(*child.phase, now);
      due = child.phase->scatter_arrives + rounds * child.phase->period + slack;
    } else {
      // Unasked, it goes up to the root and comes back.
      due += (asks ? 1 : tree.hops_to_root) * tree.parent.smoothed();
    }
    // What is overdue does not become less so by sending more.
    if (asks || !child.answer_due) {
      child.answer_due = due;
      child.postponed = false;
    }
    if (asks) child.asked_at = stamp;
  }
  const std::int64_t hops = tree.hops_to_root + tree.depth;
  told.late = static_cast<std::uint32_t>(child.late_relayed +
                                         count_late(hops * tree.hop.mean + early_arrival, now));
  child.late_relayed = 0;
  waiting_since_.clear();
  child.oldest_news.reset();
  child.gather_at.reset();
  return told;
}

void Rhythm::on_scatter(const Scatter& scatter, const Tree& tree, Time now) {
  ChildState& child = this->child();
  if (tree.parent.deviation() < ClockRatio::steady) {
    child.clock_ratio.add(scatter.envelope.times.sent_at, now);
  }
  take_phase(child, scatter.phase, tree, now);
  if (child.phase) period_ = child.phase->period;
}

void Rhythm::on_answer(const Timestamps& times, bool progress, bool all, const Tree& tree,
                       Time now) {
  ChildState& child = this->child();
  const auto& echo = times.echo;
  const bool answered = child.asked_at && echo && *echo >= *child.asked_at;
  if (answered) {
    // Whatever is still missing was sent later.
    child.asked_at.reset();
    child.asked_again = child.postponed = false;
  }
  if (progress || all) child.oldest_unanswered.reset();
  if (!child.answer_due) return;
  if (all && !child.asked_at) {
    child.answer_due.reset();
    child.postponed = child.asked_again = false;
  } else if (!child.asked_again && is_missing(child, times, tree)) {
    BRUIT_MARK("rounds.R6.the-answer-shows-that-the-gather-is-lost");
    child.answer_due = now;
  } else if (progress || !child.postponed) {
    // It left before my gather came; a later one is the answer.
    BRUIT_MARK("rounds.R6.a-later-scatter-is-the-answer");
    child.postponed = true;
    const Time next = child.phase ? first_answer(*child.phase, child.gathered_at, tree)
                                  : now + tree.parent.smoothed();
    child.answer_due =
        std::max(*child.answer_due, next + tree.parent_patience - tree.parent.smoothed());
  }
}

// R6. The parent last heard something that left before the gather, too long before it spoke for the
// gather to have been still under way then.
bool Rhythm::is_missing(const ChildState& child, const Timestamps& times, const Tree& tree) {
  if (!times.echo || !times.echo_held || *times.echo >= child.gathered_at) return false;
  const Duration slack = early_arrival / 2 + 4 * tree.parent.spread();
  return *times.echo + *times.echo_held > child.gathered_at + slack;
}

void Rhythm::expect_answer(const Tree& tree, Time now) {
  ChildState& child = this->child();
  if (!child.answer_due) child.answer_due = now + period() + tree.parent_patience;
}

void Rhythm::ask_again() {
  BRUIT_MARK("rounds.R6.asks-again");
  child().answer_due.reset();
  child().asked_again = true;
  repeat();
}

void Rhythm::repeat() {
  ChildState& child = this->child();
  if (!child.oldest_unanswered) return;
  child.oldest_news =
      std::min(child.oldest_news.value_or(*child.oldest_unanswered), *child.oldest_unanswered);
}

// --- R7 ---

Duration Rhythm::acknowledgement_wait(std::uint32_t members) const {
  const Duration rounds = (members > large_cluster ? 4 : 2) * period();
  return std::max(acknowledge_after, rounds);
}

Time Rhythm::acknowledgement_due(Time owed_since, std::uint32_t members) const {
  const ChildState& child = *if_child();
  const Time wanted = owed_since + acknowledge_after;
  if (!child.phase) return wanted;
  const Time missed = child.phase->scatter_arrives + RoundTrips::slack;
  const Time latest = owed_since + (members > large_cluster ? 4 : 2) * child.phase->period;
  return std::max(wanted, std::min(missed, latest));
}

// --- For children ---

std::optional<Scatter::Phase> Rhythm::phase(Time now) const {
  if (const auto* root = std::get_if<RootState>(&state_)) {
    if (!root->next_cut) return std::nullopt;
    const Duration left = std::max(*root->next_cut - now, Duration::zero());  // it may be overdue
    return Scatter::Phase{left, left, period_};
  }
  const ChildState* child = if_child();
  if (child == nullptr || !child->phase) return std::nullopt;
  const Phase& phase = *child->phase;
  // What comes too late for this gather should come just in time for the next one.
  return Scatter::Phase{std::max(next_gather(phase, now) - now, Duration::zero()),
                        std::max(phase.scatter_arrives - now, Duration::zero()), phase.period};
}

Duration Rhythm::period() const {
  const ChildState* child = if_child();
  return child != nullptr && child->phase ? child->phase->period : period_;
}

void Rhythm::sanity_check() const {
  BRUIT_CHECK(period_ >= Duration::zero());
  if (const auto* root = std::get_if<RootState>(&state_)) {
    BRUIT_CHECK(!root->next_cut || *root->next_cut <= root->announced_cut);
  }
}

}  // namespace bruit::core
