// Membership: who is whose parent.
//
// It is told who was heard, where they say they stand, and who is silent. It says who the parent
// is, which children there are, and what is to be asked or told. It knows nothing of logs and
// rounds: a mistake here costs messages and time, never values.
//
// Its promise: within a stated time after the last fault the nodes that can reach each other,
// directly or through others, form one tree, however long the fault lasted. Rules:
//
// M1  The *layout* (layout.h) gives each node a parent and children. These edges exist without a
//     word; both ends greet the other, in each new life, until it has answered. A layout child that
//     says that it hangs elsewhere is no child until it says otherwise.
// M2  A node whose parent stays silent *searches*: it asks the way to the root, then the senior
//     nodes that it has just heard, then the most senior ones. It takes one with current news of
//     the tree with the most senior root, and there the one closest to the root.
// M3  News of a root is current if it is newer than what was known when that root was lost
//     (root_words.h). If nobody has any, the most senior node that answered is the parent: either
//     it still hears the root, or it will be the root.
// M4  A node that finds no senior is a *root*: it tells its children and asks everybody else.
// M5  If nobody answers a search at all, the network has stalled rather than failed: it waits once.
// M6  Who hears of a tree with a more senior root joins it, if that is current. Of two places in
//     one tree the better one is the layout's, if it is no deeper than it should be, or, in a tree
//     that failures made too deep, the one closer to the root.
// M7  Who finds itself on the path of its parent is in a circle, and searches. Who follows a root
//     less senior than itself becomes one. So that both show, a node whose place has changed tells
//     its children, and makes sure that each has heard it.
// M8  Who is silent is asked again and again (lost_nodes.h), and never given up by a root or by its
//     layout's parent. One answer from the far side of a cut is reason to ask everybody there.
// M9  A node below another parent than the layout's holds a *lease*: it renews it if it has heard
//     nothing for half as long as it has held it, 15 s at most. It asks the layout's parent at
//     growing intervals whether it may come back, as does a root that has a parent in the layout.
// M10 A child that has nothing to say may not know that it is cut off: its parent has others seek
//     it. A node that hears elsewhere that its root has spoken since its own parent last did moves
//     there.
// M11 A node that is asked from another tree while its parent is silent makes sure of its parent.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "bruit/core/strategies/rounds/layout.h"
#include "bruit/core/strategies/rounds/lost_nodes.h"
#include "bruit/core/strategies/rounds/messages.h"
#include "bruit/core/strategies/rounds/root_words.h"
#include "bruit/core/strategies/rounds/round_trips.h"
#include "bruit/core/strategies/rounds/search.h"

namespace bruit::core {

// What Membership wants done. Order matters.
struct Ask {
  enum class With : std::uint8_t {
    nothing,  // is it there, and where does it stand
    digest,   // and what does it hold: so that it can tell the difference at once
    news,     // and here is what it may lack: there is reason to believe that it is there
  };
  NodeId to;
  With with = With::nothing;
};
// By a hello: where this node stands, and what it holds.
struct Answer {
  NodeId to;
};
struct SeekThrough {
  NodeId helper;
  std::vector<NodeId> nodes;
  std::uint32_t hops_left = 0;
};
// To the parent, which is new or has never answered: compare, and answer at once.
struct Attach {};
// To the parent, which may not be there any more.
struct AskParent {};
// Where this node stands has changed.
struct TellChildren {};
// A child that was lost is back, or has a wrong idea of where this node stands.
struct TellChild {
  NodeId child;
};
// This node hangs elsewhere now.
struct Leave {
  NodeId former_parent;
};
using Action =
    std::variant<Ask, Answer, SeekThrough, Attach, AskParent, TellChildren, TellChild, Leave>;

class Membership {
 public:
  struct Root {};
  struct Child {
    NodeId parent;
    Standing standing;  // of the parent
  };
  struct Searching {
    Search search;
    // Where it stood; nothing if it was a root.
    std::optional<Child> lost;
    bool parent_is_silent = false;  // otherwise it is of no use: it has its root from this node
    bool waited = false;            // M5
  };

  // `round_trips` outlives the object.
  Membership(const Layout& layout, NodeId self, Incarnation incarnation,
             const RoundTrips& round_trips, Time start);

  // --- Where this node stands ---

  bool is_root() const { return std::holds_alternative<Root>(role_); }
  bool is_searching() const { return std::holds_alternative<Searching>(role_); }
  // Nothing for a root, and while it searches.
  std::optional<NodeId> parent() const;
  // Of this node's tree; itself while it searches.
  NodeId root() const;
  Standing standing(Time now) const;
  // From the root to this node. At least 1 but for a root.
  std::int64_t hops_to_root() const;
  // Below the parent that the layout gives it; a root that has none in the layout too.
  bool is_in_layout() const { return parent() == layout_.parent(self_); }
  bool is_child(NodeId node) const;
  // It is a child, and nothing says that it cannot be reached.
  bool is_served(NodeId node) const { return is_child(node) && !lost_.is_silent(node); }
  bool is_silent(NodeId node) const { return lost_.is_silent(node); }
  bool anybody_is_silent() const { return !lost_.empty(); }
  // Ascending.
  const std::vector<NodeId>& children() const { return children_; }

  // --- What happens. Each may leave actions to be taken. ---

  // Anything from the present life of `from`; `echo`: of what this life has sent to it.
  void on_heard(NodeId from, const std::optional<Time>& echo, Time now);
  // `from` has written for this life.
  void on_met(NodeId from, Time now);
  // It has begun a new life.
  void on_new_life(NodeId from, Time now);
  // What it said, if nothing that it sent later has come before. `asks`: for an answer.
  void on_gather(NodeId from, const Standing& standing, bool asks, Time now);
  void on_scatter(NodeId from, const Standing& standing, Time now);
  void on_hello(NodeId from, const Standing& standing, Time now);
  // It asks, and will be answered. Whether the answer should ask as well: it may be lost, too.
  bool asks_back(NodeId from, const Standing& standing, Time now);
  void on_seek(NodeId from, const Seek& seek, Time now);
  // A child was told where this node stands.
  void on_told() { told_path_ = path(); }
  // An answer did not come, and not again; `asked`: when it was asked last.
  void on_parent_silent(Time asked, Time now);
  void on_child_silent(NodeId child, Time now);
  void tick(Time now);

  // After each call, before the actions are taken.
  void settle(Time now);

  std::optional<Time> next_tick() const;
  std::vector<Action> take_actions() { return std::exchange(actions_, {}); }

  void sanity_check() const;

 private:
  struct Known {
    std::optional<NodeId> root;  // of the tree it was in when it last told
    std::optional<Time> heard;   // anything at all
    // It was silent, and nothing that was sent since has been echoed: it does not hear this node.
    std::optional<Time> deaf_since;
    // It was told where this node stands, and nothing that was sent since has been echoed.
    std::optional<Time> told;
    std::optional<Time> asked;     // by this node
    std::optional<Time> answered;  // unasked
    bool met = false;
  };

  Path path() const;
  const Child* as_child() const { return std::get_if<Child>(&role_); }
  Known& known(NodeId node) { return known_[node]; }
  bool heard_within(NodeId node, Duration duration, Time now) const;
  void set_child(NodeId node, bool child);
  void ask(NodeId node, Ask::With with, Time now);
  // Not if it was asked a moment ago: so no chain of questions can go on for ever.
  void ask_in_reaction(NodeId node, Ask::With with, Time now);
  void answer_in_reaction(NodeId node, Time now);
  Duration reaction_interval(NodeId node) const;
  // What somebody who is not this node's parent says of where it stands.
  void consider(NodeId from, const Standing& standing, Time now);
  void consider_answer(Searching& searching, NodeId from, const Standing& standing, Time now);
  void lose(NodeId node, bool hurry, Time now);
  void found(NodeId node);
  void follow(const Standing& standing, Time now);
  void adopt(NodeId parent, const Standing& standing, Time now);
  // `alone`: nobody answered, so there is no hurry to ask everybody.
  void become_root(bool alone, Time now);
  void start_search(bool parent_is_silent, Time now);
  void ask_more(Searching& searching, std::size_t most, Time now);
  void end_search(Time now);
  void change_path(Time now);
  void tell_children(Time now);
  void make_sure(NodeId node, Time now, Duration patience);
  void check_told(Time now);
  void plan_return(Time now);
  void lose_root();
  bool is_on(const Path& path) const;
  bool is_better_place(NodeId candidate, const Path& path) const;
  bool parent_is_passed_over(const Standing& standing, Time now) const;
  bool parent_seems_silent(Time now) const;
  std::vector<NodeId> seniors(Time now) const;
  void greet(Time now);
  void return_to_layout(Time now);
  void ask_lost(Time now);
  void seek(const std::vector<NodeId>& nodes, Time now);

  Layout layout_;
  NodeId self_;
  Incarnation incarnation_;
  const RoundTrips& round_trips_;

  std::variant<Root, Child, Searching> role_;
  std::vector<NodeId> children_;
  std::map<NodeId, Known> known_;
  LostNodes lost_;
  std::optional<NodeId> just_found_;  // by the message that is being handled
  RootWords words_;
  Path told_path_;  // to children: where they think that this node stands
  std::optional<Time> check_told_at_;
  std::optional<Time> greet_at_;
  Duration greet_interval_;
  bool greeted_child_ = false;
  std::optional<NodeId> wanted_;   // as a parent, once it hears this node
  std::optional<Time> return_at_;  // while the parent is not the layout's
  Duration return_interval_{};
  Time bent_since_{};              // when that was planned last
  std::uint32_t last_helper_ = 0;  // that sought children
  std::vector<Action> actions_;
};

}  // namespace bruit::core
