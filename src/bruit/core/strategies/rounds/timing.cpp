// The part of Rounds that decides when a root cuts and a child gathers, while messages come.
#include <algorithm>
#include <utility>

#include "bruit/core/strategies/rounds/constants.h"
#include "bruit/core/strategies/rounds/rounds.h"

namespace bruit::core {
namespace {

using namespace rounds;

// A round costs two messages for each node but the root, and a value that is sent straight one.
// Sent straight it also has to be compared later, which pays only if values keep coming.
constexpr double least_values_in_round = 2.2;
constexpr double least_rate_for_direct = 4;

bool rounds_gather_too_little(const Plan& plan, double values_per_second) {
  const std::chrono::duration<double> period = plan.period;
  return plan.mode == Plan::Mode::rounds && values_per_second >= least_rate_for_direct &&
         values_per_second * period.count() < least_values_in_round;
}

}  // namespace

Hop Rounds::hop() const {
  Hop longest;
  bool measured = false;
  for (const auto& [id, peer] : peers_) {
    const bool in_tree = peer.child || id == parent_;
    if (!in_tree || !peer.round_trip.known() || peer.suspected_since) continue;
    longest.mean = std::max(longest.mean, peer.round_trip.one_way());
    longest.late = std::max(longest.late, peer.round_trip.one_way_late());
    measured = true;
  }
  return measured ? longest : Hop{RoundTrip::assumed / 2, RoundTrip::assumed / 2};
}

std::int64_t Rounds::hops_to_root() const {
  return std::max<std::int64_t>(static_cast<std::int64_t>(parent_path_.size()), 1);
}

Plan Rounds::plan(Time now) const {
  const Hop measured = hop();
  const Plan usual = make_plan(options_.budget, depth_, measured);
  Plan plan = make_plan(options_.budget, depth_, measured, median_.correction(usual.period));
  // A node must not send to more peers at once than its fan-out limit.
  const bool may_send_directly = members_.count() - 1 <= options_.fan_out;
  if (plan.mode == Plan::Mode::direct && !may_send_directly) {
    plan.mode = Plan::Mode::rounds;
    plan.budget_met = false;
  } else if (may_send_directly && rounds_gather_too_little(plan, rate_.per_second(now))) {
    plan.mode = Plan::Mode::direct;
  }
  return plan;
}

void Rounds::take_phase(const std::optional<Scatter::Phase>& told, const Peer& parent, Time now) {
  if (!told) {
    phase_.reset();
    return;
  }
  const auto here = [this](Duration theirs) {
    return std::chrono::duration_cast<Duration>(theirs * clock_ratio_.value());
  };
  const RoundTrip& round_trip = parent.round_trip;
  phase_ = Phase{.told_at = now,
                 .gather_at = now + here(told->collect_in) - round_trip.smoothed() - early_arrival -
                              2 * round_trip.deviation(),
                 .scatter_arrives = now + here(told->scatter_in),
                 .period = told->period};
}

bool Rounds::parent_lacks_news() const {
  const auto it = peers_.find(*parent_);
  return it == peers_.end() ? log_.has_news_for(*parent_, 0)
                            : it->second.link.has_news(log_, *parent_);
}

void Rounds::on_news(Duration age, Time now, Outbox& outbox) {
  if (!is_root()) {
    if (!oldest_news_ || now - age < *oldest_news_) oldest_news_ = now - age;
    plan_gather(now);
    return;
  }
  if (search_) return;
  if (!next_cut_) {
    cut(now, outbox);
    return;
  }
  // A value that comes late for its round must not wait for the whole next one. One that is too
  // late already may as well, unless it is later than messages lost by chance explain: one that is
  // lost and repeated, as long as nodes are cut off, and otherwise two in a row.
  const Duration worst = options_.budget.worst;
  const Duration repeat = 2 * hop().late + answer_slack;
  const bool lost = anybody_is_lost();
  if (age >= worst + (lost ? repeat : 2 * repeat)) {
    next_cut_ = std::min(*next_cut_, now);
    return;
  }
  const Time latest = lost ? latest_departure(now - age, 2 * worst - worst / 6, depth_ + 1)
                           : latest_departure(now - age, worst, depth_);
  if (latest + worst / 10 >= now) next_cut_ = std::min(*next_cut_, std::max(latest, now));
}

// Then those that are not may have to go round it, in a tree that is a level deeper: values take up
// to twice the budget, and many would be late.
bool Rounds::anybody_is_lost() const {
  return std::any_of(peers_.begin(), peers_.end(),
                     [](const auto& item) { return item.second.suspected_since.has_value(); });
}

Time Rounds::latest_departure(Time since, Duration budget, std::int64_t hops) const {
  return since + budget - hops * hop().late - budget / 100;
}

std::optional<Scatter::Phase> Rounds::phase_for_children(Time now) const {
  if (is_root()) {
    if (!next_cut_) return std::nullopt;
    return Scatter::Phase{*next_cut_ - now, *next_cut_ - now, period_};
  }
  if (!phase_) return std::nullopt;
  // What comes too late for this gather should come just in time for the next one.
  return Scatter::Phase{std::max(next_gather(now) - now, Duration::zero()),
                        std::max(phase_->scatter_arrives - now, Duration::zero()), phase_->period};
}

void Rounds::scatter_to(NodeId child, Sync sync, Time now, Outbox& outbox,
                        std::optional<Time> attached) {
  outbox.send(
      child,
      Scatter{.sync = std::move(sync), .phase = phase_for_children(now), .attached = attached});
}

void Rounds::scatter_to_children(bool to_all, Time now, Outbox& outbox) {
  for (auto& [id, child] : peers_) {
    if (!child.child || child.suspected_since) continue;
    if (to_all || child.link.acknowledgement_owed_since() || child.link.has_news(log_, id)) {
      scatter_to(id, make_news(id, now), now, outbox);
    }
  }
}

std::uint64_t Rounds::count_late(Duration travel, Time now) const {
  return static_cast<std::uint64_t>(
      std::count_if(waiting_since_.begin(), waiting_since_.end(),
                    [&](Time since) { return now - since + travel > options_.budget.median; }));
}

void Rounds::count_gathered(const Gather& gather, Time since, Time now) {
  const std::uint64_t values = gather.sync.entries->size();
  const std::uint64_t late = std::min<std::uint64_t>(gather.late, values);
  late_since_cut_ += late;
  const bool early = next_cut_ && *next_cut_ - now > period_ / 8;
  if (!early) {
    values_since_cut_ += values;
    return;
  }
  // It was not sent for this cut: what it did not count as late may become so here.
  values_since_cut_ += late;
  waiting_since_.insert(waiting_since_.end(), values - late, since);
}

bool Rounds::cut(Time now, Outbox& outbox) {
  const std::int64_t depth = depth_;
  median_.add_round(values_since_cut_ + waiting_since_.size(),
                    late_since_cut_ + count_late(depth * hop().mean, now),
                    next_cut_ ? now - last_cut_ : Duration::zero());
  values_since_cut_ = late_since_cut_ = 0;
  waiting_since_.clear();
  last_cut_ = now;
  // Nodes count on the cut that was announced: one that a late value brought forward by much does
  // not replace it, and none moves the rhythm.
  const bool announced = next_cut_ && announced_cut_ > now;
  const Time rhythm = announced ? announced_cut_ : now;
  next_cut_.reset();
  const bool anything = std::any_of(peers_.begin(), peers_.end(), [this](const auto& item) {
    const auto& [id, child] = item;
    return child.child && !child.suspected_since &&
           (child.link.has_news(log_, id) || child.link.acknowledgement_owed_since());
  });
  if (!anything) return false;
  const Plan current = plan(now);
  period_ = current.period;
  budget_met_ = current.budget_met;
  if (current.mode == Plan::Mode::rounds) {
    const Duration near = anybody_is_lost() ? current.period * 3 / 4 : current.period / 32;
    const bool much_too_early = rhythm - now > near;
    announced_cut_ = much_too_early ? rhythm : rhythm + current.period;
    next_cut_ = announced_cut_;
  }
  scatter_to_children(true, now, outbox);
  hello_at_.reset();  // from the incarnation children see whether there is something to tell
  return true;
}

void Rounds::plan_gather(Time now) {
  if (is_root() || search_ || !parent_lacks_news()) return;
  if (!phase_ || now > phase_->scatter_arrives + patience(peer(*parent_))) {
    // The answer to a gather that is under way will tell the phase.
    gather_at_ = answer_due_ ? *answer_due_ : now;
  } else if (now > phase_->gather_at && has_time_for_answer(*phase_)) {
    // Just missed: better late for this round than a whole round later. Otherwise the gather for it
    // has left, and the scatter that answers it tells the next.
    gather_at_ = now == phase_->told_at ? now : phase_->scatter_arrives + answer_slack;
  } else {
    gather_at_ = std::max(next_gather(now), now);
  }
  const Duration worst = options_.budget.worst;
  const std::int64_t hops = hops_to_root() + depth_;
  if (oldest_news_) {
    // In a tree that failures have made deeper, by a hop at most ends, nearly all would be late,
    // and nothing gained: there twice the budget is kept.
    const Time latest = latest_departure(*oldest_news_, worst + worst / 2, hops + 1);
    gather_at_ = std::min(*gather_at_, std::max(latest, now));
    if (parent_ != layout_.parent(self())) return;
    hurry(*oldest_news_, hops, now);
  }
  if (waiting_since_.empty()) return;
  hurry(waiting_since_.front(), hops, now);
  if (waiting_since_.front() < thawed_at_) gather_at_ = now;
}

// A value that missed its round must not wait for the whole next one. One that is too late already
// may as well.
void Rounds::hurry(Time since, std::int64_t hops, Time now) {
  const Time latest = latest_departure(since, options_.budget.worst, hops);
  if (latest + options_.budget.worst / 20 >= now) {
    gather_at_ = std::min(*gather_at_, std::max(latest, now));
  }
}

// Otherwise gathers are always for a later round than the next. (Up to the root and back.)
bool Rounds::has_time_for_answer(const Phase& phase) const {
  const Duration answer = hops_to_root() * peers_.at(*parent_).round_trip.smoothed();
  return phase.period >= answer + early_arrival;
}

std::int64_t Rounds::next_round(Time now) const {
  const Duration late = now - phase_->gather_at;
  if (late <= Duration::zero() || phase_->period <= Duration::zero()) return 0;
  return (late + phase_->period - Duration(1)) / phase_->period;
}

// A round that has not been announced yet may be a little earlier than a period after the last.
Time Rounds::next_gather(Time now) const {
  return phase_->gather_at + next_round(now) * (phase_->period - phase_->period / 32);
}

Time Rounds::first_answer(Time gathered_at, const Peer& parent) const {
  const RoundTrip& round_trip = parent.round_trip;
  const Time earliest =
      gathered_at + round_trip.smoothed() + early_arrival + 2 * round_trip.deviation();
  const Duration late = earliest - phase_->scatter_arrives;
  if (late <= Duration::zero() || phase_->period <= Duration::zero()) {
    return phase_->scatter_arrives;
  }
  return phase_->scatter_arrives +
         (late + phase_->period - Duration(1)) / phase_->period * phase_->period;
}

// What was sent is sent again: it is as old as it was.
void Rounds::remember_unanswered() {
  if (!oldest_unanswered_) return;
  oldest_news_ = std::min(oldest_news_.value_or(*oldest_unanswered_), *oldest_unanswered_);
}

void Rounds::send_gather(bool attach, Sync sync, Time now, Outbox& outbox) {
  Gather gather{.sync = std::move(sync), .oldest_age = {}, .late = 0, .attach = attach};
  if (oldest_news_) {
    gather.oldest_age = std::max(now - *oldest_news_, Duration::zero());
    oldest_unanswered_ = std::min(oldest_unanswered_.value_or(*oldest_news_), *oldest_news_);
  }
  Peer& parent = peer(*parent_);
  if (gather.sync.entries || attach) {
    gathered_at_ = now;
    const bool in_phase = phase_ && now < phase_->scatter_arrives && !attach;
    const Duration slack = patience(parent) - parent.round_trip.smoothed();
    // Unasked, it goes up to the root and comes back.
    const std::int64_t hops = attach ? 1 : hops_to_root();
    const std::int64_t rounds = in_phase && now != phase_->told_at ? next_round(now) : 0;
    const Time due = in_phase ? phase_->scatter_arrives + rounds * phase_->period + slack
                              : now + hops * parent.round_trip.smoothed() + slack;
    // What is overdue does not become less so by sending more.
    if (attach || !answer_due_) {
      answer_due_ = due;
      answer_postponed_ = false;
    }
    if (attach) {
      // The latest one carries what an earlier one, still without an answer, asked for.
      if (attach_compares_ && !gather.sync.digest) gather.sync.digest = log_.digest();
      attach_sent_ = now;
      attach_compares_ = gather.sync.digest != nullptr;
    }
  }
  const std::int64_t hops = hops_to_root() + depth_;
  gather.late = static_cast<std::uint32_t>(late_relayed_ +
                                           count_late(hops * hop().mean + early_arrival, now));
  late_relayed_ = 0;
  waiting_since_.clear();
  oldest_news_.reset();
  gather_at_.reset();
  outbox.send(*parent_, std::move(gather));
}

std::optional<Time> Rounds::acknowledgement_due() const {
  if (!parent_ || search_) return std::nullopt;
  const auto it = peers_.find(*parent_);
  if (it == peers_.end()) return std::nullopt;
  const auto owed_since = it->second.link.acknowledgement_owed_since();
  if (!owed_since) return std::nullopt;
  const Time wanted = *owed_since + acknowledge_after;
  if (!phase_) return wanted;
  // In the middle of a stream of values the next gather carries it, or the one after that. When the
  // stream ends there will be none: then the scatter that was a thin one, or that does not come,
  // tells.
  if (last_scatter_thin_) return wanted;
  const Time missed = phase_->scatter_arrives + answer_slack;
  const Time latest = *owed_since + 2 * phase_->period;
  return std::max(wanted, std::min(missed, latest));
}

}  // namespace bruit::core
