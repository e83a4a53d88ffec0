// `rounds` message by message, where a cluster would hardly ever meet the case: what its parts do
// together. What each does alone is tested beside this file.
#include "bruit/core/strategies/rounds/rounds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time start{seconds(1000)};
constexpr std::size_t no_limit = 1000;

// Hands out what a node wants to send, in place of a network.
struct Node {
  Node(std::uint32_t index, std::uint32_t count, Incarnation incarnation = 100,
       std::size_t queue_limit = no_limit, const RoundsOptions& options = {})
      : life(incarnation),
        rounds(options, queue_limit, incarnation, Members(NodeId{index}, count), start),
        id{index} {}

  PublishResult offer(std::string_view value, Time now) {
    const PublishResult result = rounds.publish(Value(value), now, outbox);
    rounds.sanity_check();
    return result;
  }
  std::vector<Send> publish(std::string_view value, Time now) {
    EXPECT_EQ(offer(value, now), PublishResult::accepted);
    return take();
  }
  std::vector<Send> receive(NodeId from, const Message& message, Time now) {
    rounds.receive(from, message, now, outbox);
    rounds.sanity_check();
    return take();
  }
  std::vector<Send> run_until(Time end) {
    for (auto next = rounds.next_tick(); next && *next <= end; next = rounds.next_tick()) {
      rounds.tick(*next, outbox);
      rounds.sanity_check();
    }
    return take();
  }
  std::vector<Send> take() { return std::exchange(outbox.sends, {}); }
  std::vector<std::string> delivered() const {
    std::vector<std::string> result;
    for (const Value& value : outbox.delivered) result.emplace_back(value.bytes());
    return result;
  }

  Incarnation life;
  Rounds rounds;
  NodeId id;
  Outbox outbox;
};

template <typename Kind>
std::vector<Kind> all(const std::vector<Send>& sends, NodeId to) {
  std::vector<Kind> result;
  for (const Send& send : sends) {
    const auto* kind = std::get_if<Kind>(&send.message);
    if (send.to == to && kind != nullptr) result.push_back(*kind);
  }
  return result;
}

template <typename Kind>
Kind only(const std::vector<Send>& sends, NodeId to) {
  const auto found = all<Kind>(sends, to);
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? Kind{} : found.front();
}

Envelope envelope(Incarnation from, Incarnation to, Time sent, std::optional<Time> echo = {},
                  std::optional<Duration> held = {}) {
  return {.sender = from, .receiver = to, .times = {sent, echo, held}};
}

Standing at(const std::vector<std::uint32_t>& ids, Time spoken) {
  Standing result{.path = {}, .word = {100, spoken}};
  for (const std::uint32_t id : ids) result.path.push_back(NodeId{id});
  return result;
}

Hello hello(const Envelope& from, const Standing& standing, bool asks = true) {
  return {.envelope = from, .sync = {}, .standing = standing, .asks = asks};
}

EntryList one_entry(std::uint32_t node, std::string_view value) {
  return EntryList(std::vector<Entry>{{{NodeId{node}, 7}, 0, Value(value)}});
}

Sync stretch(std::uint64_t from, const EntryList& entries, std::uint64_t received) {
  Sync sync;
  sync.from = from;
  sync.to = from + entries->size();
  sync.entries = entries;
  sync.received = received;
  return sync;
}

// Two nodes, 100 ms apart, and a network that may lose what one of them sends.
struct Pair {
  static constexpr Duration latency = milliseconds(100);

  // Runs both until then.
  void run_until(Time end) {
    for (now = next(); now <= end; now = next()) {
      while (!under_way.empty() && under_way.front().at <= now) {
        const Flight flight = under_way.front();
        under_way.pop_front();
        Node& to = flight.to == NodeId{0} ? root : child;
        send(to, to.receive(flight.to == NodeId{0} ? NodeId{1} : NodeId{0}, flight.message, now));
      }
      for (Node* node : {&root, &child}) send(*node, node->run_until(now));
    }
    now = end;
  }
  void publish(Node& node, std::string_view value) { send(node, node.publish(value, now)); }
  bool is_quiet() const {
    return under_way.empty() && !root.rounds.next_tick() && !child.rounds.next_tick();
  }

  struct Flight {
    NodeId to;
    Message message;
    Time at;
  };

  Time next() const {
    Time result = Time::max();
    for (const Node* node : {&root, &child}) {
      if (node->rounds.next_tick()) result = std::min(result, *node->rounds.next_tick());
    }
    return under_way.empty() ? result : std::min(result, under_way.front().at);
  }
  void send(const Node& from, const std::vector<Send>& sends) {
    for (const Send& send : sends) {
      ++sent;
      if (from.id != lost_of) under_way.push_back({send.to, send.message, now + latency});
    }
  }

  Node root{0, 2};
  Node child{1, 2, 200};
  Time now = start;
  std::deque<Flight> under_way;
  std::optional<NodeId> lost_of;  // what this node sends is lost
  std::size_t sent = 0;
};

// --- Calls ---

TEST(RoundsNode, AloneItSendsNothingAndWaitsForNothing) {
  Node node(0, 1);
  EXPECT_TRUE(node.publish("a", start).empty());
  EXPECT_EQ(node.delivered(), std::vector<std::string>{"a"});
  EXPECT_EQ(node.rounds.pending(), 0U);
  EXPECT_EQ(node.rounds.next_tick(), std::nullopt);
  EXPECT_TRUE(node.rounds.budget_met());
}

TEST(RoundsNode, TakesAValueOnce) {
  Node node(0, 2);
  EXPECT_EQ(node.offer("a", start), PublishResult::accepted);
  EXPECT_EQ(node.offer("a", start), PublishResult::duplicate);
  EXPECT_EQ(node.delivered(), std::vector<std::string>{"a"});
}

TEST(RoundsNode, CountsWhatANeighbourMayLackAndRefusesBeyondALimit) {
  Node root(0, 2, 100, 3);
  EXPECT_EQ(root.rounds.pending(), 0U);
  for (const std::string_view value : {"a", "b", "c"}) {
    EXPECT_EQ(root.offer(value, start), PublishResult::accepted);
  }
  EXPECT_EQ(root.rounds.pending(), 3U);
  const auto before = root.take();
  EXPECT_EQ(root.offer("d", start), PublishResult::refused);
  EXPECT_EQ(root.offer("a", start), PublishResult::duplicate) << "that is safe";
  EXPECT_EQ(root.rounds.counters().refused, 1U);
  EXPECT_TRUE(root.take().empty());
  EXPECT_EQ(root.delivered().size(), 3U);
}

TEST(RoundsNode, WhatIsAcknowledgedIsNotPendingAnyMore) {
  Pair pair;
  pair.publish(pair.root, "a");
  pair.publish(pair.child, "b");
  EXPECT_EQ(pair.root.rounds.pending(), 1U);
  pair.run_until(start + seconds(30));
  EXPECT_EQ(pair.root.rounds.pending(), 0U);
  EXPECT_EQ(pair.child.rounds.pending(), 0U);
  EXPECT_EQ(pair.root.delivered(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(pair.child.delivered(), (std::vector<std::string>{"b", "a"}));
  EXPECT_TRUE(pair.is_quiet()) << "and nothing more is sent";
}

TEST(RoundsNode, WhatIsPendingIsSentAgainWhenTheLossEnds) {
  Pair pair;
  pair.run_until(start + seconds(30));
  ASSERT_TRUE(pair.is_quiet());
  for (const NodeId node : {NodeId{0}, NodeId{1}}) {
    pair.lost_of = node;
    pair.publish(pair.root, "root " + std::to_string(node.index));
    pair.publish(pair.child, "child " + std::to_string(node.index));
    pair.run_until(pair.now + seconds(60));
    EXPECT_GT(pair.root.rounds.pending() + pair.child.rounds.pending(), 0U);
    pair.lost_of.reset();
    pair.run_until(pair.now + seconds(60));
    EXPECT_EQ(pair.root.rounds.pending() + pair.child.rounds.pending(), 0U);
    EXPECT_EQ(pair.child.rounds.membership().parent(), NodeId{0});
    EXPECT_TRUE(pair.is_quiet());
  }
  EXPECT_EQ(pair.root.delivered().size(), 4U);
  EXPECT_EQ(pair.child.delivered().size(), 4U);
}

TEST(RoundsNode, SendsStraightToEverybodyIfThereIsNoTimeForARound) {
  const RoundsOptions hurry{.budget = {.worst = milliseconds(105), .median = milliseconds(105)}};
  Node node(1, 4, 100, no_limit, hurry);
  const auto sent = node.publish("a", start);
  for (const std::uint32_t other : {0U, 2U, 3U}) {
    EXPECT_EQ(only<Push>(sent, NodeId{other}).entries->front().value, Value("a"));
  }
  EXPECT_EQ(sent.size(), 3U);
  EXPECT_EQ(node.rounds.pending(), 1U) << "until it has been compared";
  const auto later = node.run_until(start + seconds(3));
  const auto gathers = all<Gather>(later, NodeId{0});
  ASSERT_FALSE(gathers.empty());
  EXPECT_EQ(gathers.front().sync.entries, nullptr);
}

// --- Messages ---

TEST(RoundsNode, AMessageThatIsNotRightChangesNothing) {
  Node node(1, 4);
  const Envelope right = envelope(50, 0, start);
  const Standing below = at({1, 2}, start);
  Scatter endless;
  endless.envelope = right;
  endless.standing = at({2}, start);
  endless.phase = Scatter::Phase{Duration::max(), {}, {}};
  Hello backwards = hello(right, at({2}, start));
  backwards.sync.from = 1;
  Hello no_stretch = hello(right, at({2}, start));
  no_stretch.sync.entries = one_entry(3, "c");
  const std::vector<std::pair<NodeId, Message>> wrong{
      {NodeId{2}, hello(right, Standing{})},
      {NodeId{2}, hello(right, at({3}, start))},
      {NodeId{2}, hello(right, at({9, 2}, start))},
      {NodeId{9}, hello(right, at({9}, start))},
      {NodeId{1}, hello(right, at({1}, start))},
      {NodeId{2}, hello(envelope(unknown_incarnation, 0, start), at({2}, start))},
      {NodeId{2}, backwards},
      {NodeId{2}, no_stretch},
      {NodeId{2}, endless},
      {NodeId{2}, Gather{.envelope = right, .sync = {}, .standing = at({0, 2}, start)}},
      {NodeId{2},
       Gather{.envelope = right, .sync = {}, .standing = below, .oldest_age = -seconds(1)}},
      {NodeId{2}, Push{.envelope = right, .entries = {}}},
      {NodeId{2}, Push{.envelope = right, .entries = one_entry(9, "c")}},
      {NodeId{2}, Seek{.envelope = right, .nodes = {}}},
      {NodeId{2}, Seek{.envelope = right, .nodes = {NodeId{9}}}},
      {NodeId{2}, Seek{.envelope = right, .nodes = {NodeId{3}}, .hops_left = 1000}}};
  const auto next = node.rounds.next_tick();
  std::uint64_t count = 0;
  for (const auto& [from, message] : wrong) {
    SCOPED_TRACE(count);
    EXPECT_TRUE(node.receive(from, message, start).empty());
    EXPECT_EQ(node.rounds.counters().unexpected, ++count);
    EXPECT_EQ(node.rounds.next_tick(), next);
    EXPECT_EQ(node.rounds.pending(), 0U);
    EXPECT_TRUE(node.outbox.delivered.empty());
    EXPECT_TRUE(node.rounds.membership().children().empty());
  }
}

TEST(RoundsNode, WhoAsksIsToldWhatThisNodeHolds) {
  Node node(1, 4);
  node.publish("a", start);
  const Hello answer = only<Hello>(
      node.receive(NodeId{3}, hello(envelope(50, 0, start), at({3}, start)), start), NodeId{3});
  ASSERT_TRUE(answer.sync.digest);
  EXPECT_EQ(answer.sync.digest->size(), 1U);
  EXPECT_EQ(answer.envelope.receiver, 50U);
  EXPECT_FALSE(answer.asks);
}

TEST(RoundsNode, WhoWritesForAFormerLifeIsToldOfThisOne) {
  Node node(0, 2, 101);
  const Gather gather{.envelope = envelope(50, 100, start, start - seconds(1), Duration{}),
                      .sync = stretch(4, one_entry(1, "b"), 9),
                      .standing = at({0, 1}, start)};
  const auto sent = node.receive(NodeId{1}, gather, start);
  EXPECT_EQ(node.delivered(), std::vector<std::string>{"b"}) << "entries are entries";
  ASSERT_FALSE(sent.empty());
  const bool tells = std::any_of(sent.begin(), sent.end(), [](const Send& send) {
    const auto* told = std::get_if<Hello>(&send.message);
    const auto* scatter = std::get_if<Scatter>(&send.message);
    return (told && told->sync.digest) || (scatter && scatter->sync.digest);
  });
  EXPECT_TRUE(tells);
}

TEST(RoundsNode, AFormerLifeBringsEntriesAndNothingElse) {
  Node root(0, 3);
  root.receive(NodeId{1}, hello(envelope(50, 0, start), at({0, 1}, start)), start);
  root.receive(NodeId{1}, hello(envelope(51, 0, start), at({0, 1}, start)), start);
  const Gather late{.envelope = envelope(50, 100, start + seconds(9)),
                    .sync = stretch(0, one_entry(1, "b"), 0),
                    .standing = at({0, 1}, start),
                    .asks = true};
  const Time now = start + milliseconds(10);
  const auto sent = root.receive(NodeId{1}, late, now);
  EXPECT_EQ(root.delivered(), std::vector<std::string>{"b"});
  for (const Scatter& scatter : all<Scatter>(sent, NodeId{1})) {
    EXPECT_EQ(scatter.envelope.receiver, 51U);
    EXPECT_EQ(scatter.sync.received, 0U);
  }
}

// It asks while the root has nothing to say: the root challenges it.
TEST(RoundsNode, AChildIsHeardThoughADeadLifeOfItSpokeLater) {
  Pair pair;
  pair.run_until(start + seconds(10));
  ASSERT_TRUE(pair.is_quiet());
  pair.root.receive(NodeId{1}, hello(envelope(199, 0, start), at({0, 1}, start), false), pair.now);
  const Time now = pair.now;
  std::size_t answers = 0;
  for (int i = 1; i <= 20; ++i) {
    const Time sent = now + i * seconds(1);
    const Envelope asks = envelope(200, 100, sent, start, Duration{});  // of what it heard before
    answers += pair.root.receive(NodeId{1}, hello(asks, at({0, 1}, now)), sent).size();
  }
  EXPECT_GT(answers, 0U);
}

TEST(RoundsNode, OfTwoMessagesThatLeftAtOneMomentTheSecondIsTheLaterOne) {
  Node root(0, 2);
  // At one moment the child says that it is a root, hears of this one, and joins its tree.
  const Hello as_root = hello(envelope(50, 0, start), at({1}, start), false);
  const Gather as_child{
      .envelope = envelope(50, 0, start + Duration(1)), .sync = {}, .standing = at({0, 1}, start)};
  const Time now = start + milliseconds(100);
  root.receive(NodeId{1}, as_child, now);
  root.receive(NodeId{1}, as_root, now);
  EXPECT_TRUE(root.rounds.membership().is_child(NodeId{1}));
}

TEST(RoundsNode, WhoAsksForASoughtNodeIsNotAnswered) {
  Node node(1, 4);
  const Seek seek{
      .envelope = envelope(50, 100, start), .nodes = {NodeId{2}, NodeId{1}}, .hops_left = 2};
  const auto told = node.receive(NodeId{0}, seek, start);
  ASSERT_EQ(told.size(), 1U) << "not itself, and it has no child";
  const Hello answer = only<Hello>(told, NodeId{2});
  EXPECT_EQ(answer.standing.path, (Path{NodeId{0}, NodeId{1}}));
  EXPECT_FALSE(answer.asks);
}

TEST(RoundsNode, ARootThatIsAloneAsksUntilItIsAnswered) {
  Node child(1, 2);
  child.publish("lonely", start);
  child.run_until(start + seconds(5));
  ASSERT_TRUE(child.rounds.membership().is_root());
  const auto asked = all<Hello>(child.run_until(start + seconds(15)), NodeId{0});
  EXPECT_GE(asked.size(), 9U);
  EXPECT_TRUE(std::all_of(asked.begin(), asked.end(), [](const Hello& it) { return it.asks; }));
  EXPECT_EQ(child.rounds.pending(), 1U);
}

// --- What is measured ---

TEST(RoundsNode, MeasuresRoundTripsByEchoes) {
  Node node(1, 2);
  EXPECT_EQ(node.rounds.hop().mean, RoundTrip::assumed / 2);
  node.receive(NodeId{0}, hello(envelope(50, 100, start), at({0}, start)), start);
  const Time sent = start;
  const Envelope echoes = envelope(50, 100, start + seconds(1), sent, milliseconds(20));
  node.receive(NodeId{0}, hello(echoes, at({0}, start)), sent + milliseconds(100));
  EXPECT_EQ(node.rounds.hop().mean, milliseconds(40));
}

TEST(RoundsNode, AnEchoOfAFormerLifeTellsNothingOfLatencies) {
  Node child(1, 2);
  const Hop assumed = child.rounds.hop();
  const Envelope echoes = envelope(50, 99, start, start + milliseconds(1), Duration{});
  child.receive(NodeId{0}, hello(echoes, at({0}, start)), start + milliseconds(2));
  EXPECT_EQ(child.rounds.hop().mean, assumed.mean);
}

TEST(RoundsNode, WhatWasUnderWayWhileItWasFrozenTellsNothingOfLatencies) {
  for (const bool frozen : {false, true}) {
    Node child(1, 2);
    child.publish("a", start);
    const Time left = only<Gather>(child.run_until(start), NodeId{0}).envelope.times.sent_at;
    ASSERT_TRUE(child.rounds.next_tick());
    // The answer comes before a timer is overdue; or that long ago, and it reads it only now.
    const Time now = *child.rounds.next_tick() + (frozen ? seconds(10) : seconds(0));
    const Envelope echoes = envelope(50, 100, now, left, Duration{});
    child.receive(NodeId{0}, hello(echoes, at({0}, now)), now);
    EXPECT_EQ(child.rounds.hop().mean, frozen ? RoundTrip::assumed / 2 : (now - left) / 2);
  }
}

// Frozen while it had no timer, it does not know that it was.
TEST(RoundsNode, WhatPiledUpWhileItWasFrozenIsMeasuredOnce) {
  Node child(1, 2);
  const Duration latency = milliseconds(10);
  Time now = start;
  Time last = now;
  for (int i = 0; i < 4; ++i) {
    const std::optional<Time> echo = i > 0 ? std::optional(last) : std::nullopt;
    const std::optional<Duration> held = i > 0 ? std::optional(Duration{}) : std::nullopt;
    const auto sent =
        child.receive(NodeId{0}, hello(envelope(50, 100, now, echo, held), at({0}, now)), now);
    ASSERT_EQ(sent.size(), 1U);
    last = std::visit(
        [](const auto& message) -> Time {
          if constexpr (requires { message.envelope; }) return message.envelope.times.sent_at;
          return {};
        },
        sent.front().message);
    now += 2 * latency;
  }
  ASSERT_EQ(child.rounds.hop().mean, latency);
  now = last + milliseconds(600);
  for (int i = 0; i < 20; ++i) {
    const Envelope piled =
        envelope(50, 100, now + i * milliseconds(10), last, i * milliseconds(10));
    child.receive(NodeId{0}, hello(piled, at({0}, now)), now);
  }
  EXPECT_LT(child.rounds.hop().mean, 4 * latency);
}

// --- Time ---

TEST(RoundsNode, AScatterThatShouldAcknowledgeAGatherTellsThatItIsLost) {
  Pair pair;
  pair.publish(pair.child, "a");
  pair.run_until(start + seconds(10));
  ASSERT_TRUE(pair.is_quiet());
  const Time leaves = pair.now;
  pair.child.publish("lost", leaves);
  const auto lost = pair.child.run_until(leaves);
  ASSERT_EQ(all<Gather>(lost, NodeId{0}).size(), 1U);
  // What left the root before the gather can have come says nothing.
  const auto before = pair.root.publish("before", leaves + milliseconds(90));
  const Scatter early = only<Scatter>(before, NodeId{1});
  const auto none = pair.child.receive(NodeId{0}, early, leaves + milliseconds(190));
  EXPECT_TRUE(all<Gather>(none, NodeId{0}).empty());
  pair.child.run_until(leaves + milliseconds(191));
  // What leaves later does, long before anything is overdue.
  pair.root.publish("after", leaves + milliseconds(110));
  const auto later = pair.root.run_until(leaves + milliseconds(500));
  const Scatter next = only<Scatter>(later, NodeId{1});
  const Time comes = next.envelope.times.sent_at + milliseconds(100);
  const auto while_waiting = pair.child.run_until(comes - Duration(1));
  EXPECT_TRUE(all<Gather>(while_waiting, NodeId{0}).empty());
  pair.child.receive(NodeId{0}, next, comes);
  const auto again = pair.child.run_until(comes);
  const auto gathers = all<Gather>(again, NodeId{0});
  ASSERT_EQ(gathers.size(), 1U);
  EXPECT_TRUE(gathers.front().asks);
  ASSERT_TRUE(gathers.front().sync.entries);
  EXPECT_EQ(gathers.front().sync.entries->front().value, Value("lost"));
}

TEST(RoundsNode, WhoseParentDiesIsARootSoonAndComesBackWhenThatIsBack) {
  Pair pair;
  pair.publish(pair.child, "a");
  pair.run_until(start + seconds(10));
  pair.lost_of = NodeId{0};
  pair.publish(pair.child, "b");
  pair.run_until(pair.now + seconds(3));
  EXPECT_TRUE(pair.child.rounds.membership().is_root());
  pair.lost_of.reset();
  pair.run_until(pair.now + seconds(3));
  EXPECT_EQ(pair.child.rounds.membership().parent(), NodeId{0});
  pair.run_until(pair.now + seconds(30));
  EXPECT_TRUE(pair.is_quiet());
}

}  // namespace
}  // namespace bruit::core
