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
  Node(std::uint32_t index, std::uint32_t count)
      : rounds(RoundsOptions{}, 0, Members(NodeId{index}, count), Time{}), id{index} {}

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

}  // namespace
}  // namespace bruit::core
