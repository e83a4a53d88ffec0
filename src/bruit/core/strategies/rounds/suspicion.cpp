// The part of Rounds that notices who does not answer, and asks for those that are lost.
#include <algorithm>
#include <utility>

#include "bruit/core/strategies/rounds/constants.h"
#include "bruit/core/strategies/rounds/rounds.h"

namespace bruit::core {
namespace {

using namespace rounds;

// How often lost peers are asked whether they are back: often enough that both sides of a healed
// partition agree within 300 ms (on a fast network) or a second.
constexpr Duration probe_interval_min = milliseconds(250);
constexpr Duration probe_interval_max = seconds(5);
// How long they are asked at this rate before it drops.
constexpr Duration probe_patience = seconds(30);
// How long a node that others told of a lost root does not take a missing answer for a lost
// message.
constexpr Duration doubt_lasts = seconds(1);
// Nodes that one too far from its root asks, each time that it probes. Guess.
constexpr int asked_at_once = 2;
// How often children that cannot be reached are sought through others. Guess: the last time is
// four seconds after the first.
constexpr std::uint32_t most_seeks = 5;
// How many others are asked each time, at most half of them: the fewer children are lost the more,
// since each one that is asked may send a message to each of them. In a ring about half of those
// asked reach a lost node.
constexpr std::size_t sought_at_once = 8;
// And how far: in a ring the way round it. Guess: enough where most links hold.
constexpr std::uint32_t seek_hops = 2;
// How long a lost child is looked for that the layout has elsewhere.
constexpr Duration guest_patience = seconds(2);
// How often a node below another parent asks the one that the layout gives it.
constexpr Duration return_interval = seconds(1);
// How often, if no word of the root comes in between. Without any that parent's may be old, and the
// answer no reason to move. Guess.
constexpr std::uint32_t most_returns = 4;
// Least time between two questions to one peer that answer something it said.
constexpr Duration reaction_interval = milliseconds(10);

}  // namespace

// --- Noticing ---

Duration Rounds::patience(const Peer& with) const {
  if (!with.round_trip.known()) return RoundTrip::assumed + answer_slack_unmeasured;
  // As TCP's timeout (RFC 6298), but a latency that has just jumped, or a node that was frozen,
  // does not make it wait for ever.
  const Duration usual = with.round_trip.smoothed();
  const Duration doubt = std::min(4 * with.round_trip.deviation(), 2 * usual);
  return usual + std::min(doubt, longest_wait) + answer_slack;
}

Duration Rounds::longest_patience() const {
  std::optional<Duration> longest;
  for (const auto& [id, known] : peers_) {
    if (known.round_trip.known())
      longest = std::max(longest.value_or(answer_slack), patience(known));
  }
  return std::min(longest.value_or(patience(Peer{})), longest_wait);
}

void Rounds::say_hello(Time now, Outbox& outbox) {
  hello_at_.reset();
  // Something is on its way to the parent already, and will be answered or missed.
  if (members_.count() == 1 || search_ || answer_due_) return;
  if (!is_root()) {
    adopt(*parent_, Path(parent_path_), word_, nullptr, now, outbox);
    return;
  }
  for (auto& [id, child] : peers_) {
    if (!child.child) continue;
    child.comparison_sent = now;
    scatter_to(id, make_comparison(id, now), now, outbox);
  }
}

void Rounds::on_overdue_answer(Time now, Outbox& outbox) {
  answer_due_.reset();
  // Most likely only a message was lost, or late; unless others have lost the root as well, or it
  // has never been heard.
  const bool doubted = root_doubted_at_ && now - *root_doubted_at_ < doubt_lasts;
  const bool never_heard = !peer(*parent_).heard;
  if (asked_again_ || doubted || never_heard) {
    asked_again_ = false;
    suspect(*parent_, now);
    start_search(true, now, outbox);
    return;
  }
  ask_parent_again(now, outbox);
}

void Rounds::ask_parent_again(Time now, Outbox& outbox) {
  asked_again_ = true;
  Link& link = peer(*parent_).link;
  link.rewind();
  if (link.gap_since()) link.ask_for_gap();
  remember_unanswered();
  send_gather(true, make_news(*parent_, now), now, outbox);
}

bool Rounds::heard_within(const Peer& peer, Duration duration, Time now) {
  return peer.heard && now - *peer.heard < duration;
}

// It last heard something that this node sent before the gather, and too long before it spoke for
// the gather to be still under way then.
bool Rounds::is_missing_at(const Peer& parent, const Timestamps& times) const {
  if (!times.echo || *times.echo >= gathered_at_) return false;
  const Duration slack = early_arrival / 2 + 4 * parent.round_trip.deviation();
  return *times.echo + times.echo_held > gathered_at_ + slack;
}

void Rounds::ask_for_gaps(Time now, Outbox& outbox) {
  for (auto& [id, sender] : peers_) {
    if (!sender.ask_for_gap_at || *sender.ask_for_gap_at > now) continue;
    sender.ask_for_gap_at.reset();
    const bool is_parent = id == parent_;
    if ((!sender.child && !is_parent) || (is_parent && search_)) continue;
    sender.link.ask_for_gap();
    if (is_parent) {
      send_gather(true, make_news(id, now), now, outbox);
    } else if (!sender.gap_asked) {
      scatter_to(id, make_news(id, now), now, outbox);
      sender.gap_asked = true;
      sender.ask_for_gap_at = now + patience(sender);
    } else {
      suspect(id, now);
    }
  }
}

std::optional<Time> Rounds::child_overdue_at(const Peer& child, Duration period) const {
  if (!child.child || child.suspected_since) return std::nullopt;
  auto since = child.link.unacknowledged_since();
  if (!since || (child.comparison_sent && *child.comparison_sent < *since)) {
    since = child.comparison_sent;
  }
  if (!since) return std::nullopt;
  const Duration usual = std::max(acknowledge_after, 2 * period);
  const Duration clocks_differ = usual / 16;
  return *since + usual + clocks_differ + patience(child) + answer_slack;
}

void Rounds::check_children(Time now) {
  for (auto& [id, child] : peers_) {
    if (const auto overdue = child_overdue_at(child, period()); overdue && *overdue <= now) {
      suspect(id, now);
      next_probe_ = now;
    }
  }
}

void Rounds::suspect(NodeId id, Time now) {
  Peer& lost = peer(id);
  if (!lost.suspected_since) {
    lost.suspected_since = now;
    lost.sought = 0;
    lost.followed = log_.followed(id);
    lost.followed_at.reset();
  }
  if (!next_probe_) next_probe_ = now + probe_interval(now);
}

// --- Asking ---

Duration Rounds::probe_interval(Time now) const {
  Duration round_trip = Duration::zero();
  std::optional<Time> last_lost;
  for (const auto& [id, peer] : peers_) {
    if (peer.round_trip.known()) round_trip = std::max(round_trip, peer.round_trip.smoothed());
    if (peer.suspected_since)
      last_lost = std::max(last_lost.value_or(Time{}), *peer.suspected_since);
  }
  // A node that was frozen for seconds has measured those as round trips; it should be through with
  // all it lost in a few seconds all the same.
  const Duration interval =
      std::min(std::max(probe_interval_min, round_trip * 5 / 4), longest_wait / 2);
  if (!last_lost || now - *last_lost < probe_patience) return interval;
  // Nobody came back for long: ever more slowly.
  return std::min(std::max(interval, (now - *last_lost) / 30), probe_interval_max);
}

void Rounds::send_probe(NodeId to, Time now, Outbox& outbox) {
  Peer& asked = peer(to);
  asked.probed = now;
  outbox.send(to, Probe{.root = search_ ? self() : root(), .times = stamp_for(asked, now)});
}

void Rounds::send_probe_in_reaction(NodeId to, Time now, Outbox& outbox) {
  const Peer& asked = peer(to);
  const Duration least = std::max(reaction_interval, asked.round_trip.smoothed());
  if (asked.probed && now - *asked.probed < least) return;
  send_probe(to, now, outbox);
}

void Rounds::send_probe_reply(NodeId to, Time now, Outbox& outbox) {
  Peer& asker = peer(to);
  asker.link.has_told_received();
  outbox.send(to, ProbeReply{.path = path(),
                             .word = word(now),
                             .received = asker.link.received(),
                             .digest = log_.digest(),
                             .times = stamp_for(asker, now)});
}

// Where a root should go: it asks until it is there, or told otherwise.
bool Rounds::is_in_better_tree(const Peer& known) const {
  return !search_ && !known.child && known.root && *known.root < root();
}

bool Rounds::is_wanted(NodeId id, const Peer& lost, Time now) const {
  // Children by whoever has something for them, all others by a root, since nobody else may know
  // that they are lost; and everybody wants back to where the layout has it.
  if (is_root() || id == layout_.parent(self())) return true;
  if (!lost.child) return false;
  // Those that only failures had brought here will have found another way.
  return layout_.parent(id) == self() || now - *lost.suspected_since < guest_patience;
}

// In turn, so that the cost hardly depends on how many are lost: one in four of those senior to
// this node, and of the others. After a heal any of them leads to the others.
void Rounds::probe_suspects(Time now, Outbox& outbox) {
  if (!next_probe_ || *next_probe_ > now) return;
  next_probe_.reset();
  std::vector<NodeId> seniors;
  std::vector<NodeId> others;
  bool anybody_waits = false;
  for (auto& [id, lost] : peers_) {
    if (!lost.suspected_since) continue;
    if (!is_wanted(id, lost, now)) {
      lost.suspected_since.reset();
      lost.child = false;
      continue;
    }
    // There is no hurry below a parent, nor with those whose values still come.
    Duration interval{1};  // not twice at once
    if (comes_another_way(id, lost, now)) {
      interval = 2 * return_interval;
    } else if (!lost.child && !is_root()) {
      interval = std::max(return_interval, probe_interval(now));
    }
    if (lost.probed && now - *lost.probed < interval) {
      anybody_waits = true;
    } else {
      (id < self() ? seniors : others).push_back(id);
    }
  }
  seek_children(now, outbox);
  for (auto* lost : {&seniors, &others}) {
    if (lost->empty()) continue;
    std::stable_sort(lost->begin(), lost->end(), [this](NodeId a, NodeId b) {
      return peers_.at(a).probed < peers_.at(b).probed;
    });
    lost->resize((lost->size() + 3) / 4);
    for (const auto id : *lost) send_probe(id, now, outbox);
  }
  look_around(now, outbox);
  if (!seniors.empty() || !others.empty() || anybody_waits) {
    next_probe_ = now + probe_interval(now);
  }
}

// Whether a lost node has found one, since its values come.
bool Rounds::comes_another_way(NodeId id, Peer& lost, Time now) {
  if (id == layout_.parent(self())) return false;
  const std::uint64_t followed = log_.followed(id);
  if (std::exchange(lost.followed, followed) != followed) lost.followed_at = now;
  return lost.followed_at && now - *lost.followed_at < 2 * return_interval;
}

// The way to the root goes round cut links, and is longer than it need be: nodes in turn.
void Rounds::look_around(Time now, Outbox& outbox) {
  if (is_root() || parent_path_.size() < depth_ + 2) return;
  for (int asked = 0; asked < asked_at_once; ++asked) {
    const NodeId next{last_asked_ = (last_asked_ + 1) % members_.count()};
    if (next == self() || next == parent_ || is_child(next)) continue;
    send_probe_in_reaction(next, now, outbox);
  }
}

// A child that has nothing to say may not know that it is cut off. Each time another node is asked,
// since links may be cut between some and not between others; each time after twice as long, and
// not before it has had time to answer itself.
void Rounds::seek_children(Time now, Outbox& outbox) {
  std::vector<NodeId> lost;
  std::vector<NodeId> helpers;
  for (auto& [id, known] : peers_) {
    if (!known.suspected_since) {
      if (known.child || id == parent_) helpers.push_back(id);
      continue;
    }
    const Duration wait = probe_interval_min * (std::int64_t{1} << known.sought);
    if (!known.child || known.sought >= most_seeks || now < *known.suspected_since + wait) continue;
    ++known.sought;
    if (!comes_another_way(id, known, now)) lost.push_back(id);
  }
  if (lost.empty()) return;
  const std::size_t asked =
      std::min(std::max<std::size_t>(sought_at_once / lost.size(), 1), (helpers.size() + 1) / 2);
  for (std::size_t i = 0; i < asked; ++i) {
    const NodeId helper = helpers[last_helper_++ % helpers.size()];
    outbox.send(helper,
                Seek{.nodes = lost, .hops_left = seek_hops, .times = stamp_for(peer(helper), now)});
  }
}

void Rounds::on_seek(NodeId from, const Seek& seek, Time now, Outbox& outbox) {
  take_stamp(peer(from), seek.times, now);
  for (const auto node : seek.nodes) {
    const bool is_other = node.index < members_.count() && node != self() && node != parent_;
    if (is_other && !is_child(node)) send_probe_reply(node, now, outbox);
  }
  if (seek.hops_left == 0) return;
  for (auto& [id, child] : peers_) {
    const bool is_sought = std::find(seek.nodes.begin(), seek.nodes.end(), id) != seek.nodes.end();
    if (!child.child || child.suspected_since || id == from || is_sought) continue;
    outbox.send(
        id,
        Seek{.nodes = seek.nodes, .hops_left = seek.hops_left - 1, .times = stamp_for(child, now)});
  }
}

bool Rounds::parent_is_passed_over(const Path& path, const RootWord& word, Time now) {
  if (is_root() || path.front() != root()) return false;
  const Peer& parent = peer(*parent_);
  const Duration silence = patience(parent);
  return word.incarnation >= word_.incarnation && word.spoken - word_.spoken > silence &&
         (!parent.heard || now - *parent.heard > silence);
}

void Rounds::on_probe(NodeId from, const Probe& probe, Time now, Outbox& outbox) {
  Peer& asker = peer(from);
  take_stamp(asker, probe.times, now);
  asker.root = probe.root;
  send_probe_reply(from, now, outbox);
  if (search_) return;
  if (!is_root() && from != *parent_ && probe.root != root()) {
    // The asker is in another tree. Mine may have been cut off without my noticing.
    asker.awaits_word = root() < probe.root;
    if (asker.awaits_word) root_doubted_at_ = now;
    const auto heard = peer(*parent_).heard;
    const bool silent = !heard || now - *heard > patience(peer(*parent_));
    if (silent && !answer_due_) ask_parent_again(now, outbox);
  }
  if (prefers(from) || probe.root < root()) send_probe_in_reaction(from, now, outbox);
}

void Rounds::on_probe_reply(NodeId from, const ProbeReply& reply, Time now, Outbox& outbox) {
  Peer& answering = peer(from);
  take_stamp(answering, reply.times, now);
  const NodeId its_root = reply.path.front();
  const bool is_its_parent = reply.path.size() > 1 && reply.path[reply.path.size() - 2] == self();
  answering.link.acknowledge(reply.received, log_, from, incarnation_, now);
  // A reply that was overtaken tells nothing of who is whose parent.
  if (!is_latest_from(answering, reply.times)) return;
  answering.comparison_sent.reset();  // what it lacks is seen from its digest
  answering.root = its_root;
  if (search_) {
    search_->answers[from] = {reply.path, reply.word, reply.digest};
    // It lives; only messages were lost.
    const bool parent_answers = search_->parent_is_silent && from == parent_ && its_root == root();
    // No other answer could be better.
    const bool next_to_root =
        its_root == root() && reply.path.size() <= 2 && is_current(reply.path, reply.word);
    if ((parent_answers || next_to_root) && !is_on(reply.path)) {
      adopt(from, reply.path, reply.word, reply.digest, now, outbox);
    }
    return;
  }
  if (is_its_parent) {
    // A child that was lost is back: it gets what it missed, a change of the path included.
    answering.child = true;
    const Path mine = path();
    const bool knows_path =
        std::equal(reply.path.begin(), reply.path.end() - 1, mine.begin(), mine.end());
    Sync sync = make_difference(from, reply.digest, now);
    if (log_.lacks(reply.digest)) sync.digest = log_.digest();
    if (sync.entries || sync.digest || !knows_path) {
      scatter_to(from, std::move(sync), now, outbox);
    }
    return;
  }
  answering.child = false;
  if (from == layout_.parent(self())) ++returns_in_vain_;
  if (is_on(reply.path) || !is_current(reply.path, reply.word)) return;
  const bool joins_senior = its_root < root();
  const bool moves = its_root == root() && is_better_place(from, reply.path);
  if (joins_senior || moves || parent_is_passed_over(reply.path, reply.word, now))
    adopt(from, reply.path, reply.word, reply.digest, now, outbox);
}

bool Rounds::wants_to_return() const {
  const auto preferred = layout_.parent(self());
  return preferred && *preferred != *parent_ && returns_in_vain_ < most_returns;
}

}  // namespace bruit::core
