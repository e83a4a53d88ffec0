// Membership alone: no network and no logs. A test says what a node hears, and sees where it stands
// and what it wants done. One section for each rule of membership.h.
#include "bruit/core/strategies/rounds/membership.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace bruit::core {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Ids = std::vector<std::uint32_t>;

constexpr Incarnation own_life = 5;
constexpr Time start{seconds(1000)};

Path path(const Ids& ids) {
  Path result;
  for (const std::uint32_t id : ids) result.push_back(NodeId{id});
  return result;
}

// At the end of this path; the root spoke then, in this life.
Standing at(const Ids& ids, Time spoken, Incarnation life = 1) {
  return {path(ids), {life, spoken}};
}

// One node, its clock, and whatever it has wanted done since it was last looked at.
class Node {
 public:
  // All round trips are 100 ms, so everybody is waited for 150 ms.
  static constexpr Duration patience = milliseconds(150);

  Node(std::uint32_t self, std::uint32_t count, std::uint32_t fan_out)
      : layout_(count, fan_out), membership_(layout_, NodeId{self}, own_life, trips_, start) {
    for (std::uint32_t i = 0; i < count; ++i) {
      for (int k = 0; k < 3; ++k) trips_.to(NodeId{i}).add(start, start + milliseconds(100), {});
    }
  }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const Membership* operator->() const { return &membership_; }
  Time now() const { return now_; }
  void wait(Duration duration) { now_ += duration; }

  // Whatever comes echoes what was sent a moment ago, unless it is said otherwise.
  void hear(std::uint32_t from) { hear(from, now_); }
  void hear(std::uint32_t from, std::optional<Time> echo) {
    membership_.on_heard(NodeId{from}, echo, now_);
    settle();
  }
  void meet(std::uint32_t from) {
    membership_.on_met(NodeId{from}, now_);
    membership_.on_heard(NodeId{from}, now_, now_);
    settle();
  }
  void new_life(std::uint32_t from) {
    membership_.on_new_life(NodeId{from}, now_);
    settle();
  }
  void hello(const Standing& standing) { hello(standing, now_); }
  void hello(const Standing& standing, std::optional<Time> echo) {
    const NodeId from = standing.path.back();
    membership_.on_heard(from, echo, now_);
    membership_.on_hello(from, standing, now_);
    settle();
  }
  void scatter(const Standing& standing) {
    const NodeId from = standing.path.back();
    membership_.on_heard(from, now_, now_);
    membership_.on_scatter(from, standing, now_);
    settle();
  }
  void gather(const Standing& standing) { gather(standing, false, now_); }
  void gather(const Standing& standing, bool asks, std::optional<Time> echo) {
    const NodeId from = standing.path.back();
    membership_.on_heard(from, echo, now_);
    membership_.on_gather(from, standing, asks, now_);
    settle();
  }
  void seek(std::uint32_t from, const Ids& nodes, std::uint32_t hops_left) {
    membership_.on_seek(NodeId{from}, {{}, path(nodes), hops_left}, now_);
    settle();
  }
  bool asks_back(std::uint32_t from) {
    const bool asks = membership_.asks_back(NodeId{from}, membership_.standing(now_), now_);
    settle();
    return asks;
  }
  void parent_is_silent() { parent_is_silent(now_); }
  void parent_is_silent(Time asked) {
    membership_.on_parent_silent(asked, now_);
    settle();
  }
  void child_is_silent(std::uint32_t child) {
    membership_.on_child_silent(NodeId{child}, now_);
    settle();
  }
  // With all timers until then.
  void run(Duration duration) {
    const Time end = now_ + duration;
    for (auto next = membership_.next_tick(); next && *next <= end;
         next = membership_.next_tick()) {
      now_ = std::max(now_, *next);
      membership_.tick(now_);
      settle();
    }
    now_ = end;
  }
  void end_search() { run(patience); }

  // What it wanted since the last forget().
  template <typename Kind>
  std::vector<Kind> wanted() const {
    std::vector<Kind> result;
    for (const auto& [when, action] : actions_) {
      if (const auto* kind = std::get_if<Kind>(&action)) result.push_back(*kind);
    }
    return result;
  }
  template <typename Kind>
  bool wants() const {
    return !wanted<Kind>().empty();
  }
  Ids asked() const {
    Ids result;
    for (const Ask& ask : wanted<Ask>()) result.push_back(ask.to.index);
    return result;
  }
  // When it asked that node, in milliseconds since the last forget().
  std::vector<long> asked_at(std::uint32_t node) const {
    std::vector<long> result;
    for (const auto& [when, action] : actions_) {
      const auto* ask = std::get_if<Ask>(&action);
      if (ask == nullptr || ask->to != NodeId{node}) continue;
      result.push_back(std::chrono::duration_cast<milliseconds>(when - forgotten_).count());
    }
    return result;
  }
  bool asked(std::uint32_t node) const { return !asked_at(node).empty(); }
  bool answered(std::uint32_t node) const {
    const auto answers = wanted<Answer>();
    return std::any_of(answers.begin(), answers.end(),
                       [&](const Answer& answer) { return answer.to == NodeId{node}; });
  }
  bool wants_nothing() const { return actions_.empty(); }
  void forget() {
    actions_.clear();
    forgotten_ = now_;
  }

 private:
  // As its owner does after each call.
  void settle() {
    membership_.settle(now_);
    for (Action& action : membership_.take_actions()) {
      const bool tells = std::holds_alternative<TellChildren>(action);
      actions_.emplace_back(now_, std::move(action));
      if (tells) membership_.on_told();
    }
    membership_.sanity_check();
  }

  Layout layout_;
  RoundTrips trips_;
  Membership membership_;
  Time now_ = start;
  Time forgotten_ = start;
  std::vector<std::pair<Time, Action>> actions_;
};

// Two levels below the root: 0 has 1 and 2, 1 has 3 and 4, 2 has 5 and 6.
constexpr std::uint32_t tree_count = 7;
constexpr std::uint32_t tree_fan_out = 2;

// A node of that tree that has met its neighbours, and stands where the layout has it.
struct InTree : Node {
  explicit InTree(std::uint32_t self) : Node(self, tree_count, tree_fan_out) {
    if (self > 0) {
      Ids above;
      for (std::uint32_t id = self; id > 0;) above.insert(above.begin(), id = (id - 1) / 2);
      meet(above.back());
      scatter(at(above, now()));
    }
    for (const NodeId child : (*this)->children()) meet(child.index);
    run(seconds(3));
    if (self > 0) hear((self - 1) / 2);
    forget();
  }
};

// Node 5 has lost node 2 and found a place below node 1.
struct BelowOne : InTree {
  BelowOne() : InTree(5) {
    parent_is_silent();
    wait(milliseconds(50));
    hello(at({0, 1}, now()));
    EXPECT_EQ((*this)->parent(), NodeId{1});
    forget();
  }
};

// --- M1: the layout, and greetings ---

TEST(MembershipM1, TheLayoutGivesAParentAndChildrenWithoutAWord) {
  const Node node(1, tree_count, tree_fan_out);
  EXPECT_EQ(node->parent(), NodeId{0});
  EXPECT_EQ(node->children(), path({3, 4}));
  EXPECT_EQ(node->root(), NodeId{0});
  EXPECT_EQ(node->hops_to_root(), 1);
  EXPECT_TRUE(node->is_in_layout());
  const Node root(0, tree_count, tree_fan_out);
  EXPECT_TRUE(root->is_root());
  EXPECT_EQ(root->children(), path({1, 2}));
  EXPECT_EQ(root->standing(start).path, path({0}));
  EXPECT_EQ(root->standing(start).word, (RootWord{own_life, start}));
}

TEST(MembershipM1, AChildGreetsItsParentUntilItHasAnswered) {
  Node node(5, tree_count, tree_fan_out);
  node.run(milliseconds(999));
  EXPECT_TRUE(node.wants_nothing()) << "who is started with it may greet first";
  node.run(seconds(20));
  EXPECT_GE(node.wanted<AskParent>().size(), 4U);
  node.meet(2);
  node.forget();
  node.run(hours(1));
  EXPECT_TRUE(node.wants_nothing());
  EXPECT_EQ(node->next_tick(), std::nullopt);
}

TEST(MembershipM1, AParentGreetsOneChildAndThenTheOthers) {
  Node node(0, 5, 4);
  node.run(milliseconds(2100));
  EXPECT_EQ(node.asked(), Ids{1});
  EXPECT_EQ(node.wanted<Ask>().front().with, Ask::With::digest);
  node.meet(1);
  node.run(milliseconds(1));
  EXPECT_EQ(node.asked(), (Ids{1, 2, 3, 4}));
}

TEST(MembershipM1, AParentGreetsAllChildrenIfTheFirstDoesNotAnswer) {
  Node node(0, 5, 4);
  node.run(seconds(30));
  for (const std::uint32_t child : {1U, 2U, 3U, 4U}) {
    const auto times = node.asked_at(child);
    ASSERT_GE(times.size(), 3U);
    for (std::size_t i = 1; i < times.size(); ++i) EXPECT_LE(times[i] - times[i - 1], 7000);
  }
}

TEST(MembershipM1, WhoIsJustHeardIsAboutToBeMet) {
  Node node(0, 2, 1);
  node.run(milliseconds(1900));
  node.hear(1, std::nullopt);
  node.run(milliseconds(200));
  EXPECT_TRUE(node.wants_nothing());
  node.run(seconds(5));
  EXPECT_TRUE(node.asked(1)) << "but it was not";
}

TEST(MembershipM1, ANewLifeIsGreetedLikeTheFirst) {
  InTree node(2);
  node.new_life(5);
  node.run(seconds(10));
  EXPECT_TRUE(node.asked(5));
  EXPECT_FALSE(node.asked(6));
}

TEST(MembershipM1, ANewLifeOfTheParentDoesNotKnowItsChild) {
  InTree node(5);
  node.new_life(2);
  EXPECT_TRUE(node.wants<Attach>());
}

TEST(MembershipM1, ALayoutChildThatSaysThatItHangsElsewhereIsNoneUntilItSaysOtherwise) {
  InTree node(2);
  node.hello(at({0, 1, 5}, node.now()));
  EXPECT_EQ(node->children(), path({6}));
  node.hello(at({0, 2, 5}, node.now()));
  EXPECT_EQ(node->children(), path({5, 6}));
  node.hello(at({0, 1, 5}, node.now()));
  node.gather(at({0, 2, 5}, node.now()));
  EXPECT_EQ(node->children(), path({5, 6}));
}

TEST(MembershipM1, AChildThatThinksItsParentStandsElsewhereIsTold) {
  InTree node(2);
  node.hello(at({1, 2, 5}, node.now()));
  ASSERT_EQ(node.wanted<TellChild>().size(), 1U);
  EXPECT_EQ(node.wanted<TellChild>().front().child, NodeId{5});
  node.forget();
  node.hello(at({0, 2, 5}, node.now()));
  EXPECT_TRUE(node.wants_nothing());
}

TEST(MembershipM1, WhoTakesThisNodeForItsChildIsToldThatItIsNot) {
  InTree node(5);
  node.scatter(at({0, 1}, node.now()));
  EXPECT_TRUE(node.answered(1));
  EXPECT_EQ(node->parent(), NodeId{2});
}

// --- M2: a node whose parent stays silent searches ---

TEST(MembershipM2, AsksTheWayToTheRootThenWhomItHasJustHeardThenTheMostSenior) {
  Node node(20, 40, 2);
  node.wait(seconds(20));
  node.hear(13);
  node.wait(seconds(20));
  node.hear(15);
  node.hear(25);  // not senior
  node.parent_is_silent();
  EXPECT_TRUE(node->is_searching());
  EXPECT_EQ(node->parent(), std::nullopt);
  EXPECT_EQ(node->root(), NodeId{20}) << "who searches stands for nobody but itself";
  EXPECT_EQ(node.asked(), (Ids{9, 4, 1, 0, 15, 2, 3, 5}));
  EXPECT_EQ(node.wanted<Ask>().front().with, Ask::With::nothing);
}

TEST(MembershipM2, AsksMoreIfNoneOfTheFirstIsOfUse) {
  Node node(39, 40, 2);
  node.parent_is_silent();
  ASSERT_EQ(node.asked().size(), 8U);
  node.hello(at({39, 0}, node.now()));  // it has its root from this node
  node.end_search();
  EXPECT_TRUE(node->is_searching());
  EXPECT_EQ(node.asked().size(), 24U);
  node.hello(at({0, 5}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{5});
}

TEST(MembershipM2, TakesTheTreeWithTheMostSeniorRootAndThereThePlaceClosestToIt) {
  Node node(20, 40, 2);
  node.scatter(at({0, 1, 4, 9}, node.now()));
  node.parent_is_silent();
  node.hello(at({2, 3}, node.now()));
  node.hello(at({1, 4, 9, 5}, node.now()));
  node.hello(at({1, 4, 15}, node.now()));
  EXPECT_TRUE(node->is_searching()) << "somebody may know of the root itself";
  node.end_search();
  EXPECT_EQ(node->parent(), NodeId{15});
  EXPECT_EQ(node->root(), NodeId{1});
  EXPECT_TRUE(node.wants<Attach>());
  EXPECT_TRUE(node.wants<TellChildren>());
}

TEST(MembershipM2, DoesNotWaitForMoreIfNoAnswerCouldBeBetter) {
  InTree node(5);
  node.parent_is_silent();
  node.wait(milliseconds(50));
  node.hello(at({0, 1}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{1});
}

TEST(MembershipM2, GoesBackToItsParentIfThatAnswers) {
  InTree node(5);
  const Time before = node.now();
  node.parent_is_silent();
  node.wait(milliseconds(50));
  node.hello(at({0, 2}, before), node.now());
  EXPECT_EQ(node->parent(), NodeId{2});
  EXPECT_TRUE(node->is_in_layout());
  EXPECT_FALSE(node->anybody_is_silent());
}

TEST(MembershipM2, AParentThatDoesNotHearThisNodeIsOfNoUse) {
  InTree node(5);
  node.parent_is_silent();
  const Time asked = node.now();
  node.wait(milliseconds(50));
  node.hello(at({0, 2}, node.now()), asked - milliseconds(1));
  EXPECT_TRUE(node->is_searching());
}

TEST(MembershipM2, AnAnswerToWhatItWasAskedLastIsNotTooLate) {
  InTree node(5);
  const Time asked = node.now();
  node.wait(milliseconds(150));
  node.parent_is_silent(asked);
  node.hello(at({0, 2}, node.now()), asked);
  EXPECT_EQ(node->parent(), NodeId{2});
}

TEST(MembershipM2, AsksAParentThatIsJuniorToItAsWell) {
  InTree node(1);
  node.parent_is_silent();
  node.hello(at({0, 2}, node.now() + milliseconds(1)));
  ASSERT_EQ(node->parent(), NodeId{2});
  node.forget();
  node.parent_is_silent();
  EXPECT_EQ(node.asked(), (Ids{0, 2}));
}

TEST(MembershipM2, NeverTakesWhoHangsBelowIt) {
  InTree node(2);
  node.parent_is_silent();
  node.hello(at({0, 2, 1}, node.now()));
  node.end_search();
  EXPECT_NE(node->parent(), NodeId{1});
}

TEST(MembershipM2, WhoWasAskedAndSaidNothingIsSilent) {
  InTree node(2);
  node.parent_is_silent();
  node.hello(at({6}, node.now()));
  node.end_search();
  ASSERT_TRUE(node->is_root());
  EXPECT_TRUE(node->is_silent(NodeId{0}));
  EXPECT_TRUE(node->is_silent(NodeId{1}));
}

// --- M3: news of a root is current if it is newer than its last word here ---

TEST(MembershipM3, AnOldWordOfALostRootIsNoReasonToStandBelowIt) {
  InTree node(5);
  const Time last = node->standing(node.now()).word.spoken;
  node.parent_is_silent();
  node.wait(milliseconds(10));
  node.hello(at({0, 1}, last));
  EXPECT_TRUE(node->is_searching());
  node.hello(at({3, 4}, node.now()));
  node.end_search();
  EXPECT_EQ(node->parent(), NodeId{4}) << "current news of whomever is better";
}

TEST(MembershipM3, ALaterWordIsCurrent) {
  InTree node(5);
  const Time last = node->standing(node.now()).word.spoken;
  node.parent_is_silent();
  node.wait(milliseconds(10));
  node.hello(at({0, 1}, last + Duration(1)));
  EXPECT_EQ(node->parent(), NodeId{1});
}

TEST(MembershipM3, ALifeOfTheRootThatWasNeverHeardOfIsNews) {
  InTree node(5);
  const Time last = node->standing(node.now()).word.spoken;
  node.parent_is_silent();
  node.wait(milliseconds(10));
  node.hello(at({0, 1}, last - hours(1), 77));
  EXPECT_EQ(node->parent(), NodeId{1}) << "its clock was set back";
}

TEST(MembershipM3, IfNobodyHasNewsTheMostSeniorThatAnsweredIsTheParent) {
  InTree node(5);
  const Time last = node->standing(node.now()).word.spoken;
  node.parent_is_silent();
  node.wait(milliseconds(10));
  node.hello(at({0, 1, 3, 4}, last));
  node.hello(at({0, 2, 1, 3}, last));
  node.hello(at({0, 6}, last));  // junior to this node
  node.end_search();
  EXPECT_EQ(node->parent(), NodeId{3});
}

// --- M4: a node that finds no senior is a root ---

TEST(MembershipM4, TellsItsChildrenAndAsksEverybodyElse) {
  InTree node(1);
  const Time last = node->standing(node.now()).word.spoken;
  node.hear(3);
  node.parent_is_silent();
  node.hello(at({0, 2, 6}, last));  // of no use: junior, and it does not know yet
  node.forget();
  node.hear(3);
  node.end_search();
  ASSERT_TRUE(node->is_root());
  EXPECT_EQ(node->root(), NodeId{1});
  EXPECT_TRUE(node.wants<TellChildren>());
  EXPECT_EQ(node.asked(), (Ids{2, 4, 5, 6})) << "but for the child that it hears";
  EXPECT_FALSE(node->is_silent(NodeId{3}));
}

TEST(MembershipM4, IsInNoHurryIfNobodyAnswers) {
  InTree node(1);
  node.parent_is_silent();
  node.forget();
  node.run(milliseconds(700));
  ASSERT_TRUE(node->is_root());
  EXPECT_LE(node.asked().size(), 2U);
  node.run(seconds(10));
  for (const std::uint32_t other : {0U, 2U, 5U, 6U}) EXPECT_TRUE(node.asked(other)) << other;
}

// --- M5: if nobody answers a search, the network has stalled ---

TEST(MembershipM5, WaitsOnceIfNobodyAnswersAtAll) {
  InTree node(1);
  node.parent_is_silent();
  node.end_search();
  EXPECT_TRUE(node->is_searching());
  node.run(milliseconds(499));
  EXPECT_TRUE(node->is_searching());
  node.run(milliseconds(1));
  EXPECT_TRUE(node->is_root());
}

TEST(MembershipM5, TakesAnAnswerThatComesMeanwhile) {
  InTree node(5);
  node.parent_is_silent();
  node.run(milliseconds(400));
  node.hello(at({1, 4}, node.now()));
  node.run(milliseconds(400));
  EXPECT_EQ(node->parent(), NodeId{4});
}

TEST(MembershipM5, DoesNotWaitIfSomebodyAnswered) {
  InTree node(1);
  node.parent_is_silent();
  node.hello(at({6}, node.now()));
  node.end_search();
  EXPECT_TRUE(node->is_root());
}

// --- M6: trees with a more senior root, and better places ---

TEST(MembershipM6, ARootJoinsATreeWithAMoreSeniorRoot) {
  InTree node(2);
  node.parent_is_silent();
  node.run(seconds(1));
  ASSERT_TRUE(node->is_root());
  node.forget();
  node.hello(at({1, 4}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{4});
  EXPECT_EQ(node->root(), NodeId{1});
  EXPECT_TRUE(node.wants<Attach>());
  EXPECT_TRUE(node.wants<TellChildren>());
}

TEST(MembershipM6, WhoDoesNotHearThisNodeHasToAnswerFirst) {
  InTree node(2);
  node.parent_is_silent();
  node.run(seconds(1));
  ASSERT_TRUE(node->is_root());
  ASSERT_TRUE(node->is_silent(NodeId{1}));
  node.forget();
  node.hello(at({1}, node.now()), std::nullopt);
  EXPECT_TRUE(node->is_root());
  EXPECT_TRUE(node.asked(1));
  node.wait(milliseconds(100));
  node.hello(at({1}, node.now()), node.now());
  EXPECT_EQ(node->parent(), NodeId{1});
}

TEST(MembershipM6, ATreeThatIsOnlyRememberedIsNotJoined) {
  InTree node(2);
  const Time last = node->standing(node.now()).word.spoken;
  node.parent_is_silent();
  node.run(seconds(1));
  ASSERT_TRUE(node->is_root());
  node.hello(at({0, 4}, last));
  EXPECT_TRUE(node->is_root());
  node.hello(at({0, 4}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{4});
}

TEST(MembershipM6, ATreeWithALessSeniorRootIsNotJoined) {
  InTree node(5);
  node.hello(at({1, 4}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{2});
}

TEST(MembershipM6, TheLayoutsPlaceIsTheBetterOne) {
  BelowOne node;
  node.hello(at({0, 2}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{2});
  EXPECT_TRUE(node->is_in_layout());
  ASSERT_EQ(node.wanted<Leave>().size(), 1U);
  EXPECT_EQ(node.wanted<Leave>().front().former_parent, NodeId{1});
}

TEST(MembershipM6, TheLayoutsPlaceIsNotBetterIfItIsDeeperThanItShouldBe) {
  BelowOne node;
  node.hello(at({0, 1, 4, 2}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{1});
}

TEST(MembershipM6, ATreeIsNotReorderedWhileItIsAsFlatAsTheLayout) {
  InTree node(5);
  node.hello(at({0, 1}, node.now()));
  node.hello(at({0}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{2});
}

TEST(MembershipM6, InATreeThatIsTooDeepThePlaceCloserToTheRootIsBetter) {
  InTree node(5);
  node.scatter(at({0, 1, 4, 2}, node.now()));
  ASSERT_EQ(node->hops_to_root(), 4);
  EXPECT_TRUE(node.asked(4)) << "whoever is above, where it should hang at the deepest";
  node.hello(at({0, 1, 4}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{4});
}

TEST(MembershipM6, TellsAcquaintancesOfALessSeniorRootThatThereIsABetterTree) {
  InTree node(2);
  node.parent_is_silent();
  node.run(seconds(1));
  ASSERT_TRUE(node->is_root());
  node.hello(at({3, 4}, node.now()));
  node.wait(seconds(1));
  node.forget();
  node.hello(at({1}, node.now()));
  ASSERT_EQ(node->root(), NodeId{1});
  EXPECT_TRUE(node.asked(4));
}

// --- M7: circles, and roots that are less senior ---

TEST(MembershipM7, WhoFindsItselfOnThePathOfItsParentSearches) {
  InTree node(2);
  node.scatter(at({1, 2, 0}, node.now()));
  EXPECT_TRUE(node->is_searching());
}

TEST(MembershipM7, WhoFollowsARootLessSeniorThanItselfBecomesOne) {
  InTree node(5);
  node.scatter(at({6, 2}, node.now()));
  EXPECT_TRUE(node->is_root());
  EXPECT_TRUE(node.wants<TellChildren>());
}

TEST(MembershipM7, FollowsARootThatIsSenior) {
  InTree node(5);
  node.scatter(at({1, 2}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{2});
  EXPECT_EQ(node->root(), NodeId{1});
  EXPECT_TRUE(node.wants<TellChildren>()) << "so no circle stays unnoticed";
}

TEST(MembershipM7, OfTwoThatTakeEachOtherForTheirParentTheSeniorIsTheRoot) {
  InTree senior(1);
  senior.gather(at({1, 0}, senior.now()));  // it hangs below this node
  EXPECT_EQ(senior->parent(), NodeId{0});
  EXPECT_FALSE(senior->is_child(NodeId{0})) << "here the other is senior, and will be the root";

  InTree node(1);
  node.parent_is_silent();
  node.hello(at({2}, node.now()));
  node.end_search();
  ASSERT_TRUE(node->is_root()) << "it is senior to the other tree";
  node.gather(at({1, 2}, node.now()));
  EXPECT_TRUE(node->is_child(NodeId{2}));
}

// --- M8: who is silent is asked again and again ---

TEST(MembershipM8, ARootNeverGivesUpAndAsksAsOftenAfterHours) {
  InTree node(0);
  node.child_is_silent(1);
  EXPECT_TRUE(node->is_silent(NodeId{1}));
  EXPECT_FALSE(node->is_served(NodeId{1}));
  node.run(hours(2));
  EXPECT_TRUE(node->is_child(NodeId{1}));
  const auto times = node.asked_at(1);
  for (std::size_t i = 1; i < times.size(); ++i) ASSERT_LE(times[i] - times[i - 1], 1250);
  EXPECT_GT(times.back(), 2 * 3600 * 1000 - 1250);
}

TEST(MembershipM8, AsksOftenInTheFirstSecond) {
  InTree node(0);
  node.child_is_silent(1);
  node.run(seconds(1));
  EXPECT_EQ(node.asked_at(1), (std::vector<long>{0, 250, 500, 750, 1000}));
}

TEST(MembershipM8, ALayoutsParentNeverGivesUpItsChild) {
  InTree node(2);
  node.child_is_silent(5);
  node.run(seconds(120));  // with intervals that grow
  node.forget();
  node.run(hours(2));
  EXPECT_TRUE(node->is_child(NodeId{5}));
  const auto times = node.asked_at(5);
  for (std::size_t i = 1; i < times.size(); ++i) ASSERT_LE(times[i] - times[i - 1], 10'000);
  EXPECT_GT(times.back(), 2 * 3600 * 1000 - 10'000);
}

TEST(MembershipM8, AGuestIsGivenUpSoon) {
  InTree node(2);
  node.gather(at({0, 2, 4}, node.now()));
  ASSERT_TRUE(node->is_child(NodeId{4}));
  node.child_is_silent(4);
  node.run(milliseconds(1900));
  EXPECT_TRUE(node->is_child(NodeId{4}));
  node.run(milliseconds(500));
  EXPECT_FALSE(node->is_child(NodeId{4}));
  EXPECT_FALSE(node->is_silent(NodeId{4}));
}

TEST(MembershipM8, WhoIsHeardAgainMustHaveHeardThisNodeSince) {
  InTree node(0);
  const Time before = node.now();
  node.wait(milliseconds(10));
  node.child_is_silent(1);
  node.wait(milliseconds(10));
  node.hear(1, before);
  EXPECT_TRUE(node->is_silent(NodeId{1}));
  node.hear(1, std::nullopt);
  EXPECT_TRUE(node->is_silent(NodeId{1}));
  node.hear(1, node.now());
  EXPECT_FALSE(node->is_silent(NodeId{1}));
}

TEST(MembershipM8, AChildThatAsksIsNotSilent) {
  InTree node(2);
  node.child_is_silent(5);
  node.gather(at({0, 2, 5}, node.now()), false, std::nullopt);
  EXPECT_TRUE(node->is_silent(NodeId{5}));
  node.gather(at({0, 2, 5}, node.now()), true, std::nullopt);
  EXPECT_FALSE(node->is_silent(NodeId{5})) << "or it would not ask";
}

TEST(MembershipM8, AChildThatIsBackElsewhereIsToldThatItIsHeard) {
  InTree node(2);
  node.child_is_silent(5);
  node.wait(milliseconds(10));
  node.hello(at({0, 1, 5}, node.now()));
  EXPECT_FALSE(node->is_child(NodeId{5}));
  EXPECT_TRUE(node.asked(5)) << "so it may come back";
}

TEST(MembershipM8, OneAnswerFromTheFarSideIsReasonToAskEverybodyThere) {
  Node node(0, 9, 8);
  node.wait(seconds(10));
  for (const std::uint32_t child : {1U, 2U, 3U, 4U, 5U}) node.child_is_silent(child);
  node.run(seconds(60));
  node.wait(milliseconds(101));
  node.forget();
  node.hear(3);
  EXPECT_EQ(node.asked(), (Ids{1, 2, 4, 5}));
  EXPECT_EQ(node.wanted<Ask>().front().with, Ask::With::news);
  node.forget();
  node.wait(milliseconds(101));
  node.hear(4);
  EXPECT_TRUE(node.wants_nothing()) << "they have just been asked";
}

TEST(MembershipM8, WhoAsksWhileItIsTakenToBeDeafIsAskedBack) {
  InTree node(0);
  EXPECT_FALSE(node.asks_back(1)) << "the answer will do";
  node.child_is_silent(1);
  node.run(seconds(1));
  node.wait(milliseconds(200));
  EXPECT_TRUE(node.asks_back(1));
  EXPECT_FALSE(node.asks_back(1)) << "it has just been";
  node.hear(1);
  node.wait(seconds(1));
  EXPECT_FALSE(node.asks_back(1)) << "it hears this node";
}

// --- M9: leases, and the way back ---

TEST(MembershipM9, BelowAnotherParentItRenewsItsLease) {
  BelowOne node;
  node.run(seconds(20));
  EXPECT_TRUE(node.wants<AskParent>());
  EXPECT_FALSE(node.wants<Leave>());
  node.forget();
  for (int i = 0; i < 20; ++i) {
    node.scatter(at({0, 1}, node.now()));
    node.run(seconds(1));
  }
  EXPECT_FALSE(node.wants<AskParent>()) << "what it hears renews it, too";
}

TEST(MembershipM9, BelowTheLayoutsParentThereIsNoLease) {
  InTree node(5);
  node.run(hours(1));
  EXPECT_TRUE(node.wants_nothing());
}

TEST(MembershipM9, AsksTheLayoutsParentAtGrowingIntervals) {
  InTree node(5);
  // It has left a parent that was never silent.
  node.scatter(at({0, 5, 2}, node.now()));
  ASSERT_TRUE(node->is_searching());
  node.hello(at({0, 1}, node.now() + milliseconds(1)));
  ASSERT_EQ(node->parent(), NodeId{1});
  ASSERT_FALSE(node->is_silent(NodeId{2}));
  node.forget();
  node.run(seconds(30));
  EXPECT_EQ(node.asked_at(2), (std::vector<long>{1000, 2000, 4000, 8000, 14'000, 20'000, 26'000}));
}

TEST(MembershipM9, AsksTheLayoutsParentAtOnceWhenItsTreeHasAnotherRoot) {
  BelowOne node;
  node.wait(milliseconds(500));
  node.scatter(at({3, 1}, node.now()));
  ASSERT_EQ(node.wanted<Ask>().size(), 1U);
  EXPECT_EQ(node.wanted<Ask>().front().to, NodeId{2});
  EXPECT_EQ(node.wanted<Ask>().front().with, Ask::With::news);
}

TEST(MembershipM9, ARootThatHasAParentInTheLayoutAsksItToo) {
  InTree node(5);
  node.scatter(at({6, 2}, node.now()));
  ASSERT_TRUE(node->is_root());
  node.forget();
  node.run(seconds(5));
  EXPECT_EQ(node.asked_at(2), (std::vector<long>{250, 500, 1000, 2000, 4000}));
}

TEST(MembershipM9, ARootAsksWhoToldOfAMoreSeniorRoot) {
  InTree node(2);
  const Time last = node->standing(node.now()).word.spoken;
  node.parent_is_silent();
  node.run(seconds(1));
  ASSERT_TRUE(node->is_root());
  node.hello(at({0, 4}, last));
  ASSERT_TRUE(node->is_root());
  node.forget();
  node.run(seconds(7));
  EXPECT_TRUE(node.asked(4)) << "it may have newer word by now";
}

// --- M10: children that may not know that they are cut off ---

TEST(MembershipM10, OthersSeekAChildThatIsSilent) {
  Node node(0, 5, 4);
  for (const std::uint32_t child : {1U, 2U, 3U, 4U}) node.meet(child);
  node.child_is_silent(1);
  node.run(milliseconds(300));
  const auto seeks = node.wanted<SeekThrough>();
  ASSERT_EQ(seeks.size(), 2U) << "half of the others";
  for (const SeekThrough& seek : seeks) {
    EXPECT_NE(seek.helper, NodeId{1});
    EXPECT_EQ(seek.nodes, path({1}));
    EXPECT_GT(seek.hops_left, 0U);
  }
  EXPECT_NE(seeks[0].helper, seeks[1].helper);
  node.forget();
  node.run(seconds(1));
  ASSERT_FALSE(node.wanted<SeekThrough>().empty());
  EXPECT_NE(node.wanted<SeekThrough>().front().helper, seeks[1].helper) << "others, each time";
}

TEST(MembershipM10, SeeksAtGrowingIntervals) {
  Node node(0, 3, 2);
  for (const std::uint32_t child : {1U, 2U}) node.meet(child);
  node.child_is_silent(1);
  node.run(seconds(60));
  const std::size_t first = node.wanted<SeekThrough>().size();
  node.run(seconds(60));
  EXPECT_LE(first, 14U);
  EXPECT_LE(node.wanted<SeekThrough>().size() - first, 7U);
  EXPECT_GE(node.wanted<SeekThrough>().size() - first, 5U) << "but never stops";
}

TEST(MembershipM10, WhoIsAskedToSeekTellsTheSoughtOfItsOwnTree) {
  InTree node(2);
  node.seek(0, {1, 5, 2, 0}, 2);
  EXPECT_TRUE(node.answered(1));
  EXPECT_EQ(node.wanted<Answer>().size(), 1U) << "not its child, itself, or its parent";
  const auto seeks = node.wanted<SeekThrough>();
  ASSERT_EQ(seeks.size(), 1U);
  EXPECT_EQ(seeks.front().helper, NodeId{6}) << "and its children do so, but for those sought";
  EXPECT_EQ(seeks.front().hops_left, 1U);
}

TEST(MembershipM10, ASeekEndsWhereItHasNoHopsLeft) {
  InTree node(2);
  node.seek(0, {1}, 0);
  EXPECT_TRUE(node.answered(1));
  EXPECT_FALSE(node.wants<SeekThrough>());
}

TEST(MembershipM10, MovesToWhoHasHeardTheRootSinceItsOwnParentDid) {
  InTree node(5);
  node.run(seconds(10));
  node.hello(at({0, 1}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{1});
}

TEST(MembershipM10, DoesNotMoveWhileItHearsItsParent) {
  InTree node(5);
  node.run(seconds(10));
  node.hear(2);
  node.hello(at({0, 1}, node.now()));
  EXPECT_EQ(node->parent(), NodeId{2});
}

TEST(MembershipM10, DoesNotMoveForAWordThatIsHardlyNewer) {
  InTree node(5);
  const Time last = node->standing(node.now()).word.spoken;
  node.run(seconds(10));
  node.hello(at({0, 1}, last + milliseconds(100)));
  EXPECT_EQ(node->parent(), NodeId{2}) << "its parent may have had that, too";
}

// --- M11: asked from another tree ---

TEST(MembershipM11, WhoIsAskedFromAnotherTreeWhileItsParentIsSilentMakesSureOfIt) {
  InTree node(5);
  node.run(seconds(10));
  node.hello(at({1, 3}, node.now()));
  EXPECT_EQ(node.wanted<AskParent>().size(), 1U);
  EXPECT_EQ(node->parent(), NodeId{2});
}

TEST(MembershipM11, DoesNotIfItHasJustHeardItsParent) {
  InTree node(5);
  node.run(seconds(10));
  node.hear(2);
  node.hello(at({1, 3}, node.now()));
  EXPECT_TRUE(node.wants_nothing());
}

TEST(MembershipM11, DoesNotForWhoIsOfItsOwnTree) {
  InTree node(5);
  node.hello(at({0, 1, 3}, node.now()));
  EXPECT_TRUE(node.wants_nothing());
}

// --- In reaction ---

TEST(MembershipReactions, NoChainOfQuestionsGoesOnForEver) {
  InTree node(5);
  for (int i = 0; i < 50; ++i) node.scatter(at({0, 1}, node.now()));
  EXPECT_EQ(node.wanted<Answer>().size(), 1U);
  node.wait(milliseconds(100));
  node.scatter(at({0, 1}, node.now()));
  EXPECT_EQ(node.wanted<Answer>().size(), 2U) << "once in a round trip";
}

}  // namespace
}  // namespace bruit::core
