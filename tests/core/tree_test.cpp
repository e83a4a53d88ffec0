// The 3×3 grid's tree, rooted at 4:
//
//     0 1 2        3 - 4 - 5 is the root's row, on which the others hang by their columns:
//     3 4 5        4 has the children 1, 3, 5 and 7; 3 has 0 and 6; 5 has 2 and 8.
//     6 7 8
#include "bruit/core/strategies/tree.h"

#include <gtest/gtest.h>

#include "core/cluster.h"
#include "core/transcript.h"

namespace bruit::core {
namespace {

using namespace std::chrono_literals;

constexpr StrategyOptions options{.kind = StrategyKind::tree};

TEST(Tree, sends_a_published_value_to_the_children_and_to_the_root) {
  Driven inner(options, 3, 9);
  EXPECT_EQ(inner.publish("a"),
            (Lines{"deliver a", "0 <- batch 1: a", "6 <- batch 1: a", "4 <- batch 1: a"}));
  Driven leaf(options, 8, 9);
  EXPECT_EQ(leaf.publish("a"), (Lines{"deliver a", "4 <- batch 1: a"}));
}

TEST(Tree, sends_a_value_published_at_the_root_to_its_children) {
  Driven root(options, 4, 9);
  EXPECT_EQ(root.publish("a"), (Lines{"deliver a", "1 <- batch 1: a", "3 <- batch 1: a",
                                      "5 <- batch 1: a", "7 <- batch 1: a"}));
}

TEST(Tree, passes_a_value_from_the_parent_to_the_children_only) {
  Driven inner(options, 5, 9);
  EXPECT_EQ(inner.receive(4, batch(6, {"a"})),
            (Lines{"deliver a", "4 <- ack 6", "2 <- batch 1: a", "8 <- batch 1: a"}));
  Driven leaf(options, 8, 9);
  EXPECT_EQ(leaf.receive(5, batch(1, {"a"})), (Lines{"deliver a", "5 <- ack 1"}));
  EXPECT_EQ(leaf.strategy().pending(), 0u);
  EXPECT_EQ(leaf.next_tick(), std::nullopt);
}

TEST(Tree, passes_a_value_at_the_root_to_all_children_the_sender_included) {
  Driven root(options, 4, 9);
  EXPECT_EQ(root.receive(3, batch(1, {"a"})),
            (Lines{"deliver a", "3 <- ack 1", "1 <- batch 1: a", "3 <- batch 1: a",
                   "5 <- batch 1: a", "7 <- batch 1: a"}));
}

TEST(Tree, acknowledges_a_known_value_and_does_no_more) {
  Driven inner(options, 3, 9);
  inner.publish("a");
  EXPECT_EQ(inner.receive(4, batch(5, {"a"})), Lines{"4 <- ack 5"});
  EXPECT_EQ(inner.receive(4, batch(5, {"a"})), Lines{"4 <- ack 5"});
  EXPECT_EQ(inner.counters().duplicates, 2u);
}

TEST(Tree, gives_every_value_a_message_of_its_own) {
  Driven inner(options, 3, 9);
  EXPECT_EQ(inner.receive(4, batch(1, {"a", "b"})),
            (Lines{"deliver a", "deliver b", "4 <- ack 1", "0 <- batch 1: a", "6 <- batch 1: a",
                   "0 <- batch 2: b", "6 <- batch 2: b"}));
}

TEST(Tree, repeats_each_link_until_it_is_acknowledged) {
  Driven inner(options, 3, 9);
  inner.publish("a");
  inner.receive(6, Ack{1});
  EXPECT_EQ(inner.next_tick(), 500ms);
  EXPECT_EQ(inner.tick_after(500ms), (Lines{"0 <- batch 1: a", "4 <- batch 1: a"}));
  EXPECT_EQ(inner.next_tick(), 1500ms);
  inner.receive(4, Ack{1});
  inner.receive(4, Ack{1});
  EXPECT_EQ(inner.tick_after(1s), Lines{"0 <- batch 1: a"});
  inner.receive(0, Ack{1});
  EXPECT_EQ(inner.next_tick(), std::nullopt);
  EXPECT_EQ(inner.strategy().pending(), 0u);
}

TEST(Tree, counts_an_acknowledgement_from_a_node_that_it_never_sends_to) {
  Driven leaf(options, 8, 9);
  EXPECT_EQ(leaf.receive(5, Ack{1}), Lines{});
  EXPECT_EQ(leaf.counters().unexpected, 1u);
}

TEST(Tree, refuses_to_publish_while_a_link_is_full) {
  Driven leaf({.kind = StrategyKind::tree, .queue_limit = 1}, 8, 9);
  leaf.publish("a");
  EXPECT_EQ(leaf.publish("b"), Lines{});
  EXPECT_EQ(leaf.last_result, PublishResult::refused);
  EXPECT_EQ(leaf.counters().refused, 1u);
  leaf.receive(4, Ack{1});
  EXPECT_EQ(leaf.publish("b"), (Lines{"deliver b", "4 <- batch 2: b"}));
}

TEST(Tree, ignores_a_new_value_while_a_child_is_full_so_that_the_sender_repeats_it) {
  Driven inner({.kind = StrategyKind::tree, .queue_limit = 1}, 3, 9);
  inner.receive(4, batch(1, {"a"}));
  inner.receive(0, Ack{1});
  EXPECT_EQ(inner.receive(4, batch(2, {"b"})), Lines{});  // 6 still owes its acknowledgement
  EXPECT_EQ(inner.counters().pushed_back, 1u);
  EXPECT_EQ(inner.receive(4, batch(1, {"a"})), Lines{"4 <- ack 1"});  // known values are no burden
  inner.receive(6, Ack{1});
  EXPECT_EQ(inner.receive(4, batch(2, {"b"})),
            (Lines{"deliver b", "4 <- ack 2", "0 <- batch 2: b", "6 <- batch 2: b"}));
}

TEST(Tree, passes_pressure_up_to_the_publishers_and_loses_nothing) {
  Cluster cluster({.kind = StrategyKind::tree, .queue_limit = 4}, 25);
  cluster.connected = [](std::uint32_t, std::uint32_t to) { return to != 0; };
  std::size_t accepted = 0;
  for (int value = 0; value < 100; ++value) {
    if (cluster.publish(24, std::to_string(value)) == PublishResult::accepted) ++accepted;
    cluster.run_for(500ms);
    for (std::uint32_t node = 0; node < 25; ++node) ASSERT_LE(cluster.node(node).pending(), 16u);
  }
  EXPECT_LT(accepted, 40u);
  EXPECT_GT(accepted, 4u);
  cluster.connected = nullptr;
  ASSERT_TRUE(cluster.run_for(5min));
  for (std::uint32_t node = 0; node < 25; ++node) {
    EXPECT_EQ(cluster.delivered(node).size(), accepted);
  }
}

TEST(Tree, has_everything_everywhere_a_probe_and_a_walk_down_after_a_partition_ends) {
  Cluster cluster(options, 25);
  cluster.connected = [](std::uint32_t from, std::uint32_t to) { return (from < 12) == (to < 12); };
  for (int value = 0; value < 200; ++value) {
    cluster.publish(value % 25, std::to_string(value));
    cluster.run_for(100ms);
  }
  cluster.connected = nullptr;
  const Time healed = cluster.now();
  ASSERT_TRUE(cluster.run_for(1min));
  for (std::uint32_t node = 0; node < 25; ++node) {
    EXPECT_EQ(cluster.delivered(node).size(), 200u);
    for (const auto& [value, time] : cluster.delivered(node)) {
      // A probe within 2 s, there and back, the values to the root, and down four levels of which
      // one link may have to probe as well.
      EXPECT_LE(time - healed, 2s + 200ms + 500ms + 2s + 200ms) << value << " at " << node;
    }
  }
}

}  // namespace
}  // namespace bruit::core
