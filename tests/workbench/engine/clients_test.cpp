// The load: when clients ask what of whom, and what the history says of every kind of answer.
#include "bruit/workbench/engine/clients.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "workbench/engine/simulated_clients.h"
#include "workbench/network/body_of.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using Answer = SimulatedClients::Answer;

Reply ok(const Request& request) {
  return {.kind = Reply::Kind::ok, .in_reply_to = request.msg_id, .elements = {}, .error_code = {}};
}

Reply error(const Request& request, int code) {
  return {.kind = Reply::Kind::error,
          .in_reply_to = request.msg_id,
          .elements = {},
          .error_code = maelstrom::ErrorCode{code}};
}

SimulatedClients::Node answering(Duration delay = {}) {
  return [delay](std::uint32_t, const Request& request) {
    return std::optional<Answer>({ok(request), delay});
  };
}

SimulatedClients::Node silent() {
  return [](std::uint32_t, const Request&) { return std::optional<Answer>(); };
}

// Answers with the text of a body; "$" stands for the request's number.
SimulatedClients::Node saying(std::string body) {
  return [body](std::uint32_t, const Request& request) {
    std::string text = body;
    if (const auto place = text.find('$'); place != std::string::npos) {
      text.replace(place, 1, std::to_string(request.msg_id));
    }
    return std::optional<Answer>({body_of(text), {}});
  };
}

TestOptions load(double rate, int limit_seconds) {
  TestOptions options;
  options.rate = rate;
  options.time_limit = seconds(limit_seconds);
  options.seed = 1;
  return options;
}

std::vector<Op> invocations(const History& history) {
  std::vector<Op> found;
  std::copy_if(history.ops.begin(), history.ops.end(), std::back_inserter(found),
               [](const Op& op) { return op.type == OpType::invoke; });
  return found;
}

std::vector<Op> completions(const History& history, std::string_view f) {
  std::vector<Op> found;
  std::copy_if(history.ops.begin(), history.ops.end(), std::back_inserter(found),
               [&](const Op& op) { return op.type != OpType::invoke && op.f == f; });
  return found;
}

TEST(Load, IsHalfBroadcastsOfZeroOneTwoAndHalfReads) {
  SimulatedClients simulated(load(100, 100), answering());
  simulated.run();
  const auto asked = invocations(simulated.history);
  const auto broadcasts =
      std::count_if(asked.begin(), asked.end(), [](const Op& op) { return op.f == "broadcast"; });
  EXPECT_NEAR(static_cast<double>(asked.size()), 10'000, 250);
  EXPECT_NEAR(static_cast<double>(broadcasts), static_cast<double>(asked.size()) / 2, 200);
  std::uint32_t expected = 0;
  for (const auto& op : asked) {
    if (op.f != "broadcast") continue;
    const auto element = std::get<ElementId>(op.value);
    EXPECT_EQ(simulated.history.elements.text(element), std::to_string(expected++));
  }
}

TEST(Load, BeginsAtOnceAndThenAfterUniformGapsOfUpToTwoOverTheRate) {
  SimulatedClients simulated(load(10, 1000), answering());
  simulated.run();
  const auto asked = invocations(simulated.history);
  ASSERT_GT(asked.size(), 9000U);
  EXPECT_EQ(asked.front().time, Duration::zero());
  Duration longest{};
  for (std::size_t i = 1; i < asked.size(); ++i) {
    longest = std::max(longest, asked[i].time - asked[i - 1].time);
  }
  EXPECT_LT(longest, milliseconds(200));
  EXPECT_GT(longest, milliseconds(198));
  const double mean = std::chrono::duration<double, std::milli>(asked.back().time).count() /
                      static_cast<double>(asked.size() - 1);
  EXPECT_NEAR(mean, 100, 2);
  EXPECT_LT(asked.back().time, seconds(1000));
}

TEST(Load, GoesToUniformlyRandomFreeWorkersEachOfWhichHasItsNode) {
  TestOptions options = load(100, 100);
  options.concurrency = 10;  // two workers for each of five nodes
  SimulatedClients simulated(options, answering());
  simulated.run();
  std::map<std::int64_t, int> by_process;
  const auto asked = invocations(simulated.history);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    ++by_process[asked[i].process.id];
    EXPECT_EQ(simulated.asked[i], asked[i].process.id % 5);
  }
  ASSERT_EQ(by_process.size(), 10U);
  for (const auto& [process, count] : by_process) EXPECT_NEAR(count, 1000, 130) << process;
}

TEST(Load, NeverCatchesUpWithWhatItMissed) {
  // Five workers and answers that take a second: five operations a second, however high the rate.
  SimulatedClients simulated(load(100, 20), answering(seconds(1)));
  simulated.run();
  const auto asked = invocations(simulated.history);
  EXPECT_LE(asked.size(), 101U);
  EXPECT_GT(asked.size(), 90U);
  std::map<std::int64_t, int> open;
  for (const auto& op : simulated.history.ops) {
    open[op.process.id] += op.type == OpType::invoke ? 1 : -1;
    EXPECT_LE(open[op.process.id], 1);
  }
}

TEST(Load, WaitsForAWorkerAndThenAsksAtOnce) {
  TestOptions options = load(100, 20);
  options.concurrency = 1;
  SimulatedClients simulated(options, answering(seconds(1)));
  simulated.run();
  const auto& ops = simulated.history.ops;
  ASSERT_EQ(ops.size(), 40U);
  for (std::size_t i = 0; i < ops.size(); ++i) {
    EXPECT_EQ(ops[i].time, seconds((i + 1) / 2));
    EXPECT_EQ(ops[i].index, i);
  }
  EXPECT_TRUE(simulated.clients.load_is_over());
  EXPECT_TRUE(simulated.clients.idle());
}

TEST(Load, IsAFunctionOfTheSeed) {
  const auto ops_with = [](std::uint64_t seed) {
    TestOptions options = load(100, 10);
    options.seed = seed;
    SimulatedClients simulated(options, answering(milliseconds(3)));
    simulated.run();
    return simulated.history.ops;
  };
  EXPECT_EQ(ops_with(1), ops_with(1));
  EXPECT_NE(ops_with(1), ops_with(2));
}

TEST(FinalReads, AreOneForEachWorkerAndMarked) {
  TestOptions options = load(100, 1);
  options.concurrency = 7;
  SimulatedClients simulated(options, answering());
  simulated.run();
  const auto before = simulated.history.ops.size();
  simulated.clients.start_final_reads(simulated.now);
  EXPECT_FALSE(simulated.clients.idle());
  simulated.run_until(Time::max());
  EXPECT_TRUE(simulated.clients.idle());
  std::set<std::int64_t> readers;
  for (auto i = before; i < simulated.history.ops.size(); ++i) {
    const Op& op = simulated.history.ops[i];
    EXPECT_TRUE(op.final);
    EXPECT_EQ(op.f, "read");
    readers.insert(op.process.id);
  }
  EXPECT_EQ(simulated.history.ops.size() - before, 14U);
  EXPECT_EQ(readers.size(), 7U);
  for (std::size_t i = 0; i < before; ++i) EXPECT_FALSE(simulated.history.ops[i].final);
}

TEST(Timeouts, MakeAReadFailAndABroadcastUncertainAfterFiveSeconds) {
  SimulatedClients simulated(load(2, 30), silent());
  simulated.run();
  std::map<std::int64_t, Duration> asked_at;
  int reads = 0;
  int broadcasts = 0;
  for (const auto& op : simulated.history.ops) {
    if (op.type == OpType::invoke) {
      asked_at[op.process.id] = op.time;
      continue;
    }
    EXPECT_EQ(op.time - asked_at[op.process.id], seconds(5));
    EXPECT_TRUE(op.error.is_keyword("net-timeout"));
    if (op.f == "read") {
      ++reads;
      EXPECT_EQ(op.type, OpType::fail);
      EXPECT_EQ(op.value, OpValue(Nil{}));
    } else {
      ++broadcasts;
      EXPECT_EQ(op.type, OpType::info);
      EXPECT_TRUE(std::holds_alternative<ElementId>(op.value));
    }
  }
  EXPECT_GT(reads, 3);
  EXPECT_GT(broadcasts, 3);
}

TEST(Timeouts, OfAnAnsweredRequestComeToNothing) {
  SimulatedClients simulated(load(1, 60), answering(milliseconds(4999)));
  simulated.run();
  for (const auto& op : simulated.history.ops) {
    EXPECT_TRUE(op.type == OpType::invoke || op.type == OpType::ok);
  }
}

TEST(Uncertainty, RetiresTheProcessAndItsClient) {
  TestOptions options = load(100, 30);
  options.concurrency = 1;
  SimulatedClients simulated(options, silent());
  simulated.run();
  std::int64_t process = 0;
  std::uint32_t client = cluster_of(options).first_load_client();
  std::uint64_t msg_id = 1;
  std::size_t request = 0;
  for (const auto& op : simulated.history.ops) {
    EXPECT_EQ(op.process.id, process);
    if (op.type == OpType::invoke) {
      EXPECT_EQ(simulated.askers[request], Endpoint::client(client));
      EXPECT_EQ(simulated.msg_ids[request], msg_id);
      ++request;
      ++msg_id;
    } else if (op.type == OpType::info) {
      process += 1;  // + concurrency
      client += 1;
      msg_id = 1;
    }
  }
  EXPECT_GT(process, 1);
}

TEST(Uncertainty, AddsTheConcurrencyToTheProcess) {
  SimulatedClients simulated(load(1, 60), silent());
  simulated.run();
  std::set<std::int64_t> processes;
  for (const auto& op : simulated.history.ops) processes.insert(op.process.id);
  EXPECT_TRUE(processes.contains(5) || processes.contains(6) || processes.contains(7));
  // The node stays the worker's: process mod 5.
  const auto asked = invocations(simulated.history);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    EXPECT_EQ(simulated.asked[i], asked[i].process.id % 5);
  }
}

TEST(Uncertainty, AnAnswerToARetiredClientIsIgnored) {
  TestOptions options = load(100, 30);
  options.concurrency = 1;
  SimulatedClients simulated(options, answering(milliseconds(5500)));
  simulated.run();
  for (const auto& op : simulated.history.ops) EXPECT_NE(op.type, OpType::ok);
}

TEST(Answers, ToAnEarlierRequestAreIgnored) {
  // Reads keep their client after a timeout: its late answer comes while the next request is open.
  TestOptions options = load(100, 60);
  options.concurrency = 1;
  SimulatedClients simulated(options, [](std::uint32_t, const Request& request) {
    Reply reply = ok(request);
    reply.in_reply_to = request.msg_id - 1;
    return std::optional<Answer>({reply, milliseconds(10)});
  });
  simulated.run();
  for (const auto& op : simulated.history.ops) EXPECT_NE(op.type, OpType::ok);
}

TEST(Answers, FromNobodyAskedAreIgnored) {
  SimulatedClients simulated(load(1, 1), answering());
  simulated.network.send(Time{}, Endpoint::node(0), Endpoint::client(999),
                         body_of(R"({"type":"read_ok","in_reply_to":1,"messages":[]})"));
  simulated.run();
  for (const auto& op : simulated.history.ops) EXPECT_NE(op.type, OpType::info);
}

TEST(Answers, OfAReadAreTheListAsTheNodeGaveIt) {
  SimulatedClients simulated(load(10, 5), [](std::uint32_t, const Request& request) {
    Reply reply = ok(request);
    if (request.kind == Request::Kind::read) reply.elements = {3, 1, 1};
    return std::optional<Answer>({reply, {}});
  });
  simulated.run();
  const auto reads = completions(simulated.history, "read");
  ASSERT_FALSE(reads.empty());
  for (const auto& read : reads)
    EXPECT_EQ(std::get<ElementList>(read.value), (ElementList{3, 1, 1}));
}

TEST(Answers, WithErrorsFailReadsAlwaysAndBroadcastsIfTheCodeIsDefinite) {
  for (const int code : {0, 1, 10, 11, 12, 13, 14, 20, 21, 22, 30, 99, 1000}) {
    SCOPED_TRACE(code);
    const bool definite = code != 0 && code != 13 && code < 99;
    SimulatedClients simulated(load(10, 5), [code](std::uint32_t, const Request& request) {
      return std::optional<Answer>({error(request, code), {}});
    });
    simulated.run();
    for (const auto& read : completions(simulated.history, "read")) {
      EXPECT_EQ(read.type, OpType::fail);
    }
    const auto broadcasts = completions(simulated.history, "broadcast");
    ASSERT_FALSE(broadcasts.empty());
    for (const auto& broadcast : broadcasts) {
      EXPECT_EQ(broadcast.type, definite ? OpType::fail : OpType::info);
      EXPECT_TRUE(std::holds_alternative<ElementId>(broadcast.value));
    }
  }
}

TEST(Answers, WithErrorsKeepTheirCodeAndText) {
  SimulatedClients simulated(
      load(10, 5), saying(R"({"type":"error","in_reply_to":$,"code":11,"text":"say \"when\""})"));
  simulated.run();
  ASSERT_FALSE(completions(simulated.history, "read").empty());
  EXPECT_EQ(completions(simulated.history, "read").front().error,
            parse_edn(R"([:temporarily-unavailable "say \"when\""])"));
}

TEST(Answers, ThatBreakTheProtocolLeaveTheOperationUncertain) {
  for (const auto* body :
       {R"({"type":"read_ok","in_reply_to":$})",                     // no messages
        R"({"type":"broadcast_okay","in_reply_to":$})",              // no such type
        R"({"type":"broadcast_ok","in_reply_to":$,"messages":[]})",  // surplus, or not the type
        R"({"in_reply_to":$})",                                      //
        R"({"type":"error","in_reply_to":$,"text":"what is wrong"})"}) {  // no code
    SCOPED_TRACE(body);
    SimulatedClients simulated(load(10, 5), saying(body));
    simulated.run();
    int bad = 0;
    for (const auto& op : simulated.history.ops) {
      if (op.type == OpType::invoke) continue;
      EXPECT_EQ(op.type, OpType::info);
      EXPECT_THAT(to_string(op.error), HasSubstr("[:malformed-reply \""));
      ++bad;
    }
    EXPECT_GT(bad, 0);
  }
}

TEST(Answers, ThatAreNoRepliesAreWaitedPast) {
  for (const auto* body :
       {R"({"type":"read_ok"})", R"({"in_reply_to":"$"})", R"({"in_reply_to":null})",
        R"({"in_reply_to":1000000000000000000000000000000})", "{}"}) {
    SCOPED_TRACE(body);
    SimulatedClients simulated(load(10, 1), saying(body));
    simulated.run();
    for (const auto& op : simulated.history.ops) {
      if (op.type == OpType::invoke) continue;
      EXPECT_TRUE(op.error.is_keyword("net-timeout"));
    }
  }
}

// What the log is told of answers.
struct BadAnswers : EventLog {
  struct Told {
    Lapse kind{};
    std::string what;
  };
  std::vector<Told> told;
  void on_lapse(std::optional<std::uint32_t>, Lapse kind, std::string_view what, Time) override {
    told.push_back({kind, std::string(what)});
  }
  // Each kind of answer that a node gives to everything, and the first that is told of it.
  Told first_of(const SimulatedClients::Node& node) {
    told.clear();
    SimulatedClients simulated(load(10, 1), node, this);
    simulated.run();
    return told.empty() ? Told{} : told.front();
  }
};

TEST(Answers, ThatBreakTheProtocolAreToldWithTheirBytes) {
  BadAnswers log;
  const auto told = log.first_of(saying(R"({"type":"hello","in_reply_to":$})"));
  EXPECT_EQ(told.kind, Lapse::malformed);
  EXPECT_THAT(told.what, HasSubstr(R"(expected type "read_ok", got "hello": {"type":"hello",)"));
  EXPECT_THAT(told.what, testing::StartsWith("to `read`: "));
}

TEST(Answers, ToNoRequestAreToldWithWhatWasExpected) {
  BadAnswers log;
  auto told = log.first_of(saying(R"({"type":"read_ok"})"));
  EXPECT_EQ(told.kind, Lapse::stray);
  EXPECT_THAT(told.what,
              testing::MatchesRegex(
                  R"(without in_reply_to, and c10 waits for in_reply_to 1 .`read`.: .*)"));
  told = log.first_of(saying(R"({"type":"read_ok","in_reply_to":99,"messages":[]})"));
  EXPECT_EQ(told.kind, Lapse::stray);
  EXPECT_THAT(told.what, testing::StartsWith("in_reply_to 99 is no request of c10, and c10 waits"));
}

TEST(Answers, GivenTwiceAreTold) {
  BadAnswers log;
  // Every answer is to the client's first request: right at first, and then once more.
  const auto told = log.first_of([](std::uint32_t, const Request& request) {
    const bool read = request.kind == Request::Kind::read;
    return std::optional<Answer>(
        {body_of(read ? R"({"type":"read_ok","in_reply_to":1,"messages":[]})"
                      : R"({"type":"broadcast_ok","in_reply_to":1})"),
         {}});
  });
  EXPECT_EQ(told.kind, Lapse::stray);
  EXPECT_THAT(told.what, testing::StartsWith("request 1 of c1"));
  EXPECT_THAT(told.what, HasSubstr(" once more, and c1"));
}

TEST(Answers, ThatComeTooLateAreToldAsSuch) {
  BadAnswers log;
  log.first_of([](std::uint32_t, const Request& request) {
    const bool read = request.kind == Request::Kind::read;
    return std::optional<Answer>({body_of(fmt::format(R"({{"type":"{}_ok","in_reply_to":{}{}}})",
                                                      read ? "read" : "broadcast", request.msg_id,
                                                      read ? R"(,"messages":[])" : "")),
                                  seconds(6)});
  });
  int gone = 0;
  int given_up = 0;
  for (const auto& [kind, what] : log.told) {
    EXPECT_EQ(kind, Lapse::late) << what;
    gone += what.find("has gone without an answer") != std::string::npos ? 1 : 0;
    given_up += what.find("which had given it up") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(gone, 0) << "broadcasts: nobody knows whether they happened";
  EXPECT_GT(given_up, 0) << "reads";
}

TEST(Answers, ThatAreRightAreNotTold) {
  BadAnswers log;
  EXPECT_EQ(log.first_of(answering(seconds(4))).what, "");
}

TEST(Answers, ToBroadcastsAreToldToPropagation) {
  SimulatedClients simulated(load(10, 5), answering());
  simulated.run();
  EXPECT_EQ(simulated.propagation.incomplete(), completions(simulated.history, "broadcast").size());
}

}  // namespace
}  // namespace bruit::workbench
