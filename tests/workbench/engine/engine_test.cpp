// The engine: its phases, and how a test ends that does not run to its end.
#include "bruit/workbench/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "bruit/workbench/checkers/echo.h"
#include "bruit/workbench/network/client_codec.h"
#include "workbench/network/body_of.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

// A host whose nodes answer as a test says; by default every request at once with ok.
class ScriptedHost : public Host {
 public:
  using Answer = std::function<void(std::uint32_t node, const Packet&, const Request&, Time)>;

  explicit ScriptedHost(HostContext& context) : context_(context) {}

  void deliver(std::uint32_t node, Packet&& packet, Time now) override {
    const auto* request = std::get_if<Request>(&packet.payload);
    if (const auto* body = std::get_if<JsonBody>(&packet.payload); body != nullptr && answer_json) {
      said.push_back(body->text);
      answer_json(node, packet, body->text, now);
      return;
    }
    if (request == nullptr) {
      ++gossip;
      return;
    }
    kinds.push_back(request->kind);
    times.push_back(now);
    if (answer) {
      answer(node, packet, *request, now);
    } else {
      reply_ok(node, packet, *request, now);
    }
  }
  void tick(std::uint32_t node, Time now) override { ticks.emplace_back(node, now); }
  std::string last_words(std::uint32_t) const override { return "\n  (last words)"; }

  void reply_ok(std::uint32_t node, const Packet& packet, const Request& request, Time now) {
    context_.send(Endpoint::node(node), packet.source,
                  Reply{.kind = Reply::Kind::ok,
                        .in_reply_to = request.msg_id,
                        .elements = {},
                        .error_code = {}},
                  now);
  }
  void reply_text(std::uint32_t node, const Packet& packet, const std::string& body, Time now) {
    context_.send(Endpoint::node(node), packet.source, body_of(body), now);
  }

  Answer answer;
  // For requests in JSON.
  std::function<void(std::uint32_t node, const Packet&, std::string body, Time)> answer_json;
  std::vector<std::string> said;
  std::vector<Request::Kind> kinds;
  std::vector<Time> times;
  std::vector<std::pair<std::uint32_t, Time>> ticks;
  int gossip = 0;

 private:
  HostContext& context_;
};

TestOptions short_test() {
  TestOptions options;
  options.nodes = numbered_nodes(3);
  options.concurrency = 3;
  options.rate = 10;
  options.time_limit = seconds(5);
  options.seed = 1;
  return options;
}

struct EngineTest : testing::Test {
  explicit EngineTest(const TestOptions& options = short_test())
      : engine(options), host(engine.host_context()) {}

  void run() {
    engine.start(host, Time{});
    run_until(Time::max());
  }
  // Also notes when each phase began.
  void run_until(Time end) {
    while (!engine.finished()) {
      const auto due = engine.next_due();
      if (!due || *due > end) return;
      engine.run_due(*due);
      now = *due;
      if (phases.empty() || phases.back().first != engine.phase()) {
        phases.emplace_back(engine.phase(), *due);
      }
    }
  }
  Time began(Phase phase) const {
    for (const auto& [each, time] : phases) {
      if (each == phase) return time;
    }
    ADD_FAILURE() << "no phase " << to_string(phase);
    return {};
  }

  Engine engine;
  ScriptedHost host;
  Time now{};
  std::vector<std::pair<Phase, Time>> phases;
};

struct PartitionedEngineTest : EngineTest {
  PartitionedEngineTest()
      : EngineTest([] {
          TestOptions options = short_test();
          options.partition = true;
          return options;
        }()) {}
};

struct EchoEngineTest : EngineTest {
  EchoEngineTest()
      : EngineTest([] {
          TestOptions options = short_test();
          options.workload = Workload::echo;
          return options;
        }()) {
    host.answer_json = [this](std::uint32_t node, const Packet& packet, std::string body,
                              Time time) {
      body.replace(body.find(R"("echo")"), 6, R"("echo_ok")");
      body.replace(body.find("msg_id"), 6, "in_reply_to");
      host.reply_text(node, packet, body, time);
    };
  }
};

TEST_F(EchoEngineTest, HasNeitherTopologyNorQuietPeriodNorReads) {
  run();
  EXPECT_FALSE(engine.early_end());
  using Kind = Request::Kind;
  EXPECT_THAT(host.kinds, testing::ElementsAre(Kind::init, Kind::init, Kind::init));
  EXPECT_THAT(host.said, testing::Each(testing::MatchesRegex(
                             R"(\{"type":"echo","echo":"Please echo [0-9]+","msg_id":[0-9]+\})")));
  EXPECT_GT(host.said.size(), 30U);
  EXPECT_LE(began(Phase::done), Time{} + seconds(5));
}

TEST_F(EchoEngineTest, RecordsWhatWasSaidAndTheWholeAnswer) {
  run();
  const auto& ops = engine.history().ops;
  ASSERT_GT(ops.size(), 1U);
  EXPECT_EQ(ops[0].f, "echo");
  const Edn said = std::get<Edn>(ops[0].value);
  EXPECT_THAT(to_string(said), testing::StartsWith("\"Please echo "));
  EXPECT_EQ(ops[1].type, OpType::ok);
  EXPECT_EQ(to_string(std::get<Edn>(ops[1].value)),
            "{:type \"echo_ok\", :echo " + to_string(said) + ", :in_reply_to 1}");
  EXPECT_EQ(check_echo(engine.history()).validity(), Validity::valid);
}

TEST_F(EchoEngineTest, AnErrorReplyFailsTheOperationAndTheTest) {
  host.answer_json = [this](std::uint32_t node, const Packet& packet, const std::string& body,
                            Time time) {
    const auto number = body.rfind(':');
    host.reply_text(node, packet,
                    R"({"type":"error","code":10,"in_reply_to")" + body.substr(number), time);
  };
  run();
  EXPECT_EQ(engine.history().ops[1].type, OpType::fail);
  EXPECT_EQ(engine.history().ops[1].value, engine.history().ops[0].value);
  EXPECT_EQ(check_echo(engine.history()).validity(), Validity::invalid);
}

TEST_F(EngineTest, GoesThroughItsPhases) {
  run();
  EXPECT_FALSE(engine.early_end());
  EXPECT_EQ(began(Phase::load), Time{});  // start-up takes no time here
  EXPECT_GE(began(Phase::quiet), Time{} + seconds(4));
  EXPECT_LE(began(Phase::quiet), Time{} + seconds(5));
  EXPECT_EQ(began(Phase::done) - began(Phase::quiet), seconds(10));
  using Kind = Request::Kind;
  const std::vector<Kind> start_up(host.kinds.begin(), host.kinds.begin() + 6);
  EXPECT_THAT(start_up, testing::ElementsAre(Kind::init, Kind::init, Kind::init, Kind::topology,
                                             Kind::topology, Kind::topology));
  const std::vector<Kind> end(host.kinds.end() - 3, host.kinds.end());
  EXPECT_THAT(end, testing::Each(Kind::read));
}

TEST_F(EngineTest, AsksNothingInTheQuietPeriod) {
  run();
  const Time quiet = began(Phase::quiet);
  for (const auto time : host.times) EXPECT_TRUE(time <= quiet || time == quiet + seconds(10));
}

TEST_F(EngineTest, HistoryBeginsWithTheLoadAndHoldsNoStartUp) {
  host.answer = [&](std::uint32_t node, const Packet& packet, const Request& request, Time time) {
    if (request.kind == Request::Kind::init && time == Time{}) return;  // answered below
    host.reply_ok(node, packet, request, time);
  };
  engine.start(host, Time{});
  run_until(Time{} + seconds(2));
  EXPECT_EQ(engine.phase(), Phase::init);
  for (std::uint32_t node = 0; node < 3; ++node) {
    engine.host_context().send(Endpoint::node(node), Endpoint::client(node),
                               Reply{Reply::Kind::ok, 1, {}, {}}, Time{} + seconds(2));
  }
  run_until(Time::max());
  ASSERT_FALSE(engine.history().ops.empty());
  EXPECT_EQ(engine.history().ops.front().time, Duration::zero());
  for (const auto& op : engine.history().ops) EXPECT_TRUE(op.f == "read" || op.f == "broadcast");
}

TEST_F(EngineTest, WaitsForOutstandingOperationsBeforeTheQuietPeriod) {
  host.answer = [&](std::uint32_t node, const Packet& packet, const Request& request, Time time) {
    const bool in_load = request.kind == Request::Kind::read && engine.phase() == Phase::load;
    if (!in_load) host.reply_ok(node, packet, request, time);
  };
  run();
  Duration last_completion{};
  for (const auto& op : engine.history().ops) {
    if (!op.final) last_completion = std::max(last_completion, op.time);
  }
  EXPECT_GT(last_completion, seconds(5));
  EXPECT_EQ(began(Phase::quiet), Time{} + last_completion);
}

TEST_F(EngineTest, CountsStartUpMessagesOfClients) {
  run();
  const auto operations = engine.history().ops.size() / 2;
  // init and topology of three nodes, and every operation, each with its answer
  EXPECT_EQ(engine.net().clients.msg_count, 2 * (6 + operations));
  EXPECT_EQ(engine.net().servers.msg_count, 0U);
}

TEST_F(EngineTest, ANodeThatDoesNotAnswerInitEndsTheTestAfterTenSeconds) {
  host.answer = [&](std::uint32_t node, const Packet& packet, const Request& request, Time time) {
    if (node != 1) host.reply_ok(node, packet, request, time);
  };
  run();
  EXPECT_EQ(now, Time{} + seconds(10));
  ASSERT_TRUE(engine.early_end());
  EXPECT_EQ(engine.early_end()->kind, EarlyEnd::Kind::failure);
  EXPECT_EQ(engine.early_end()->reason,
            "node n1 did not answer `init` within 10 s; expected a message with body {\"type\": "
            "\"init_ok\", \"in_reply_to\": 1} on its stdout\n  (last words)");
}

TEST_F(EngineTest, ANodeThatDoesNotAnswerTopologyEndsTheTestAfterFiveSeconds) {
  host.answer = [&](std::uint32_t node, const Packet& packet, const Request& request, Time time) {
    if (request.kind == Request::Kind::init) host.reply_ok(node, packet, request, time);
  };
  run();
  EXPECT_EQ(now, Time{} + seconds(5));
  ASSERT_TRUE(engine.early_end());
  EXPECT_THAT(engine.early_end()->reason,
              HasSubstr("node n0 did not answer `topology` within 5 s"));
}

TEST_F(EngineTest, AnErrorInAnswerToInitEndsTheTestAtOnce) {
  host.answer = [&](std::uint32_t node, const Packet& packet, const Request&, Time time) {
    host.reply_text(node, packet, R"({"type":"error","code":13,"text":"no","in_reply_to":1})",
                    time);
  };
  run();
  EXPECT_EQ(now, Time{});
  ASSERT_TRUE(engine.early_end());
  EXPECT_THAT(engine.early_end()->reason,
              HasSubstr("node n0 answered `init` with {\"type\":\"error\""));
  EXPECT_THAT(engine.early_end()->reason, HasSubstr("expected body"));
}

TEST_F(EngineTest, AnAnswerOfTheWrongTypeToInitEndsTheTestAtOnce) {
  host.answer = [&](std::uint32_t node, const Packet& packet, const Request&, Time time) {
    host.reply_text(node, packet, R"({"type":"topology_ok","in_reply_to":1})", time);
  };
  run();
  EXPECT_EQ(now, Time{});
  EXPECT_TRUE(engine.early_end());
}

TEST_F(EngineTest, AnswersToInitThatComeTwiceCountOnce) {
  host.answer = [&](std::uint32_t node, const Packet& packet, const Request& request, Time time) {
    if (request.kind == Request::Kind::init && node == 2) return;
    host.reply_ok(node, packet, request, time);
    if (request.kind == Request::Kind::init) host.reply_ok(node, packet, request, time);
  };
  run();
  ASSERT_TRUE(engine.early_end());
  EXPECT_THAT(engine.early_end()->reason, HasSubstr("node n2 did not answer `init`"));
}

TEST_F(EngineTest, AnInterruptKeepsWhatWasRecorded) {
  engine.start(host, Time{});
  run_until(Time{} + seconds(3));
  const auto recorded = engine.history().ops.size();
  EXPECT_GT(recorded, 10U);
  engine.end_early({.kind = EarlyEnd::Kind::interrupt, .reason = "SIGINT"});
  engine.end_early({.kind = EarlyEnd::Kind::failure, .reason = "a consequence"});
  EXPECT_TRUE(engine.finished());
  EXPECT_EQ(engine.next_due(), std::nullopt);
  EXPECT_EQ(engine.early_end()->reason, "SIGINT");
  EXPECT_EQ(engine.history().ops.size(), recorded);
}

TEST_F(EngineTest, CarriesGossipAndTicks) {
  engine.start(host, Time{});
  engine.host_context().send(Endpoint::node(0), Endpoint::node(2), JsonBody{"{}"}, Time{});
  engine.host_context().request_tick(1, Time{} + milliseconds(70));
  run_until(Time{} + seconds(1));
  EXPECT_EQ(host.gossip, 1);
  EXPECT_THAT(host.ticks, testing::ElementsAre(std::pair(1U, Time{} + milliseconds(70))));
}

TEST_F(EngineTest, ReportsItsProgress) {
  engine.start(host, Time{});
  run_until(Time{} + seconds(2));
  const Progress progress = engine.progress(Time{} + seconds(2));
  EXPECT_EQ(progress.phase, Phase::load);
  EXPECT_EQ(progress.elapsed, seconds(2));
  EXPECT_EQ(progress.total, seconds(15));
  EXPECT_GT(progress.operations, 5U);
  EXPECT_EQ(progress.partition, "");
}

TEST_F(PartitionedEngineTest, HealsWhenTheLoadIsOver) {
  engine.start(host, Time{});
  run_until(Time{} + milliseconds(1));
  EXPECT_NE(engine.progress(now).partition, "");
  run_until(Time::max());
  const auto& ops = engine.history().ops;
  const auto last_nemesis =
      std::find_if(ops.rbegin(), ops.rend(), [](const Op& op) { return op.process.is_nemesis(); });
  ASSERT_NE(last_nemesis, ops.rend());
  EXPECT_EQ(last_nemesis->value, OpValue(Edn::keyword("network-healed")));
  EXPECT_EQ(Time{} + last_nemesis->time, began(Phase::quiet));
  for (auto op = ops.rbegin(); op != last_nemesis; ++op) EXPECT_TRUE(op->final);
}

TEST(Phases, HaveNamesForPeople) {
  std::set<std::string_view> names;
  for (const auto phase : {Phase::init, Phase::topology, Phase::load, Phase::drain, Phase::quiet,
                           Phase::final_reads, Phase::done}) {
    names.insert(to_string(phase));
  }
  EXPECT_EQ(names.size(), 7U);
}

}  // namespace
}  // namespace bruit::workbench
