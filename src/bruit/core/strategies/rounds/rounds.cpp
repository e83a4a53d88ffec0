#include "bruit/core/strategies/rounds/rounds.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "bruit/core/check.h"
#include "bruit/core/coverage_mark.h"

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Something may only have been overtaken: how long it may still be on its way.
constexpr Duration overtaken_slack = milliseconds(2);
// What was sent straight is named when it has been quiet for this long, or busy for that long. (A
// value that was lost in between shows as a gap before the next one of the same node.)
constexpr Duration compare_after_quiet = milliseconds(1500);
constexpr Duration compare_after_busy = seconds(20);

std::uint32_t width(const RoundsOptions& options, const Members& members) {
  return std::max(1U, std::min(options.fan_out, members.count() - 1));
}

}  // namespace

Rounds::Rounds(const RoundsOptions& options, std::size_t queue_limit, Incarnation incarnation,
               const Members& members, Time start)
    : options_(options),
      queue_limit_(queue_limit),
      members_(members),
      incarnation_(incarnation),
      layout_(members.count(), width(options, members)),
      membership_(layout_, members.self(), incarnation, round_trips_, start),
      rhythm_(options.budget, members.count() - 1 <= options.fan_out, start) {
  BRUIT_CHECK(incarnation != unknown_incarnation);
  if (!membership_.is_root()) rhythm_.begin_as_child();
  followed_ = membership_.parent();
  plan_timers(start);
}

Rounds::Peer& Rounds::peer(NodeId id) { return peers_.try_emplace(id, id).first->second; }

Hop Rounds::hop() const {
  Hop longest;
  bool measured = false;
  const auto consider = [&](NodeId id) {
    const RoundTrip& round_trip = round_trips_.to(id);
    if (!round_trip.known()) return;
    longest.mean = std::max(longest.mean, round_trip.one_way());
    longest.late = std::max(longest.late, round_trip.one_way_late());
    measured = true;
  };
  for (const NodeId child : membership_.children()) {
    if (!membership_.is_silent(child)) consider(child);
  }
  if (const auto parent = membership_.parent()) consider(*parent);
  return measured ? longest : Hop{RoundTrip::assumed / 2, RoundTrip::assumed / 2};
}

Rhythm::Tree Rounds::tree() const {
  Rhythm::Tree tree{.depth = layout_.depth(),
                    .hops_to_root = membership_.hops_to_root(),
                    .in_layout = membership_.is_in_layout(),
                    .anybody_silent = membership_.anybody_is_silent(),
                    .hop = hop(),
                    .parent = {},
                    .parent_patience = {}};
  if (const auto parent = membership_.parent()) {
    tree.parent = round_trips_.to(*parent);
    tree.parent_patience = round_trips_.patience(*parent);
  }
  return tree;
}

// --- Calls ---

PublishResult Rounds::publish(Value value, Time now, Outbox& outbox) {
  if (known_.contains(value)) return PublishResult::duplicate;
  if (pending_ >= queue_limit_) {
    ++counters_.refused;
    return PublishResult::refused;
  }
  begin(now);
  known_.insert(value);
  const std::size_t before = outbox.sends.size();
  const Entry entry{{self(), incarnation_}, next_sequence_++, std::move(value)};
  outbox.deliver(entry.value);
  rhythm_.count_value(now);
  const bool alone = members_.count() == 1;
  const Plan plan = rhythm_.plan(tree(), now);
  budget_met_ = plan.budget_met || alone;
  const bool straight = !alone && plan.mode == Plan::Mode::direct;
  log_.add(entry, Log::nobody, straight);
  if (straight) {
    push(entry, now, outbox);
  } else if (!alone) {
    rhythm_.on_own_value(now);
    on_news(Duration::zero(), 0, now);
  }
  settle(before, now, outbox);
  return PublishResult::accepted;
}

void Rounds::receive(NodeId from, const Message& message, Time now, Outbox& outbox) {
  begin(now);
  const std::size_t before = outbox.sends.size();
  std::visit(
      [&](const auto& received) {
        using Kind = std::decay_t<decltype(received)>;
        if constexpr (is_rounds_message<Kind>) {
          if (validate(received, from, members_)) {
            ++counters_.unexpected;
          } else {
            on(from, received, now, outbox);
          }
        } else {
          ++counters_.unexpected;
        }
      },
      message);
  settle(before, now, outbox);
}

void Rounds::tick(Time now, Outbox& outbox) {
  begin(now);
  const std::size_t before = outbox.sends.size();
  if (expired(Timer::membership, now)) membership_.tick(now);
  if (expired(Timer::answer, now)) on_overdue_answer(now);
  if (expired(Timer::cut, now)) cut_ = true;
  if (expired(Timer::compare, now)) compare(now);
  if (expired(Timer::gather, now)) gather_now({});
  if (expired(Timer::acknowledge, now)) {
    BRUIT_MARK("rounds.R7.acknowledges-without-a-gather");
    gather_now({});
  }
  if (expired(Timer::gap, now)) ask_for_gaps(now);
  if (expired(Timer::child, now)) check_children(now);
  settle(before, now, outbox);
}

void Rounds::begin(Time now) { rhythm_.notice_freeze(next_tick_, now); }

// Sends what is due, and sees to it that whatever is owed has a timer.
void Rounds::settle(std::size_t sends_before, Time now, Outbox& outbox) {
  if (members_.count() > 1) {
    follow_role(now);
    membership_.settle(now);
    for (auto actions = membership_.take_actions(); !actions.empty();
         actions = membership_.take_actions()) {
      for (const Action& action : actions) carry_out(action, now, outbox);
      follow_role(now);
    }
    if (membership_.is_root()) {
      settle_as_root(now);
    } else if (membership_.parent()) {
      settle_as_child(now);
    }
    flush(now, outbox);
    count_pending();
  }
  counters_.sent += outbox.sends.size() - sends_before;
  plan_timers(now);
}

void Rounds::follow_role(Time now) {
  const auto parent = membership_.parent();
  if (membership_.is_root() && !rhythm_.is_root()) rhythm_.become_root();
  if (membership_.is_searching()) rhythm_.search();
  if (parent && parent != followed_) rhythm_.become_child(now);
  followed_ = parent;
}

void Rounds::settle_as_root(Time now) {
  if (!cut_ && !rhythm_.next_cut()) {
    const auto& children = membership_.children();
    cut_ = std::any_of(children.begin(), children.end(), [this](NodeId child) {
      return !scatters_.contains(child) && membership_.is_served(child) &&
             peer(child).link.has_news(log_);
    });
  }
  if (std::exchange(cut_, false)) cut(now);
}

void Rounds::settle_as_child(Time now) {
  Link& link = peer(*membership_.parent()).link;
  const bool news = link.has_news(log_);
  if (!news || gather_) {
    replan_ = false;
    if (!news) rhythm_.forget_gather();
  } else if (std::exchange(replan_, false) || (!rhythm_.answer_due() && !rhythm_.gather_at())) {
    rhythm_.plan_gather(tree(), now);
  }
  if (link.unacknowledged_since()) rhythm_.expect_answer(tree(), now);
  // The answer of the parent will take what is new to the children.
  if (!gather_ && !rhythm_.answer_due() && !rhythm_.gather_at()) scatter_to_children(false);
}

// --- Messages ---

Link::Hearing Rounds::hear(Peer& sender, NodeId from, const Envelope& envelope, Time now) {
  const Incarnation before = sender.link.peer_incarnation();
  const Link::Hearing hearing =
      sender.link.hear(envelope, incarnation_, log_.size(), rhythm_.is_thawing(now), now);
  if (hearing == Link::Hearing::of_former_life) {
    if (sender.link.wants_challenge()) challenges_.push_back(from);
    return hearing;
  }
  if (sender.link.peer_incarnation() != before) {
    sender.asked = Time::min();
    sender.ask_for_gap_at.reset();
    sender.gap_asked = false;
    if (before != unknown_incarnation) membership_.on_new_life(from, now);
  }
  std::optional<Time> echo;
  if (envelope.receiver == incarnation_) {
    membership_.on_met(from, now);
    echo = envelope.times.echo;
    // What was under way while this node was frozen tells nothing.
    const auto& held = envelope.times.echo_held;
    if (held && *echo <= now && *echo >= rhythm_.thawed_at()) {
      round_trips_.to(from).add(*echo, now, *held);
    }
  }
  membership_.on_heard(from, echo, now);
  // It does not know this life yet.
  if (hearing == Link::Hearing::for_another_life) hellos_[from].add({.digest = true});
  return hearing;
}

Rounds::Taken Rounds::take(NodeId from, const Envelope& envelope, const Sync& sync, Time now,
                           Outbox& outbox) {
  Peer& sender = peer(from);
  const Link::Hearing hearing = hear(sender, from, envelope, now);
  const bool lives = hearing != Link::Hearing::of_former_life;
  Taken taken{.counts = hearing == Link::Hearing::counts};
  taken.news = learn(sync.entries, lives ? from.index : Log::nobody, false, now, outbox);
  if (!taken.counts) return taken;
  taken.latest = sender.link.is_latest(envelope);
  const std::uint64_t acknowledged = sender.link.acknowledged();
  sender.link.read(envelope, sync, log_, now);
  taken.progress = sender.link.acknowledged() > acknowledged;
  watch_gap(sender, from, now);
  return taken;
}

bool Rounds::learn(const EntryList& entries, std::uint32_t from, bool straight, Time now,
                   Outbox& outbox) {
  if (!entries) return false;
  bool news = false;
  for (const Entry& entry : *entries) {
    if (!log_.add(entry, from, straight)) {
      ++counters_.duplicates;
      continue;
    }
    news = true;
    rhythm_.count_value(now);
    if (known_.insert(entry.value)) outbox.deliver(entry.value);
  }
  return news;
}

void Rounds::on_answer(NodeId parent, const Envelope& envelope, const Taken& taken, Time now) {
  if (!taken.counts) return;
  const bool all = !peer(parent).link.unacknowledged_since();
  rhythm_.on_answer(envelope.times, taken.progress, all, tree(), now);
}

void Rounds::watch_gap(Peer& sender, NodeId from, Time now) {
  if (!sender.link.gap_since()) {
    sender.ask_for_gap_at.reset();
    sender.gap_asked = false;
  } else if (!sender.ask_for_gap_at && !sender.gap_asked) {
    // Perhaps it was only overtaken.
    const Duration varies = 2 * round_trips_.to(from).deviation();
    sender.ask_for_gap_at = now + std::min(varies, RoundTrips::longest_wait) + overtaken_slack;
  }
}

// Something is new that this node's part of the tree lacks.
void Rounds::on_news(Duration age, std::uint64_t late, Time now) {
  if (membership_.is_root()) {
    cut_ = rhythm_.on_news_at_root(age, tree(), now) || cut_;
  } else if (membership_.parent()) {
    rhythm_.on_news_at_child(age, late, now);
    replan_ = true;
  }
}

void Rounds::on(NodeId from, const Gather& gather, Time now, Outbox& outbox) {
  const Taken taken = take(from, gather.envelope, gather.sync, now, outbox);
  Peer& child = peer(from);
  if (taken.latest) {
    membership_.on_gather(from, gather.standing, gather.asks, now);
    follow_role(now);
  }
  const bool waits = taken.counts && gather.asks && gather.envelope.times.sent_at > child.asked;
  if (waits) {
    child.asked = gather.envelope.times.sent_at;
    child.link.peer_asks();
  }
  if (taken.counts && (gather.asks || gather.sync.gap)) {
    // It asks since what was sent to it did not come.
    if (gather.asks && !gather.sync.digest) child.link.rewind();
    scatters_[from].add({.digest = child.link.lacks_something()});
  }
  if (taken.news) {
    const Duration age = gather.oldest_age + round_trips_.to(from).one_way();
    if (membership_.is_root()) {
      rhythm_.on_gathered(gather.sync.entries->size(), gather.late, age, now);
    }
    on_news(age, gather.late, now);
  } else if (taken.counts && child.link.owes_since() && !rhythm_.next_cut()) {
    scatters_[from].add({});  // nothing will answer it soon otherwise
  }
}

void Rounds::on(NodeId from, const Scatter& scatter, Time now, Outbox& outbox) {
  const Taken taken = take(from, scatter.envelope, scatter.sync, now, outbox);
  if (from == membership_.parent()) {
    if (taken.latest) rhythm_.on_scatter(scatter, tree(), now);
    on_answer(from, scatter.envelope, taken, now);
  }
  if (taken.latest) {
    membership_.on_scatter(from, scatter.standing, now);
    follow_role(now);
  }
  if (from == membership_.parent()) {
    const Link& link = peer(from).link;
    if (link.lacks_something()) {
      gather_now({.asks = true, .digest = true});
    } else if (scatter.sync.gap) {
      rhythm_.repeat();
      gather_now({});
    }
    replan_ = true;
  } else if (taken.news) {
    on_news(Duration::zero(), 0, now);
  }
  if (membership_.parent()) scatter_to_children(false);
}

void Rounds::on(NodeId from, const Hello& hello, Time now, Outbox& outbox) {
  const Taken taken = take(from, hello.envelope, hello.sync, now, outbox);
  if (from == membership_.parent()) on_answer(from, hello.envelope, taken, now);
  if (hello.asks && taken.counts) {
    hellos_[from].add({.asks = membership_.asks_back(from, hello.standing, now),
                       .digest = true,
                       .entries = hello.sync.digest != nullptr});
  }
  if (taken.latest) {
    membership_.on_hello(from, hello.standing, now);
    follow_role(now);
  }
  if (taken.news) {
    // From elsewhere: it was held up for long, and is passed on at once.
    const bool neighbour = membership_.is_served(from) || from == membership_.parent();
    on_news(neighbour ? Duration::zero() : 2 * options_.budget.worst + seconds(1), 0, now);
  }
  if (!taken.counts) return;
  Link& link = peer(from).link;
  if (membership_.is_served(from) && (link.has_news(log_) || link.lacks_something())) {
    scatters_[from].add({.digest = link.lacks_something()});
  } else if (from == membership_.parent() && link.lacks_something()) {
    gather_now({.asks = true, .digest = true});
  }
}

void Rounds::on(NodeId from, const Push& pushed, Time now, Outbox& outbox) {
  hear(peer(from), from, pushed.envelope, now);
  const bool had_gap = log_.has_gap();
  learn(pushed.entries, Log::nobody, true, now, outbox);
  name_soon(now);
  if (!had_gap && log_.has_gap()) {
    compare_at_ = std::min(*compare_at_, now + RoundTrip::assumed);
  }
}

void Rounds::on(NodeId from, const Seek& seek, Time now, Outbox&) {
  if (hear(peer(from), from, seek.envelope, now) == Link::Hearing::counts) {
    membership_.on_seek(from, seek, now);
  }
}

// --- What is due ---

void Rounds::carry_out(const Action& action, Time now, Outbox& outbox) {
  struct CarryOut {
    Rounds& rounds;
    Time now;
    Outbox& outbox;

    void operator()(const Ask& ask) const {
      rounds.hellos_[ask.to].add({.asks = true,
                                  .digest = ask.with != Ask::With::nothing,
                                  .entries = ask.with == Ask::With::news});
    }
    void operator()(const Answer& answer) const {
      rounds.hellos_[answer.to].add({.digest = true, .entries = false});
    }
    void operator()(const SeekThrough& seek) const {
      Link& link = rounds.peer(seek.helper).link;
      outbox.send(seek.helper, Seek{.envelope = link.address(rounds.incarnation_, now),
                                    .nodes = seek.nodes,
                                    .hops_left = seek.hops_left});
    }
    // What was wanted earlier in this call may have been overtaken by another role.
    void operator()(const Attach&) const {
      if (!rounds.membership_.parent()) return;
      rounds.rhythm_.become_child(now);
      rounds.gather_now({.asks = true, .digest = true});
    }
    void operator()(const AskParent&) const {
      if (rounds.membership_.parent() && !rounds.rhythm_.answer_due()) rounds.ask_parent_again();
    }
    void operator()(const TellChildren&) const {
      if (rounds.membership_.is_root()) rounds.cut_ = true;
      rounds.scatter_to_children(true);
    }
    void operator()(const TellChild& tell) const { rounds.scatters_[tell.child].add({}); }
    void operator()(const Leave& leave) const {
      if (!rounds.peer(leave.former_parent).link.owes_since()) return;
      rounds.hellos_[leave.former_parent].add({.entries = false});
    }
  };
  std::visit(CarryOut{*this, now, outbox}, action);
}

void Rounds::gather_now(const Due& due) {
  if (!gather_) gather_ = Due{};
  gather_->add(due);
}

void Rounds::ask_parent_again() {
  rhythm_.ask_again();
  Link& link = peer(*membership_.parent()).link;
  link.rewind();
  if (link.gap_since()) link.ask_for_gap();
  gather_now({.asks = true});
}

void Rounds::scatter_to_children(bool to_all) {
  for (const NodeId child : membership_.children()) {
    if (membership_.is_silent(child)) continue;
    Link& link = peer(child).link;
    if (to_all || link.owes_since() || link.has_news(log_)) scatters_[child].add({});
  }
}

void Rounds::cut(Time now) {
  const auto& children = membership_.children();
  const bool anything = std::any_of(children.begin(), children.end(), [this](NodeId child) {
    if (membership_.is_silent(child)) return false;
    Link& link = peer(child).link;
    return link.has_news(log_) || link.owes_since();
  });
  const Rhythm::Tree tree = this->tree();
  rhythm_.cut(anything, tree, now);
  if (!anything) return;
  budget_met_ = rhythm_.plan(tree, now).budget_met;
  scatter_to_children(true);
}

void Rounds::flush(Time now, Outbox& outbox) {
  const auto parent = membership_.parent();
  // One message to a neighbour says it all.
  if (gather_ && parent) {
    if (const auto hello = hellos_.find(*parent); hello != hellos_.end()) {
      gather_->add(hello->second);
      hellos_.erase(hello);
    }
    send_gather(*gather_, now, outbox);
  }
  gather_.reset();
  for (const auto& [child, due] : std::exchange(scatters_, {})) {
    Due all = due;
    const auto hello = hellos_.find(child);
    if (hello != hellos_.end() && !hello->second.asks) {
      all.add(hello->second);
      hellos_.erase(hello);
    }
    if (membership_.is_child(child)) send_scatter(child, all, now, outbox);
  }
  for (const auto& [to, due] : std::exchange(hellos_, {})) send_hello(to, due, now, outbox);
  for (const NodeId to : std::exchange(challenges_, {})) {
    outbox.send(to, Hello{.envelope = peer(to).link.challenge(incarnation_, now),
                          .sync = {},
                          .standing = membership_.standing(now),
                          .asks = true});
  }
}

void Rounds::send_gather(const Due& due, Time now, Outbox& outbox) {
  const NodeId parent = *membership_.parent();
  Link& link = peer(parent).link;
  Gather gather{.envelope = link.address(incarnation_, now),
                .sync = link.write(log_, {.digest = due.digest || !link.met()}, now),
                .standing = membership_.standing(now),
                .asks = due.asks};
  const bool brings = gather.sync.entries || gather.sync.named;
  const Rhythm::Told told =
      rhythm_.gather(brings, due.asks, gather.envelope.times.sent_at, tree(), now);
  gather.oldest_age = told.oldest_age;
  gather.late = told.late;
  outbox.send(parent, std::move(gather));
}

void Rounds::send_scatter(NodeId child, const Due& due, Time now, Outbox& outbox) {
  Link& link = peer(child).link;
  const Link::Writing writing{.digest = due.digest || !link.met(), .awaited = link.peer_waits()};
  membership_.on_told();
  outbox.send(child, Scatter{.envelope = link.address(incarnation_, now),
                             .sync = link.write(log_, writing, now),
                             .standing = membership_.standing(now),
                             .phase = rhythm_.phase(now)});
}

void Rounds::send_hello(NodeId to, const Due& due, Time now, Outbox& outbox) {
  Link& link = peer(to).link;
  outbox.send(to,
              Hello{.envelope = link.address(incarnation_, now),
                    .sync = link.write(log_, {.digest = due.digest, .entries = due.entries}, now),
                    .standing = membership_.standing(now),
                    .asks = due.asks});
}

void Rounds::push(const Entry& entry, Time now, Outbox& outbox) {
  const EntryList entries(std::vector<Entry>{entry});
  for (std::uint32_t index = 0; index < members_.count(); ++index) {
    const NodeId to{index};
    if (to == self()) continue;
    outbox.send(to, Push{peer(to).link.address(incarnation_, now), entries});
  }
  name_soon(now);
}

// --- Timers ---

bool Rounds::expired(Timer which, Time now) const {
  const auto& at = timers_[static_cast<std::size_t>(which)];
  return at && *at <= now;
}

void Rounds::on_overdue_answer(Time now) {
  // Most likely only a message was lost, or late; unless the parent has never been heard.
  const bool known = peer(*membership_.parent()).link.peer_incarnation() != unknown_incarnation;
  if (known && rhythm_.would_ask_again()) {
    ask_parent_again();
    return;
  }
  BRUIT_MARK("rounds.R6.the-parent-is-silent");
  membership_.on_parent_silent(rhythm_.asked_at().value_or(now), now);
  follow_role(now);
}

Time Rounds::child_overdue_at(NodeId child, Time unacknowledged_since) const {
  const Duration usual = rhythm_.acknowledgement_wait(members_.count());
  const Duration clocks_differ = usual / 16;
  return unacknowledged_since + usual + clocks_differ + round_trips_.patience(child) +
         RoundTrips::slack;
}

void Rounds::check_children(Time now) {
  for (const NodeId child : std::vector<NodeId>(membership_.children())) {
    if (membership_.is_silent(child)) continue;
    const auto since = peer(child).link.unacknowledged_since();
    if (!since || child_overdue_at(child, *since) > now) continue;
    BRUIT_MARK("rounds.L3.a-child-is-silent");
    membership_.on_child_silent(child, now);
  }
}

void Rounds::ask_for_gaps(Time now) {
  for (auto& [id, sender] : peers_) {
    if (!sender.ask_for_gap_at || *sender.ask_for_gap_at > now) continue;
    sender.ask_for_gap_at.reset();
    if (!sender.link.has_gap(log_)) continue;
    const bool names = sender.link.misses_named(log_);
    if (id == membership_.parent()) {
      BRUIT_MARK("rounds.L3.asks-its-parent-for-a-gap");
      sender.link.ask_for_gap();
      gather_now({.asks = true, .digest = names});
    } else if (membership_.is_served(id)) {
      if (sender.gap_asked) {
        membership_.on_child_silent(id, now);
        continue;
      }
      BRUIT_MARK("rounds.L3.asks-a-child-for-a-gap");
      sender.link.ask_for_gap();
      scatters_[id].add({.digest = names});
      sender.gap_asked = true;
      sender.ask_for_gap_at = now + round_trips_.patience(id);
    }
  }
}

void Rounds::name_soon(Time now) {
  if (!compare_at_) first_unnamed_ = now;
  last_push_ = now;
  compare_at_ = std::min(now + compare_after_quiet, first_unnamed_ + compare_after_busy);
}

void Rounds::compare(Time now) {
  const Time children_compared_by =
      last_push_ + compare_after_quiet + round_trips_.longest_patience();
  if (compare_at_ && *compare_at_ <= now) {
    compare_at_.reset();
    if (membership_.is_searching()) {
      name_soon(now);
      return;
    }
    const bool asks = membership_.parent() &&
                      (log_.has_gap() || peer(*membership_.parent()).link.has_names(log_));
    if (asks) gather_now({.asks = true, .digest = log_.has_gap()});
    compare_children_at_ = children_compared_by;
  }
  if (!compare_children_at_ || *compare_children_at_ > now) return;
  compare_children_at_.reset();
  if (now - last_push_ < compare_after_quiet) {
    compare_children_at_ = children_compared_by;
    return;
  }
  for (const NodeId child : membership_.children()) {
    if (!membership_.is_silent(child) && peer(child).link.has_names(log_)) scatters_[child].add({});
  }
}

void Rounds::plan_timers(Time) {
  timers_.fill(std::nullopt);
  if (members_.count() == 1) return;
  timer(Timer::membership) = membership_.next_tick();
  timer(Timer::cut) = rhythm_.next_cut();
  timer(Timer::gather) = rhythm_.gather_at();
  timer(Timer::answer) = rhythm_.answer_due();
  if (const auto parent = membership_.parent()) {
    const auto owes_since = peer(*parent).link.owes_since();
    if (owes_since) {
      timer(Timer::acknowledge) = rhythm_.acknowledgement_due(*owes_since, members_.count());
    }
  }
  const auto earlier = [](std::optional<Time>& timer, const std::optional<Time>& time) {
    if (time && (!timer || *time < *timer)) timer = time;
  };
  for (const NodeId child : membership_.children()) {
    if (membership_.is_silent(child)) continue;
    const auto since = peer(child).link.unacknowledged_since();
    if (since) earlier(timer(Timer::child), child_overdue_at(child, *since));
  }
  for (const auto& [id, peer] : peers_) earlier(timer(Timer::gap), peer.ask_for_gap_at);
  earlier(timer(Timer::compare), compare_at_);
  earlier(timer(Timer::compare), compare_children_at_);
  next_tick_.reset();
  for (const auto& at : timers_) earlier(next_tick_, at);
}

void Rounds::count_pending() {
  std::uint64_t owed_from = log_.size();
  const auto consider = [&](NodeId id) {
    owed_from = std::min(owed_from, peer(id).link.first_owed(log_));
  };
  for (const NodeId child : membership_.children()) consider(child);
  if (const auto parent = membership_.parent()) consider(*parent);
  const auto above = layout_.parent(self());
  if (!membership_.parent() && above) consider(*above);
  pending_ = log_.size() - owed_from;
}

void Rounds::sanity_check() const {
  log_.sanity_check();
  membership_.sanity_check();
  rhythm_.sanity_check();
  for (const auto& [id, peer] : peers_) peer.link.sanity_check(log_);
  BRUIT_CHECK(membership_.is_root() == rhythm_.is_root());
  BRUIT_CHECK(pending_ == 0 || next_tick_ || members_.count() == 1);
}

}  // namespace bruit::core
