// Coroutines on a node: awaiting calls and time, typed handlers, cancelling, failing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "bruit/maelstrom/node.h"
#include "maelstrom/driven_node.h"

namespace bruit::maelstrom {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Get {
  static constexpr std::string_view type = "get";
  std::string key;
  static constexpr auto fields = std::tuple(field("key", &Get::key));
};

struct GetOk {
  static constexpr std::string_view type = "get_ok";
  std::int64_t value = 0;
  static constexpr auto fields = std::tuple(field("value", &GetOk::value));
};

// Counts how often it was destroyed.
struct Tracker {
  int* destroyed;
  explicit Tracker(int& count) : destroyed(&count) {}
  Tracker(const Tracker&) = delete;
  Tracker& operator=(const Tracker&) = delete;
  ~Tracker() { ++*destroyed; }
};

// Asks n2 what it was asked, and passes the answer on.
void relay(Node& node) {
  node.on("ask", [&node](const Message& request) -> Task<> {
    json::object question = request.body;
    question["type"] = "get";
    const Message answer = co_await node.call("n2", question, 500ms);
    // `request` is alive still, although receive() returned long ago.
    json::object reply{{"type", "ask_ok"}, {"answer", answer.body.at("value")}};
    node.reply(request, reply);
  });
}

TEST(Coroutine, AHandlerAwaitsACall) {
  StartedNode node(relay);
  EXPECT_EQ(node.give("c1", R"("type":"ask","msg_id":7,"key":"k")"),
            from_n1("n2", R"("type":"get","key":"k","msg_id":1)"));
  EXPECT_EQ(node.node().tasks(), 1U);
  EXPECT_EQ(node.give("n2", R"("type":"get_ok","in_reply_to":1,"value":42)"),
            from_n1("c1", R"("type":"ask_ok","answer":42,"in_reply_to":7)"));
  EXPECT_EQ(node.node().tasks(), 0U);
}

TEST(Coroutine, WhileOneHandlerWaitsOthersRunAndFinishInAnyOrder) {
  StartedNode node(relay);
  node.give("c1", R"("type":"ask","msg_id":1)");
  node.give("c2", R"("type":"ask","msg_id":2)");
  EXPECT_EQ(node.give("n2", R"("type":"get_ok","in_reply_to":2,"value":"b")"),
            from_n1("c2", R"("type":"ask_ok","answer":"b","in_reply_to":2)"));
  EXPECT_EQ(node.give("n2", R"("type":"get_ok","in_reply_to":1,"value":"a")"),
            from_n1("c1", R"("type":"ask_ok","answer":"a","in_reply_to":1)"));
}

TEST(Coroutine, WhatACallFailsWithReachesTheClientUnlessCaught) {
  StartedNode node(relay);
  node.give("c1", R"("type":"ask","msg_id":1)");
  EXPECT_EQ(node.give("n2", R"("type":"error","in_reply_to":1,"code":20,"text":"no such key")"),
            from_n1("c1", R"("type":"error","in_reply_to":1,"code":20,"text":"no such key")"));
  node.give("c1", R"("type":"ask","msg_id":2)");
  EXPECT_EQ(node.wait(500ms),
            from_n1("c1", R"("type":"error","in_reply_to":2,"code":0,"text":"no reply from n2")"));
  node.give("c1", R"("type":"ask","msg_id":3)");
  EXPECT_THAT(node.give("n2", R"("type":"get_ok","in_reply_to":3)"), HasSubstr(R"("code":13)"))
      << "an answer without a value is a bug somewhere: crash";
  EXPECT_EQ(node.node().tasks(), 0U);
}

TEST(Coroutine, ACoroutineThatThrowsBeforeItsFirstWaitRepliesAtOnce) {
  StartedNode node([](Node& n) {
    n.on("bad", [](const Message&) -> Task<> {
      throw RpcError(ErrorCode::abort, "no");
      co_return;
    });
  });
  EXPECT_THAT(node.give("c1", R"("type":"bad","msg_id":1)"), HasSubstr(R"("code":14)"));
}

TEST(Coroutine, CallsOnTheirWayTogetherAreAwaitedInAnyOrder) {
  std::vector<std::int64_t> sum;
  StartedNode node;
  const auto both = [](Node& n, std::vector<std::int64_t>& seen) -> Task<> {
    Call first = n.call("n2", Get{"a"}, 1s);
    Call second = n.call("n3", Get{"b"}, 1s);
    seen.push_back((co_await std::move(second)).body.at("value").as_int64());
    const CallResult result = co_await std::move(first).result();
    seen.push_back(result.ok() ? result.message().body.at("value").as_int64() : -1);
  };
  node.node().spawn(both(node.node(), sum));
  EXPECT_EQ(node.wait(0s), from_n1("n2", R"("type":"get","key":"a","msg_id":1)") + "\n" +
                               from_n1("n3", R"("type":"get","key":"b","msg_id":2)"));
  node.give("n2", R"("type":"get_ok","in_reply_to":1,"value":1)");
  EXPECT_TRUE(sum.empty());
  node.give("n3", R"("type":"get_ok","in_reply_to":2,"value":2)");
  EXPECT_EQ(sum, (std::vector<std::int64_t>{2, 1}));
}

TEST(Coroutine, TypedHandlersReturnTheirReply) {
  StartedNode node([](Node& n) {
    n.on<Get>([](const Get& get) { return GetOk{static_cast<std::int64_t>(get.key.size())}; });
  });
  EXPECT_EQ(node.give("c1", R"("type":"get","msg_id":1,"key":"four")"),
            from_n1("c1", R"("type":"get_ok","value":4,"in_reply_to":1)"));
  EXPECT_THAT(node.give("c1", R"("type":"get","msg_id":2,"key":4)"),
              HasSubstr(R"("code":12,"text":"field \"key\" must be a string, not an integer")"));
}

TEST(Coroutine, TypedHandlersMayBeCoroutines) {
  StartedNode node([](Node& n) {
    n.on<Get>([&n](const Get& get) -> Task<GetOk> {
      const GetOk there = co_await n.ask<GetOk>("n2", get, 1s);
      co_await n.sleep(100ms);
      co_return GetOk{there.value + static_cast<std::int64_t>(get.key.size())};
    });
  });
  EXPECT_EQ(node.give("c1", R"("type":"get","msg_id":1,"key":"k")"),
            from_n1("n2", R"("type":"get","key":"k","msg_id":1)"));
  EXPECT_EQ(node.give("n2", R"("type":"get_ok","in_reply_to":1,"value":41)"), "");
  EXPECT_EQ(node.wait(100ms), from_n1("c1", R"("type":"get_ok","value":42,"in_reply_to":1)"));
  EXPECT_THAT(node.give("c1", R"("type":"get","msg_id":2)"), HasSubstr(R"(\"key\" is missing)"));
  node.give("c1", R"("type":"get","msg_id":3,"key":"k")");
  EXPECT_THAT(node.give("n2", R"("type":"got","in_reply_to":2,"value":41)"),
              HasSubstr(R"(n2 replied with \"got\" instead of \"get_ok\")"));
}

TEST(Coroutine, TypedHandlersWithTheMessageReplyThemselves) {
  StartedNode node([](Node& n) {
    n.on<Get>(
        [&n](const Get&, const Message& message) { n.reply(message, GetOk{message.src == "c1"}); });
  });
  EXPECT_EQ(node.give("c1", R"("type":"get","msg_id":1,"key":"k")"),
            from_n1("c1", R"("type":"get_ok","value":1,"in_reply_to":1)"));
}

Task<> hold(Node& node, int& destroyed, bool& ended) {
  const Tracker tracker(destroyed);
  json::object body{{"type", "get"}};
  co_await node.call("n2", body, 1s);
  ended = true;
}

TEST(Coroutine, CancellingATaskDestroysItAndGivesUpWhatItWaitsFor) {
  StartedNode node;
  int destroyed = 0;
  bool ended = false;
  const TaskId task = node.node().spawn(hold(node.node(), destroyed, ended));
  EXPECT_EQ(node.node().pending_calls(), 1U);
  EXPECT_TRUE(node.node().cancel(task));
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(node.node().pending_calls(), 0U);
  EXPECT_FALSE(node.node().cancel(task));
  node.give("n2", R"("type":"get_ok","in_reply_to":1)");
  node.wait(2s);
  EXPECT_FALSE(ended);
}

TEST(Coroutine, ASleepingTaskThatIsCancelledLeavesNoTimer) {
  StartedNode node;
  const auto nap = [](Node& n) -> Task<> { co_await n.sleep(1s); };
  const TaskId task = node.node().spawn(nap(node.node()));
  EXPECT_TRUE(node.process().next_tick().has_value());
  node.node().cancel(task);
  EXPECT_FALSE(node.process().next_tick().has_value());
}

TEST(Coroutine, ATaskMayCancelItselfAndEndsWhereItWaitsNext) {
  StartedNode node;
  int destroyed = 0;
  std::vector<std::string> steps;
  TaskId own;
  const auto task = [](Node& n, TaskId& self, int& count,
                       std::vector<std::string>& seen) -> Task<> {
    const Tracker tracker(count);
    co_await n.sleep(1ms);
    EXPECT_TRUE(n.cancel(self));
    seen.emplace_back("still running");
    co_await n.sleep(1ms);
    seen.emplace_back("never");
  };
  own = node.node().spawn(task(node.node(), own, destroyed, steps));
  node.wait(10ms);
  EXPECT_EQ(steps, std::vector<std::string>{"still running"});
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(node.node().tasks(), 0U);
}

TEST(Coroutine, TasksThatWaitAreDestroyedWithTheNode) {
  int destroyed = 0;
  bool ended = false;
  {
    StartedNode node;
    node.node().spawn(hold(node.node(), destroyed, ended));
    node.node().spawn(hold(node.node(), destroyed, ended));
  }
  EXPECT_EQ(destroyed, 2);
  EXPECT_FALSE(ended);
}

TEST(Coroutine, WhatASpawnedTaskThrowsIsLogged) {
  StartedNode node;
  const auto fail = [](Node& n) -> Task<> {
    co_await n.sleep(1ms);
    throw std::runtime_error("in a task");
  };
  node.node().spawn(fail(node.node()));
  node.wait(1ms);
  EXPECT_THAT(node.take_log(), HasSubstr("error: a task threw: in a task"));
}

TEST(Coroutine, TasksAreBounded) {
  NodeOptions options;
  options.tasks_limit = 2;
  StartedNode node(relay, options);
  node.give("c1", R"("type":"ask","msg_id":1)");
  node.give("c1", R"("type":"ask","msg_id":2)");
  EXPECT_THAT(node.give("c1", R"("type":"ask","msg_id":3)"),
              HasSubstr(R"("in_reply_to":3,"code":11,"text":"2 tasks are running)"));
}

TEST(Coroutine, CallingADeadPeerAMillionTimesCostsBoundedMemory) {
  NodeOptions options;
  options.pending_calls_limit = 100;
  StartedNode node(
      [](Node& n) {
        n.on("storm", [&n](const Message&) {
          for (int i = 0; i < 1'000'000; ++i) n.rpc("n3", Get{"k"}, 1s, {});
        });
      },
      options);
  EXPECT_THAT(node.give("c1", R"("type":"storm","msg_id":1)"),
              HasSubstr(R"("code":11,"text":"100 calls await a reply, which is the limit")"));
  EXPECT_EQ(node.node().pending_calls(), 100U);
  node.wait(1s);
  EXPECT_EQ(node.node().pending_calls(), 0U);
}

TEST(CallUntilAnswered, RepeatsWithGrowingWaitsUntilThereIsAnAnswer) {
  StartedNode node;
  std::string outcome;
  const auto ask = [](Node& n, std::string& result) -> Task<> {
    json::object body{{"type", "get"}};
    const RetryPolicy retry{.first = 100ms, .longest = 400ms, .attempts = 0};
    const Message answer = co_await n.call_until_answered("n2", body, retry);
    result = answer.type();
  };
  node.node().spawn(ask(node.node(), outcome));
  EXPECT_THAT(node.wait(0ms), HasSubstr(R"("msg_id":1)"));
  std::size_t repeats = 0;
  for (int i = 0; i < 100; ++i) {
    if (!node.wait(100ms).empty()) ++repeats;
  }
  EXPECT_GE(repeats, 24U) << "10 s at no more than 400 ms each";
  EXPECT_LE(repeats, 36U) << "and no less than three quarters of that";
  EXPECT_EQ(node.node().pending_calls(), 1U);
  const std::string last = std::to_string(repeats + 1);
  node.give("n2", R"("type":"get_ok","in_reply_to":)" + last);
  EXPECT_EQ(outcome, "get_ok");
}

TEST(CallUntilAnswered, StopsAtADefiniteErrorAndAfterSoManyAttempts) {
  StartedNode node;
  std::string outcome;
  const auto ask = [](Node& n, std::string& result) -> Task<> {
    try {
      json::object body{{"type", "get"}};
      const RetryPolicy retry{.first = 100ms, .longest = 400ms, .attempts = 2};
      co_await n.call_until_answered("n2", body, retry);
    } catch (const RpcError& error) {
      result = to_string(error.code());
    }
  };
  node.node().spawn(ask(node.node(), outcome));
  node.give("n2", R"("type":"error","in_reply_to":1,"code":11,"text":"busy")");
  EXPECT_EQ(outcome, "") << "temporarily-unavailable is worth another attempt";
  node.wait(100ms);
  node.give("n2", R"("type":"error","in_reply_to":2,"code":22,"text":"no")");
  EXPECT_EQ(outcome, "precondition-failed");
  node.node().spawn(ask(node.node(), outcome));
  node.wait(2s);
  EXPECT_EQ(outcome, "timeout");
}

}  // namespace
}  // namespace bruit::maelstrom
