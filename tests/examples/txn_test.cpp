// What totally-available transactions promise: every node answers, all nodes agree in the end, and
// no transaction sees a part of another.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bruit/maelstrom/simulation.h"
#include "examples/txn_6a.h"
#include "examples/txn_6c.h"

namespace bruit::examples {
namespace {

using namespace std::chrono_literals;
using namespace maelstrom;

Operation write(Register number, std::int64_t value) { return {"w", number, value}; }
Operation read(Register number) { return {"r", number, std::nullopt}; }
Operation seen(Register number, std::optional<std::int64_t> value) { return {"r", number, value}; }

template <typename Program>
struct TxnTest : testing::Test {};
using Programs = testing::Types<Txn6a, Txn6c>;
TYPED_TEST_SUITE(TxnTest, Programs);

TYPED_TEST(TxnTest, ATransactionSeesItsOwnWritesAndThoseBefore) {
  Simulation cluster(application<TypeParam>());
  auto client = cluster.client();
  EXPECT_EQ(client.ask<TxnOk>("n0", Txn{{read(1), write(1, 6), write(2, 9), read(1)}}).txn,
            (std::vector<Operation>{seen(1, std::nullopt), write(1, 6), write(2, 9), seen(1, 6)}));
  EXPECT_EQ(client.ask<TxnOk>("n0", Txn{{write(1, 7), read(2), read(1)}}).txn,
            (std::vector<Operation>{write(1, 7), seen(2, 9), seen(1, 7)}));
}

TYPED_TEST(TxnTest, AMalformedTransactionIsRefusedAsAWhole) {
  Simulation cluster(application<TypeParam>());
  auto client = cluster.client();
  EXPECT_THROW(client.ask<TxnOk>("n0", Txn{{write(1, 6), {"w", 2, std::nullopt}}}), RpcError);
  EXPECT_THROW(client.ask<TxnOk>("n0", Txn{{write(1, 6), {"x", 2, 3}}}), RpcError);
  EXPECT_EQ(client.ask<TxnOk>("n0", Txn{{read(1)}}).txn,
            (std::vector<Operation>{seen(1, std::nullopt)}));
}

TEST(Txn6c, IsAvailableInAPartitionAndAllNodesAgreeAfterwards) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Simulation cluster(
        application<Txn6c>(),
        {.nodes = 4, .seed = seed, .link = {.latency = 20ms, .jitter = 50ms, .loss = 0.05}});
    auto client = cluster.client();
    Random random(seed);
    for (int i = 0; i < 200; ++i) {
      if (i == 50) cluster.partition({{"n0", "n1"}, {"n2", "n3"}});
      if (i == 150) cluster.heal();
      const auto& node = cluster.node_ids()[random.below(4)];
      const Duration before = cluster.now();
      client.ask<TxnOk>(node, Txn{{write(static_cast<Register>(random.below(10)), i), read(3)}});
      EXPECT_EQ(cluster.now(), before) << "it asked somebody";
      cluster.run_for(10ms);
    }
    cluster.run_for(30s);
    std::vector<Operation> reads;
    for (Register number = 0; number < 10; ++number) reads.push_back(read(number));
    const auto state = client.ask<TxnOk>("n0", Txn{reads}).txn;
    for (const auto& node : cluster.node_ids()) {
      EXPECT_EQ(client.ask<TxnOk>(node, Txn{reads}).txn, state) << node << ", seed " << seed;
    }
  }
}

TEST(Txn6c, NoReadSeesAPartOfATransaction) {
  // Every transaction writes the same value to both registers, so any read of both must find them
  // equal.
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Simulation cluster(
        application<Txn6c>(),
        {.nodes = 3, .seed = seed, .link = {.latency = 10ms, .jitter = 100ms, .duplication = 0.2}});
    auto client = cluster.client();
    Random random(seed);
    for (int i = 0; i < 300; ++i) {
      client.ask<TxnOk>(cluster.node_ids()[random.below(3)], Txn{{write(1, i), write(2, i)}});
      cluster.run_for(5ms);
      const auto both =
          client.ask<TxnOk>(cluster.node_ids()[random.below(3)], Txn{{read(1), read(2)}}).txn;
      EXPECT_EQ(std::get<2>(both[0]), std::get<2>(both[1])) << "seed " << seed;
    }
  }
}

TEST(Txn6c, WhatWasReadIsOlderThanWhatIsWritten) {
  // n1 sees n0's write and writes on top of it; nobody may end with n0's value.
  Simulation cluster(application<Txn6c>(), {.nodes = 3, .link = {.latency = 10ms}});
  auto client = cluster.client();
  cluster.set_link("n0", "n2", {.latency = 5s});
  client.ask<TxnOk>("n0", Txn{{write(7, 1)}});  // so that n0's clock is ahead of n1's
  client.ask<TxnOk>("n0", Txn{{write(1, 100)}});
  cluster.run_for(20ms);
  EXPECT_EQ(client.ask<TxnOk>("n1", Txn{{read(1), write(1, 200)}}).txn[0], seen(1, 100));
  cluster.run_for(20s);
  for (const auto& node : cluster.node_ids()) {
    EXPECT_EQ(client.ask<TxnOk>(node, Txn{{read(1)}}).txn[0], seen(1, 200)) << node;
  }
}

}  // namespace
}  // namespace bruit::examples
