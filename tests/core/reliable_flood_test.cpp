#include "bruit/core/strategies/reliable_flood.h"

#include <gtest/gtest.h>

#include "core/cluster.h"
#include "core/transcript.h"

namespace bruit::core {
namespace {

using namespace std::chrono_literals;

constexpr StrategyOptions options{.kind = StrategyKind::reliable_flood};

TEST(ReliableFlood, sends_a_published_value_to_every_other_node) {
  Driven node(options, 1, 4);
  EXPECT_EQ(node.publish("a"),
            (Lines{"deliver a", "0 <- batch 1: a", "2 <- batch 1: a", "3 <- batch 1: a"}));
  EXPECT_EQ(node.strategy().pending(), 3u);
  EXPECT_EQ(node.next_tick(), 500ms);
}

TEST(ReliableFlood, acknowledges_a_new_value_and_forwards_it_to_all_the_sender_included) {
  Driven node(options, 0, 3);
  EXPECT_EQ(node.receive(2, batch(9, {"a"})),
            (Lines{"deliver a", "2 <- ack 9", "1 <- batch 1: a", "2 <- batch 1: a"}));
}

TEST(ReliableFlood, acknowledges_a_known_value_and_does_no_more) {
  Driven node(options, 0, 3);
  node.receive(2, batch(9, {"a"}));
  EXPECT_EQ(node.receive(2, batch(9, {"a"})), Lines{"2 <- ack 9"});
  EXPECT_EQ(node.receive(1, batch(1, {"a"})), Lines{"1 <- ack 1"});
  EXPECT_EQ(node.counters().duplicates, 2u);
}

TEST(ReliableFlood, repeats_to_those_who_have_not_acknowledged) {
  Driven node(options, 1, 4);
  node.publish("a");
  node.receive(3, Ack{1});
  EXPECT_EQ(node.tick_after(499ms), Lines{});
  EXPECT_EQ(node.tick_after(1ms), (Lines{"0 <- batch 1: a", "2 <- batch 1: a"}));
  node.receive(0, Ack{1});
  EXPECT_EQ(node.tick_after(1s), Lines{"2 <- batch 1: a"});
  node.receive(2, Ack{1});
  EXPECT_EQ(node.strategy().pending(), 0u);
  EXPECT_EQ(node.next_tick(), std::nullopt);
  EXPECT_EQ(node.counters().retried, 3u);
}

TEST(ReliableFlood, wants_its_next_tick_for_what_is_pending_and_not_for_what_was) {
  Driven node(options, 0, 2);
  node.publish("a");
  node.now += 200ms;
  node.receive(1, Ack{1});
  EXPECT_EQ(node.next_tick(), std::nullopt);
  node.now += 200ms;
  node.publish("b");
  EXPECT_EQ(node.next_tick(), 900ms);
}

TEST(ReliableFlood, takes_a_batch_of_several_values_apart) {
  Driven node(options, 0, 2);
  EXPECT_EQ(node.receive(1, batch(1, {"a", "b", "a"})),
            (Lines{"deliver a", "deliver b", "1 <- ack 1", "1 <- batch 1: a", "1 <- batch 2: b"}));
}

TEST(ReliableFlood, refuses_to_publish_while_a_peer_has_as_many_values_pending_as_the_limit) {
  Driven node({.kind = StrategyKind::reliable_flood, .queue_limit = 2}, 0, 3);
  node.publish("a");
  node.publish("b");
  node.receive(1, Ack{1});
  node.receive(1, Ack{2});
  EXPECT_EQ(node.publish("c"), Lines{});
  EXPECT_EQ(node.last_result, PublishResult::refused);
  EXPECT_EQ(node.counters().refused, 1u);
  node.publish("b");
  EXPECT_EQ(node.last_result, PublishResult::duplicate);
  node.receive(2, Ack{2});
  EXPECT_EQ(node.publish("c"), (Lines{"deliver c", "1 <- batch 3: c", "2 <- batch 3: c"}));
}

TEST(ReliableFlood, accepts_from_a_peer_beyond_the_limit) {
  Driven node({.kind = StrategyKind::reliable_flood, .queue_limit = 1}, 0, 3);
  node.publish("a");
  EXPECT_EQ(node.receive(2, batch(1, {"b"})),
            (Lines{"deliver b", "2 <- ack 1", "1 <- batch 2: b", "2 <- batch 2: b"}));
}

TEST(ReliableFlood, drains_when_all_nodes_were_apart_with_full_queues) {
  Cluster cluster({.kind = StrategyKind::reliable_flood, .queue_limit = 3}, 5);
  cluster.connected = [](std::uint32_t, std::uint32_t) { return false; };
  for (std::uint32_t node = 0; node < 5; ++node) {
    for (int value = 0; value < 3; ++value) {
      EXPECT_EQ(cluster.publish(node, std::to_string(node) + "." + std::to_string(value)),
                PublishResult::accepted);
    }
    EXPECT_EQ(cluster.publish(node, "one too many"), PublishResult::refused);
  }
  cluster.run_for(1min);
  cluster.connected = nullptr;
  EXPECT_TRUE(cluster.run_for(1min));
  for (std::uint32_t node = 0; node < 5; ++node) {
    EXPECT_EQ(cluster.delivered(node).size(), 15u);
  }
}

}  // namespace
}  // namespace bruit::core
