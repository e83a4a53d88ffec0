// How long nodes take to answer, when that is held back, and what else the messages of a run show.
#include "bruit/workbench/checkers/conduct_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TestOptions two_nodes(Duration latency = {}) {
  TestOptions options;
  options.nodes = {"n0", "n1"};
  options.concurrency = 2;
  options.latency = latency;
  return options;
}

// Operations one after the other, as an engine would tell of them.
class Told {
 public:
  explicit Told(const TestOptions& options) : options_(options), log(options) {}

  // Process 0 asks n0, and gets its answer so long after the node got the request; the request
  // itself is held up by the network for as long as it likes.
  void operation(std::string f, Duration took, OpType outcome = OpType::ok) {
    const Endpoint client = Endpoint::client(4);
    const Endpoint node = Endpoint::node(0);
    op(f, OpType::invoke);
    Packet request{.source = client,
                   .destination = node,
                   .sent_at = now_,
                   .deadline = now_,
                   .payload = JsonBody{}};
    log.on_sent(request);
    now_ += milliseconds(500);
    log.on_received(request, now_);
    now_ += took;
    log.on_sent({.source = node,
                 .destination = client,
                 .sent_at = now_,
                 .deadline = now_,
                 .payload = JsonBody{}});
    op(f, outcome);
  }
  std::vector<std::string> findings() const {
    std::vector<std::string> texts;
    for (const Finding& finding : log.findings().sorted()) {
      texts.push_back(describe(finding, options_.nodes));
    }
    return texts;
  }

 private:
  void op(const std::string& f, OpType type) {
    log.on_operation({.index = 0,
                      .time = now_ - Time{},
                      .type = type,
                      .process = {0},
                      .f = f,
                      .value = Nil{},
                      .error = {},
                      .final = false},
                     now_);
  }
  TestOptions options_;
  Time now_{};

 public:
  ConductLog log;
};

TEST(AnswerTimes, AreThoseOfTheNodeAndNotOfTheNetwork) {
  Told told(two_nodes());
  EXPECT_EQ(told.log.answer_times(), Edn());
  for (int i = 1; i <= 100; ++i) told.operation("read", milliseconds(i));
  told.operation("broadcast", std::chrono::microseconds(7));
  EXPECT_EQ(to_string(told.log.answer_times()),
            "{:broadcast {0.5 0.007, 0.95 0.007, 0.99 0.007, 1 0.007}, "
            ":read {0.5 51.0, 0.95 96.0, 0.99 100.0, 1 100.0}}");
  EXPECT_THAT(told.findings(), IsEmpty());
}

TEST(AnswerTimes, LeaveOutWhatWasNotAnswered) {
  Told told(two_nodes());
  told.operation("read", milliseconds(9000), OpType::fail);
  EXPECT_EQ(told.log.answer_times(), Edn());
}

TEST(HeldBack, IsANodeThatOftenTakesAsLongAsAnotherNodeIsAway) {
  Told told(two_nodes(milliseconds(200)));
  for (int i = 0; i < 57; ++i) told.operation("broadcast", milliseconds(199));
  told.operation("broadcast", milliseconds(200));
  told.operation("broadcast", milliseconds(250));
  EXPECT_THAT(told.findings(), IsEmpty()) << "two may be the machine";
  told.operation("broadcast", milliseconds(300));
  EXPECT_THAT(
      told.findings(),
      ElementsAre("n0 held back 3 acknowledgements: of 60 answers to `broadcast` the median "
                  "took 199.0 ms and the last 300.0 ms from the request; expected less than "
                  "200 ms"));
  told.operation("broadcast", milliseconds(1));
  EXPECT_THAT(told.findings(), IsEmpty()) << "less than one in twenty";
}

TEST(HeldBack, IsToldOfReadsToo) {
  Told told(two_nodes());
  for (int i = 0; i < 3; ++i) told.operation("read", ConductLog::held_back_floor);
  ASSERT_EQ(told.findings().size(), 1U);
  EXPECT_THAT(told.findings()[0], HasSubstr("n0 held back 3 reads: of 3 answers to `read`"));
}

TEST(HeldBack, IsNoReproachWhereANodeMayHaveToAskOthers) {
  TestOptions options = two_nodes();
  options.workload = Workload::echo;
  Told told(options);
  for (int i = 0; i < 30; ++i) told.operation("read", milliseconds(900));
  EXPECT_THAT(told.findings(), IsEmpty());
}

TEST(ConductLog, CountsBadAnswersAndKeepsTheFirstWithItsTime) {
  Told told(two_nodes());
  told.operation("read", {});  // time zero of the history
  told.log.on_lapse(1, Lapse::stray, "what it was", Time{} + milliseconds(1234));
  told.log.on_lapse(1, Lapse::stray, "another", Time{} + milliseconds(2000));
  told.log.on_lapse(1, Lapse::malformed, "worse", Time{} + milliseconds(3000));
  told.log.on_lapse(0, Lapse::late, "slow", Time{} + milliseconds(4000));
  told.log.on_left_behind(std::nullopt, "process 12, `sleep`");
  EXPECT_THAT(
      told.findings(),
      ElementsAre("n1 gave 1 answer against the protocol; the first: at 3.000 s, worse",
                  "n1 sent clients 2 messages in answer to nothing they wait for; the first: at "
                  "1.234 s, what it was",
                  "n0 gave 1 answer that nobody waited for any more; the first: at 4.000 s, slow",
                  "a node left 1 process behind that it had started; the first: process 12, "
                  "`sleep`"));
}

}  // namespace
}  // namespace bruit::workbench
