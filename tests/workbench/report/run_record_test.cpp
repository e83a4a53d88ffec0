// What a report knows of a run: messages with their ends, who had which value when and by which
// message, and bounds on what is large.
#include "bruit/workbench/report/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/simulation/simulation.h"
#include "bruit/workbench/trace/trace_writer.h"

namespace bruit::workbench::report {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

RunRecord record_of(const std::string& trace, const Bounds& bounds = {}) {
  std::istringstream in(trace);
  RunRecord record;
  read_trace(in, "trace.jsonl", bounds, record);
  return record;
}

// A client broadcasts 7 at n0 10 ms into the run; n0 tells n1 and n2, the second message is lost,
// and n2 gets it from n1.
const std::string real_run =
    R"({"at":0,"event":"start","workload":"broadcast","nodes":["n0","n1","n2"]}
{"at":5,"event":"sent","id":0,"from":"c0","to":"n0","body":{"type":"init","node_id":"n0"}}
{"at":10,"event":"operation","type":"invoke","process":0,"f":"broadcast","value":7}
{"at":10,"event":"sent","id":1,"from":"c3","to":"n0","body":{"type":"broadcast","message":7}}
{"at":11,"event":"received","id":1,"from":"c3","to":"n0"}
{"at":12,"event":"sent","id":2,"from":"n0","to":"n1","body":{"type":"tell","id":3,"values":[7,8]}}
{"at":12,"event":"sent","id":3,"from":"n0","to":"n2","body":{"type":"tell","id":3,"values":[7]}}
{"at":13,"event":"operation","type":"ok","process":0,"f":"broadcast","value":7}
{"at":22,"event":"received","id":2,"from":"n0","to":"n1"}
{"at":22,"event":"lost","id":3,"from":"n0","to":"n2"}
{"at":23,"event":"operation","type":"invoke","process":1,"f":"read"}
{"at":24,"event":"sent","id":4,"from":"n2","to":"c4","body":{"type":"read_ok","messages":[7]}}
{"at":25,"event":"operation","type":"ok","process":1,"f":"read","value":[7]}
{"at":30,"event":"sent","id":5,"from":"n1","to":"n2","body":{"type":"tell","id":3,"values":[7]}}
{"at":3010,"event":"fault","fault":"kill n2"}
{"at":3020,"event":"faults-over"}
{"event":"end","passed":true}
)";

TEST(RunRecord, HasEachMessageWithItsEnd) {
  const RunRecord record = record_of(real_run);
  ASSERT_EQ(record.messages.size(), 6U);
  EXPECT_EQ(record.nodes, (std::vector<std::string>{"n0", "n1", "n2"}));
  const Message& first = record.messages[2];
  EXPECT_EQ(first.sent, milliseconds(2));  // since the first operation
  EXPECT_EQ(first.ended, milliseconds(12));
  EXPECT_EQ(first.fate, Message::Fate::received);
  EXPECT_EQ(first.from, 0U);
  EXPECT_EQ(first.to, 1U);
  EXPECT_EQ(record.types[first.type].name, "tell");
  EXPECT_EQ(record.types[first.type].between_nodes, 3U);
  EXPECT_EQ(record.messages[0].sent, milliseconds(-5));
  EXPECT_EQ(record.messages[0].from, a_client);
  EXPECT_EQ(record.messages[3].fate, Message::Fate::lost);
  EXPECT_EQ(record.messages[5].fate, Message::Fate::under_way);
  EXPECT_THAT(record.between_nodes_by_second, ElementsAre(3));
  EXPECT_TRUE(record.complete);
}

TEST(RunRecord, InfersFromMessagesAndReadsWhoHadAValueWhen) {
  const RunRecord record = record_of(real_run);
  EXPECT_TRUE(record.arrivals_are_inferred);
  ASSERT_EQ(record.arrivals.size(), 3U);
  const auto is = [&](std::size_t i, std::uint32_t node, int at, std::uint32_t message,
                      Arrival::Source source) {
    const Arrival& arrival = record.arrivals[i];
    return arrival.node == node && arrival.at == milliseconds(at) && arrival.message == message &&
           arrival.source == source && record.history.elements.text(arrival.element) == "7";
  };
  EXPECT_TRUE(is(0, 0, 1, 1, Arrival::Source::message));  // from its client
  EXPECT_TRUE(is(1, 1, 12, 2, Arrival::Source::message));
  EXPECT_TRUE(is(2, 2, 14, 4, Arrival::Source::read));
}

TEST(RunRecord, CarriesOnlyValuesThatAClientBroadcast) {
  const RunRecord record = record_of(real_run);
  EXPECT_EQ(record.carried_by(2).size(), 1U);  // not the 8
  EXPECT_EQ(record.carried_by(0).size(), 0U);
}

TEST(RunRecord, TakesWhatSimulatedNodesShowInsteadAndNamesTheMessageThatBroughtIt) {
  SimulationOptions options{.test = find_challenge("3b")->options, .strategy = {}};
  options.strategy.kind = core::StrategyKind::flood;
  options.test.latency = milliseconds(20);
  std::stringstream file;
  TraceWriter writer(file, options.test);
  const SimulationResult result = simulate(options, &writer);
  writer.finish(result.passed(), result.invariants.told, result.trace_hash);
  const RunRecord record = record_of(file.str());
  EXPECT_FALSE(record.arrivals_are_inferred);
  EXPECT_EQ(record.arrivals.size(), result.broadcasts * 5);
  for (const Arrival& arrival : record.arrivals) {
    ASSERT_NE(arrival.message, no_message);
    EXPECT_EQ(record.messages[arrival.message].to, arrival.node);
    EXPECT_EQ(record.messages[arrival.message].ended, arrival.at);
    EXPECT_THAT(record.carried_by(arrival.message), testing::Contains(arrival.element));
  }
  EXPECT_EQ(record.message_count, result.net.all().send_count);
}

TEST(RunRecord, KeepsTheFirstMessagesOfALargeRunAndCountsAll) {
  const RunRecord record =
      record_of(real_run, {.messages = 2, .body_bytes = 30, .client_body_bytes = 20});
  EXPECT_EQ(record.messages.size(), 2U);
  EXPECT_EQ(record.message_count, 6U);
  EXPECT_EQ(record.bodies, "{\"type\":\"init\",\"node ... (30 bytes)\n\n");
}

TEST(RunRecord, ReadsATraceThatWasCutShort) {
  const RunRecord record = record_of(real_run.substr(0, real_run.size() / 2));
  EXPECT_FALSE(record.complete);
  EXPECT_FALSE(record.messages.empty());
}

TEST(RunRecord, SaysThatAFolderIsNoRun) {
  try {
    read_run("/nowhere");
    FAIL();
  } catch (const RunError& error) {
    EXPECT_STREQ(error.what(),
                 "/nowhere: there is no such folder; expected that of a run, "
                 "store/<workload>/<time>");
  }
}

TEST(RunRecord, ReadsARunOfMaelstromItselfWhichHasNoTrace) {
  const std::filesystem::path folder = testing::TempDir() + "maelstrom-run";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "results.edn") << "{:valid? true}";
  std::ofstream(folder / "history.edn")
      << "{:index 0, :time 1000, :type :invoke, :process 0, :f :broadcast, :value 7}\n"
         "{:index 1, :time 2000, :type :info, :process :nemesis, :f :start-partition, :value "
         "nil}\n";
  const RunRecord record = read_run(folder);
  std::filesystem::remove_all(folder);
  EXPECT_FALSE(record.has_trace);
  EXPECT_EQ(record.history.ops.size(), 2U);
  ASSERT_EQ(record.faults.size(), 1U);
  EXPECT_THAT(record.faults[0].text, testing::StartsWith("start-partition"));
  EXPECT_NE(record.results.at("valid?"), nullptr);
}

}  // namespace
}  // namespace bruit::workbench::report
