#include "bruit/core/strategies/rounds/rounds.h"

#include <algorithm>
#include <utility>

#include "bruit/core/strategies/rounds/constants.h"

namespace bruit::core {
namespace {

using namespace rounds;

}  // namespace

Rounds::Rounds(const RoundsOptions& options, std::uint64_t incarnation, const Members& members,
               Time start)
    : options_(options),
      members_(members),
      layout_(members.count(), std::max(1U, std::min(options.fan_out, members.count()))),
      depth_(layout_.depth()),
      incarnation_(incarnation),
      parent_(layout_.parent(members.self())),
      // A root waits for its children's first.
      hello_at_(start + hello_after + (parent_ ? Duration::zero() : RoundTrip::assumed)),
      next_tick_(hello_at_),
      thawed_at_(start) {
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
    if (wants_to_return()) suspect(*layout_.parent(self()), now);
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
  // What was under way while this node was frozen, or dead, tells nothing. It may not know that it
  // was frozen; but what piles up meanwhile echoes one message again and again, and that is an
  // outlier only once.
  const Duration sample = now - *times.echo - times.echo_held;
  const bool again = *times.echo <= from.last_echo;
  from.last_echo = std::max(from.last_echo, *times.echo);
  if (*times.echo >= thawed_at_ && !(again && from.round_trip.is_outlier(sample))) {
    from.round_trip.add(sample);
  }
  // An echo of something sent since the suspicion: both directions work.
  if (from.suspected_since && *times.echo >= *from.suspected_since) from.suspected_since.reset();
}

bool Rounds::is_latest_from(const Peer& from, const Timestamps& times) {
  return from.stamp && times.sent_at >= *from.stamp;
}

bool Rounds::asks_anew(const Peer& child, const Gather& gather) {
  const bool of_this_life = child.link.peer_incarnation() == gather.sync.log.incarnation;
  return gather.attach && of_this_life && gather.sync.times.sent_at > child.asked;
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
    sender.asked = Time::min();
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
  const std::uint64_t acknowledged = sender.link.acknowledged();
  sender.link.end_read(sync, log_, from, incarnation_, now);
  // Only late: what it was suspected for has come to it.
  if (sender.child && sender.link.acknowledged() > acknowledged) sender.suspected_since.reset();
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
    if (asks_anew(child, gather)) {
      child.asked = gather.sync.times.sent_at;
      child.link.peer_asks();
    }
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
    if (news) {
      on_news(Duration::zero(), now, outbox);
      // On its way down as any other; the answer of the parent would take it to them later.
      if (!is_root() && !search_) scatter_to_children(false, now, outbox);
    }
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

  bool gather_is_lost = false;
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
    } else if (!asked_again_ && is_missing_at(sender, scatter.sync.times)) {
      gather_is_lost = true;
    } else if (sender.link.acknowledged() > acknowledged_before || !answer_postponed_) {
      // It left before my gather came; a later one is the answer.
      answer_postponed_ = true;
      const Time next =
          phase_ ? first_answer(gathered_at_, sender) : now + sender.round_trip.smoothed();
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
  } else if (gather_is_lost) {
    ask_parent_again(now, outbox);
  }
  if (is_latest_from(sender, scatter.sync.times) &&
      !follow(scatter.sync.path, scatter.sync.word, now, outbox)) {
    return;
  }
  scatter_to_children(false, now, outbox);
  plan_gather(now);
}

}  // namespace bruit::core
