#include "bruit/core/strategies/rounds/membership.h"

#include <algorithm>
#include <utility>

#include "bruit/core/check.h"
#include "bruit/core/coverage_mark.h"

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// M1. A node that has not been met since it started may not know of it: it may have restarted.
// Children first, so that their parents need not.
constexpr Duration greet_after = seconds(1);
constexpr Duration greet_children_after = seconds(2);
// Who is heard is about to be met.
constexpr Duration meeting_patience = seconds(2);
constexpr Duration longest_greet_interval = seconds(6);
// M2. Most nodes asked in one search: at first few, since of these some one mostly answers, and
// then three times as many. Guess.
constexpr std::size_t first_search_limit = 8;
constexpr std::size_t search_limit = 64;
// M5. Guess: hosts that stall mostly do so for less than a second.
constexpr Duration stall_wait = milliseconds(500);
// M6. Whoever was heard within this time is told of a new root.
constexpr Duration acquaintance = seconds(10);
// M7. Until then an acknowledgement of values mostly tells it without a question.
constexpr Duration told_patience = seconds(1);
// M8. How long a lost child is looked for that the layout has elsewhere: it renews its lease.
constexpr Duration guest_patience = seconds(2);
// M9. A lease that is new is renewed sooner: what bent the tree often does more.
constexpr Duration first_return_interval = seconds(1);
constexpr Duration first_return_interval_of_root = milliseconds(250);
constexpr Duration longest_return_interval = seconds(6);
constexpr Duration lease = seconds(15);
// M10. How many others are asked each time, at most half of them: the fewer nodes are lost the
// more, since each one that is asked may send a message to each of them. In a ring about half of
// those asked reach a lost node. And how far: in a ring the way round it. Guess.
constexpr std::size_t sought_through = 8;
constexpr std::uint32_t seek_hops = 2;
constexpr Duration seek_urgently = seconds(5);
// Least time between two messages to one peer that react to something it said.
constexpr Duration shortest_reaction_interval = milliseconds(10);

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

Membership::Membership(const Layout& layout, NodeId self, Incarnation incarnation,
                       const RoundTrips& round_trips, Time start)
    : layout_(layout),
      self_(self),
      incarnation_(incarnation),
      round_trips_(round_trips),
      greet_interval_(greet_after / 2) {
  if (const auto parent = layout_.parent(self_)) {
    Child child{.parent = *parent, .standing = {}};
    for (auto id = parent; id; id = layout_.parent(*id)) child.standing.path.push_back(*id);
    std::reverse(child.standing.path.begin(), child.standing.path.end());
    role_ = std::move(child);
  }
  const std::uint32_t first = layout_.first_child(self_);
  for (std::uint32_t i = 0; i < layout_.child_count(self_); ++i) {
    children_.push_back(NodeId{first + i});
  }
  if (!is_root()) {
    greet_at_ = start + greet_after;
  } else if (!children_.empty()) {
    greet_at_ = start + greet_children_after;
  }
  told_path_ = path();
}

// --- Where this node stands ---

std::optional<NodeId> Membership::parent() const {
  const Child* child = as_child();
  if (child == nullptr) return std::nullopt;
  return child->parent;
}

NodeId Membership::root() const {
  const Child* child = as_child();
  return child == nullptr ? self_ : child->standing.root();
}

// Who searches stands for nobody but itself.
Path Membership::path() const {
  Path result;
  if (const Child* child = as_child()) result = child->standing.path;
  result.push_back(self_);
  return result;
}

Standing Membership::standing(Time now) const {
  const Child* child = as_child();
  return {.path = path(),
          .word = child != nullptr ? child->standing.word : RootWord{incarnation_, now}};
}

std::int64_t Membership::hops_to_root() const {
  const Child* child = as_child();
  return child == nullptr ? 0 : static_cast<std::int64_t>(child->standing.path.size());
}

bool Membership::is_child(NodeId node) const {
  return std::binary_search(children_.begin(), children_.end(), node);
}

void Membership::set_child(NodeId node, bool child) {
  const auto place = std::lower_bound(children_.begin(), children_.end(), node);
  const bool is = place != children_.end() && *place == node;
  if (child && !is) children_.insert(place, node);
  if (!child && is) children_.erase(place);
}

bool Membership::is_on(const Path& path) const { return contains(path, self_); }

bool Membership::heard_within(NodeId node, Duration duration, Time now) const {
  const auto found = known_.find(node);
  return found != known_.end() && found->second.heard && now - *found->second.heard < duration;
}

bool Membership::parent_seems_silent(Time now) const {
  const NodeId parent = as_child()->parent;
  return !heard_within(parent, round_trips_.patience(parent), now);
}

// --- Asking ---

void Membership::ask(NodeId node, Ask::With with, Time now) {
  known(node).asked = now;
  lost_.on_asked(node, now);
  actions_.push_back(Ask{node, with});
}

void Membership::ask_in_reaction(NodeId node, Ask::With with, Time now) {
  const auto& asked = known(node).asked;
  if (!asked || now - *asked >= reaction_interval(node)) ask(node, with, now);
}

// Likewise.
void Membership::answer_in_reaction(NodeId node, Time now) {
  auto& answered = known(node).answered;
  if (answered && now - *answered < reaction_interval(node)) return;
  answered = now;
  actions_.push_back(Answer{node});
}

Duration Membership::reaction_interval(NodeId node) const {
  return std::max(shortest_reaction_interval, round_trips_.to(node).smoothed());
}

// --- What happens ---

void Membership::on_heard(NodeId from, const std::optional<Time>& echo, Time now) {
  Known& peer = known(from);
  peer.heard = now;
  if (peer.deaf_since && echo && *echo >= *peer.deaf_since) peer.deaf_since.reset();
  if (peer.told && echo && *echo >= *peer.told) peer.told.reset();
  // An echo of something sent since it is silent: both directions work.
  const auto silent_since = lost_.silent_since(from);
  if (silent_since && echo && *echo >= *silent_since) found(from);
}

void Membership::lose(NodeId node, bool hurry, Time now) {
  if (lost_.is_silent(node)) return;
  lost_.add(node, hurry, now);
  known(node).deaf_since = now;
}

void Membership::found(NodeId node) {
  if (!lost_.is_silent(node)) return;
  lost_.remove(node);
  just_found_ = node;
}

void Membership::on_met(NodeId from, Time now) {
  if (std::exchange(known(from).met, true) || !greet_at_) return;
  // The first child has answered: now the others.
  if (greeted_child_ && is_child(from)) {
    BRUIT_MARK("rounds.M1.one-child-first");
    greet_at_ = now;
  }
}

// As a child of its former life this node is unknown to it.
void Membership::on_new_life(NodeId from, Time now) {
  known(from).met = false;
  if (from == parent()) actions_.push_back(Attach{});
  greet_interval_ = greet_after / 2;
  greet_at_ = now + greet_after;
}

// M8. Not if the one that was found has led this node into another tree.
void Membership::settle(Time now) {
  const bool found = std::exchange(just_found_, std::nullopt).has_value();
  if (!found || !is_root() || lost_.empty() || !lost_.may_ask_all(now)) return;
  BRUIT_MARK("rounds.M8.one-answers-so-all-are-asked");
  for (const NodeId node : lost_.all()) ask_in_reaction(node, Ask::With::news, now);
}

void Membership::on_gather(NodeId from, const Standing& standing, bool asks, Time now) {
  known(from).root = standing.root();
  if (asks) found(from);  // it has heard this node, or would not ask it
  if (parent() == from) {
    // Each takes the other for its parent; the senior one is the root.
    if (from < self_) {
      set_child(from, false);
      return;
    }
    become_root(false, now);
  }
  if (!is_child(from)) BRUIT_MARK("rounds.M1.a-child-from-elsewhere");
  set_child(from, true);
}

void Membership::on_scatter(NodeId from, const Standing& standing, Time now) {
  known(from).root = standing.root();
  if (parent() == from) {
    follow(standing, now);
    return;
  }
  consider(from, standing, now);
  // It takes this node for its child. What it sent is welcome, but it should stop.
  if (!is_searching() && parent() != from && !is_child(from)) answer_in_reaction(from, now);
}

void Membership::on_hello(NodeId from, const Standing& standing, Time now) {
  known(from).root = standing.root();
  consider(from, standing, now);
}

bool Membership::asks_back(NodeId from, const Standing& standing, Time now) {
  Known& peer = known(from);
  // M7. It stands in a tree that should join this one.
  const bool strays = is_root() && self_ < standing.root();
  if (strays) {
    BRUIT_MARK("rounds.M7.somebody-strays");
    make_sure(from, now, round_trips_.longest_patience());
  }
  const bool in_doubt = strays || peer.deaf_since;
  if (!in_doubt || (peer.asked && now - *peer.asked < reaction_interval(from))) return false;
  peer.asked = now;
  lost_.on_asked(from, now);
  return true;
}

void Membership::consider(NodeId from, const Standing& standing, Time now) {
  const Path& path = standing.path;
  const bool is_below = path.size() > 1 && path[path.size() - 2] == self_;
  if (parent() != from) set_child(from, is_below);
  if (auto* searching = std::get_if<Searching>(&role_)) {
    consider_answer(*searching, from, standing, now);
    return;
  }
  if (is_below) {
    // A child that was lost is back: it gets what it missed.
    const Path mine = this->path();
    found(from);
    const bool knows_path = std::equal(path.begin(), path.end() - 1, mine.begin(), mine.end());
    if (!knows_path) actions_.push_back(TellChild{from});
    return;
  }
  if (parent() == from) {
    follow(standing, now);
    return;
  }
  // Where it hangs it may still think that this node does not hear it.
  if (just_found_ == from && layout_.parent(from) == self_) ask(from, Ask::With::digest, now);
  if (is_on(path)) return;
  if (words_.is_current(standing)) {
    const bool joins_senior = standing.root() < root();                           // M6
    const bool moves = standing.root() == root() && is_better_place(from, path);  // M6
    if (joins_senior || moves || parent_is_passed_over(standing, now)) {
      if (joins_senior) BRUIT_MARK("rounds.M6.joins-a-more-senior-root");
      if (moves) BRUIT_MARK("rounds.M6.a-better-place");
      // Who does not hear this node is no parent: it has to answer first.
      if (known(from).deaf_since) {
        BRUIT_MARK("rounds.M6.who-does-not-hear-it-is-no-parent");
        ask_in_reaction(from, Ask::With::digest, now);
        if (std::exchange(wanted_, from) != from) plan_return(now);
      } else {
        adopt(from, standing, now);
      }
      return;
    }
  }
  if (!is_root() && standing.root() != root() && parent_seems_silent(now)) {
    BRUIT_MARK("rounds.M11.makes-sure-of-its-parent");
    actions_.push_back(AskParent{});
  }
}

void Membership::consider_answer(Searching& searching, NodeId from, const Standing& standing,
                                 Time now) {
  if (known(from).deaf_since) return;
  searching.search.answers[from] = standing;
  if (!searching.lost || is_on(standing.path)) return;
  const Child& lost = *searching.lost;
  const bool same_root = standing.root() == lost.standing.root();
  // It lives; only messages were lost.
  const bool parent_answers = searching.parent_is_silent && from == lost.parent && same_root;
  // No other answer could be better.
  const bool next_to_root = same_root && standing.path.size() <= 2 && words_.is_current(standing);
  if (parent_answers || next_to_root) {
    BRUIT_MARK("rounds.M2.no-answer-could-be-better");
    adopt(from, standing, now);
  }
}

void Membership::on_parent_silent(Time asked, Time now) {
  const Child* child = as_child();
  if (child == nullptr) return;
  lose(child->parent, true, now);
  known(child->parent).deaf_since = asked;
  start_search(true, now);
}

void Membership::on_child_silent(NodeId child, Time now) { lose(child, true, now); }

void Membership::on_seek(NodeId from, const Seek& sought, Time now) {
  for (const NodeId node : sought.nodes) {
    if (node != self_ && node != parent() && !is_child(node)) answer_in_reaction(node, now);
  }
  if (sought.hops_left == 0) return;
  for (const NodeId child : children_) {
    if (child == from || !is_served(child) || contains(sought.nodes, child)) continue;
    actions_.push_back(SeekThrough{child, sought.nodes, sought.hops_left - 1});
  }
  known(from).heard = now;
}

// --- Following and adopting ---

void Membership::lose_root() {
  if (const Child* child = as_child()) words_.lose(child->standing.root(), child->standing.word);
}

void Membership::follow(const Standing& standing, Time now) {
  if (self_ < standing.root()) {
    // The tree has lost a root that was senior to this node.
    BRUIT_MARK("rounds.M7.a-less-senior-root");
    become_root(false, now);
    return;
  }
  if (is_on(standing.path)) {
    BRUIT_MARK("rounds.M7.a-circle");
    start_search(false, now);
    return;
  }
  if (root() < standing.root()) lose_root();
  std::get<Child>(role_).standing = standing;
  change_path(now);
}

void Membership::adopt(NodeId parent, const Standing& standing, Time now) {
  if (root() < standing.root()) lose_root();
  const auto former = this->parent();
  role_ = Child{parent, standing};
  set_child(parent, false);
  lost_.remove(parent);
  plan_return(now);
  actions_.push_back(Attach{});
  change_path(now);
  if (former && former != parent) actions_.push_back(Leave{*former});
}

// Children hear of a change at once, so that no circle stays unnoticed. And those who last told of
// a less senior root: they may reach the better tree only through this node.
void Membership::change_path(Time now) {
  if (path() == told_path_) return;
  const NodeId old_root = told_path_.front();
  tell_children(now);
  const Child& child = std::get<Child>(role_);
  // M6: failures have made the tree deeper than it need be.
  const Path& above = child.standing.path;
  for (std::size_t place = layout_.depth() - 1; place + 1 < above.size(); ++place) {
    ask_in_reaction(above[place], Ask::With::nothing, now);
  }
  if (above.front() != old_root) {
    plan_return(now);
    if (return_at_) ask_in_reaction(*layout_.parent(self_), Ask::With::news, now);
  }
  if (!(above.front() < old_root)) return;
  for (const auto& [id, peer] : known_) {
    if (id == child.parent || is_child(id)) continue;
    const bool less_senior = peer.root && above.front() < *peer.root;
    if (less_senior && heard_within(id, acquaintance, now)) {
      ask_in_reaction(id, Ask::With::nothing, now);
    }
  }
}

void Membership::tell_children(Time now) {
  told_path_ = path();
  actions_.push_back(TellChildren{});
  for (const NodeId child : children_) {
    if (!lost_.is_silent(child)) {
      make_sure(child, now, told_patience + round_trips_.longest_patience());
    }
  }
}

// M7. It is being told where this node stands, and should have heard it after `patience`.
void Membership::make_sure(NodeId node, Time now, Duration patience) {
  known(node).told = now;
  check_told_at_ = std::min(check_told_at_.value_or(now + patience), now + patience);
}

// M7. That may have been lost: whoever has echoed nothing since is asked, once.
void Membership::check_told(Time now) {
  check_told_at_.reset();
  for (auto& [node, peer] : known_) {
    if (!peer.told || lost_.is_silent(node)) continue;
    if (peer.asked && *peer.asked > *peer.told) {
      peer.told.reset();
      lose(node, true, now);
      continue;
    }
    BRUIT_MARK("rounds.M7.makes-sure-that-it-was-told");
    ask(node, Ask::With::nothing, now);
    check_told_at_ = now + round_trips_.longest_patience();
  }
}

void Membership::plan_return(Time now) {
  return_at_.reset();
  bent_since_ = now;
  return_interval_ = is_root() ? first_return_interval_of_root : first_return_interval;
  if (!is_in_layout()) return_at_ = now + return_interval_;
}

// M6. In the tree of this node, at the end of this path.
bool Membership::is_better_place(NodeId candidate, const Path& path) const {
  const Child* child = as_child();
  if (child == nullptr || candidate == child->parent) return false;
  const std::size_t here = child->standing.path.size();
  const std::size_t depth = layout_.depth();
  const bool too_deep = here > depth && path.size() < here;
  if (too_deep && path.size() >= depth) return true;
  return candidate == layout_.parent(self_) && path.size() <= std::max(depth, here);
}

// M10
bool Membership::parent_is_passed_over(const Standing& standing, Time now) const {
  const Child* child = as_child();
  if (child == nullptr || standing.root() != child->standing.root()) return false;
  const RootWord& mine = child->standing.word;
  const Duration silence = round_trips_.patience(child->parent);
  const bool newer =
      standing.word.incarnation != mine.incarnation || standing.word.spoken - mine.spoken > silence;
  if (!newer || !parent_seems_silent(now)) return false;
  BRUIT_MARK("rounds.M10.its-parent-is-passed-over");
  return true;
}

// --- M4 ---

void Membership::become_root(bool alone, Time now) {
  BRUIT_MARK("rounds.M4.a-root");
  lose_root();
  role_ = Root{};
  const std::uint32_t first = layout_.first_child(self_);
  const auto last = static_cast<std::uint32_t>(std::min<std::size_t>(
      layout_.count(), std::max<std::size_t>(first + layout_.child_count(self_), search_limit)));
  for (std::uint32_t i = self_.index + 1; i < last; ++i) {
    const NodeId node{i};
    // Its parent was silent all the while, but not this child: it is on this side of whatever is
    // cut.
    const bool in_reach =
        is_served(node) && heard_within(node, 2 * round_trips_.patience(node), now);
    if (in_reach) continue;
    lose(node, !alone, now);
    if (!alone) ask(node, Ask::With::nothing, now);
  }
  tell_children(now);
  plan_return(now);
}

// --- M2, M3, M5 ---

// The way to the root first, then those that were heard a moment ago, since they are on this side
// of whatever is cut, then the most senior ones.
std::vector<NodeId> Membership::seniors(Time now) const {
  std::vector<NodeId> result;
  const auto add = [this, &result](NodeId id) {
    if (id < self_ && result.size() < search_limit && !contains(result, id)) result.push_back(id);
  };
  for (auto id = layout_.parent(self_); id; id = layout_.parent(*id)) add(*id);
  const Duration moment = 2 * round_trips_.longest_patience();
  for (const auto& [id, peer] : known_) {
    if (heard_within(id, moment, now)) add(id);
  }
  for (std::uint32_t i = 0; i < self_.index && result.size() < search_limit; ++i) add(NodeId{i});
  return result;
}

void Membership::start_search(bool parent_is_silent, Time now) {
  BRUIT_MARK("rounds.M2.searches");
  lose_root();
  Searching searching;
  searching.search.candidates = seniors(now);
  searching.lost = std::get<Child>(role_);
  searching.parent_is_silent = parent_is_silent;
  const NodeId parent = searching.lost->parent;
  role_ = std::move(searching);
  return_at_.reset();
  ask_more(std::get<Searching>(role_), first_search_limit, now);
  if (self_ < parent) ask(parent, Ask::With::nothing, now);
}

void Membership::ask_more(Searching& searching, std::size_t most, Time now) {
  Search& search = searching.search;
  search.ends = now + round_trips_.longest_patience();
  for (; search.asked < std::min(most, search.candidates.size()); ++search.asked) {
    ask(search.candidates[search.asked], Ask::With::nothing, now);
  }
}

void Membership::end_search(Time now) {
  auto& searching = std::get<Searching>(role_);
  const auto best = searching.search.best(self_, words_);
  if (!best && searching.search.answers.empty() && !searching.waited) {
    BRUIT_MARK("rounds.M5.a-stall");
    searching.waited = true;
    searching.search.ends = now + stall_wait;
    return;
  }
  if (!best && searching.search.asked < searching.search.candidates.size()) {
    ask_more(searching, 3 * searching.search.asked, now);
    return;
  }
  const Search search = std::move(searching.search);
  role_ = Root{};
  const bool alone = search.answers.empty();
  for (const NodeId node : search.silent()) lose(node, !alone, now);
  if (best) {
    BRUIT_MARK("rounds.M3.the-best-that-answered");
    adopt(*best, search.answers.at(*best), now);
  } else {
    become_root(alone, now);
  }
}

// --- Timers ---

std::optional<Time> Membership::next_tick() const {
  std::optional<Time> next = greet_at_;
  const auto consider = [&next](const std::optional<Time>& time) {
    if (time && (!next || *time < *next)) next = time;
  };
  consider(return_at_);
  consider(check_told_at_);
  if (const auto* searching = std::get_if<Searching>(&role_)) {
    consider(searching->search.ends);
  } else {
    consider(lost_.next_at());
  }
  return next;
}

void Membership::tick(Time now) {
  const auto* searching = std::get_if<Searching>(&role_);
  if (searching != nullptr && searching->search.ends <= now) end_search(now);
  if (greet_at_ && *greet_at_ <= now) greet(now);
  if (return_at_ && *return_at_ <= now) return_to_layout(now);
  if (check_told_at_ && *check_told_at_ <= now) check_told(now);
  const auto lost_at = lost_.next_at();
  if (lost_at && *lost_at <= now && !is_searching()) ask_lost(now);
}

// M1. From the answers both sides see what the other lacks. One child first: it has most of what
// others have, and a node that has lost its memory need not be told everything by everybody.
void Membership::greet(Time now) {
  bool any_unmet = false;
  bool any_postponed = false;
  bool greeted = false;
  const auto is_wanted = [&](NodeId id) {
    const Known& peer = known(id);
    if (peer.met) return false;
    any_unmet = true;
    const bool is_asked = peer.asked && now - *peer.asked < greet_interval_;
    const bool postponed = is_asked || heard_within(id, meeting_patience, now);
    any_postponed = any_postponed || postponed;
    return !postponed;
  };
  const auto parent = layout_.parent(self_);
  if (parent && is_wanted(*parent) && this->parent() == parent) {
    BRUIT_MARK("rounds.M1.greets-its-parent");
    actions_.push_back(AskParent{});
    greeted = true;
  }
  for (const NodeId child : children_) {
    if (layout_.parent(child) != self_ || !is_wanted(child) || lost_.is_silent(child)) continue;
    if (greeted && !greeted_child_) break;
    BRUIT_MARK("rounds.M1.greets-its-children");
    ask(child, Ask::With::digest, now);
    greeted = true;
  }
  greeted_child_ = greeted_child_ || greeted;
  if (greeted) greet_interval_ = std::min(2 * greet_interval_, longest_greet_interval);
  greet_at_.reset();
  if (any_unmet) greet_at_ = now + (any_postponed ? greet_after : greet_interval_);
}

// M9
void Membership::return_to_layout(Time now) {
  return_at_ = now + return_interval_;
  return_interval_ = std::min(2 * return_interval_, longest_return_interval);
  const NodeId preferred = *layout_.parent(self_);
  const Child* child = as_child();
  // A root that is junior to it asks for its whole tree.
  if (!lost_.is_silent(preferred) && (is_root() || root() <= preferred)) {
    BRUIT_MARK("rounds.M9.asks-the-layouts-parent");
    ask_in_reaction(preferred, Ask::With::nothing, now);
  }
  // It would be a better parent, but its answer may have been lost.
  if (wanted_) {
    if (known(*wanted_).deaf_since && heard_within(*wanted_, acquaintance, now)) {
      ask_in_reaction(*wanted_, Ask::With::digest, now);
    } else {
      wanted_.reset();
    }
  }
  const Duration renewed_within = std::min(lease, (now - bent_since_) / 2);
  if (child != nullptr && !heard_within(child->parent, renewed_within, now)) {
    BRUIT_MARK("rounds.M9.renews-its-lease");
    actions_.push_back(AskParent{});
  }
  if (!is_root()) return;
  // Who told of a more senior root may have found out that it is cut off, or have newer word.
  for (const auto& [id, peer] : known_) {
    if (peer.root && *peer.root < self_ && id != preferred && !is_child(id)) {
      ask_in_reaction(id, Ask::With::nothing, now);
    }
  }
}

// M8
void Membership::ask_lost(Time now) {
  for (const NodeId node : lost_.all()) {
    if (is_root()) break;
    const bool is_guest = is_child(node) && layout_.parent(node) != self_;
    const bool given_up =
        !is_child(node) || (is_guest && now - *lost_.silent_since(node) >= guest_patience);
    if (!given_up) continue;
    BRUIT_MARK("rounds.M8.gives-up-a-guest");
    lost_.remove(node);
    set_child(node, false);
  }
  if (lost_.empty()) return;
  seek(lost_.take_sought(children_, now), now);
  for (const NodeId node : lost_.take_due(is_root(), round_trips_.longest_round_trip(), now)) {
    BRUIT_MARK("rounds.M8.asks-who-is-silent");
    ask(node, Ask::With::digest, now);
  }
}

// M10. Each time others are asked, since links may be cut between some and not between others.
void Membership::seek(const std::vector<NodeId>& nodes, Time now) {
  std::vector<NodeId> helpers;
  for (const NodeId child : children_) {
    if (!lost_.is_silent(child)) helpers.push_back(child);
  }
  if (const auto above = parent()) helpers.push_back(*above);
  if (nodes.empty() || helpers.empty()) return;
  BRUIT_MARK("rounds.M10.has-it-sought");
  const bool is_urgent = now - *lost_.silent_since(nodes.front()) < seek_urgently;
  const std::size_t least = is_urgent ? 2 : 1;
  const std::size_t asked =
      std::min(std::max(sought_through / nodes.size(), least), (helpers.size() + 1) / 2);
  for (std::size_t i = 0; i < asked; ++i) {
    actions_.push_back(SeekThrough{helpers[last_helper_++ % helpers.size()], nodes, seek_hops});
  }
}

void Membership::sanity_check() const {
  BRUIT_CHECK(std::is_sorted(children_.begin(), children_.end()));
  BRUIT_CHECK(!is_child(self_));
  if (const Child* child = as_child()) {
    BRUIT_CHECK(child->parent != self_);
    BRUIT_CHECK(!child->standing.path.empty() && child->standing.path.back() == child->parent);
    BRUIT_CHECK(!is_on(child->standing.path));
    BRUIT_CHECK(!is_child(child->parent));
  }
  BRUIT_CHECK(is_searching() || return_at_.has_value() != is_in_layout());
  BRUIT_CHECK(!lost_.is_silent(self_));
}

}  // namespace bruit::core
