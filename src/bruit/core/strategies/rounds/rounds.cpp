#include "bruit/core/strategies/rounds/rounds.h"

#include <algorithm>
#include <utility>

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// How much before its parent's cut a gather should arrive. Guess: timers of an ordinary machine.
constexpr Duration early_arrival = milliseconds(2);
// What an answer may take beyond the measured round trip. Guess: a busy machine's scheduling.
constexpr Duration answer_slack = milliseconds(50);
constexpr Duration answer_slack_unmeasured = milliseconds(300);
// How often a lost peer is asked whether it is back: often enough that both sides of a healed
// partition agree within 300 ms (on a fast network) or a second.
constexpr Duration probe_interval_min = milliseconds(150);
constexpr Duration probe_interval_max = seconds(5);
// How long lost peers are asked at the first rate before it drops.
constexpr Duration probe_patience = seconds(30);
// Direct sending: logs are compared when it has been quiet for this long, or busy for that long.
constexpr Duration compare_after_quiet = milliseconds(1500);
constexpr Duration compare_after_busy = seconds(10);
// Most nodes asked in one search. Guess; in clusters below it everybody is.
constexpr std::uint32_t search_limit = 64;
// A node with nothing to send acknowledges what it got after this long. Guess: a few rounds of
// challenge 3d, so that most acknowledgements ride on a gather.
constexpr Duration acknowledge_after = milliseconds(800);
// A node that has heard nothing since it started may have restarted, and asks what it missed.
constexpr Duration hello_after = seconds(1);

}  // namespace

Rounds::Rounds(const RoundsOptions& options, std::uint64_t incarnation, const Members& members,
               Time start)
    : options_(options),
      members_(members),
      layout_(members.count(), std::max(1U, std::min(options.fan_out, members.count()))),
      depth_(layout_.depth()),
      incarnation_(incarnation),
      parent_(layout_.parent(members.self())),
      root_(NodeId{0}),
      hello_at_(start + hello_after) {
  const std::uint32_t first = layout_.first_child(self());
  for (std::uint32_t i = 0; i < layout_.child_count(self()); ++i) {
    peer(NodeId{first + i}).child = true;
  }
}

// --- Clients ---

PublishResult Rounds::publish(Value value, Time now, Outbox& outbox) {
  if (!known_.insert(value)) return PublishResult::duplicate;
  hello_at_.reset();  // what is sent now will be answered
  const Entry entry{{self(), incarnation_}, next_sequence_++, std::move(value)};
  outbox.deliver(entry.value);
  const bool direct = members_.count() > 1 && plan().mode == Plan::Mode::direct;
  log_.add(entry, direct ? Log::sent_to_everybody : self());
  if (members_.count() == 1) return PublishResult::accepted;
  if (direct) {
    push(entry, now, outbox);
  } else {
    waiting_since_.push_back(now);
    on_news(Duration::zero(), now, outbox);
  }
  return PublishResult::accepted;
}

Duration Rounds::hop() const {
  Duration one_way = Duration::zero();
  bool measured = false;
  for (const auto& [id, peer] : peers_) {
    if ((peer.child || id == parent_) && peer.round_trip.known() && !peer.suspected_since) {
      one_way = std::max(one_way, peer.round_trip.one_way());
      measured = true;
    }
  }
  return measured ? one_way : RoundTrip::assumed / 2;
}

std::int64_t Rounds::hops_to_root() const {
  if (!parent_ || root_ == *parent_) return 1;
  return std::max<std::int64_t>(depth_, 2);
}

Plan Rounds::plan() const {
  const Plan usual = make_plan(options_.budget, depth_, hop());
  Plan plan = make_plan(options_.budget, depth_, hop(), median_.correction(usual.period));
  // A node must not send to more peers at once than its fan-out limit.
  if (plan.mode == Plan::Mode::direct && members_.count() - 1 > options_.fan_out) {
    plan.mode = Plan::Mode::rounds;
    plan.budget_met = false;
  }
  return plan;
}

// --- Messages ---

Timestamps Rounds::stamp_for(Peer& to, Time now) const {
  Timestamps times{.sent_at = now, .echo = to.stamp, .echo_held = {}};
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
  from.round_trip.add(now - *times.echo - times.echo_held);
  // An echo of something sent since the suspicion: both directions work.
  if (from.suspected_since && *times.echo >= *from.suspected_since) {
    from.suspected_since.reset();
    from.next_probe.reset();
  }
}

Sync Rounds::make_sync(NodeId to, Time now) {
  Peer& receiver = peer(to);
  Sync sync{.log = {incarnation_, log_.size()},
            .from = receiver.sent,
            .entries = log_.news_for(to, receiver.sent),
            .received = {receiver.incarnation.value_or(0), receiver.received},
            .gap = std::exchange(receiver.gap, false),
            .digest = nullptr,
            .root = root(),
            .times = stamp_for(receiver, now)};
  receiver.sent = log_.size();
  receiver.received_told = receiver.received;
  receiver.acknowledgement_owed_since.reset();
  if (sync.entries && !receiver.unacknowledged_since) receiver.unacknowledged_since = now;
  return sync;
}

Sync Rounds::make_sync_from_digest(NodeId to, const Digest& digest, Time now) {
  Sync sync = make_sync(to, now);
  sync.from = 0;
  sync.entries = log_.missing_in(digest);
  Peer& receiver = peer(to);
  // The digest is the latest word on what the receiver holds, whatever it acknowledged in a former
  // life.
  receiver.unacknowledged_since.reset();
  receiver.acknowledged = sync.entries ? 0 : receiver.sent;
  if (sync.entries) receiver.unacknowledged_since = now;
  return sync;
}

Sync Rounds::make_comparison(NodeId to, Time now) {
  Sync sync = make_sync(to, now);
  sync.from = 0;
  sync.entries = nullptr;
  sync.digest = log_.digest();
  Peer& receiver = peer(to);
  receiver.acknowledged = 0;
  receiver.unacknowledged_since.reset();
  return sync;
}

bool Rounds::accept(NodeId from, const Sync& sync, Time now, Outbox& outbox) {
  Peer& sender = peer(from);
  if (sender.incarnation != sync.log.incarnation) {
    if (sender.incarnation) {
      // It has restarted: what it had of mine is gone.
      sender.sent = sender.acknowledged = 0;
      sender.unacknowledged_since.reset();
    }
    sender.incarnation = sync.log.incarnation;
    sender.received = sender.received_told = 0;
  }
  take_stamp(sender, sync.times, now);

  bool news = false;
  if (sync.entries) {
    for (const auto& entry : *sync.entries) {
      if (!log_.add(entry, from)) {
        ++counters_.duplicates;
        continue;
      }
      news = true;
      if (known_.insert(entry.value)) outbox.deliver(entry.value);
    }
  }
  if (sync.digest && !sync.entries) {
    // Only a comparison: the stretch is held if nothing that the digest tells is missing.
    if (!log_.lacks(sync.digest)) {
      sender.received = std::max(sender.received, sync.log.position);
      sender.gap = false;
    }
  } else if (sync.from <= sender.received) {
    sender.received = std::max(sender.received, sync.log.position);
  } else {
    sender.gap = true;
  }
  if (sync.entries && !sender.acknowledgement_owed_since) sender.acknowledgement_owed_since = now;

  if (sync.received.incarnation == incarnation_) {
    const std::uint64_t position = std::min(sync.received.position, log_.size());
    if (position > sender.acknowledged) {
      sender.acknowledged = position;
      sender.unacknowledged_since = now;
    }
    if (!log_.has_news_for(from, sender.acknowledged)) {
      sender.unacknowledged_since.reset();
    } else if (sender.acknowledged >= sender.sent) {
      sender.unacknowledged_since.reset();
    }
  }
  if (sync.gap) {
    // The receiver says exactly how far it is, whatever was concluded from digests meanwhile.
    const bool mine = sync.received.incarnation == incarnation_;
    sender.acknowledged = mine ? std::min(sync.received.position, log_.size()) : 0;
    sender.sent = std::min(sender.sent, sender.acknowledged);
  }
  return news;
}

void Rounds::say_hello(Time now, Outbox& outbox) {
  hello_at_.reset();
  if (members_.count() == 1) return;
  if (!is_root()) {
    adopt(*parent_, root_, nullptr, now, outbox);
    return;
  }
  for (auto& [id, child] : peers_) {
    if (child.child) scatter_to(id, make_comparison(id, now), now, outbox);
  }
}

void Rounds::receive(NodeId from, const Message& message, Time now, Outbox& outbox) {
  hello_at_.reset();
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
  } else {
    ++counters_.unexpected;
  }
  counters_.sent += outbox.sends.size() - before;
}

void Rounds::on_gather(NodeId from, const Gather& gather, Time now, Outbox& outbox) {
  const bool news = accept(from, gather.sync, now, outbox);
  Peer& child = peer(from);
  child.child = true;
  if (parent_ == from) {
    // Each takes the other for its parent; the senior one is the root.
    if (self() < from)
      become_root(now, outbox);
    else
      child.child = false;
  }
  if (gather.attach || gather.sync.gap || child.gap) {
    Sync answer = gather.sync.digest ? make_sync_from_digest(from, gather.sync.digest, now)
                                     : make_sync(from, now);
    if (log_.lacks(gather.sync.digest) || answer.gap) answer.digest = log_.digest();
    scatter_to(from, std::move(answer), now, outbox);
  }
  if (news) {
    if (is_root()) {
      values_since_cut_ += gather.sync.entries->size();
      late_since_cut_ += gather.late;
    } else {
      late_relayed_ += gather.late;
    }
    const Duration age = gather.oldest_age + child.round_trip.one_way();
    on_news(age, now, outbox);
  }
  // Nothing will answer it soon otherwise.
  if (!news && child.acknowledgement_owed_since && !next_cut_) {
    scatter_to(from, make_sync(from, now), now, outbox);
  }
}

void Rounds::on_scatter(NodeId from, const Scatter& scatter, Time now, Outbox& outbox) {
  const std::uint64_t acknowledged_before = peer(from).acknowledged;
  const bool news = accept(from, scatter.sync, now, outbox);
  Peer& sender = peer(from);
  if (parent_ != from) {
    // It takes me for its child. What it sent is welcome, but it should stop.
    if (!sender.child) send_probe_reply(from, now, outbox);
    if (news) on_news(Duration::zero(), now, outbox);
    return;
  }
  const NodeId old_root = std::exchange(root_, scatter.sync.root);
  if (scatter.phase) {
    const Duration round_trip = sender.round_trip.smoothed();
    phase_ = Phase{.gather_at = now + scatter.phase->collect_in - round_trip - early_arrival -
                                2 * sender.round_trip.deviation(),
                   .scatter_arrives = now + scatter.phase->scatter_in,
                   .period = scatter.phase->period};
    phase_->gather_at = std::max(phase_->gather_at, now);
  } else {
    phase_.reset();
  }
  const double values =
      static_cast<double>(scatter.sync.entries ? scatter.sync.entries->size() : 0);
  last_scatter_thin_ = values < usual_values_ / 2;
  usual_values_ += (values - usual_values_) / 4;

  if (answer_due_) {
    if (attach_sent_ && scatter.sync.times.echo && *scatter.sync.times.echo >= *attach_sent_) {
      attach_sent_.reset();
    }
    const bool answered = !sender.unacknowledged_since && !attach_sent_;
    if (answered) {
      answer_due_.reset();
      answer_postponed_ = false;
    } else if (sender.acknowledged > acknowledged_before || !answer_postponed_) {
      // It left before my gather came; the next one is the answer.
      answer_postponed_ = true;
      answer_due_ = (phase_ ? phase_->scatter_arrives : now + sender.round_trip.smoothed()) +
                    patience(sender) - sender.round_trip.smoothed();
    }
  }
  if (sender.gap) {
    send_gather(false, make_sync(from, now), now, outbox);
  } else if (scatter.sync.digest && log_.missing_in(scatter.sync.digest)) {
    oldest_news_ = now - options_.budget.worst;
    send_gather(false, make_sync_from_digest(from, scatter.sync.digest, now), now, outbox);
  } else if (scatter.sync.digest && log_.lacks(scatter.sync.digest)) {
    adopt(from, scatter.sync.root, scatter.sync.digest, now, outbox);
  }
  scatter_to_children(false, now, outbox);
  plan_gather(now);

  // The tree has joined a more senior one: its nodes are in reach again, maybe of me too.
  if (root_ < old_root) {
    const auto preferred = layout_.parent(self());
    if (preferred && *preferred != from) send_probe(*preferred, now, outbox);
  }
}

// --- Direct sending ---

void Rounds::push(const Entry& entry, Time now, Outbox& outbox) {
  const auto entries = std::make_shared<const std::vector<Entry>>(1, entry);
  for (std::uint32_t index = 0; index < members_.count(); ++index) {
    const NodeId to{index};
    if (to == self()) continue;
    outbox.send(to, Push{entries, stamp_for(peer(to), now)});
    ++counters_.sent;
  }
  if (!compare_at_) first_uncompared_ = now;
  compare_at_ = std::min(now + compare_after_quiet, first_uncompared_ + compare_after_busy);
}

void Rounds::on_push(NodeId from, const Push& pushed, Time now, Outbox& outbox) {
  take_stamp(peer(from), pushed.times, now);
  if (!pushed.entries) return;
  for (const auto& entry : *pushed.entries) {
    if (!log_.add(entry, Log::sent_to_everybody)) {
      ++counters_.duplicates;
    } else if (known_.insert(entry.value)) {
      outbox.deliver(entry.value);
    }
  }
  if (!compare_at_) first_uncompared_ = now;
  compare_at_ = std::min(now + compare_after_quiet, first_uncompared_ + compare_after_busy);
  if (log_.has_gap()) compare_at_ = std::min(*compare_at_, now + RoundTrip::assumed);
}

void Rounds::compare_with_parent(Time now, Outbox& outbox) {
  compare_at_.reset();
  if (is_root()) return;  // the children do
  send_gather(true, make_comparison(*parent_, now), now, outbox);
}

// --- Rounds ---

bool Rounds::parent_lacks_news() const {
  const auto it = peers_.find(*parent_);
  return log_.has_news_for(*parent_, it == peers_.end() ? 0 : it->second.sent);
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
  // A value that comes late for its round must not wait for the whole next one.
  const Duration travel = static_cast<std::int64_t>(depth_) * hop();
  const Time latest = now - age + options_.budget.worst - travel - options_.budget.worst / 100;
  if (latest < *next_cut_) next_cut_ = std::max(latest, now);
}

std::optional<Scatter::Phase> Rounds::phase_for_children(Time now) const {
  if (is_root()) {
    if (!next_cut_) return std::nullopt;
    return Scatter::Phase{*next_cut_ - now, *next_cut_ - now, plan().period};
  }
  if (!phase_) return std::nullopt;
  return Scatter::Phase{std::max(phase_->gather_at - now, Duration::zero()),
                        std::max(phase_->scatter_arrives - now, Duration::zero()), phase_->period};
}

void Rounds::scatter_to(NodeId child, Sync sync, Time now, Outbox& outbox) {
  outbox.send(child, Scatter{.sync = std::move(sync), .phase = phase_for_children(now)});
}

void Rounds::scatter_to_children(bool to_all, Time now, Outbox& outbox) {
  for (auto& [id, child] : peers_) {
    if (!child.child || child.suspected_since) continue;
    if (to_all || child.acknowledgement_owed_since || log_.has_news_for(id, child.sent)) {
      scatter_to(id, make_sync(id, now), now, outbox);
    }
  }
}

std::uint64_t Rounds::count_late(Duration travel, Time now) const {
  return static_cast<std::uint64_t>(
      std::count_if(waiting_since_.begin(), waiting_since_.end(),
                    [&](Time since) { return now - since + travel > options_.budget.median; }));
}

void Rounds::cut(Time now, Outbox& outbox) {
  const std::int64_t depth = depth_;
  median_.add_round(values_since_cut_ + waiting_since_.size(),
                    late_since_cut_ + count_late(depth * hop(), now),
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
    return item.second.child && !item.second.suspected_since &&
           (log_.has_news_for(item.first, item.second.sent) ||
            item.second.acknowledgement_owed_since);
  });
  if (!anything) return;
  const Plan current = plan();
  if (current.mode == Plan::Mode::rounds) {
    const bool much_too_early = rhythm - now > current.period / 32;
    announced_cut_ = much_too_early ? rhythm : rhythm + current.period;
    next_cut_ = announced_cut_;
  }
  scatter_to_children(true, now, outbox);
}

void Rounds::plan_gather(Time now) {
  if (is_root() || search_ || !parent_lacks_news()) return;
  if (!phase_ || now > phase_->scatter_arrives + patience(peer(*parent_))) {
    // The answer to a gather that is under way will tell the phase.
    gather_at_ = answer_due_ ? *answer_due_ : now;
  } else if (now <= phase_->gather_at) {
    gather_at_ = phase_->gather_at;
  } else if (!peer(*parent_).round_trip.known()) {
    // The gather for this round has left, but far too early, for want of a measured latency.
    gather_at_ = now;
  } else {
    // The gather for this round has left; the scatter that answers it tells the next.
    gather_at_ = phase_->scatter_arrives + answer_slack;
  }
}

void Rounds::send_gather(bool attach, Sync sync, Time now, Outbox& outbox) {
  Gather gather{.sync = std::move(sync), .oldest_age = {}, .attach = attach};
  if (oldest_news_) gather.oldest_age = std::max(now - *oldest_news_, Duration::zero());
  Peer& parent = peer(*parent_);
  if (gather.sync.entries || attach) {
    const bool in_phase = phase_ && now < phase_->scatter_arrives && !attach;
    const Duration slack = patience(parent) - parent.round_trip.smoothed();
    // Unasked, it goes up to the root and comes back.
    const std::int64_t hops = attach ? 1 : hops_to_root();
    answer_due_ = in_phase ? phase_->scatter_arrives + slack
                           : now + hops * parent.round_trip.smoothed() + slack;
    if (attach) attach_sent_ = now;
    answer_postponed_ = false;
  }
  const std::int64_t hops = hops_to_root() + depth_;
  gather.late =
      static_cast<std::uint32_t>(late_relayed_ + count_late(hops * hop() + early_arrival, now));
  late_relayed_ = 0;
  waiting_since_.clear();
  oldest_news_.reset();
  gather_at_.reset();
  outbox.send(*parent_, std::move(gather));
}

// --- Failure ---

Duration Rounds::patience(const Peer& with) const {
  if (!with.round_trip.known()) return RoundTrip::assumed + answer_slack_unmeasured;
  return with.round_trip.smoothed() + 4 * with.round_trip.deviation() + answer_slack;
}

std::optional<Time> Rounds::acknowledgement_due() const {
  if (!parent_ || search_) return std::nullopt;
  const auto it = peers_.find(*parent_);
  if (it == peers_.end() || !it->second.acknowledgement_owed_since) return std::nullopt;
  const Time wanted = *it->second.acknowledgement_owed_since + acknowledge_after;
  if (!phase_) return wanted;
  // In the middle of a stream of values the next gather carries it, or the one after that. When the
  // stream ends there will be none: then the scatter that was a thin one, or that does not come,
  // tells.
  if (last_scatter_thin_) return wanted;
  const Time missed = phase_->scatter_arrives + answer_slack;
  const Time latest = *it->second.acknowledgement_owed_since + 2 * phase_->period;
  return std::max(wanted, std::min(missed, latest));
}

Duration Rounds::probe_interval() const {
  Duration round_trip = Duration::zero();
  for (const auto& [id, peer] : peers_) {
    if (peer.round_trip.known()) round_trip = std::max(round_trip, peer.round_trip.smoothed());
  }
  return std::max(probe_interval_min, round_trip * 5 / 4);
}

void Rounds::send_probe(NodeId to, Time now, Outbox& outbox) {
  outbox.send(to, Probe{.root = search_ ? self() : root(), .times = stamp_for(peer(to), now)});
}

void Rounds::send_probe_reply(NodeId to, Time now, Outbox& outbox) {
  Peer& asker = peer(to);
  const NodeId told_root = search_ ? self() : root();
  outbox.send(to, ProbeReply{.root = told_root,
                             .parent = parent_,
                             .received = {asker.incarnation.value_or(0), asker.received},
                             .digest = log_.digest(),
                             .times = stamp_for(asker, now)});
}

void Rounds::suspect(NodeId id, Time now, Duration interval) {
  Peer& lost = peer(id);
  if (lost.suspected_since) return;
  lost.suspected_since = now;
  lost.probe_interval = interval;
  lost.next_probe = now + interval;
}

std::vector<NodeId> Rounds::seniors() const {
  std::vector<NodeId> result;
  // The way to the root first, then the most senior ones.
  for (auto id = layout_.parent(self()); id; id = layout_.parent(*id)) result.push_back(*id);
  for (std::uint32_t i = 0; i < self().index && result.size() < search_limit; ++i) {
    if (std::find(result.begin(), result.end(), NodeId{i}) == result.end()) {
      result.push_back(NodeId{i});
    }
  }
  return result;
}

void Rounds::start_search(bool only_parent, Time now, Outbox& outbox) {
  answer_due_.reset();
  gather_at_.reset();
  if (search_) return;
  Duration wait = answer_slack;
  for (const auto& [id, known] : peers_) {
    if (known.round_trip.known()) wait = std::max(wait, patience(known));
  }
  if (parent_) wait = std::max(wait, patience(peer(*parent_)));
  search_ = Search{.ends = now + wait, .roots = {}, .asked_us = {}, .only_parent = only_parent};
  if (only_parent) {
    send_probe(*parent_, now, outbox);
    return;
  }
  for (const auto senior : seniors()) send_probe(senior, now, outbox);
  if (parent_ && self() < *parent_) send_probe(*parent_, now, outbox);
}

void Rounds::end_search(Time now, Outbox& outbox) {
  const Search search = std::move(*search_);
  search_.reset();
  if (search.only_parent) {
    suspect(*parent_, now, probe_interval());
    start_search(false, now, outbox);
    search_->asked_us = search.asked_us;
    return;
  }
  for (const auto senior : seniors()) {
    if (!search.roots.contains(senior)) suspect(senior, now, probe_interval());
  }
  // The tree with the most senior root; in it, the most senior node.
  std::optional<NodeId> best;
  for (const auto& [id, its_root] : search.roots) {
    if (id.index > self().index && !(its_root < self())) continue;
    if (!best || its_root < search.roots.at(*best)) best = id;
  }
  if (best) {
    adopt(*best, search.roots.at(*best), nullptr, now, outbox);
  } else {
    become_root(now, outbox);
  }
  for (const auto id : search.asked_us) send_probe_reply(id, now, outbox);
}

void Rounds::adopt(NodeId parent, NodeId root, const Digest& digest, Time now, Outbox& outbox) {
  parent_ = parent;
  root_ = root;
  next_cut_.reset();
  phase_.reset();
  Peer& link = peer(parent);
  link.child = false;
  oldest_news_ = now - options_.budget.worst;  // what waited for a parent has waited enough
  Sync sync = digest ? make_sync_from_digest(parent, digest, now) : make_comparison(parent, now);
  sync.digest = log_.digest();
  send_gather(true, std::move(sync), now, outbox);
}

void Rounds::become_root(Time now, Outbox& outbox) {
  parent_.reset();
  root_ = self();
  phase_.reset();
  gather_at_.reset();
  answer_due_.reset();
  oldest_news_.reset();
  // Whoever can be reached should know; whoever cannot is asked again now and then.
  const std::uint32_t first = layout_.first_child(self());
  const std::uint32_t last =
      std::min(members_.count(), std::max(first + layout_.child_count(self()), search_limit));
  for (std::uint32_t i = self().index + 1; i < last; ++i) {
    suspect(NodeId{i}, now, milliseconds(500));
    send_probe(NodeId{i}, now, outbox);
  }
  cut(now, outbox);
}

// Whether `candidate` would be a better parent than the present one.
bool Rounds::prefers(NodeId candidate) const {
  if (!parent_ || candidate == *parent_) return false;
  const auto preferred = layout_.parent(self());
  return preferred && candidate == *preferred;
}

void Rounds::on_probe(NodeId from, const Probe& probe, Time now, Outbox& outbox) {
  take_stamp(peer(from), probe.times, now);
  if (search_) {
    search_->asked_us.push_back(from);
    return;
  }
  if (!is_root() && from != *parent_ && probe.root != root() &&
      now - peer(*parent_).heard > patience(peer(*parent_))) {
    // The asker is in another tree. Mine may have been cut off without my noticing.
    start_search(true, now, outbox);
    search_->asked_us.push_back(from);
    return;
  }
  send_probe_reply(from, now, outbox);
  if (prefers(from)) send_probe(from, now, outbox);
  if (is_root() && probe.root < self()) send_probe(from, now, outbox);
}

void Rounds::on_probe_reply(NodeId from, const ProbeReply& reply, Time now, Outbox& outbox) {
  Peer& answering = peer(from);
  take_stamp(answering, reply.times, now);
  if (reply.received.incarnation == incarnation_) {
    answering.acknowledged =
        std::max(answering.acknowledged, std::min(reply.received.position, log_.size()));
  }
  if (search_) {
    search_->roots[from] = reply.root;
    if (from == parent_ && reply.root < self() && reply.parent != self()) {
      // It lives; only a message was lost.
      const auto asked_us = std::move(search_->asked_us);
      search_.reset();
      adopt(from, reply.root, reply.digest, now, outbox);
      for (const auto id : asked_us) send_probe_reply(id, now, outbox);
    }
    return;
  }
  if (reply.parent == self()) {
    // A child that was lost is back: it gets what it missed.
    answering.child = true;
    Sync sync = make_sync_from_digest(from, reply.digest, now);
    if (log_.lacks(reply.digest)) sync.digest = log_.digest();
    if (sync.entries || sync.digest) scatter_to(from, std::move(sync), now, outbox);
    return;
  }
  answering.child = false;
  answering.unacknowledged_since.reset();
  if (is_root() ? reply.root < self() : prefers(from) && reply.root <= root_) {
    adopt(from, reply.root, reply.digest, now, outbox);
  }
}

void Rounds::check_children(Time now) {
  const Duration period = phase_ ? phase_->period : plan().period;
  for (auto& [id, child] : peers_) {
    if (!child.child || child.suspected_since || !child.unacknowledged_since) continue;
    const Duration limit = std::max(acknowledge_after, 2 * period) + period + patience(child);
    if (now - *child.unacknowledged_since >= limit) {
      suspect(id, now, probe_interval());
      child.next_probe = now;
    }
  }
}

void Rounds::probe_suspects(Time now, Outbox& outbox) {
  for (auto& [id, lost] : peers_) {
    if (!lost.suspected_since || !lost.next_probe || *lost.next_probe > now) continue;
    // Seniors are wanted by a root without them, children by whoever has something for them.
    const bool wanted = lost.child || is_root() || id == layout_.parent(self());
    if (!wanted) {
      lost.next_probe.reset();
      lost.suspected_since.reset();
      continue;
    }
    send_probe(id, now, outbox);
    const bool urgent =
        (lost.child || (is_root() && id < self())) && now - *lost.suspected_since < probe_patience;
    if (!urgent) {
      lost.probe_interval = std::min(lost.probe_interval * 2, probe_interval_max);
    }
    lost.next_probe = now + lost.probe_interval;
  }
}

// --- Time ---

void Rounds::tick(Time now, Outbox& outbox) {
  const std::size_t before = outbox.sends.size();
  if (search_ && search_->ends <= now) end_search(now, outbox);
  if (next_cut_ && *next_cut_ <= now) cut(now, outbox);
  if (hello_at_ && *hello_at_ <= now) say_hello(now, outbox);
  if (compare_at_ && *compare_at_ <= now) compare_with_parent(now, outbox);
  if (gather_at_ && *gather_at_ <= now) {
    gather_at_.reset();
    if (!is_root() && !search_ && parent_lacks_news()) {
      send_gather(false, make_sync(*parent_, now), now, outbox);
    }
  }
  if (const auto due = acknowledgement_due(); due && *due <= now) {
    send_gather(false, make_sync(*parent_, now), now, outbox);
  }
  if (answer_due_ && *answer_due_ <= now) start_search(false, now, outbox);
  check_children(now);
  probe_suspects(now, outbox);
  counters_.sent += outbox.sends.size() - before;
}

std::optional<Time> Rounds::next_tick() const {
  std::optional<Time> next;
  const auto consider = [&next](const std::optional<Time>& time) {
    if (time && (!next || *time < *next)) next = time;
  };
  if (search_) consider(search_->ends);
  consider(next_cut_);
  consider(hello_at_);
  consider(compare_at_);
  consider(gather_at_);
  consider(answer_due_);
  consider(acknowledgement_due());
  std::optional<Duration> limit;
  for (const auto& [id, peer] : peers_) {
    if (peer.suspected_since) consider(peer.next_probe);
    if (peer.child && !peer.suspected_since && peer.unacknowledged_since) {
      if (!limit) {
        const Duration own = phase_ ? phase_->period : plan().period;
        limit = std::max(acknowledge_after, 2 * own) + own;
      }
      consider(*peer.unacknowledged_since + *limit + patience(peer));
    }
  }
  return next;
}

std::size_t Rounds::pending() const {
  std::size_t waiting = search_ ? 1 : 0;
  for (const auto& [id, peer] : peers_) {
    if ((peer.child || id == parent_) &&
        (peer.unacknowledged_since || log_.has_news_for(id, peer.sent))) {
      ++waiting;
    }
  }
  return waiting;
}

}  // namespace bruit::core
