// On the same 3×3 grid as tree_test.cpp: 4 is the root, 3 has the children 0 and 6, 5 has 2 and 8.
#include "bruit/core/strategies/batched_tree.h"

#include <gtest/gtest.h>

#include "core/cluster.h"
#include "core/transcript.h"

namespace bruit::core {
namespace {

using namespace std::chrono_literals;

constexpr StrategyOptions options{.kind = StrategyKind::batched_tree, .flush_interval = 200ms};

TEST(BatchedTree, keeps_values_for_the_next_multiple_of_the_interval_since_construction) {
  Driven node(options, 3, 9);
  EXPECT_EQ(node.next_tick(), std::nullopt);
  node.now += 730ms;
  EXPECT_EQ(node.publish("a"), Lines{"deliver a"});
  EXPECT_EQ(node.next_tick(), 800ms);
  EXPECT_EQ(node.receive(4, batch(1, {"b"})), (Lines{"deliver b", "4 <- ack 1"}));
  EXPECT_EQ(node.tick_after(69ms), Lines{});
  EXPECT_EQ(node.tick_after(1ms),
            (Lines{"0 <- batch 1: a b", "6 <- batch 1: a b", "4 <- batch 1: a"}));
}

TEST(BatchedTree, runs_its_timer_from_the_start_that_it_was_given) {
  const auto node = make_strategy(options, Members(NodeId{3}, 9), Time(50ms));
  Outbox outbox;
  node->publish(Value("a"), Time(60ms), outbox);
  EXPECT_EQ(node->next_tick(), Time(250ms));
}

TEST(BatchedTree, keeps_a_value_that_comes_at_the_moment_of_a_flush_for_the_next) {
  Driven node(options, 3, 9);
  node.now += 200ms;
  node.publish("a");
  EXPECT_EQ(node.next_tick(), 400ms);
}

TEST(BatchedTree, flushes_once_when_ticks_come_late_and_keeps_to_its_multiples) {
  Driven node(options, 8, 9);
  node.publish("a");
  EXPECT_EQ(node.tick_after(650ms), Lines{"4 <- batch 1: a"});
  node.publish("b");
  EXPECT_EQ(node.next_tick(), 800ms);
}

TEST(BatchedTree, sends_nothing_and_wants_no_tick_when_nothing_is_queued) {
  Driven leaf(options, 8, 9);
  EXPECT_EQ(leaf.receive(5, batch(1, {"a"})), (Lines{"deliver a", "5 <- ack 1"}));
  EXPECT_EQ(leaf.next_tick(), std::nullopt);
  EXPECT_EQ(leaf.tick_after(200ms), Lines{});
}

TEST(BatchedTree, passes_values_at_the_root_to_all_children_the_senders_included) {
  Driven root(options, 4, 9);
  root.receive(3, batch(1, {"a"}));
  root.receive(8, batch(1, {"b", "a"}));
  EXPECT_EQ(root.tick_after(200ms), (Lines{"1 <- batch 1: a b", "3 <- batch 1: a b",
                                           "5 <- batch 1: a b", "7 <- batch 1: a b"}));
}

TEST(BatchedTree, repeats_a_batch_with_its_id_and_values_whatever_came_since) {
  Driven leaf(options, 8, 9);
  leaf.publish("a");
  EXPECT_EQ(leaf.tick_after(200ms), Lines{"4 <- batch 1: a"});
  leaf.publish("b");
  EXPECT_EQ(leaf.tick_after(200ms), Lines{"4 <- batch 2: b"});
  EXPECT_EQ(leaf.next_tick(), 700ms);
  EXPECT_EQ(leaf.tick_after(300ms), Lines{"4 <- batch 1: a"});
  EXPECT_EQ(leaf.receive(4, Ack{1}), Lines{});
  leaf.receive(4, Ack{2});
  EXPECT_EQ(leaf.strategy().pending(), 0u);
  EXPECT_EQ(leaf.next_tick(), std::nullopt);
}

TEST(BatchedTree, sends_what_a_silent_peer_missed_as_one_batch_when_it_answers) {
  Driven leaf(options, 8, 9);
  leaf.publish("a");
  EXPECT_EQ(leaf.tick_after(200ms), Lines{"4 <- batch 1: a"});
  leaf.now += 2s;
  EXPECT_EQ(leaf.tick_after(0s), Lines{"4 <- batch 1: a"});
  for (const auto* text : {"b", "c", "d"}) {
    leaf.publish(text);
    EXPECT_EQ(leaf.tick_after(200ms), Lines{});
  }
  EXPECT_EQ(leaf.strategy().pending(), 4u);
  EXPECT_EQ(leaf.receive(4, Ack{1}), Lines{"4 <- batch 2: b c d"});
}

TEST(BatchedTree, refuses_to_publish_and_ignores_new_values_while_a_child_is_full) {
  Driven node({.kind = StrategyKind::batched_tree, .queue_limit = 2}, 3, 9);
  node.receive(4, batch(1, {"a", "b"}));
  EXPECT_EQ(node.publish("c"), Lines{});
  EXPECT_EQ(node.last_result, PublishResult::refused);
  EXPECT_EQ(node.receive(4, batch(2, {"b", "c"})), Lines{});
  EXPECT_EQ(node.counters().pushed_back, 1u);
  EXPECT_EQ(node.receive(4, batch(1, {"a", "b"})), Lines{"4 <- ack 1"});
  node.tick_after(200ms);
  node.receive(0, Ack{1});
  node.receive(6, Ack{1});
  EXPECT_EQ(node.receive(4, batch(2, {"b", "c"})), (Lines{"deliver c", "4 <- ack 2"}));
}

TEST(BatchedTree, limits_how_many_values_one_batch_carries) {
  Cluster cluster(options, 2);
  const std::size_t values = BatchedTree::values_per_message + 1;
  for (std::size_t value = 0; value < values; ++value) {
    cluster.publish(1, std::to_string(value));
  }
  ASSERT_TRUE(cluster.run_for(10s));
  EXPECT_EQ(cluster.delivered(0).size(), values);
  // Node 0 is the root: two batches to it, the same two back to 1, its child, and an Ack for each.
  EXPECT_EQ(cluster.sent(1, 0), 4u);
  EXPECT_EQ(cluster.sent(0, 1), 4u);
}

}  // namespace
}  // namespace bruit::core
