#include "bruit/maelstrom/node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "maelstrom/driven_node.h"

namespace bruit::maelstrom {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

void echo(Node& node) {
  node.on("echo", [&node](const Message& request) {
    auto body = request.body;
    body["type"] = "echo_ok";
    node.reply(request, body);
  });
}

TEST(Node, EchoEchoes) {
  StartedNode node(echo);
  EXPECT_EQ(node.give("c1", R"("type":"echo","msg_id":7,"echo":[1,"x",2.0])"),
            from_n1("c1", R"("type":"echo_ok","echo":[1,"x",2.0],"in_reply_to":7)"));
}

TEST(Node, ARequestWithoutMsgIdWantsNoReply) {
  StartedNode node(echo);
  EXPECT_EQ(node.give("c1", R"("type":"echo","echo":1)"), "");
  EXPECT_EQ(node.give("c1", R"("type":"unknown")"), "");
}

TEST(Node, AnUnknownTypeIsNotSupported) {
  StartedNode node(echo);
  EXPECT_EQ(node.give("c1", R"("type":"fly","msg_id":7)"),
            from_n1("c1", R"("type":"error","in_reply_to":7,"code":10,)"
                          R"("text":"this node does not handle \"fly\"")"));
}

TEST(Node, ASecondHandlerForATypeIsAMistake) {
  StartedNode node;
  node.node().on("echo", [](const Message&) {});
  EXPECT_THROW(node.node().on("echo", [](const Message&) {}), std::logic_error);
}

TEST(Node, WhatAHandlerThrowsBecomesTheErrorReply) {
  StartedNode node([](Node& n) {
    n.on("refuse", [](const Message&) { throw RpcError(ErrorCode{1001}, "not today"); });
    n.on("crash", [](const Message&) { throw std::runtime_error("oh no"); });
    n.on("strange", [](const Message&) { throw 42; });
    n.on("needs", [](const Message& request) { required_integer(request.body, "delta"); });
  });
  EXPECT_THAT(node.give("c1", R"("type":"refuse","msg_id":1)"),
              HasSubstr(R"("code":1001,"text":"not today")"));
  EXPECT_THAT(node.give("c1", R"("type":"crash","msg_id":2)"),
              HasSubstr(R"("in_reply_to":2,"code":13,"text":"oh no")"));
  EXPECT_THAT(node.take_log(), HasSubstr("error: the handler of \"crash\" threw: oh no"));
  EXPECT_THAT(node.give("c1", R"("type":"strange","msg_id":3)"), HasSubstr(R"("code":13)"));
  EXPECT_THAT(node.give("c1", R"("type":"needs","msg_id":4)"),
              HasSubstr(R"("code":12,"text":"field \"delta\" is missing")"));
  EXPECT_THAT(node.give("c1", R"("type":"needs","msg_id":4,"delta":"1")"),
              HasSubstr(R"(field \"delta\" must be a signed 64-bit integer, not a string)"));
}

TEST(Node, ABodyWithoutTypeIsRefused) {
  StartedNode node;
  EXPECT_THROW(node.node().send("n2", {{"value", 1}}), std::invalid_argument);
  EXPECT_THROW(node.node().rpc("n2", {{"type", 1}}, 1s, {}), std::invalid_argument);
}

TEST(Node, ACallIsAnsweredOnce) {
  StartedNode node;
  std::vector<std::string> results;
  node.node().rpc("n2", {{"type", "ask"}, {"msg_id", 99}}, 1s, [&](const CallResult& result) {
    results.emplace_back(result.ok() ? result.message().type() : result.error().what());
  });
  EXPECT_EQ(node.wait(0s), from_n1("n2", R"("type":"ask","msg_id":1)")) << "msg_id is the node's";
  EXPECT_TRUE(results.empty());
  EXPECT_EQ(node.node().pending_calls(), 1U);
  node.give("n2", R"("type":"ask_ok","in_reply_to":1)");
  EXPECT_EQ(results, std::vector<std::string>{"ask_ok"});
  node.give("n2", R"("type":"ask_ok","in_reply_to":1)");
  node.wait(2s);
  EXPECT_EQ(results.size(), 1U) << "neither a duplicate nor the timeout counts";
  EXPECT_EQ(node.node().pending_calls(), 0U);
}

TEST(Node, ACallThatIsNotAnsweredTimesOut) {
  StartedNode node;
  std::optional<RpcError> error;
  node.node().rpc("n2", {{"type", "ask"}}, 500ms,
                  [&](const CallResult& result) { error = result.error(); });
  node.wait(499ms);
  EXPECT_FALSE(error);
  node.wait(1ms);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::timeout);
  EXPECT_FALSE(error->definite());
  EXPECT_EQ(node.node().pending_calls(), 0U);
  EXPECT_EQ(node.give("n2", R"("type":"ask_ok","in_reply_to":1)"), "") << "too late, and ignored";
  EXPECT_THAT(node.take_log(), HasSubstr("debug: dropped a reply from n2"));
}

TEST(Node, AnErrorReplyIsTheErrorOfTheCall) {
  StartedNode node;
  std::optional<RpcError> error;
  const auto keep = [&](const CallResult& result) {
    EXPECT_THROW(result.message(), RpcError);
    error = result.error();
  };
  node.node().rpc("lin-kv", {{"type", "read"}}, 1s, keep);
  node.give("lin-kv", R"("type":"error","in_reply_to":1,"code":20,"text":"no key")");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::key_does_not_exist);
  EXPECT_STREQ(error->what(), "no key");
  node.node().rpc("lin-kv", {{"type", "read"}}, 1s, keep);
  node.give("lin-kv", R"("type":"error","in_reply_to":2)");
  EXPECT_EQ(error->code(), ErrorCode::crash) << "an error without a code";
}

TEST(Node, ReplyToNothingIsIgnored) {
  StartedNode node(echo);
  EXPECT_EQ(node.give("n2", R"("type":"echo","msg_id":1,"in_reply_to":5)"), "");
}

TEST(Node, PendingCallsAreBounded) {
  StartedNode node([](Node&) {}, {.pending_calls_limit = 3, .output_limit = 1'000'000, .log = {}});
  int timeouts = 0;
  const auto call = [&] {
    node.node().rpc("n9", {{"type", "ask"}}, 1s, [&](const CallResult&) { ++timeouts; });
  };
  for (int i = 0; i < 3; ++i) call();
  try {
    call();
    FAIL() << "a fourth call was accepted";
  } catch (const RpcError& error) {
    EXPECT_EQ(error.code(), ErrorCode::temporarily_unavailable);
  }
  node.wait(1s);
  EXPECT_EQ(timeouts, 3);
  EXPECT_NO_THROW(call());
}

TEST(Node, ACallbackMayCallAgainAndMayThrow) {
  StartedNode node;
  node.node().rpc("n2", {{"type", "a"}}, 1s, [&](const CallResult&) {
    node.node().rpc("n2", {{"type", "b"}}, 1s, {});
    throw std::runtime_error("in a callback");
  });
  node.wait(0s);
  EXPECT_EQ(node.give("n2", R"("type":"a_ok","in_reply_to":1)"),
            from_n1("n2", R"("type":"b","msg_id":2)"));
  EXPECT_THAT(node.take_log(), HasSubstr("in a callback"));
  EXPECT_EQ(node.node().pending_calls(), 1U);
}

TEST(Node, OutputIsBounded) {
  StartedNode node(echo, {.pending_calls_limit = 10, .output_limit = 1000, .log = {}});
  std::size_t sent = 0;
  try {
    for (; sent < 1000; ++sent) node.node().send("n2", {{"type", "flood"}});
  } catch (const RpcError& error) {
    EXPECT_EQ(error.code(), ErrorCode::temporarily_unavailable);
  }
  EXPECT_LT(sent, 100U);
  EXPECT_THAT(node.give("c1", R"("type":"echo","msg_id":1)"), HasSubstr(R"("code":11)"));
  EXPECT_THAT(node.give("c1", R"("type":"echo","msg_id":1)"), HasSubstr("echo_ok"))
      << "all is well when the output was written";
}

TEST(Node, TimersRunInVirtualTime) {
  StartedNode node;
  int beats = 0;
  node.node().after(250ms, [&] { node.node().send("n2", {{"type", "once"}}); });
  const auto beat = node.node().every(100ms, [&] { ++beats; });
  EXPECT_EQ(node.wait(249ms), "");
  EXPECT_EQ(node.wait(1ms), from_n1("n2", R"("type":"once")"));
  EXPECT_EQ(beats, 2);
  EXPECT_TRUE(node.node().cancel(beat));
  node.wait(1s);
  EXPECT_EQ(beats, 2);
  EXPECT_EQ(node.process().next_tick(), std::nullopt);
}

TEST(Node, TimeNeverGoesBack) {
  StartedNode node;
  const Time before = node.node().now();
  node.process().tick(before - 5s);
  EXPECT_EQ(node.node().now(), before);
}

TEST(Node, MessagesOfOneSenderAreHandledInOrder) {
  std::vector<std::int64_t> seen;
  StartedNode node([&](Node& n) {
    n.on("count",
         [&](const Message& message) { seen.push_back(required_integer(message.body, "n")); });
  });
  for (int i = 0; i < 5; ++i) node.give("n2", R"("type":"count","n":)" + std::to_string(i));
  EXPECT_EQ(seen, (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace bruit::maelstrom
