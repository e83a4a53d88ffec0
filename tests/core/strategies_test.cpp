// What holds for each of the four baseline strategies, without and with faults.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/cluster.h"

namespace bruit::core {
namespace {

using namespace std::chrono_literals;

constexpr std::array baselines{StrategyKind::flood, StrategyKind::reliable_flood,
                               StrategyKind::tree, StrategyKind::batched_tree};
constexpr std::array reliable_strategies{StrategyKind::reliable_flood, StrategyKind::tree,
                                         StrategyKind::batched_tree};

std::uint64_t messages_of_one_broadcast(StrategyKind kind, std::uint32_t count,
                                        std::uint32_t origin) {
  Cluster cluster({.kind = kind}, count);
  cluster.publish(origin, "a");
  EXPECT_TRUE(cluster.run_for(1min));
  for (std::uint32_t node = 0; node < count; ++node) {
    EXPECT_EQ(cluster.delivered(node).size(), 1u) << "node " << node;
  }
  return cluster.sent();
}

TEST(Strategies, flood_costs_n_times_n_minus_1_messages_a_broadcast) {
  EXPECT_EQ(messages_of_one_broadcast(StrategyKind::flood, 5, 0), 20u);
  EXPECT_EQ(messages_of_one_broadcast(StrategyKind::flood, 25, 7), 600u);
}

TEST(Strategies, reliable_flood_costs_40_messages_a_broadcast_with_5_nodes) {
  // Maelstrom counted 3,720 messages between nodes for the tutorial's 93 broadcasts.
  EXPECT_EQ(93 * messages_of_one_broadcast(StrategyKind::reliable_flood, 5, 3), 3'720u);
  EXPECT_EQ(messages_of_one_broadcast(StrategyKind::reliable_flood, 25, 3), 1'200u);
}

TEST(Strategies, tree_costs_49_92_messages_a_broadcast_on_average_with_25_nodes) {
  std::uint64_t sum = 0;
  for (std::uint32_t origin = 0; origin < 25; ++origin) {
    const std::uint64_t messages = messages_of_one_broadcast(StrategyKind::tree, 25, origin);
    EXPECT_EQ(messages, origin == 12 ? 48u : 50u) << "origin " << origin;
    sum += messages;
  }
  EXPECT_EQ(sum, 24u * 50 + 48);  // 25 times 49.92
}

TEST(Strategies, batched_tree_costs_a_lone_value_as_much_as_tree) {
  EXPECT_EQ(messages_of_one_broadcast(StrategyKind::batched_tree, 25, 0), 50u);
  EXPECT_EQ(messages_of_one_broadcast(StrategyKind::batched_tree, 25, 12), 48u);
}

TEST(Strategies, batched_tree_costs_no_more_for_many_values_at_once) {
  Cluster cluster({.kind = StrategyKind::batched_tree}, 25);
  for (int value = 0; value < 1000; ++value) cluster.publish(0, std::to_string(value));
  EXPECT_TRUE(cluster.run_for(1min));
  EXPECT_EQ(cluster.sent(), 50u);
  EXPECT_EQ(cluster.delivered(24).size(), 1000u);
}

TEST(Strategies, without_faults_nothing_is_repeated_and_all_fall_silent) {
  for (const StrategyKind kind : baselines) {
    SCOPED_TRACE(to_string(kind));
    Cluster cluster({.kind = kind}, 13);
    for (int value = 0; value < 100; ++value) {
      cluster.publish(value % 13, std::to_string(value));
      cluster.run_for(17ms);
    }
    ASSERT_TRUE(cluster.run_for(1min));
    for (std::uint32_t node = 0; node < 13; ++node) {
      EXPECT_EQ(cluster.delivered(node).size(), 100u);
      EXPECT_EQ(cluster.node(node).pending(), 0u);
      EXPECT_EQ(cluster.node(node).next_tick(), std::nullopt);
      EXPECT_EQ(cluster.node(node).counters().retried, 0u);
    }
  }
}

TEST(Strategies, values_take_one_latency_a_hop) {
  const auto time_to_all = [](StrategyKind kind, std::uint32_t origin) {
    Cluster cluster({.kind = kind}, 25);
    cluster.publish(origin, "a");
    cluster.run_for(1min);
    Time last{};
    for (std::uint32_t node = 0; node < 25; ++node) {
      last = std::max(last, cluster.delivered(node).at("a"));
    }
    return last.time_since_epoch();
  };
  EXPECT_EQ(time_to_all(StrategyKind::flood, 0), 100ms);
  EXPECT_EQ(time_to_all(StrategyKind::reliable_flood, 0), 100ms);
  EXPECT_EQ(time_to_all(StrategyKind::tree, 12), 400ms);  // corners are four hops from the root
  EXPECT_EQ(time_to_all(StrategyKind::tree, 0), 500ms);   // and the root is one from any node
  // Each hop but the first waits 100 ms of its interval here, since all timers started together.
  EXPECT_EQ(time_to_all(StrategyKind::batched_tree, 0), 200ms + 4 * 200ms + 100ms);
}

TEST(Strategies, publishing_twice_is_a_duplicate_wherever_the_value_came_from) {
  for (const StrategyKind kind : baselines) {
    SCOPED_TRACE(to_string(kind));
    Cluster cluster({.kind = kind}, 4);
    EXPECT_EQ(cluster.publish(0, "a"), PublishResult::accepted);
    EXPECT_EQ(cluster.publish(0, "a"), PublishResult::duplicate);
    cluster.run_for(10s);
    const std::uint64_t sent = cluster.sent();
    EXPECT_EQ(cluster.publish(3, "a"), PublishResult::duplicate);
    EXPECT_TRUE(cluster.run_for(10s));
    EXPECT_EQ(cluster.sent(), sent);
  }
}

TEST(Strategies, flood_loses_values_to_a_partition_and_the_reliable_ones_do_not) {
  for (const StrategyKind kind : baselines) {
    SCOPED_TRACE(to_string(kind));
    Cluster cluster({.kind = kind}, 9);
    cluster.connected = [](std::uint32_t from, std::uint32_t to) { return from % 2 == to % 2; };
    for (int value = 0; value < 50; ++value) {
      cluster.publish(value % 9, std::to_string(value));
      cluster.run_for(100ms);
    }
    cluster.connected = nullptr;
    ASSERT_TRUE(cluster.run_for(1min));
    for (std::uint32_t node = 0; node < 9; ++node) {
      if (kind == StrategyKind::flood) {
        EXPECT_LT(cluster.delivered(node).size(), 50u);
      } else {
        EXPECT_EQ(cluster.delivered(node).size(), 50u);
      }
    }
  }
}

TEST(Strategies, a_message_of_another_strategy_is_counted_or_understood_and_never_kills) {
  for (const StrategyKind kind : baselines) {
    SCOPED_TRACE(to_string(kind));
    const auto strategy = make_strategy({.kind = kind}, Members(NodeId{0}, 9), Time{});
    Outbox outbox;
    const ValueList values(std::vector<Value>{Value("a"), Value("b"), Value("a")});
    strategy->receive(NodeId{8}, Rumor{Value("r")}, Time{}, outbox);
    strategy->receive(NodeId{8}, Batch{.id = 77, .values = values}, Time{}, outbox);
    strategy->receive(NodeId{8}, Ack{.id = 0}, Time{}, outbox);
    strategy->receive(NodeId{8}, Ack{.id = ~std::uint64_t{0}}, Time{}, outbox);
    EXPECT_GE(strategy->counters().unexpected, 1u);
    EXPECT_EQ(outbox.delivered.size(), kind == StrategyKind::flood ? 1u : 2u);
  }
}

TEST(Strategies, have_names_that_can_be_parsed_back) {
  for (const StrategyKind kind : all_strategies) {
    EXPECT_EQ(parse_strategy(to_string(kind)), kind);
    EXPECT_FALSE(describe(kind).empty());
  }
  EXPECT_EQ(parse_strategy("gossip"), std::nullopt);
  EXPECT_EQ(parse_strategy(""), std::nullopt);
}

// Sizes, places, times and faults from a seed; the network loses, repeats and reorders messages and
// is partitioned for a while.
std::string random_run(StrategyKind kind, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&random](std::uint64_t limit) { return random() % limit; };
  const auto count = static_cast<std::uint32_t>(1 + below(40));
  const std::size_t values = 1 + below(30);
  const Network network{.latency_min = std::chrono::milliseconds(below(50)),
                        .latency_max = std::chrono::milliseconds(50 + below(900)),
                        .loss = static_cast<double>(below(50)) / 100,
                        .duplication = static_cast<double>(below(30)) / 100};
  const StrategyOptions options{.kind = kind,
                                .flush_interval = std::chrono::milliseconds(1 + below(400)),
                                .retry = {.first = std::chrono::milliseconds(20 + below(700)),
                                          .longest = std::chrono::milliseconds(800 + below(2000))},
                                .queue_limit = below(3) == 0 ? 1 + below(5) : 65'536};
  Cluster cluster(options, count, network, seed);
  const std::uint64_t sides = random();
  std::size_t accepted = 0;
  for (std::size_t value = 0; value < values; ++value) {
    if (value == values / 3) {
      cluster.connected = [sides](std::uint32_t from, std::uint32_t to) {
        return (sides >> from & 1) == (sides >> to & 1);
      };
    }
    if (value == values * 2 / 3) cluster.connected = nullptr;
    const auto node = static_cast<std::uint32_t>(below(count));
    while (cluster.publish(node, std::to_string(value)) == PublishResult::refused) {
      cluster.connected = nullptr;  // else it may be refused for ever
      cluster.run_for(500ms);
      if (testing::Test::HasFailure()) return {};
    }
    ++accepted;
    cluster.run_for(std::chrono::milliseconds(below(300)));
  }
  EXPECT_EQ(accepted, values);
  cluster.connected = nullptr;
  EXPECT_TRUE(cluster.run_for(30min));
  for (std::uint32_t node = 0; node < count; ++node) {
    EXPECT_EQ(cluster.delivered(node).size(), values) << "node " << node << " of " << count;
  }
  return cluster.transcript();
}

TEST(Strategies, reliable_ones_bring_every_value_to_every_node_over_a_faulty_network) {
  for (const StrategyKind kind : reliable_strategies) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      SCOPED_TRACE(testing::Message() << to_string(kind) << ", seed " << seed);
      random_run(kind, seed);
      if (HasFailure()) return;
    }
  }
}

TEST(Strategies, repeat_a_run_exactly_with_the_same_seed) {
  for (const StrategyKind kind : reliable_strategies) {
    EXPECT_EQ(random_run(kind, 7), random_run(kind, 7));
    EXPECT_NE(random_run(kind, 7), random_run(kind, 8));
  }
}

}  // namespace
}  // namespace bruit::core
