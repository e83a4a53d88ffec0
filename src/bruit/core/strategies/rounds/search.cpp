// The part of Rounds that decides who is whose parent: it searches for one, and follows it.
#include <algorithm>
#include <tuple>
#include <utility>

#include "bruit/core/strategies/rounds/constants.h"
#include "bruit/core/strategies/rounds/rounds.h"

namespace bruit::core {
namespace {

using namespace rounds;

// Most nodes asked in one search: at first few, since of these some one mostly answers. Guess.
constexpr std::uint32_t first_search_limit = 8;
constexpr std::uint32_t search_limit = 64;
// Whoever was heard within this time is told of a new root.
constexpr Duration acquaintance = seconds(10);

}  // namespace

// The way to the root first, then those that were heard a moment ago, since they are on this side
// of whatever is cut, then the most senior ones.
std::vector<NodeId> Rounds::seniors(Time now) const {
  std::vector<NodeId> result;
  const auto add = [this, &result](NodeId id) {
    const bool has_room = result.size() < search_limit;
    if (id < self() && has_room && std::find(result.begin(), result.end(), id) == result.end()) {
      result.push_back(id);
    }
  };
  for (auto id = layout_.parent(self()); id; id = layout_.parent(*id)) add(*id);
  const Duration moment = 2 * longest_patience();
  for (const auto& [id, known] : peers_) {
    if (heard_within(known, moment, now)) add(id);
  }
  for (std::uint32_t i = 0; i < self().index && result.size() < search_limit; ++i) add(NodeId{i});
  return result;
}

void Rounds::ask_more(std::size_t until, Time now, Outbox& outbox) {
  search_->ends = now + longest_patience();
  for (; search_->asked < until; ++search_->asked) {
    send_probe(search_->seniors[search_->asked], now, outbox);
  }
}

void Rounds::start_search(bool parent_is_silent, Time now, Outbox& outbox) {
  answer_due_.reset();
  attach_sent_.reset();
  gather_at_.reset();
  if (search_) return;
  remember_lost_root();
  search_ = Search{
      .ends = now, .answers = {}, .seniors = seniors(now), .parent_is_silent = parent_is_silent};
  ask_more(std::min<std::size_t>(search_->seniors.size(), first_search_limit), now, outbox);
  if (parent_ && self() < *parent_) send_probe(*parent_, now, outbox);
}

// Whoever leaves the tree of a root for another one's, or for none, believes only newer words of
// it. So an old one cannot go round for ever.
void Rounds::remember_lost_root() {
  if (is_root()) return;
  RootWord& last = lost_[root()];
  last = std::max(last, word_);
}

bool Rounds::is_current(const Path& path, const RootWord& word) const {
  const auto lost = lost_.find(path.front());
  return lost == lost_.end() || word > lost->second;
}

// Of those with current news the one in the tree with the most senior root, and there the one that
// is closest to it. Otherwise the most senior node: if it is cut off as well, it will be the root.
std::optional<NodeId> Rounds::best_candidate(const Search& search) const {
  std::optional<NodeId> best;
  const auto rank = [&](NodeId id) {
    const auto& [path, word, digest] = search.answers.at(id);
    const bool is_old = !is_current(path, word);
    return std::tuple(is_old, is_old ? id : path.front(), path.size(), id);
  };
  for (const auto& [id, answer] : search.answers) {
    const auto& [path, word, digest] = answer;
    if (!(path.front() < self()) || is_on(path)) continue;
    if (!is_current(path, word) && self() < id) continue;
    if (!best || rank(id) < rank(*best)) best = id;
  }
  return best;
}

void Rounds::end_search(Time now, Outbox& outbox) {
  const auto best = best_candidate(*search_);
  if (!best && search_->asked < search_->seniors.size()) {
    ask_more(search_->seniors.size(), now, outbox);
    return;
  }
  const Search search = std::move(*search_);
  search_.reset();
  for (const auto senior : search.seniors) {
    const auto& asked = peer(senior);
    if (asked.probed && !search.answers.contains(senior)) suspect(senior, now);
  }
  if (best) {
    const auto& [path, word, digest] = search.answers.at(*best);
    adopt(*best, path, word, digest, now, outbox);
  } else {
    become_root(now, outbox);
  }
}

void Rounds::adopt(NodeId parent, const Path& path, const RootWord& word, const Digest& digest,
                   Time now, Outbox& outbox) {
  if (root() < path.front()) remember_lost_root();
  const std::optional<NodeId> former = std::exchange(parent_, parent);
  search_.reset();
  next_cut_.reset();
  phase_.reset();
  returns_in_vain_ = 0;
  clock_ratio_ = {};
  asked_again_ = false;
  Peer& link = peer(parent);
  link.child = false;
  link.suspected_since.reset();
  oldest_news_ = now - 2 * options_.budget.worst;  // what waited for a parent has waited enough
  Sync sync = digest ? make_difference(parent, digest, now) : make_comparison(parent, now);
  sync.digest = log_.digest();
  sync.path = path;
  sync.path.push_back(self());
  send_gather(true, std::move(sync), now, outbox);
  word_ = word;
  set_parent_path(path, now, outbox);
  // The former one would wait for the acknowledgement of what it sent last.
  if (former && former != parent && peer(*former).link.acknowledgement_owed_since()) {
    send_probe_reply(*former, now, outbox);
  }
}

void Rounds::become_root(Time now, Outbox& outbox) {
  remember_lost_root();
  parent_.reset();
  search_.reset();
  parent_path_.clear();
  phase_.reset();
  gather_at_.reset();
  answer_due_.reset();
  attach_sent_.reset();
  oldest_news_.reset();
  asked_again_ = false;
  // Whoever can be reached should know; whoever cannot is asked again now and then.
  const std::uint32_t first = layout_.first_child(self());
  const std::uint32_t last =
      std::min(members_.count(), std::max(first + layout_.child_count(self()), search_limit));
  for (std::uint32_t i = self().index + 1; i < last; ++i) {
    if (is_child_in_reach(NodeId{i}, now)) continue;
    suspect(NodeId{i}, now);
    send_probe(NodeId{i}, now, outbox);
  }
  // Children hear of a new root at once, so that no circle stays unnoticed.
  if (!cut(now, outbox)) scatter_to_children(true, now, outbox);
}

// Its parent was silent all the while, but not this child: it is on this side of whatever is cut.
bool Rounds::is_child_in_reach(NodeId id, Time now) const {
  const auto it = peers_.find(id);
  if (it == peers_.end()) return false;
  const Peer& known = it->second;
  return known.child && !known.suspected_since && heard_within(known, 2 * patience(known), now);
}

bool Rounds::is_on(const Path& path) const {
  return std::find(path.begin(), path.end(), self()) != path.end();
}

bool Rounds::is_child(NodeId id) const {
  const auto it = peers_.find(id);
  return it != peers_.end() && it->second.child;
}

bool Rounds::follow(const Path& path, const RootWord& word, Time now, Outbox& outbox) {
  if (self() < path.front()) {
    // The tree has lost a root that was senior to this node.
    become_root(now, outbox);
    return false;
  }
  if (is_on(path)) {
    // The parent has its root from this node: a circle without a root.
    start_search(false, now, outbox);
    return false;
  }
  if (root() < path.front()) remember_lost_root();
  const bool is_newer = path.front() != root() || word > word_;
  word_ = word;
  set_parent_path(path, now, outbox);
  if (is_newer) {
    returns_in_vain_ = 0;
    hear_word(now, outbox);
  }
  return true;
}

// The root lives: who wanted to know may join its tree here.
void Rounds::hear_word(Time now, Outbox& outbox) {
  for (auto& [id, asker] : peers_) {
    if (!std::exchange(asker.awaits_word, false) || asker.child || id == parent_) continue;
    const bool in_reach = heard_within(asker, acquaintance, now);
    if (in_reach && asker.root && root() < *asker.root) send_probe_reply(id, now, outbox);
  }
}

// Children hear of a change at once, so that no circle stays unnoticed. And those who last told of
// a less senior root: they may reach the better tree only through this node.
void Rounds::set_parent_path(const Path& path, Time now, Outbox& outbox) {
  const Path old = std::exchange(parent_path_, path);
  if (path == old) return;
  scatter_to_children(true, now, outbox);
  // Failures have made the tree deeper than it need be.
  for (std::size_t place = depth_ - 1; place + 1 < path.size(); ++place) {
    send_probe_in_reaction(path[place], now, outbox);
  }
  const NodeId root = path.front();
  if (!old.empty() && !(root < old.front())) return;
  const auto preferred = layout_.parent(self());
  for (auto& [id, known] : peers_) {
    if (known.child || id == parent_) continue;
    const bool in_reach = heard_within(known, acquaintance, now);
    const bool less_senior = known.root && root < *known.root;
    if ((in_reach && less_senior) || id == preferred) send_probe_in_reaction(id, now, outbox);
  }
}

// Whether `candidate` would be a better parent than the present one.
bool Rounds::prefers(NodeId candidate) const {
  if (is_root() || candidate == parent_) return false;
  return candidate == layout_.parent(self());
}

// In the tree of this node, at the end of this path.
bool Rounds::is_better_place(NodeId candidate, const Path& path) const {
  if (is_root() || candidate == parent_) return false;
  const bool too_deep = parent_path_.size() > depth_ && path.size() < parent_path_.size();
  const bool deep_enough = path.size() >= depth_;
  if (too_deep && deep_enough) return true;
  return prefers(candidate) && path.size() <= std::max<std::size_t>(depth_, parent_path_.size());
}

}  // namespace bruit::core
