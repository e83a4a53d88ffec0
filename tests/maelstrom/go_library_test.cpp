// The unit tests of Maelstrom's Go library (demo/go: node_test.go, kv_test.go, rpc_error_test.go),
// each under its name: the same lines in, and what this library does with them. Where it means to
// do something else, the comment says why. docs/from-go.md lists them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "bruit/maelstrom/kv.h"
#include "maelstrom/driven_node.h"

namespace bruit::maelstrom {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view foo_request = R"("type":"foo","bar":"baz","msg_id":1)";

json::object foo() { return {{"type", "foo"}, {"bar", "baz"}}; }

// --- TestNode_Run ---

// There the process ends; here the line is named in the log and the next one is read.
TEST(GoLibraryRun, ErrMalformedInputJSON) {
  DrivenNode node(application([](Node&) {}));
  EXPECT_EQ(node.give(""), "");
  EXPECT_THAT(node.take_log(), HasSubstr("warning: skipped a line: not JSON"));
  EXPECT_THAT(node.init(), HasSubstr("init_ok")) << "and the node lives";
}

// There the process ends; here the sender is told.
TEST(GoLibraryRun, ErrMissingHandler) {
  StartedNode node;
  EXPECT_THAT(
      node.give("c1", R"("type":"echo","msg_id":1)"),
      HasSubstr(R"("in_reply_to":1,"code":10,"text":"this node does not handle \"echo\"")"));
}

TEST(GoLibraryRun, ReturnRPCError) {
  StartedNode node([](Node& n) {
    n.on("foo", [](const Message&) { throw RpcError(ErrorCode::not_supported, "bad call"); });
  });
  EXPECT_EQ(node.give("c1", R"("type":"foo","msg_id":1000)"),
            from_n1("c1", R"("type":"error","in_reply_to":1000,"code":10,"text":"bad call")"));
}

TEST(GoLibraryRun, ReturnNonRPCError) {
  StartedNode node(
      [](Node& n) { n.on("foo", [](const Message&) { throw std::runtime_error("bad call"); }); });
  EXPECT_EQ(node.give("c1", R"("type":"foo","msg_id":1000)"),
            from_n1("c1", R"("type":"error","in_reply_to":1000,"code":13,"text":"bad call")"));
}

TEST(GoLibraryRun, Init) {
  std::string id;
  std::vector<std::string> ids;
  DrivenNode node(application([&](Node& n) {
    n.on("init", [&](const Message&) {
      id = n.id();
      ids = n.node_ids();
    });
  }));
  EXPECT_EQ(node.init(), from_n1("c0", R"("type":"init_ok","in_reply_to":1)"));
  EXPECT_EQ(id, "n1");
  EXPECT_EQ(ids, (std::vector<std::string>{"n1", "n2", "n3"}));
}

// There the reply keeps the request's msg_id, here it has none: nobody is to answer it.
TEST(GoLibraryRun, Echo) {
  StartedNode node([](Node& n) {
    n.on("echo", [&n](const Message& request) {
      auto body = request.body;
      body["type"] = "echo_ok";
      n.reply(request, body);
    });
  });
  EXPECT_EQ(node.give("c1", R"("type":"echo","msg_id":2)"),
            from_n1("c1", R"("type":"echo_ok","in_reply_to":2)"));
}

// --- TestNode_Handle ---

TEST(GoLibraryHandle, ErrDuplicate) {
  StartedNode node;
  node.node().on("foo", [](const Message&) {});
  try {
    node.node().on("foo", [](const Message&) {});
    FAIL() << "a second handler was accepted";
  } catch (const std::logic_error& error) {
    EXPECT_STREQ(error.what(), R"(there is a handler for "foo" already)");
  }
}

// --- TestNode_RPC ---

TEST(GoLibraryRpc, OK) {
  StartedNode node;
  std::optional<Message> answer;
  node.node().rpc("n2", foo(), 5s, [&](CallResult result) { answer = std::move(result).take(); });
  EXPECT_EQ(node.wait(0s), from_n1("n2", foo_request));
  node.give("n2", R"("type":"foo_ok","msg_id":2,"in_reply_to":1)");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->src, "n2");
  EXPECT_EQ(answer->dest, "n1");
  EXPECT_EQ(answer->body, (json::object{{"type", "foo_ok"}, {"msg_id", 2}, {"in_reply_to", 1}}));
}

TEST(GoLibraryRpc, SkipMissingCallback) {
  StartedNode node;
  EXPECT_EQ(node.give("n2", R"("type":"foo_ok","msg_id":2,"in_reply_to":1000)"), "");
  EXPECT_THAT(node.take_log(), HasSubstr("dropped a reply from n2 to call 1000"));
}

// --- TestNode_SyncRPC ---

// Awaits foo at n2 and keeps what it came to.
struct SyncRpc : StartedNode {
  std::optional<Message> answer;
  std::optional<RpcError> error;

  explicit SyncRpc(Duration timeout) {
    node().spawn(call(*this, timeout));
    EXPECT_EQ(wait(0s), from_n1("n2", foo_request));
  }
  static Task<> call(SyncRpc& test, Duration timeout) {
    try {
      test.answer = co_await test.node().call("n2", foo(), timeout);
    } catch (const RpcError& thrown) {
      test.error = thrown;
    }
  }
};

TEST(GoLibrarySyncRpc, OK) {
  SyncRpc test(5s);
  test.give("n2", R"("type":"foo_ok","msg_id":2,"in_reply_to":1)");
  ASSERT_TRUE(test.answer);
  EXPECT_EQ(test.answer->src, "n2");
  EXPECT_EQ(test.answer->type(), "foo_ok");
}

TEST(GoLibrarySyncRpc, ErrContextTimeout) {
  SyncRpc test(100ms);
  test.wait(99ms);
  EXPECT_FALSE(test.error);
  test.wait(1ms);
  ASSERT_TRUE(test.error);
  EXPECT_EQ(test.error->code(), ErrorCode::timeout);
  EXPECT_STREQ(test.error->what(), "no reply from n2");
  EXPECT_EQ(test.node().pending_calls(), 0U) << "there the callback stays in the table for ever";
}

// An error is a reply of type "error", as the protocol says; there any reply with a code is one.
TEST(GoLibrarySyncRpc, RPCError) {
  SyncRpc test(5s);
  test.give("n2", R"("type":"error","in_reply_to":1,"code":20,"text":"key does not exist")");
  ASSERT_TRUE(test.error);
  EXPECT_EQ(test.error->code(), ErrorCode::key_does_not_exist);
  EXPECT_STREQ(test.error->what(), "key does not exist");
}

// --- kv_test.go, and the operations that it leaves out ---

struct Payload {
  std::int64_t counter = 0;
  static constexpr auto fields = std::tuple(field("Counter", &Payload::counter));
};

// Runs one operation of a client of seq-kv: its request, and after answer() what it came to.
struct Kv : StartedNode {
  KeyValueStore store = seq_kv(node());
  std::string outcome;

  template <typename Operation>
  std::string start(Operation operation) {
    node().spawn(run(*this, operation));
    return wait(0s);
  }
  std::string answer(std::string_view members) {
    give("seq-kv", members);
    return outcome;
  }

 private:
  template <typename Operation>
  static Task<> run(Kv& test, Operation operation) {
    try {
      test.outcome = co_await operation(test.store);
    } catch (const RpcError& error) {
      test.outcome = std::string(to_string(error.code())) + ": " + error.what();
    }
  }
};

Task<std::string> read_struct(KeyValueStore& store) {
  const auto payload = co_await store.read<Payload>("foo");
  co_return std::to_string(payload.counter);
}
Task<std::string> read_or(KeyValueStore& store) {
  co_return std::to_string(co_await store.read_or<std::int64_t>("foo", -1));
}
Task<std::string> write(KeyValueStore& store) {
  co_await store.write("foo", 13);
  co_return "written";
}
Task<std::string> swap(KeyValueStore& store) {
  const bool swapped = co_await store.compare_and_swap("foo", 13, 14);
  co_return swapped ? "swapped" : "not swapped";
}
Task<std::string> swap_or_create(KeyValueStore& store) {
  const bool swapped = co_await store.compare_and_swap("foo", 0, 14, true);
  co_return swapped ? "swapped" : "not swapped";
}

std::string to_seq_kv(std::string_view members) { return from_n1("seq-kv", members); }

constexpr std::string_view no_key =
    R"("type":"error","in_reply_to":1,"code":20,"text":"key does not exist")";
constexpr std::string_view mismatch =
    R"("type":"error","in_reply_to":1,"code":22,"text":"current value 12 is not 13")";

TEST(GoLibraryKv, ReadStructOK) {
  Kv kv;
  EXPECT_EQ(kv.start(read_struct), to_seq_kv(R"("type":"read","key":"foo","msg_id":1)"));
  EXPECT_EQ(kv.answer(R"("type":"read_ok","value":{"Counter":13},"msg_id":2,"in_reply_to":1)"),
            "13");
}

TEST(GoLibraryKv, ReadStructRPCError) {
  Kv kv;
  kv.start(read_struct);
  EXPECT_EQ(kv.answer(no_key), "key-does-not-exist: key does not exist");
}

TEST(GoLibraryKv, ReadingAValueOfAnotherTypeNamesTheField) {
  Kv kv;
  kv.start(read_struct);
  EXPECT_THAT(kv.answer(R"("type":"read_ok","value":{"Counter":"x"},"in_reply_to":1)"),
              HasSubstr(R"(malformed-request: field "value.Counter" must be an integer)"));
}

TEST(GoLibraryKv, ReadOrDefault) {
  Kv missing;
  missing.start(read_or);
  EXPECT_EQ(missing.answer(no_key), "-1");
  Kv there;
  there.start(read_or);
  EXPECT_EQ(there.answer(R"("type":"read_ok","value":7,"in_reply_to":1)"), "7");
}

TEST(GoLibraryKv, Write) {
  Kv kv;
  EXPECT_EQ(kv.start(write), to_seq_kv(R"("type":"write","key":"foo","value":13,"msg_id":1)"));
  EXPECT_EQ(kv.answer(R"("type":"write_ok","in_reply_to":1)"), "written");
}

TEST(GoLibraryKv, CompareAndSwap) {
  Kv kv;
  EXPECT_EQ(kv.start(swap), to_seq_kv(R"("type":"cas","key":"foo","from":13,"to":14,"msg_id":1)"));
  EXPECT_EQ(kv.answer(R"("type":"cas_ok","in_reply_to":1)"), "swapped");
  Kv other;
  other.start(swap);
  EXPECT_EQ(other.answer(mismatch), "not swapped");
  Kv missing;
  missing.start(swap);
  EXPECT_EQ(missing.answer(no_key), "key-does-not-exist: key does not exist");
}

TEST(GoLibraryKv, CompareAndSwapCreatesIfNotExists) {
  Kv kv;
  EXPECT_EQ(kv.start(swap_or_create), to_seq_kv(R"("type":"cas","key":"foo","from":0,"to":14,)"
                                                R"("create_if_not_exists":true,"msg_id":1)"));
  EXPECT_EQ(kv.answer(R"("type":"cas_ok","in_reply_to":1)"), "swapped");
}

TEST(GoLibraryKv, AnOperationWithoutAnswerIsATimeout) {
  Kv kv;
  kv.start(write);
  kv.wait(1s);
  EXPECT_EQ(kv.outcome, "timeout: no reply from seq-kv");
}

// --- rpc_error_test.go ---

TEST(GoLibraryRpcError, ErrorCodeText) {
  using Row = std::pair<std::int64_t, std::string_view>;
  for (const auto& [code, text] :
       {Row{0, "timeout"}, Row{1, "node-not-found"}, Row{10, "not-supported"},
        Row{11, "temporarily-unavailable"}, Row{12, "malformed-request"}, Row{13, "crash"},
        Row{14, "abort"}, Row{20, "key-does-not-exist"}, Row{21, "key-already-exists"},
        Row{22, "precondition-failed"}, Row{30, "txn-conflict"}, Row{1000, "unknown"}}) {
    EXPECT_EQ(to_string(ErrorCode{code}), text) << code;
  }
}

TEST(GoLibraryRpcError, Error) {
  EXPECT_EQ(describe(RpcError(ErrorCode::crash, "foo")), "crash (13): foo");
  EXPECT_EQ(describe(RpcError(ErrorCode{1000}, "foo")), "error 1000: foo");
}

}  // namespace
}  // namespace bruit::maelstrom
