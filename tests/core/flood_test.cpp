#include "bruit/core/strategies/flood.h"

#include <gtest/gtest.h>

#include <variant>

namespace bruit::core {
namespace {

constexpr Time start{};

TEST(Flood, publishing_delivers_and_sends_to_every_other_node_once) {
  Flood flood(Members(NodeId{1}, 4));
  Outbox outbox;
  EXPECT_EQ(flood.publish(Value("a"), start, outbox), PublishResult::accepted);
  ASSERT_EQ(outbox.delivered.size(), 1u);
  EXPECT_EQ(outbox.delivered[0], Value("a"));
  ASSERT_EQ(outbox.sends.size(), 3u);
  const NodeId expected[] = {{0}, {2}, {3}};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(outbox.sends[i].to, expected[i]);
    EXPECT_EQ(std::get<Rumor>(outbox.sends[i].message).value, Value("a"));
  }
  EXPECT_EQ(flood.counters().sent, 3u);
}

TEST(Flood, a_new_rumor_is_passed_to_all_the_sender_included) {
  Flood flood(Members(NodeId{0}, 3));
  Outbox outbox;
  flood.receive(NodeId{1}, Rumor{Value("a")}, start, outbox);
  ASSERT_EQ(outbox.sends.size(), 2u);
  EXPECT_EQ(outbox.sends[0].to, NodeId{1});
  EXPECT_EQ(outbox.sends[1].to, NodeId{2});
}

TEST(Flood, a_known_rumor_is_counted_and_nothing_else) {
  Flood flood(Members(NodeId{0}, 3));
  Outbox outbox;
  flood.receive(NodeId{1}, Rumor{Value("a")}, start, outbox);
  outbox.clear();
  flood.receive(NodeId{2}, Rumor{Value("a")}, start, outbox);
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(flood.counters().duplicates, 1u);
}

TEST(Flood, publishing_a_known_value_is_a_duplicate) {
  Flood flood(Members(NodeId{0}, 3));
  Outbox outbox;
  flood.receive(NodeId{1}, Rumor{Value("a")}, start, outbox);
  outbox.clear();
  EXPECT_EQ(flood.publish(Value("a"), start, outbox), PublishResult::duplicate);
  EXPECT_TRUE(outbox.empty());
}

TEST(Flood, other_kinds_of_message_are_counted_as_unexpected) {
  Flood flood(Members(NodeId{0}, 3));
  Outbox outbox;
  flood.receive(NodeId{1}, Ack{.id = 1}, start, outbox);
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(flood.counters().unexpected, 1u);
}

TEST(Flood, never_waits_for_anything) {
  Flood flood(Members(NodeId{0}, 3));
  Outbox outbox;
  flood.publish(Value("a"), start, outbox);
  EXPECT_EQ(flood.next_tick(), std::nullopt);
  EXPECT_EQ(flood.pending(), 0u);
}

TEST(Flood, a_lone_node_delivers_to_itself) {
  Flood flood(Members(NodeId{0}, 1));
  Outbox outbox;
  flood.publish(Value("a"), start, outbox);
  EXPECT_EQ(outbox.delivered.size(), 1u);
  EXPECT_TRUE(outbox.sends.empty());
}

}  // namespace
}  // namespace bruit::core
