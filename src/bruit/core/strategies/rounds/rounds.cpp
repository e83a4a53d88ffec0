#include "bruit/core/strategies/rounds/rounds.h"

#include <algorithm>
#include <utility>

#include "bruit/core/strategies/rounds/constants.h"

namespace bruit::core {
namespace {

using namespace rounds;

// Direct sending: logs are compared when it has been quiet for this long, or busy for that long. (A
// value that was lost in between shows as a gap before the next one of the same node.)
constexpr Duration compare_after_quiet = milliseconds(1500);
constexpr Duration compare_after_busy = seconds(20);
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

Rounds::Rounds(const RoundsOptions& options, std::uint64_t incarnation, const Members& members,
               Time start)
    : options_(options),
      members_(members),
      layout_(members.count(), std::max(1U, std::min(options.fan_out, members.count()))),
      depth_(layout_.depth()),
      incarnation_(incarnation),
      parent_(layout_.parent(members.self())),
      hello_at_(start + hello_after),
      next_tick_(hello_at_) {
  for (auto id = parent_; id; id = layout_.parent(*id)) parent_path_.push_back(*id);
  std::reverse(parent_path_.begin(), parent_path_.end());
  const std::uint32_t first = layout_.first_child(self());
  for (std::uint32_t i = 0; i < layout_.child_count(self()); ++i) {
    peer(NodeId{first + i}).child = true;
  }
}

// --- Calls ---

PublishResult Rounds::publish(Value value, Time now, Outbox& outbox) {
  if (!known_.insert(value)) return PublishResult::duplicate;
  notice_freeze(now);
  const std::size_t before = outbox.sends.size();
  const Entry entry{{self(), incarnation_}, next_sequence_++, std::move(value)};
  outbox.deliver(entry.value);
  rate_.add(now);
  const Plan current = plan(now);
  budget_met_ = current.budget_met || members_.count() == 1;
  const bool direct = members_.count() > 1 && current.mode == Plan::Mode::direct;
  log_.add(entry, direct ? Log::sent_to_everybody : self());
  if (members_.count() == 1) return PublishResult::accepted;
  if (direct) {
    push(entry, now, outbox);
  } else {
    waiting_since_.push_back(now);
    on_news(Duration::zero(), now, outbox);
  }
  conclude(before, now, outbox);
  return PublishResult::accepted;
}

void Rounds::receive(NodeId from, const Message& message, Time now, Outbox& outbox) {
  notice_freeze(now);
  const std::size_t before = outbox.sends.size();
  if (const auto* gather = std::get_if<Gather>(&message)) {
    on_gather(from, *gather, now, outbox);
  } else if (const auto* scatter = std::get_if<Scatter>(&message)) {
    on_scatter(from, *scatter, now, outbox);
  } else if (const auto* pushed = std::get_if<Push>(&message)) {
    on_push(from, *pushed, now, outbox);
  } else if (const auto* probe = std::get_if<Probe>(&message)) {
    on_probe(from, *probe, now, outbox);
  } else if (const auto* reply = std::get_if<ProbeReply>(&message)) {
    on_probe_reply(from, *reply, now, outbox);
  } else if (const auto* seek = std::get_if<Seek>(&message)) {
    on_seek(from, *seek, now, outbox);
  } else {
    ++counters_.unexpected;
  }
  conclude(before, now, outbox);
}

void Rounds::tick(Time now, Outbox& outbox) {
  notice_freeze(now);
  const std::size_t before = outbox.sends.size();
  if (search_ && search_->ends <= now) end_search(now, outbox);
  if (answer_due_ && *answer_due_ <= now) on_overdue_answer(now, outbox);
  if (next_cut_ && *next_cut_ <= now) cut(now, outbox);
  if (hello_at_ && *hello_at_ <= now) say_hello(now, outbox);
  if (compare_at_ && *compare_at_ <= now) compare(now, outbox);
  if (compare_children_at_ && *compare_children_at_ <= now) compare_with_children(now, outbox);
  if (gather_at_ && *gather_at_ <= now) {
    gather_at_.reset();
    if (!is_root() && !search_ && parent_lacks_news()) {
      send_gather(false, make_news(*parent_, now), now, outbox);
    }
  }
  if (const auto due = acknowledgement_due(); due && *due <= now) {
    send_gather(false, make_news(*parent_, now), now, outbox);
  }
  ask_for_gaps(now, outbox);
  check_children(now);
  probe_suspects(now, outbox);
  conclude(before, now, outbox);
}

void Rounds::notice_freeze(Time now) {
  if (next_tick_ && now - *next_tick_ > freeze_at_least) thawed_at_ = now;
}

void Rounds::conclude(std::size_t sends_before, Time now, Outbox& outbox) {
  settle(now, outbox);
  counters_.sent += outbox.sends.size() - sends_before;
  next_tick_ = earliest_timer();
}

std::optional<Time> Rounds::earliest_timer() const {
  std::optional<Time> next;
  const auto consider = [&next](const std::optional<Time>& time) {
    if (time && (!next || *time < *next)) next = time;
  };
  if (search_) consider(search_->ends);
  consider(next_cut_);
  consider(hello_at_);
  consider(compare_at_);
  consider(compare_children_at_);
  consider(gather_at_);
  consider(answer_due_);
  consider(next_probe_);
  consider(acknowledgement_due());
  for (const auto& [id, peer] : peers_) {
    consider(peer.ask_for_gap_at);
    consider(child_overdue_at(peer, period()));
  }
  return next;
}

std::size_t Rounds::pending() const {
  std::size_t waiting = search_ ? 1 : 0;
  for (const auto& [id, peer] : peers_) {
    if (!peer.child && id != parent_) continue;
    if (peer.link.unacknowledged_since() || peer.link.has_news(log_, id)) ++waiting;
  }
  return waiting;
}

// What a call leaves undone must have a timer, or it would be left for ever. While all is well this
// finds nothing.
void Rounds::settle(Time now, Outbox& outbox) {
  if (search_ || members_.count() == 1) return;
  if (!is_root()) {
    const Peer& parent = peer(*parent_);
    if (parent.link.unacknowledged_since() && !answer_due_) {
      answer_due_ = now + period() + patience(parent);
    }
    if (!answer_due_ && !gather_at_ && parent_lacks_news()) plan_gather(now);
    // Back to where the layout has it, sooner or later.
    const auto preferred = layout_.parent(self());
    if (preferred && *preferred != *parent_) suspect(*preferred, now);
    // The answer of the parent will take what is new to the children.
    if (answer_due_ || gather_at_) return;
  } else {
    for (const auto& [id, known] : peers_) {
      if (is_in_better_tree(known) && !known.suspected_since) suspect(id, now);
    }
    if (next_cut_) return;
  }
  for (auto& [id, child] : peers_) {
    if (!child.child || child.suspected_since || !child.link.has_news(log_, id)) continue;
    if (is_root()) {
      cut(now, outbox);
      return;
    }
    scatter_to(id, make_news(id, now), now, outbox);
  }
}

// --- Messages ---

Path Rounds::path() const {
  // Who searches stands for nobody but itself.
  Path result = search_ ? Path{} : parent_path_;
  result.push_back(self());
  return result;
}

RootWord Rounds::word(Time now) const {
  return is_root() || search_ ? RootWord{incarnation_, now} : word_;
}

Timestamps Rounds::stamp_for(Peer& to, Time now) const {
  // Of two that leave at one moment the second is the later one, also if it comes first.
  to.last_stamp = std::max(now, to.last_stamp + Duration(1));
  Timestamps times{.sent_at = to.last_stamp, .echo = to.stamp, .echo_held = {}};
  if (to.stamp) times.echo_held = now - to.stamp_received;
  return times;
}

void Rounds::take_stamp(Peer& from, const Timestamps& times, Time now) {
  from.heard = now;
  if (!from.stamp || times.sent_at >= *from.stamp) {
    from.stamp = times.sent_at;
    from.stamp_received = now;
  }
  if (!times.echo || *times.echo > now) return;
  // What was under way while this node was frozen tells nothing.
  if (*times.echo >= thawed_at_) from.round_trip.add(now - *times.echo - times.echo_held);
  // An echo of something sent since the suspicion: both directions work.
  if (from.suspected_since && *times.echo >= *from.suspected_since) from.suspected_since.reset();
}

bool Rounds::is_latest_from(const Peer& from, const Timestamps& times) {
  return from.stamp && times.sent_at >= *from.stamp;
}

Sync Rounds::begin_sync(NodeId to, Time now) {
  Peer& receiver = peer(to);
  return {.log = {incarnation_, 0},
          .from = 0,
          .entries = nullptr,
          .received = {},
          .gap = false,
          .awaited = receiver.child && receiver.link.peer_waits(),
          .digest = nullptr,
          .path = path(),
          .word = word(now),
          .times = stamp_for(receiver, now)};
}

Sync Rounds::make_news(NodeId to, Time now) {
  Sync sync = begin_sync(to, now);
  peer(to).link.write_news(sync, log_, to, now);
  return sync;
}

Sync Rounds::make_difference(NodeId to, const Digest& digest, Time now) {
  Sync sync = begin_sync(to, now);
  peer(to).link.write_difference(sync, log_, to, digest, now);
  return sync;
}

Sync Rounds::make_comparison(NodeId to, Time now) {
  Sync sync = begin_sync(to, now);
  peer(to).link.write_comparison(sync, log_);
  return sync;
}

bool Rounds::accept(NodeId from, const Sync& sync, Time now, Outbox& outbox) {
  Peer& sender = peer(from);
  if (sender.link.peer_incarnation() && *sender.link.peer_incarnation() < sync.log.incarnation) {
    sender.stamp.reset();  // its clock may have begun anew
  }
  const bool of_this_life = sender.link.begin_read(sync, log_);
  if (of_this_life) {
    take_stamp(sender, sync.times, now);
    // From its positions it is seen what this node missed.
    if (is_root() || from == parent_) hello_at_.reset();
    sender.root = sync.path.front();
  }
  const bool news = learn(sync.entries, from, now, outbox);
  if (!of_this_life) return news;
  sender.link.end_read(sync, log_, from, incarnation_, now);
  if (!sender.link.gap_since()) {
    sender.ask_for_gap_at.reset();
    sender.gap_asked = false;
  } else if (!sender.ask_for_gap_at && !sender.gap_asked) {
    // Perhaps it was only overtaken.
    sender.ask_for_gap_at =
        now + std::min(2 * sender.round_trip.deviation(), longest_wait) + early_arrival;
  }
  return news;
}

bool Rounds::learn(const EntryList& entries, NodeId from, Time now, Outbox& outbox) {
  if (!entries) return false;
  bool news = false;
  for (const auto& entry : *entries) {
    if (!log_.add(entry, from)) {
      ++counters_.duplicates;
      continue;
    }
    news = true;
    rate_.add(now);
    if (known_.insert(entry.value)) outbox.deliver(entry.value);
  }
  return news;
}

void Rounds::on_gather(NodeId from, const Gather& gather, Time now, Outbox& outbox) {
  const bool news = accept(from, gather.sync, now, outbox);
  Peer& child = peer(from);
  child.child = true;
  if (gather.attach) child.suspected_since.reset();  // it has heard this node, or would not ask it
  if (parent_ == from) {
    // Each takes the other for its parent; the senior one is the root.
    if (self() < from) {
      become_root(now, outbox);
    } else {
      child.child = false;
    }
  }
  if (gather.sync.digest) {
    child.compared = now;
    child.comparison_sent.reset();
  }
  // What it lacks may have come only after this node asked for the digest.
  const bool child_lacks = gather.sync.digest && log_.has_missing_in(gather.sync.digest);
  if (gather.attach || gather.sync.gap || child_lacks) {
    if (gather.attach) child.link.rewind();  // it asks since what was sent to it did not come
    Sync answer =
        gather.sync.digest ? make_difference(from, gather.sync.digest, now) : make_news(from, now);
    if (log_.lacks(gather.sync.digest)) answer.digest = log_.digest();
    std::optional<Time> attached;
    if (gather.attach) attached = gather.sync.times.sent_at;
    scatter_to(from, std::move(answer), now, outbox, attached);
  }
  if (news) {
    const Duration age = gather.oldest_age + child.round_trip.one_way();
    if (is_root()) {
      count_gathered(gather, now - age, now);
    } else {
      late_relayed_ += gather.late;
    }
    on_news(age, now, outbox);
  }
  // Nothing will answer it soon otherwise.
  if (!news && child.link.acknowledgement_owed_since() && !next_cut_) {
    scatter_to(from, make_news(from, now), now, outbox);
  }
}

void Rounds::on_scatter(NodeId from, const Scatter& scatter, Time now, Outbox& outbox) {
  const std::uint64_t acknowledged_before = parent_ == from ? peer(from).link.acknowledged() : 0;
  const bool news = accept(from, scatter.sync, now, outbox);
  Peer& sender = peer(from);
  if (parent_ != from) {
    // It takes me for its child. What it sent is welcome, but it should stop; or I should join it.
    if (!sender.child) send_probe_reply(from, now, outbox);
    if (is_in_better_tree(sender)) send_probe_in_reaction(from, now, outbox);
    if (news) on_news(Duration::zero(), now, outbox);
    return;
  }
  root_doubted_at_.reset();
  if (sender.round_trip.deviation() < ClockRatio::steady) {
    clock_ratio_.add(scatter.sync.times.sent_at, now);
  }
  take_phase(scatter.phase, sender, now);
  const double values =
      static_cast<double>(scatter.sync.entries ? scatter.sync.entries->size() : 0);
  last_scatter_thin_ = values < usual_values_ / 2;
  usual_values_ += (values - usual_values_) / 4;

  if (answer_due_) {
    if (attach_sent_ && scatter.attached && *scatter.attached >= *attach_sent_) {
      attach_sent_.reset();
      attach_compares_ = false;
    }
    const bool answered = !sender.link.unacknowledged_since() && !attach_sent_;
    if (sender.link.acknowledged() > acknowledged_before) oldest_unanswered_.reset();
    if (answered) {
      answer_due_.reset();
      answer_postponed_ = asked_again_ = false;
    } else if (sender.link.acknowledged() > acknowledged_before || !answer_postponed_) {
      // It left before my gather came; the next one is the answer.
      answer_postponed_ = true;
      const Time next = phase_ ? phase_->scatter_arrives : now + sender.round_trip.smoothed();
      answer_due_ = std::max(*answer_due_, next + patience(sender) - sender.round_trip.smoothed());
    }
  }
  const bool lacks = log_.lacks(scatter.sync.digest);
  const bool is_comparison = scatter.sync.digest && !scatter.sync.entries;
  if (scatter.sync.digest && (lacks || is_comparison || log_.has_missing_in(scatter.sync.digest))) {
    oldest_news_ = now - 2 * options_.budget.worst;
    Sync answer = make_difference(from, scatter.sync.digest, now);
    if (lacks || is_comparison) answer.digest = log_.digest();
    send_gather(lacks, std::move(answer), now, outbox);
  } else if (scatter.sync.gap) {
    remember_unanswered();
    send_gather(false, make_news(from, now), now, outbox);
  }
  if (is_latest_from(sender, scatter.sync.times) &&
      !follow(scatter.sync.path, scatter.sync.word, now, outbox)) {
    return;
  }
  scatter_to_children(false, now, outbox);
  plan_gather(now);
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

// --- Direct sending ---

void Rounds::push(const Entry& entry, Time now, Outbox& outbox) {
  const auto entries = std::make_shared<const std::vector<Entry>>(1, entry);
  for (std::uint32_t index = 0; index < members_.count(); ++index) {
    const NodeId to{index};
    if (to == self()) continue;
    outbox.send(to, Push{entries, stamp_for(peer(to), now)});
  }
  compare_soon(now);
}

void Rounds::on_push(NodeId from, const Push& pushed, Time now, Outbox& outbox) {
  take_stamp(peer(from), pushed.times, now);
  if (!pushed.entries) return;
  const bool had_gap = log_.has_gap();
  learn(pushed.entries, Log::sent_to_everybody, now, outbox);
  compare_soon(now);
  if (!had_gap && log_.has_gap()) compare_at_ = std::min(*compare_at_, now + RoundTrip::assumed);
}

void Rounds::compare_soon(Time now) {
  if (!compare_at_) first_uncompared_ = now;
  last_push_ = now;
  compare_at_ = std::min(now + compare_after_quiet, first_uncompared_ + compare_after_busy);
}

// Children compare by themselves, but for those that no value has come to.
Time Rounds::children_compared_by() const {
  return last_push_ + compare_after_quiet + longest_patience();
}

void Rounds::compare(Time now, Outbox& outbox) {
  compare_at_.reset();
  if (search_) {
    compare_soon(now);
    return;
  }
  if (!is_root()) send_gather(true, make_comparison(*parent_, now), now, outbox);
  compare_children_at_ = children_compared_by();
}

void Rounds::compare_with_children(Time now, Outbox& outbox) {
  compare_children_at_.reset();
  if (now - last_push_ < compare_after_quiet) {
    compare_children_at_ = children_compared_by();
    return;
  }
  for (auto& [id, child] : peers_) {
    // At the same moment it may have been before the push.
    if (!child.child || (child.compared && *child.compared > last_push_)) continue;
    child.comparison_sent = now;
    if (!child.suspected_since) scatter_to(id, make_comparison(id, now), now, outbox);
  }
}

// --- Rounds ---

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
  // late already may as well, unless it is later than a lost message explains.
  const Duration worst = options_.budget.worst;
  const Time latest = anybody_is_lost()
                          ? latest_departure(now - age, 2 * worst - worst / 6, depth_ + 1)
                          : latest_departure(now - age, worst, depth_);
  const bool held_up = age >= worst + 4 * hop().late + 2 * answer_slack;
  const bool hurries = latest + worst / 10 >= now || held_up;
  if (hurries && latest < *next_cut_) next_cut_ = std::max(latest, now);
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

void Rounds::cut(Time now, Outbox& outbox) {
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
  if (!anything) return;
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
