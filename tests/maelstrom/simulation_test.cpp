#include "bruit/maelstrom/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "bruit/maelstrom/broadcast_node.h"
#include "bruit/maelstrom/kv.h"

namespace bruit::maelstrom {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Forwards "pass" to a peer and answers when the peer has; answers "mark" at once.
struct Relay {
  explicit Relay(Node& node) {
    node.on("mark", [&node](const Message& request) {
      node.reply(request, {{"type", "mark_ok"}});
    });
    node.on("pass", [&node](const Message& request) -> Task<> {
      const json::object body{{"type", "mark"}};
      co_await node.call(required_string(request.body, "to"), body, 1s);
      const json::object reply{{"type", "pass_ok"}};
      node.reply(request, reply);
    });
  }
};

json::object pass_to(std::string_view node) { return {{"type", "pass"}, {"to", node}}; }

TEST(Simulation, MessagesBetweenNodesTakeTheLinksLatencyAndClientsNone) {
  Simulation cluster(application<Relay>(), {.nodes = 2, .link = {.latency = 100ms}});
  auto client = cluster.client();
  client.call("n0", {{"type", "mark"}});
  EXPECT_EQ(cluster.now(), 0ms);
  client.call("n0", pass_to("n1"));
  EXPECT_EQ(cluster.now(), 200ms);
  EXPECT_EQ(cluster.traffic().sent, 2U);
  EXPECT_EQ(cluster.traffic().delivered, 2U);
}

TEST(Simulation, ANodeThatSendsToItselfWaitsAsWell) {
  Simulation cluster(application<Relay>(), {.nodes = 1, .link = {.latency = 30ms}});
  cluster.client().call("n0", pass_to("n0"));
  EXPECT_EQ(cluster.now(), 60ms);
}

TEST(Simulation, ErrorsAndTimeoutsOfRequestsAreThrown) {
  Simulation cluster(application<Relay>(), {.nodes = 2});
  auto client = cluster.client();
  EXPECT_THROW(client.call("n0", {{"type", "unknown"}}), RpcError);
  cluster.kill("n1");
  try {
    client.call("n1", {{"type", "mark"}}, 3s);
    FAIL();
  } catch (const RpcError& error) {
    EXPECT_EQ(error.code(), ErrorCode::timeout);
    EXPECT_EQ(cluster.now(), 3s);
  }
}

TEST(Simulation, APartitionLosesWhatIsUnderWayAndHealingEndsIt) {
  Simulation cluster(application<Relay>(), {.nodes = 3, .link = {.latency = 100ms}});
  auto client = cluster.client();
  auto request = client.start("n0", pass_to("n1"));
  cluster.run_for(50ms);
  cluster.partition({{"n0"}, {"n1", "n2"}});
  cluster.run_for(2s);
  ASSERT_TRUE(request.done());
  EXPECT_EQ(request.result().error().code(), ErrorCode::timeout);
  EXPECT_EQ(request.ended() - request.started(), 1s) << "the node's own call timed out";
  EXPECT_NO_THROW(client.call("n1", pass_to("n2"))) << "on the same side";
  cluster.heal();
  EXPECT_NO_THROW(client.call("n0", pass_to("n1")));
}

TEST(Simulation, ACutIsOneWay) {
  Simulation cluster(application<Relay>(), {.nodes = 2});
  std::vector<std::string> seen;
  cluster.observe([&](const Message& message) {
    if (message.src.starts_with('n') && message.dest.starts_with('n')) {
      seen.push_back(message.src + " " + std::string(message.type()));
    }
  });
  cluster.cut("n1", "n0");
  EXPECT_THROW(cluster.client().call("n0", pass_to("n1")), RpcError);
  EXPECT_EQ(seen, (std::vector<std::string>{"n0 mark", "n1 mark_ok"})) << "the request arrived";
  EXPECT_EQ(cluster.traffic().lost, 1U);
}

TEST(Simulation, LossAndDuplicationFollowTheirProbabilities) {
  struct Sink {
    explicit Sink(Node& node) {
      node.on("burst", [&node](const Message& request) {
        for (int i = 0; i < 10'000; ++i) node.send("n1", {{"type", "drop"}});
        node.reply(request, {{"type", "burst_ok"}});
      });
      node.on("drop", [](const Message&) {});
    }
  };
  Simulation cluster(application<Sink>(), {.nodes = 2, .link = {.loss = 0.2, .duplication = 0.5}});
  cluster.client().call("n0", {{"type", "burst"}});
  cluster.run_for(1s);
  EXPECT_EQ(cluster.traffic().sent, 10'000U);
  EXPECT_NEAR(static_cast<double>(cluster.traffic().lost), 2'000, 200);
  EXPECT_NEAR(static_cast<double>(cluster.traffic().delivered), 12'000, 300);
}

TEST(Simulation, ARestartedNodeHasForgottenEverything) {
  struct Memory {
    explicit Memory(Node& node) {
      node.on("count", [&node, this](const Message& request) {
        node.reply(request, {{"type", "count_ok"}, {"n", ++n}});
      });
    }
    int n = 0;
  };
  Simulation cluster(application<Memory>(), {.nodes = 1});
  auto client = cluster.client();
  const auto count = [&] { return client.call("n0", {{"type", "count"}}).body.at("n").as_int64(); };
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(count(), 2);
  cluster.restart("n0");
  EXPECT_EQ(count(), 1);
  EXPECT_NE(cluster.node("n0"), nullptr);
  cluster.kill("n0");
  EXPECT_EQ(cluster.node("n0"), nullptr);
}

TEST(Simulation, ATimerOfADeadProcessDoesNotRun) {
  int beats = 0;
  Simulation cluster(application([&beats](Node& node) { node.every(10ms, [&beats] { ++beats; }); }),
                     {.nodes = 1});
  cluster.run_for(95ms);
  EXPECT_EQ(beats, 9);
  cluster.kill("n0");
  cluster.run_for(1s);
  EXPECT_EQ(beats, 9);
  cluster.restart("n0");
  cluster.run_for(95ms);
  EXPECT_EQ(beats, 18);
}

TEST(Simulation, WritingToNobodyIsAnErrorOfTheTest) {
  Simulation cluster(application<Relay>(), {.nodes = 2});
  try {
    cluster.client().call("n0", pass_to("n7"));
    FAIL();
  } catch (const std::logic_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("n0 wrote to n7, which does not exist"));
  }
}

TEST(Simulation, ANodeThatFailsToStartIsNamed) {
  EXPECT_THROW(Simulation(application([](Node&) { throw std::runtime_error("no disk"); })),
               std::runtime_error);
}

TEST(Simulation, LogsAreKeptWithTheirTime) {
  Simulation cluster(application(
      [](Node& node) { node.after(1500ms, [] { throw std::runtime_error("too late"); }); }));
  cluster.run_for(2s);
  EXPECT_EQ(cluster.log("n0"), "1.500 s error: a timer threw: too late\n");
}

// A broadcast cluster under everything at once.
std::uint64_t stormy_run(std::uint64_t seed) {
  core::StrategyOptions options;
  options.kind = core::StrategyKind::reliable_flood;
  Simulation cluster(broadcast_application(options),
                     {.nodes = 5,
                      .seed = seed,
                      .link = {.latency = 50ms, .jitter = 100ms, .loss = 0.1, .duplication = 0.1}});
  auto client = cluster.client();
  for (int value = 0; value < 50; ++value) {
    const std::string node = "n" + std::to_string(value % 5);
    client.start(node, json::object{{"type", "broadcast"}, {"message", value}});
    if (value == 10) cluster.partition({{"n0", "n1"}, {"n2", "n3", "n4"}});
    if (value == 40) cluster.heal();
    cluster.run_for(100ms);
  }
  cluster.run_for(20s);
  for (const auto& node : cluster.node_ids()) {
    std::set<std::int64_t> seen;
    const Message reply = client.call(node, json::object{{"type", "read"}});
    for (const auto& value : reply.body.at("messages").as_array()) seen.insert(value.as_int64());
    EXPECT_EQ(seen.size(), 50U) << node << " with seed " << seed;
  }
  return cluster.fingerprint();
}

TEST(Simulation, ABroadcastClusterLosesNothingWhateverTheSeed) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) stormy_run(seed);
}

TEST(Simulation, TheSameSeedGivesTheSameRunAndAnotherSeedAnother) {
  EXPECT_EQ(stormy_run(7), stormy_run(7));
  EXPECT_NE(stormy_run(7), stormy_run(8));
}

// --- The services ---

// Runs one operation on a service and keeps what it came to.
struct Operations {
  explicit Operations(Node& node) : node_(node) {
    node.on("run", [this](const Message& request) -> Task<> { return run(request); });
  }

  Task<> run(const Message& request) {
    const std::string service(required_string(request.body, "service"));
    const std::string operation(required_string(request.body, "operation"));
    KeyValueStore store(node_, service);
    json::object reply{{"type", "run_ok"}};
    if (operation == "read") {
      reply["value"] = co_await store.read<std::int64_t>("k");
    } else if (operation == "read_or") {
      reply["value"] = co_await store.read_or<std::int64_t>("k", -1);
    } else if (operation == "write") {
      co_await store.write("k", required_integer(request.body, "to"));
    } else if (operation == "ts") {
      TimestampOracle oracle(node_);
      reply["value"] = co_await oracle.next();
    } else {
      const std::int64_t from = required_integer(request.body, "from");
      const std::int64_t to = required_integer(request.body, "to");
      reply["value"] = co_await store.compare_and_swap("k", from, to, operation == "create");
    }
    node_.reply(request, reply);
  }

 private:
  Node& node_;
};

struct ServiceTest : testing::Test {
  Simulation cluster{application<Operations>(), {.nodes = 2, .link = {.latency = 10ms}}};
  SimulatedClient client = cluster.client();

  // The result as text: the value, or the error's name.
  std::string run(std::string_view node, std::string_view service, std::string_view operation,
                  std::int64_t from = 0, std::int64_t to = 0) {
    try {
      const Message reply = client.call(node, json::object{{"type", "run"},
                                                           {"service", service},
                                                           {"operation", operation},
                                                           {"from", from},
                                                           {"to", to}});
      const auto* value = reply.body.if_contains("value");
      return value == nullptr ? "ok" : canonical_json(*value);
    } catch (const RpcError& error) {
      return std::string(to_string(error.code()));
    }
  }
};

TEST_F(ServiceTest, LinKvReadsWritesAndSwaps) {
  EXPECT_EQ(run("n0", "lin-kv", "read"), "key-does-not-exist");
  EXPECT_EQ(run("n0", "lin-kv", "read_or"), "-1");
  EXPECT_EQ(run("n0", "lin-kv", "cas", 0, 1), "key-does-not-exist");
  EXPECT_EQ(run("n0", "lin-kv", "create", 0, 1), "true");
  EXPECT_EQ(run("n1", "lin-kv", "create", 0, 2), "false") << "it is 1";
  EXPECT_EQ(run("n1", "lin-kv", "cas", 1, 2), "true");
  EXPECT_EQ(run("n0", "lin-kv", "write", 0, 7), "ok");
  EXPECT_EQ(run("n1", "lin-kv", "read"), "7");
}

TEST_F(ServiceTest, SeqKvMayAnswerFromThePastButNeverGoesBack) {
  for (int value = 1; value <= 20; ++value) run("n0", "seq-kv", "write", 0, value);
  EXPECT_EQ(run("n0", "seq-kv", "read"), "20") << "a node sees its own writes";
  std::int64_t last = -1;
  bool stale = false;
  for (int i = 0; i < 60; ++i) {
    const std::int64_t value = std::stoll(run("n1", "seq-kv", "read_or"));
    EXPECT_GE(value, last);
    stale = stale || value != 20;
    last = value;
  }
  EXPECT_TRUE(stale) << "the simulation shows what a sequential store may do";
  EXPECT_EQ(last, 20) << "who only reads sees the newest state in the end";
  EXPECT_EQ(run("n1", "seq-kv", "write", 0, 21), "ok");
  EXPECT_EQ(run("n1", "seq-kv", "read"), "21") << "whoever has written sees the newest state";
}

TEST_F(ServiceTest, SeqKvRemembersThirtyTwoStates) {
  for (int value = 1; value <= 100; ++value) run("n0", "seq-kv", "write", 0, value);
  EXPECT_GE(std::stoll(run("n1", "seq-kv", "read")), 69);
}

TEST_F(ServiceTest, LwwKvKeepsOneOfTwoWritesInTheEnd) {
  for (int value = 1; value <= 8; ++value) run("n0", "lww-kv", "write", 0, value);
  for (int i = 0; i < 50; ++i) run("n0", "lww-kv", "read_or");
  const std::string last = run("n0", "lww-kv", "read");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(run("n1", "lww-kv", "read"), last);
  EXPECT_EQ(run("n0", "lww-kv", "create", 9, 6), "false");
}

TEST_F(ServiceTest, LinTsoCounts) {
  EXPECT_EQ(run("n0", "", "ts"), "0");
  EXPECT_EQ(run("n1", "", "ts"), "1");
  EXPECT_EQ(run("n0", "", "ts"), "2");
}

TEST_F(ServiceTest, AServiceThatCannotBeReachedIsATimeout) {
  cluster.partition({{"n0"}, {"lin-kv"}});
  EXPECT_EQ(run("n0", "lin-kv", "read"), "timeout");
  EXPECT_EQ(run("n1", "lin-kv", "read_or"), "-1");
}

}  // namespace
}  // namespace bruit::maelstrom
