// Reading a trace: all that a writer writes comes back, and what is no trace is said with its
// place.
#include "bruit/workbench/trace/trace_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/simulation/simulation.h"
#include "bruit/workbench/trace/trace_writer.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using testing::HasSubstr;

std::vector<trace::Event> read(const std::string& text) {
  std::istringstream in(text);
  TraceReader reader(in, "trace.jsonl");
  std::vector<trace::Event> events;
  while (auto event = reader.next()) events.push_back(std::move(*event));
  return events;
}

template <typename What>
What only(const std::string& text) {
  const auto events = read(text);
  EXPECT_EQ(events.size(), 1U);
  return std::get<What>(events.at(0).what);
}

std::string error_of(const std::string& text) {
  try {
    read(text);
    return "no error";
  } catch (const TraceError& error) {
    return error.what();
  }
}

TEST(TraceReader, ReadsEachKindOfEvent) {
  const auto start = only<trace::Start>(
      R"({"at":0,"event":"start","workload":"broadcast","nodes":["n0","n1"],"options":{"rate":5}})");
  EXPECT_EQ(start.workload, "broadcast");
  EXPECT_EQ(start.nodes, (std::vector<std::string>{"n0", "n1"}));
  EXPECT_EQ(start.options.at("rate").as_int64(), 5);

  const auto sent = only<trace::Sent>(
      R"({"at":1,"event":"sent","id":31,"from":"n0","to":"n3","body":{"type":"ack","id":7}})");
  EXPECT_EQ(sent.id, 31U);
  EXPECT_EQ(sent.from, "n0");
  EXPECT_EQ(sent.to, "n3");
  EXPECT_EQ(sent.body.at("type").as_string(), "ack");

  EXPECT_EQ(only<trace::Received>(R"({"at":1,"event":"received","id":31,"from":"a","to":"b"})").id,
            31U);
  EXPECT_EQ(only<trace::Lost>(R"({"at":1,"event":"lost","id":32,"from":"a","to":"b"})").id, 32U);

  const auto visible =
      only<trace::Visible>(R"({"at":1,"event":"visible","node":"n0","value":"x"})");
  EXPECT_EQ(visible.node, "n0");
  EXPECT_EQ(visible.value.as_string(), "x");

  const auto operation = only<trace::Operation>(
      R"({"at":1,"event":"operation","type":"fail","process":4,"f":"read","error":":net-timeout",)"
      R"("final":true})");
  EXPECT_EQ(operation.type, OpType::fail);
  EXPECT_EQ(operation.process, 4);
  EXPECT_EQ(operation.f, "read");
  EXPECT_FALSE(operation.value);
  EXPECT_EQ(operation.error, ":net-timeout");
  EXPECT_TRUE(operation.final);

  EXPECT_EQ(only<trace::FaultEvent>(R"({"at":1,"event":"fault","fault":"kill n2"})").text,
            "kill n2");
  only<trace::FaultsOver>(R"({"at":1,"event":"faults-over"})");
  EXPECT_EQ(only<trace::Violation>(
                R"({"at":1,"event":"violation","invariant":"no loss","what":"0 is gone"})")
                .what,
            "0 is gone");
  const auto end = only<trace::End>(R"({"event":"end","passed":true,"trace_hash":"22d3"})");
  EXPECT_TRUE(end.passed);
  EXPECT_EQ(end.trace_hash, "22d3");
}

TEST(TraceReader, KeepsTimesToTheNanosecond) {
  const auto events = read(
      "{\"at\":120.5,\"event\":\"faults-over\"}\n{\"at\":1234567890.000001,\"event\":\"faults-"
      "over\"}\n"
      "{\"event\":\"end\",\"passed\":false}\n");
  EXPECT_EQ(events[0].at, nanoseconds(120'500'000));
  EXPECT_EQ(events[1].at, milliseconds(1234567890) + nanoseconds(1));
  EXPECT_EQ(events[2].at, events[1].at);
}

TEST(TraceReader, ReadsBackAllThatAWriterWrites) {
  for (const auto kind : core::all_strategies) {
    SimulationOptions options{.test = find_challenge("3c")->options, .strategy = {}};
    options.strategy.kind = kind;
    options.test.seed = 4;
    options.test.faults = {true, 0.05, 0.02, true, true, true, true, true};
    std::stringstream file;
    TraceWriter writer(file, options.test);
    const SimulationResult result = simulate(options, &writer);
    writer.finish(result.passed(), result.invariants.told, result.trace_hash);

    TraceReader reader(file, "trace.jsonl");
    std::map<std::size_t, std::uint64_t> counts;
    while (const auto event = reader.next()) ++counts[event->what.index()];
    EXPECT_EQ(counts[trace::What(trace::Start()).index()], 1U) << core::to_string(kind);
    EXPECT_EQ(counts[trace::What(trace::Sent()).index()], result.net.all().send_count);
    EXPECT_EQ(counts[trace::What(trace::Received()).index()], result.net.all().recv_count);
    EXPECT_GT(counts[trace::What(trace::Lost()).index()], 0U);
    EXPECT_GT(counts[trace::What(trace::Visible()).index()], 0U);
    EXPECT_GT(counts[trace::What(trace::Operation()).index()], 0U);
    EXPECT_GT(counts[trace::What(trace::FaultEvent()).index()], 5U);
    EXPECT_TRUE(reader.complete());
    EXPECT_FALSE(reader.cut_short());
  }
}

TEST(TraceReader, TakesALastLineThatIsCutShortForTheEnd) {
  const std::string whole = "{\"at\":1,\"event\":\"faults-over\"}\n";
  std::istringstream in(whole + R"({"at":2,"event":"sent","id":3,"fr)");
  TraceReader reader(in, "trace.jsonl");
  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.cut_short());
  EXPECT_FALSE(reader.complete());
}

TEST(TraceReader, DoesNotExcuseABrokenLineInTheMiddle) {
  EXPECT_THAT(error_of("\n{\"at\":2,\"event\":\n{\"at\":1,\"event\":\"faults-over\"}\n"),
              HasSubstr("trace.jsonl:2: column 17: "));
}

TEST(TraceReader, SaysWhatIsWrongWithALine) {
  EXPECT_EQ(error_of("[1]\n"), "trace.jsonl:1: [1] is no event; expected a JSON object");
  EXPECT_EQ(error_of("{\"at\":1}"),
            "trace.jsonl:1: there is no field \"event\"; expected a string");
  EXPECT_EQ(error_of(R"({"at":1,"event":"sned"})"),
            "trace.jsonl:1: field \"event\" is \"sned\"; expected start, sent, received, lost, "
            "visible, operation, fault, faults-over, violation or end");
  EXPECT_EQ(error_of(R"({"at":"1","event":"faults-over"})"),
            "trace.jsonl:1: field \"at\" is \"1\"; expected a time in milliseconds");
  EXPECT_EQ(error_of(R"({"at":1e300,"event":"faults-over"})"),
            "trace.jsonl:1: field \"at\" is 1e+300; expected a time in milliseconds");
  EXPECT_EQ(error_of(R"({"at":1,"event":"lost","id":-1,"from":"a","to":"b"})"),
            "trace.jsonl:1: field \"id\" is -1; expected an integer from 0");
  EXPECT_EQ(error_of(R"({"at":1,"event":"sent","id":1,"from":"a","to":"b","body":[]})"),
            "trace.jsonl:1: field \"body\" is []; expected an object");
  EXPECT_EQ(error_of(R"({"at":1,"event":"operation","type":"done","process":1,"f":"read"})"),
            "trace.jsonl:1: field \"type\" is \"done\"; expected invoke, ok, fail or info");
  EXPECT_EQ(error_of(R"({"at":0,"event":"start","workload":"broadcast","nodes":[1]})"),
            "trace.jsonl:1: field \"nodes\" is [1]; expected an array of strings");
  EXPECT_EQ(error_of(R"({"event":"end"})"),
            "trace.jsonl:1: there is no field \"passed\"; expected true or false");
}

}  // namespace
}  // namespace bruit::workbench
