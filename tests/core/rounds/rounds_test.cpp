// `rounds` message by message, where a cluster would hardly ever meet the case.
#include "bruit/core/strategies/rounds/rounds.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Hands out what a node wants to send, in place of a network.
struct Node {
  Node(std::uint32_t index, std::uint32_t count, Time start = {})
      : rounds(RoundsOptions{}, 0, Members(NodeId{index}, count), start), id{index} {}

  std::vector<Send> publish(std::string_view value, Time now) {
    rounds.publish(Value(value), now, outbox);
    return take();
  }
  std::vector<Send> receive(const Node& from, const Message& message, Time now) {
    rounds.receive(from.id, message, now, outbox);
    return take();
  }
  std::vector<Send> run_until(Time end) {
    for (auto next = rounds.next_tick(); next && *next <= end; next = rounds.next_tick()) {
      rounds.tick(*next, outbox);
    }
    return take();
  }
  std::vector<Send> take() { return std::exchange(outbox.sends, {}); }

  Rounds rounds;
  NodeId id;
  Outbox outbox;
};

template <typename Kind>
const Kind& only(const std::vector<Send>& sends) {
  EXPECT_EQ(sends.size(), 1U);
  return std::get<Kind>(sends.at(0).message);
}

TEST(RoundsNode, OfTwoMessagesThatLeftAtOneMomentTheSecondIsTheLaterOne) {
  Node root(0, 2);
  Node child(1, 2);
  // Nothing comes through: the child ends up alone.
  child.publish("lonely", Time{});
  const Time healed = Time{} + seconds(5);
  const auto asked = child.run_until(healed);
  ASSERT_TRUE(child.rounds.is_root());

  // At one moment it says that it is a root, hears of the other one, and joins its tree.
  const auto scattered = root.publish("a", healed);
  const auto told = child.receive(root, only<Scatter>(scattered), healed);
  const auto refused = std::find_if(told.begin(), told.end(), [](const Send& send) {
    return std::holds_alternative<ProbeReply>(send.message);
  });
  ASSERT_NE(refused, told.end());
  ASSERT_EQ(std::get<ProbeReply>(refused->message).path, Path{child.id});
  const auto answered = root.receive(child, asked.back().message, healed);
  const auto joined = child.receive(root, only<ProbeReply>(answered), healed);
  ASSERT_EQ(child.rounds.parent(), root.id);

  // The first is overtaken by the second.
  root.receive(child, joined.at(0).message, healed);
  root.receive(child, refused->message, healed);
  root.run_until(healed + milliseconds(100));
  auto sent = root.publish("b", healed + milliseconds(100));
  const auto later = root.run_until(healed + seconds(1));
  sent.insert(sent.end(), later.begin(), later.end());
  EXPECT_TRUE(std::any_of(sent.begin(), sent.end(), [](const Send& send) {
    const auto* scatter = std::get_if<Scatter>(&send.message);
    return scatter != nullptr && scatter->sync.entries &&
           scatter->sync.entries->back().value == Value("b");
  }));
}

// A root and its child that know their round trip of 200 ms. Returns when the last message came.
Time acquaint(Node& root, Node& child) {
  child.publish("hello", Time{});
  const auto gathered = child.run_until(Time{});
  const auto scattered = root.receive(child, only<Gather>(gathered), Time{} + milliseconds(100));
  const auto to_child = std::find_if(scattered.begin(), scattered.end(),
                                     [&](const Send& send) { return send.to == child.id; });
  child.receive(root, to_child->message, Time{} + milliseconds(200));
  return Time{} + milliseconds(200);
}

TEST(RoundsNode, WhatWasUnderWayWhileItWasFrozenTellsNothingOfLatencies) {
  Node root(0, 3);
  Node child(1, 3);
  const Time met = acquaint(root, child);
  ASSERT_EQ(child.rounds.hop().mean, milliseconds(100));
  // Its gather leaves, and then it freezes for ten seconds before it reads the answer.
  child.publish("again", met);
  ASSERT_TRUE(child.rounds.next_tick());
  const Time leaves = *child.rounds.next_tick();
  const auto gathered = child.run_until(leaves);
  const auto answered = root.receive(child, only<Gather>(gathered), leaves + milliseconds(100));
  const auto scattered = root.run_until(leaves + seconds(1));
  const auto to_child = std::find_if(scattered.begin(), scattered.end(),
                                     [&](const Send& send) { return send.to == child.id; });
  ASSERT_NE(to_child, scattered.end());
  child.receive(root, to_child->message, leaves + seconds(10));
  EXPECT_EQ(child.rounds.hop().mean, milliseconds(100));
}

// Frozen while it had no timer, it does not know that it was.
TEST(RoundsNode, WhatPiledUpWhileItWasFrozenIsMeasuredOnce) {
  Node root(0, 2);
  Node child(1, 2);
  const auto ask = [](const Timestamps& echoed, Time now, Duration held) {
    return Probe{NodeId{0}, {.sent_at = now, .echo = echoed.sent_at, .echo_held = held}};
  };
  const Time begin = Time{} + milliseconds(100);
  auto sent =
      child.receive(root, Probe{NodeId{0}, {.sent_at = begin, .echo = {}, .echo_held = {}}}, begin);
  const Duration latency = milliseconds(10);
  for (int i = 0; i < 3; ++i) {
    const Time now = begin + (i + 1) * 2 * latency;
    sent = child.receive(root, ask(only<ProbeReply>(sent).times, now, Duration::zero()), now);
  }
  ASSERT_EQ(child.rounds.hop().mean, latency);
  const Timestamps last = only<ProbeReply>(sent).times;
  for (int i = 0; i < 20; ++i) {
    const Time now = last.sent_at + milliseconds(600);
    child.receive(root, ask(last, now, i * milliseconds(10)), now);
  }
  EXPECT_LT(child.rounds.hop().mean, 4 * latency);
}

TEST(RoundsNode, AnEchoOfAFormerLifeTellsNothingOfLatencies) {
  const Time start = Time{} + seconds(10);
  Node root(0, 2);
  Node child(1, 2, start);
  const Hop assumed = child.rounds.hop();
  const Timestamps echo{.sent_at = start, .echo = start - seconds(6), .echo_held = {}};
  child.receive(root, Probe{root.id, echo}, start + milliseconds(1));
  EXPECT_EQ(child.rounds.hop().mean, assumed.mean);
}

TEST(RoundsNode, WhoAsksForASoughtNodeIsNotAnswered) {
  Node root(0, 4);
  Node child(1, 4);
  const Time met = acquaint(root, child);
  const auto told = child.receive(
      root, Seek{.nodes = {NodeId{2}, child.id, NodeId{99}}, .hops_left = 2, .times = {}}, met);
  ASSERT_EQ(told.size(), 1U) << "neither itself nor a node that there is not, and it has no child";
  EXPECT_EQ(told.front().to, NodeId{2});
  EXPECT_EQ(std::get<ProbeReply>(told.front().message).path, (Path{root.id, child.id}));
}

TEST(RoundsNode, ARootThatHearsOfAMoreSeniorOneAsksUntilItIsAnswered) {
  Node root(0, 2);
  Node child(1, 2);
  child.publish("lonely", Time{});
  child.run_until(Time{} + seconds(5));
  ASSERT_TRUE(child.rounds.is_root());
  const Time healed = Time{} + seconds(5);
  const auto scattered = root.publish("a", healed);
  child.receive(root, only<Scatter>(scattered), healed);  // and what it says to that is lost
  const auto asked = child.run_until(healed + seconds(2));
  ASSERT_GE(asked.size(), 2U);
  EXPECT_TRUE(std::all_of(asked.begin(), asked.end(), [](const Send& send) {
    return std::holds_alternative<Probe>(send.message);
  }));
}

// What a node tells of its tree when it is asked, or unasked.
ProbeReply news(Path path, RootWord word, Time sent) {
  return {.path = std::move(path),
          .word = word,
          .received = {},
          .digest = nullptr,
          .times = {.sent_at = sent, .echo = {}, .echo_held = {}}};
}

TEST(RoundsNode, DoesNotGoBackToARootThatItLostForAnOldWord) {
  const Node other(1, 4);
  const Node rumourer(3, 4);
  Node node(2, 4);
  const RootWord word{.incarnation = 0, .spoken = Time{} + seconds(5)};
  // It loses its root, and hears of it from another node, which loses it as well.
  node.publish("a", Time{});
  node.run_until(Time{} + milliseconds(300));
  Time now = Time{} + milliseconds(400);
  node.receive(other, news({NodeId{0}, other.id}, word, now), now);
  now = Time{} + milliseconds(650);
  node.run_until(now);
  ASSERT_EQ(node.rounds.parent(), other.id);
  ASSERT_EQ(node.rounds.root(), NodeId{0});
  Scatter told{};
  told.sync.path = {other.id};
  told.sync.times.sent_at = now;
  node.receive(other, told, now);
  ASSERT_EQ(node.rounds.root(), other.id);

  // Somebody who has not noticed tells of it, and then somebody who has heard it since.
  now += milliseconds(10);
  node.receive(rumourer, news({NodeId{0}, rumourer.id}, word, now), now);
  EXPECT_EQ(node.rounds.parent(), other.id);
  now += milliseconds(10);
  const RootWord newer{.incarnation = 0, .spoken = word.spoken + milliseconds(1)};
  node.receive(rumourer, news({NodeId{0}, rumourer.id}, newer, now), now);
  EXPECT_EQ(node.rounds.parent(), rumourer.id);
  EXPECT_EQ(node.rounds.root(), NodeId{0});
}

template <typename Kind>
std::size_t count(const std::vector<Send>& sends, NodeId to) {
  return static_cast<std::size_t>(std::count_if(sends.begin(), sends.end(), [to](const auto& send) {
    return send.to == to && std::holds_alternative<Kind>(send.message);
  }));
}

Probe question(Time sent) {
  return {.root = NodeId{0}, .times = {.sent_at = sent, .echo = {}, .echo_held = {}}};
}

TEST(RoundsNode, WhoWasHeardAMomentAgoIsAmongTheFirstItAsksForARoot) {
  const Node near(15, 25);
  const Node far(14, 25);
  Node node(20, 25);
  node.publish("a", Time{});
  const Time heard = Time{} + milliseconds(200);
  node.run_until(heard);
  node.receive(near, question(heard), heard);
  const auto asked = node.run_until(heard + milliseconds(150));
  EXPECT_EQ(count<Probe>(asked, NodeId{0}), 1U) << "the root may only be slow";
  EXPECT_EQ(count<Probe>(asked, near.id), 1U);
  EXPECT_EQ(count<Probe>(asked, far.id), 0U);
  EXPECT_EQ(asked.size(), 8U);
}

TEST(RoundsNode, ANewRootGoesOnWithTheChildrenThatItHears) {
  Node child(2, 4);
  const Node stranger(3, 4);
  Node node(1, 4);
  node.publish("a", Time{});
  // A child comes while the node searches for a root that there is not.
  const Time heard = Time{} + milliseconds(400);
  node.run_until(heard);
  Gather gather{};
  gather.attach = true;
  gather.sync.path = {node.id, child.id};
  gather.sync.times.sent_at = heard;
  node.receive(child, gather, heard);
  const auto sent = node.run_until(heard + milliseconds(200));
  ASSERT_TRUE(node.rounds.is_root());
  EXPECT_EQ(count<Probe>(sent, child.id), 0U);
  EXPECT_EQ(count<Scatter>(sent, child.id), 1U);
  EXPECT_EQ(count<Probe>(sent, stranger.id), 1U);
}

TEST(RoundsNode, AChildThatAcknowledgesLateIsNoLongerSuspected) {
  Node root(0, 2);
  Node child(1, 2);
  Time now = acquaint(root, child) + seconds(5);
  root.run_until(now);
  const auto scattered = root.publish("a", now);
  child.receive(root, only<Scatter>(scattered), now + milliseconds(100));
  const auto acknowledged = child.run_until(now + seconds(5));
  now += seconds(10);
  ASSERT_GT(count<Probe>(root.run_until(now), child.id), 0U) << "it is suspected";
  ASSERT_EQ(count<Scatter>(root.publish("b", now), child.id), 0U);
  const auto sent = root.receive(child, only<Gather>(acknowledged), now);
  EXPECT_EQ(count<Scatter>(sent, child.id), 1U);
}

TEST(RoundsNode, AScatterThatShouldAcknowledgeAGatherTellsThatItIsLost) {
  Node root(0, 2);
  Node child(1, 2);
  const Time leaves = acquaint(root, child) + seconds(5);
  root.run_until(leaves);
  child.run_until(leaves);
  const auto arrive = [&](const std::vector<Send>& scattered, Time now) {
    return count<Gather>(child.receive(root, only<Scatter>(scattered), now), root.id);
  };
  child.publish("lost", leaves);
  ASSERT_EQ(count<Gather>(child.run_until(leaves), root.id), 1U);
  const auto before = root.publish("a", leaves + milliseconds(99));
  EXPECT_EQ(arrive(before, leaves + milliseconds(199)), 0U) << "sent before the gather was there";
  root.publish("b", leaves + milliseconds(101));
  const auto after = root.run_until(leaves + seconds(1));
  EXPECT_EQ(arrive(after, leaves + milliseconds(600)), 1U);
}

}  // namespace
}  // namespace bruit::core
