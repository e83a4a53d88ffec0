// What the kafka workload asks of a log: offsets grow and are nobody else's, nothing that was
// acknowledged is missed by a reader that passes its offset, commits do not go back.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "bruit/maelstrom/json.h"
#include "bruit/maelstrom/simulation.h"
#include "examples/kafka_5a.h"
#include "examples/kafka_5b.h"
#include "examples/kafka_5c.h"

namespace bruit::examples {
namespace {

using namespace std::chrono_literals;
using namespace maelstrom;

// Reads a key from the beginning at one node: offset to message.
std::map<Offset, std::string> read_all(SimulatedClient& client, const std::string& node,
                                       const std::string& key) {
  std::map<Offset, std::string> log;
  for (;;) {
    const Offset next = log.empty() ? 0 : log.rbegin()->first + 1;
    const auto answer = client.ask<PollOk>(node, Poll{{{key, next}}}, 20s);
    const auto& found = answer.msgs.at(key);
    if (found.empty()) return log;
    for (const auto& [offset, message] : found) {
      EXPECT_TRUE(log.emplace(offset, canonical_json(message)).second);
    }
  }
}

template <typename Program>
struct KafkaTest : testing::Test {
  static constexpr std::size_t nodes = std::is_same_v<Program, Kafka5a> ? 1 : 3;
};
using Programs = testing::Types<Kafka5a, Kafka5b, Kafka5c>;
TYPED_TEST_SUITE(KafkaTest, Programs);

TYPED_TEST(KafkaTest, EveryAcknowledgedMessageIsAtItsOffsetAtEveryNode) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Simulation cluster(
        application<TypeParam>(),
        {.nodes = this->nodes, .seed = seed, .link = {.latency = 5ms, .jitter = 10ms}});
    auto client = cluster.client();
    Random random(seed);
    // Many sends at once, so that they compete for offsets.
    std::vector<std::tuple<std::string, int, SimulatedRequest>> sent;
    for (int i = 0; i < 300; ++i) {
      const std::string key = "k" + std::to_string(random.below(4));
      const auto& node = cluster.node_ids()[random.below(this->nodes)];
      sent.emplace_back(key, i, client.start(node, Send{key, i}, 20s));
      cluster.run_for(Duration(random.below(5'000'000)));
    }
    cluster.run_for(20s);
    std::map<std::string, std::map<Offset, std::string>> acknowledged;
    for (const auto& [key, message, request] : sent) {
      ASSERT_TRUE(request.done());
      ASSERT_TRUE(request.result().ok()) << request.result().error().what();
      const Offset offset = from_body<SendOk>(request.result().message().body).offset;
      EXPECT_TRUE(acknowledged[key].emplace(offset, std::to_string(message)).second)
          << "offset " << offset << " of " << key << " was given twice";
    }
    for (const auto& node : cluster.node_ids()) {
      for (const auto& [key, log] : acknowledged) {
        EXPECT_EQ(read_all(client, node, key), log) << key << " at " << node << ", seed " << seed;
      }
    }
  }
}

TYPED_TEST(KafkaTest, CommittedOffsetsAreKnownEverywhereAndDoNotGoBack) {
  Simulation cluster(application<TypeParam>(), {.nodes = this->nodes, .link = {.latency = 5ms}});
  auto client = cluster.client();
  const auto& first = cluster.node_ids().front();
  const auto& last = cluster.node_ids().back();
  const auto committed = [&] {
    return client.ask<ListCommittedOffsetsOk>(last, ListCommittedOffsets{{"a", "b", "never"}})
        .offsets;
  };
  EXPECT_TRUE(committed().empty());
  client.ask<CommitOffsetsOk>(first, CommitOffsets{{{"a", 7}, {"b", 2}}});
  EXPECT_EQ(committed(), (Offsets{{"a", 7}, {"b", 2}}));
  client.ask<CommitOffsetsOk>(last, CommitOffsets{{{"a", 5}, {"b", 3}}});
  EXPECT_EQ(committed(), (Offsets{{"a", 7}, {"b", 3}}));
}

TYPED_TEST(KafkaTest, AKeyThatNobodyWroteIsEmpty) {
  Simulation cluster(application<TypeParam>(), {.nodes = this->nodes});
  auto client = cluster.client();
  EXPECT_TRUE(client.ask<PollOk>("n0", Poll{{{"none", 3}}}).msgs.at("none").empty());
  EXPECT_TRUE(client.ask<PollOk>("n0", Poll{}).msgs.empty());
}

TEST(Kafka5c, CostsFewMessages) {
  const auto cost = [](Application program) {
    Simulation cluster(std::move(program), {.nodes = 3, .link = {.latency = 5ms}});
    auto client = cluster.client();
    for (int i = 0; i < 200; ++i) {
      client.ask<SendOk>("n" + std::to_string(i % 3), Send{"k" + std::to_string(i % 5), i});
    }
    return cluster.traffic().sent;
  };
  EXPECT_LE(cost(application<Kafka5c>()), 400U) << "a question and an answer, or nothing";
  EXPECT_GE(cost(application<Kafka5b>()), 800U);
}

}  // namespace
}  // namespace bruit::examples
