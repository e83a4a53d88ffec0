#include "bruit/maelstrom/broadcast_node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "maelstrom/driven_node.h"

namespace bruit::maelstrom {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Does what the test says, and writes down what it was asked.
struct Script {
  core::PublishResult publish_result = core::PublishResult::accepted;
  std::vector<core::Send> sends;       // by the next call
  std::vector<core::Value> delivered;  // by the next call
  std::optional<Time> next_tick;
  std::string asked;
  std::optional<core::Members> members;
  bool budget_met = true;
};

class ScriptedStrategy : public core::Strategy {
 public:
  explicit ScriptedStrategy(Script& script) : script_(script) {}

  core::PublishResult publish(core::Value value, core::Time, core::Outbox& outbox) override {
    script_.asked += "publish " + std::string(value.bytes()) + "\n";
    play(outbox);
    return script_.publish_result;
  }
  void receive(core::NodeId from, const core::Message& message, core::Time,
               core::Outbox& outbox) override {
    script_.asked +=
        "receive " + std::to_string(message.index()) + " from " + std::to_string(from.index) + "\n";
    play(outbox);
  }
  void tick(core::Time, core::Outbox& outbox) override {
    script_.asked += "tick\n";
    script_.next_tick.reset();
    play(outbox);
  }
  std::optional<core::Time> next_tick() const override { return script_.next_tick; }
  std::size_t pending() const override { return 0; }
  bool budget_met() const override { return script_.budget_met; }
  const core::Counters& counters() const override { return counters_; }

 private:
  void play(core::Outbox& outbox) {
    outbox.sends = std::exchange(script_.sends, {});
    outbox.delivered = std::exchange(script_.delivered, {});
  }

  Script& script_;
  core::Counters counters_;
};

struct BroadcastNodeTest : testing::Test {
  Script script;
  DrivenNode node{broadcast_application([this](const core::Members& members, Time) {
    script.members = members;
    return std::make_unique<ScriptedStrategy>(script);
  })};

  void SetUp() override {
    node.init(R"(["n10","n2","n1","n3"])");
    script.asked.clear();
  }
  std::string asked() { return std::exchange(script.asked, ""); }
};

TEST_F(BroadcastNodeTest, MembersAreInNaturalOrderWhateverInitSays) {
  ASSERT_TRUE(script.members);
  EXPECT_EQ(script.members->count(), 4U);
  EXPECT_EQ(script.members->self().index, 0U);
  node.give("n10", R"("type":"ack","id":1)");
  EXPECT_EQ(asked(), "receive 2 from 3\n");
  script.sends.push_back({core::NodeId{3}, core::Ack{5}});
  EXPECT_EQ(node.give("n2", R"("type":"ack","id":1)"), from_n1("n10", R"("type":"ack","id":5)"));
}

TEST_F(BroadcastNodeTest, ABroadcastIsPublishedAndWhatTheStrategySendsLeaves) {
  script.sends.push_back({core::NodeId{1}, core::Rumor{core::Value("5")}});
  EXPECT_EQ(node.give("c1", R"("type":"broadcast","msg_id":3,"message":{"b":1,"a":2.0})"),
            from_n1("c1", R"("type":"broadcast_ok","in_reply_to":3)") + "\n" +
                from_n1("n2", R"("type":"rumor","value":5)"));
  EXPECT_EQ(asked(), "publish {\"a\":2.0,\"b\":1}\n");
}

TEST_F(BroadcastNodeTest, ADuplicateIsAcknowledged) {
  script.publish_result = core::PublishResult::duplicate;
  EXPECT_EQ(node.give("c1", R"("type":"broadcast","msg_id":3,"message":1)"),
            from_n1("c1", R"("type":"broadcast_ok","in_reply_to":3)"));
}

TEST_F(BroadcastNodeTest, WhatTheStrategyRefusesIsTemporarilyUnavailable) {
  script.publish_result = core::PublishResult::refused;
  EXPECT_THAT(node.give("c1", R"("type":"broadcast","msg_id":3,"message":1)"),
              HasSubstr(R"("type":"error","in_reply_to":3,"code":11,"text":"too many values)"));
}

TEST_F(BroadcastNodeTest, ReadListsWhatWasDeliveredWithNothingElse) {
  EXPECT_EQ(node.give("c1", R"("type":"read","msg_id":1)"),
            from_n1("c1", R"("type":"read_ok","messages":[],"in_reply_to":1)"));
  script.delivered = {core::Value("1"), core::Value("\"x\"")};
  node.give("c1", R"("type":"broadcast","msg_id":2,"message":1)");
  script.delivered = {core::Value("[2.0]")};
  node.give("n2", R"("type":"rumor","value":[2.0])");
  EXPECT_EQ(node.give("c1", R"("type":"read","msg_id":3)"),
            from_n1("c1", R"("type":"read_ok","messages":[1,"x",[2.0]],"in_reply_to":3)"));
}

TEST_F(BroadcastNodeTest, TopologyIsAcknowledged) {
  EXPECT_EQ(node.give("c1", R"("type":"topology","msg_id":1,"topology":{"n1":["n2"]})"),
            from_n1("c1", R"("type":"topology_ok","in_reply_to":1)"));
}

TEST_F(BroadcastNodeTest, MalformedRequestsNameTheField) {
  EXPECT_THAT(node.give("c1", R"("type":"broadcast","msg_id":1)"),
              HasSubstr(R"("code":12,"text":"field \"message\" is missing")"));
  EXPECT_THAT(node.give("c1", R"("type":"topology","msg_id":1)"),
              HasSubstr(R"("code":12,"text":"field \"topology\" is missing")"));
  EXPECT_THAT(node.give("c1", R"("type":"topology","msg_id":1,"topology":[])"),
              HasSubstr(R"(field \"topology\" must be an object, not an array)"));
  EXPECT_EQ(asked(), "");
}

TEST_F(BroadcastNodeTest, MessagesBetweenNodesAreAcceptedFromPeersOnly) {
  for (const std::string_view stranger : {"c1", "n1", "n99"}) {
    EXPECT_THAT(node.give(stranger, R"("type":"rumor","msg_id":1,"value":1)"),
                HasSubstr(R"("code":12)"))
        << stranger;
  }
  EXPECT_EQ(node.give("n2", R"("type":"batch","id":1,"values":7)"), "") << "malformed; no reply";
  EXPECT_EQ(asked(), "");
}

TEST_F(BroadcastNodeTest, TheStrategyIsTickedWhenItWants) {
  script.next_tick = node.node().now() + 300ms;
  node.give("n2", R"("type":"ack","id":1)");
  asked();
  node.wait(299ms);
  EXPECT_EQ(asked(), "");
  script.sends.push_back({core::NodeId{2}, core::Ack{1}});
  EXPECT_EQ(node.wait(1ms), from_n1("n3", R"("type":"ack","id":1)"));
  EXPECT_EQ(asked(), "tick\n");
  EXPECT_EQ(node.process().next_tick(), std::nullopt);
}

TEST_F(BroadcastNodeTest, AnEarlierTickReplacesALaterOne) {
  script.next_tick = node.node().now() + 300ms;
  node.give("n2", R"("type":"ack","id":1)");
  script.next_tick = node.node().now() + 100ms;
  node.give("n2", R"("type":"ack","id":2)");
  asked();
  node.wait(300ms);
  EXPECT_EQ(asked(), "tick\n");
}

TEST_F(BroadcastNodeTest, ABudgetThatCannotBeKeptIsLoggedOnce) {
  script.budget_met = false;
  node.give("n2", R"("type":"ack","id":1)");
  EXPECT_THAT(node.take_log(), HasSubstr("the latency budget cannot be kept"));
  node.give("n2", R"("type":"ack","id":2)");
  EXPECT_EQ(node.take_log(), "");
  script.budget_met = true;
  node.give("n2", R"("type":"ack","id":3)");
  EXPECT_THAT(node.take_log(), HasSubstr("the latency budget can be kept again"));
}

// With the real thing, so that the seam is tested from the other side as well.
TEST(BroadcastNodeWithFlood, PassesOnWhatIsNew) {
  core::StrategyOptions options;
  options.kind = core::StrategyKind::flood;
  DrivenNode node(broadcast_application(options));
  node.init();
  EXPECT_EQ(node.give("c1", R"("type":"broadcast","msg_id":1,"message":1e2)"),
            from_n1("c1", R"("type":"broadcast_ok","in_reply_to":1)") + "\n" +
                from_n1("n2", R"("type":"rumor","value":100.0)") + "\n" +
                from_n1("n3", R"("type":"rumor","value":100.0)"));
  EXPECT_EQ(node.give("n2", R"("type":"rumor","value":100.0)"), "");
  node.give("n2", R"("type":"rumor","value":18446744073709551615)");
  EXPECT_EQ(node.give("c1", R"("type":"read","msg_id":2)"),
            from_n1("c1", R"("type":"read_ok","messages":[100.0,18446744073709551615],)"
                          R"("in_reply_to":2)"));
}

}  // namespace
}  // namespace bruit::maelstrom
