// Why a value was late or lost: on small recorded runs, and against the checker on large ones.
#include "bruit/workbench/report/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <map>
#include <sstream>
#include <string>

#include "bruit/workbench/checkers/set_full.h"
#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/report/explanation_text.h"
#include "bruit/workbench/simulation/simulation.h"
#include "bruit/workbench/trace/trace_writer.h"

namespace bruit::workbench::report {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunRecord record_of(const std::string& trace) {
  std::istringstream in(trace);
  RunRecord record;
  read_trace(in, "trace.jsonl", {}, record);
  return record;
}

// n0 gets 7 and tells n1 and n2; what goes to n2 is lost twice in a partition, and tried again
// after it. n2 is asked three times. n3 hears nothing, and is not asked.
const std::string late =
    R"({"at":0,"event":"start","workload":"broadcast","nodes":["n0","n1","n2","n3"],"options":{"concurrency":4}}
{"at":100,"event":"operation","type":"invoke","process":0,"f":"broadcast","value":7}
{"at":100,"event":"sent","id":1,"from":"c8","to":"n0","body":{"type":"broadcast","message":7}}
{"at":101,"event":"received","id":1,"from":"c8","to":"n0"}
{"at":101,"event":"sent","id":2,"from":"n0","to":"n1","body":{"type":"tell","message":7}}
{"at":101,"event":"fault","fault":"partition one n2"}
{"at":102,"event":"sent","id":3,"from":"n0","to":"n2","body":{"type":"tell","message":7}}
{"at":103,"event":"operation","type":"ok","process":0,"f":"broadcast","value":7}
{"at":201,"event":"received","id":2,"from":"n0","to":"n1"}
{"at":202,"event":"lost","id":3,"from":"n0","to":"n2"}
{"at":300,"event":"operation","type":"invoke","process":2,"f":"read"}
{"at":301,"event":"operation","type":"ok","process":2,"f":"read","value":[]}
{"at":302,"event":"sent","id":4,"from":"n0","to":"n2","body":{"type":"tell","message":7}}
{"at":402,"event":"lost","id":4,"from":"n0","to":"n2"}
{"at":500,"event":"fault","fault":"heal"}
{"at":600,"event":"operation","type":"invoke","process":6,"f":"read"}
{"at":601,"event":"operation","type":"ok","process":6,"f":"read","value":[]}
{"at":602,"event":"sent","id":5,"from":"n0","to":"n2","body":{"type":"tell","message":7}}
{"at":702,"event":"received","id":5,"from":"n0","to":"n2"}
{"at":800,"event":"operation","type":"invoke","process":6,"f":"read"}
{"at":801,"event":"operation","type":"ok","process":6,"f":"read","value":[7]}
{"at":900,"event":"operation","type":"invoke","process":1,"f":"broadcast","value":8}
{"event":"end","passed":true}
)";

ElementId element(const RunRecord& record, const std::string& text) {
  return record.history.elements.find(text).value();
}

TEST(Explanation, OfALateValueNamesTheReadTheWayTheLossesAndTheFault) {
  const RunRecord record = record_of(late);
  const Explanation told = explain(record, element(record, "7"));
  EXPECT_EQ(told.outcome, Explanation::Outcome::stable);
  EXPECT_EQ(told.stable_latency, milliseconds(497));  // 3 ms to 500 ms after the first operation
  ASSERT_TRUE(told.broadcast);
  EXPECT_EQ(told.broadcast->begun, milliseconds(0));
  EXPECT_EQ(told.broadcast->node, 0U);
  EXPECT_EQ(told.known, milliseconds(3));
  EXPECT_EQ(told.missed_by, 2U);
  ASSERT_TRUE(told.last_missed);
  EXPECT_EQ(told.last_missed->begun, milliseconds(500));
  EXPECT_EQ(told.last_missed->process, 6);
  EXPECT_EQ(told.last_missed->node, 2U);
  ASSERT_EQ(told.arrivals.size(), 3U);
  EXPECT_THAT(told.without, ElementsAre(3U));
  ASSERT_EQ(told.way.size(), 1U);
  EXPECT_EQ(told.way[0].waited, milliseconds(501));
  EXPECT_EQ(told.way[0].travelled, milliseconds(100));
  EXPECT_EQ(told.way[0].lost_before.size(), 2U);
  EXPECT_EQ(told.carried_by.size(), 4U);
  EXPECT_EQ(told.lost.size(), 2U);
  ASSERT_EQ(told.faults.size(), 1U);
  EXPECT_EQ(told.faults[0].to, milliseconds(400));
}

TEST(Explanation, OfALateValueInWords) {
  const RunRecord record = record_of(late);
  EXPECT_EQ(to_text(record, explain(record, element(record, "7"))),
            R"(value 7: late by 497 ms, its stable latency

   0.000 s  broadcast to n0 (process 0)
   0.003 s  acknowledged, after 3.0 ms
   0.500 s  the last read that misses it begins at n2 (process 6); 2 reads missed it since it was known

How it came to n2, the last that got it:
  n0 -> n2  sent 0.502 s (501 ms after n0 had it), received 0.602 s (100 ms on its way), message 5 `tell`
      before that, message 3 `tell`, sent 0.002 s, was lost
      before that, message 4 `tell`, sent 0.202 s, was lost

Of 601 ms it lay 501 ms at n0 before it went on to n2, after 2 messages had been lost.

When each node had it (inferred from messages and reads), and how long after (-: before) it was known:
  n0        0.001 s        -2 ms  from its client
  n1        0.101 s       +98 ms  from n0, message 2 `tell`
  n2        0.602 s      +599 ms  from n0, message 5 `tell`
1 node never had it, as far as is known:
  n3     nobody sent it a message with the value
  The last message with it was sent at 0.502 s; nobody sent it again after that.

4 messages between nodes carried it, 2 of them lost:
  n0 -> n2  sent 0.002 s, lost 0.102 s, message 3 `tell`
  n0 -> n2  sent 0.202 s, lost 0.302 s, message 4 `tell`

What was broken meanwhile:
  0.001 s to 0.400 s  partition one n2
)");
}

TEST(Explanation, AsJsonSaysTheSame) {
  const RunRecord record = record_of(late);
  const auto json = to_json(record, explain(record, element(record, "7")));
  EXPECT_EQ(json.at("value").as_int64(), 7);
  EXPECT_EQ(json.at("outcome").as_string(), "stable");
  EXPECT_EQ(json.at("stable_latency_ms").as_int64(), 497);
  const auto& way = json.at("way").as_array();
  ASSERT_EQ(way.size(), 1U);
  EXPECT_EQ(boost::json::serialize(way[0].at("message")),
            R"({"id":5,"type":"tell","from":"n0","to":"n2","sent_ms":5.02E2,"ended_ms":6.02E2,)"
            R"("lost":false})");
  EXPECT_EQ(json.at("lost").as_array().size(), 2U);
  EXPECT_EQ(json.at("without").as_array().size(), 1U);
}

TEST(Explanation, OfALostValueSaysWhoNeverHadItAndWhatWasSentThere) {
  // Cut before the third attempt, and with a last read.
  std::string trace = late.substr(0, late.find(R"({"at":602)"));
  trace +=
      R"({"at":900,"event":"operation","type":"invoke","process":2,"f":"read","final":true}
{"at":901,"event":"operation","type":"ok","process":2,"f":"read","value":[],"final":true}
)";
  const RunRecord record = record_of(trace);
  const Explanation told = explain(record, element(record, "7"));
  EXPECT_EQ(told.outcome, Explanation::Outcome::lost);
  EXPECT_EQ(told.stable_latency, std::nullopt);
  EXPECT_THAT(told.without, ElementsAre(2U, 3U));
  const std::string text = to_text(record, told);
  EXPECT_THAT(text, HasSubstr("value 7: LOST"));
  EXPECT_THAT(text, HasSubstr("  n2     2 messages with the value went there, all lost\n"));
  EXPECT_THAT(text, HasSubstr("  n3     nobody sent it a message with the value\n"));
}

TEST(Explanation, OfAValueWithoutAnAnswerSaysThatNobodyKnows) {
  const RunRecord record = record_of(late);
  const Explanation told = explain(record, element(record, "8"));
  EXPECT_EQ(told.outcome, Explanation::Outcome::never_read);
  const std::string text = to_text(record, told);
  EXPECT_THAT(text, HasSubstr("value 8: never read"));
  EXPECT_THAT(text, HasSubstr("the run ended before the answer"));
  EXPECT_THAT(text, HasSubstr("No message with it was recognised, and no read lists it."));
}

TEST(Explanation, OfNodesThatSpeakACodeOfTheirOwnRestsOnReads) {
  std::string trace = late;
  for (std::size_t place = trace.find("tell\",\"message\":7"); place != std::string::npos;
       place = trace.find("tell\",\"message\":7")) {
    trace.replace(place, 17, "tell\",\"blob\":\"x7\"");
  }
  trace.insert(trace.find(R"({"at":801)"),
               R"({"at":800,"event":"sent","id":9,"from":"n2","to":"c9","body":{"messages":[7]}})"
               "\n");
  const RunRecord record = record_of(trace);
  const Explanation told = explain(record, element(record, "7"));
  EXPECT_THAT(told.way, IsEmpty());
  const std::string text = to_text(record, told);
  EXPECT_THAT(text, HasSubstr("How it came to n2 cannot be told: no message with it was recogn"));
  EXPECT_THAT(text, HasSubstr("n2        0.700 s      +697 ms  listed in a read"));
}

TEST(Explanation, OfAValueThatNeverLeftItsNodeSaysSo) {
  std::string trace = late.substr(0, late.find(R"({"at":101,"event":"sent")"));
  trace +=
      R"({"at":103,"event":"operation","type":"ok","process":0,"f":"broadcast","value":7}
{"at":900,"event":"operation","type":"invoke","process":2,"f":"read","final":true}
{"at":901,"event":"operation","type":"ok","process":2,"f":"read","value":[],"final":true}
)";
  const RunRecord record = record_of(trace);
  const std::string text = to_text(record, explain(record, element(record, "7")));
  EXPECT_THAT(text, HasSubstr("It never got beyond n0, as far as is known.\n"));
  EXPECT_THAT(text, HasSubstr("0 messages between nodes carried it, none was lost.\n"));
}

TEST(WorstValues, AreLostOnesThenStaleOnes) {
  const RunRecord record = record_of(late);
  EXPECT_THAT(worst_values(record, 3), ElementsAre(element(record, "7"), element(record, "8")));
  EXPECT_THAT(worst_values(record, 1), ElementsAre(element(record, "7")));
}

// Every value of a run with partitions, of a strategy that loses values and of one that does not.
TEST(Explanation, OfEveryValueAgreesWithTheChecker) {
  for (const auto kind : {core::StrategyKind::flood, core::StrategyKind::reliable_flood}) {
    SimulationOptions options{.test = find_challenge("3c")->options, .strategy = {}};
    options.strategy.kind = kind;
    options.test.seed = 3;
    options.test.latency = milliseconds(50);
    std::stringstream file;
    TraceWriter writer(file, options.test);
    const SimulationResult run = simulate(options, &writer);
    writer.finish(run.passed(), run.invariants.told, run.trace_hash);
    const RunRecord record = record_of(file.str());
    const SetFullResult checked = check_set_full(record.history);
    std::map<ElementId, std::chrono::milliseconds> worst;
    for (const auto& stale : checked.worst_stale) worst[stale.element] = stale.stable_latency;
    std::vector<ElementId> lost;
    std::vector<ElementId> stale;
    std::size_t stable = 0;
    for (ElementId id = 0; id < record.history.elements.size(); ++id) {
      const Explanation told = explain(record, id);
      if (told.outcome == Explanation::Outcome::lost) lost.push_back(id);
      if (!told.stable_latency) continue;
      ++stable;
      if (told.stable_latency->count() > 0) stale.push_back(id);
      if (worst.contains(id)) {
        EXPECT_EQ(told.stable_latency, worst[id]) << id;
      }
      if (!told.without.empty()) continue;
      // The way begins where the client asked and ends at the last node.
      ASSERT_FALSE(told.way.empty());
      EXPECT_EQ(record.messages[told.way.front().message].from, told.broadcast->node);
      EXPECT_EQ(record.messages[told.way.back().message].to, told.arrivals.back().node);
    }
    EXPECT_THAT(lost, testing::UnorderedElementsAreArray(checked.lost));
    EXPECT_THAT(stale, testing::UnorderedElementsAreArray(checked.stale));
    EXPECT_EQ(stable, checked.stable_count);
    EXPECT_EQ(lost.empty(), kind != core::StrategyKind::flood) << "seed 3 loses with flood";
  }
}

}  // namespace
}  // namespace bruit::workbench::report
