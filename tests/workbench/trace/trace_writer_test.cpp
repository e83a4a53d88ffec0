// Traces: every line is JSON, times ascend, and every message that is received or lost was sent.
#include "bruit/workbench/trace/trace_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "bruit/workbench/options/challenge.h"
#include "bruit/workbench/simulation/simulation.h"

namespace bruit::workbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

std::string trace_of(const SimulationOptions& options, SimulationResult* result = nullptr) {
  std::ostringstream out;
  TraceWriter trace(out, options.test);
  const SimulationResult run = simulate(options, &trace);
  trace.finish(run.passed(), run.invariants.told, run.trace_hash);
  if (result != nullptr) *result = run;
  return out.str();
}

std::vector<boost::json::object> lines_of(const std::string& trace) {
  std::vector<boost::json::object> lines;
  std::istringstream in(trace);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(boost::json::parse(line).as_object());
  }
  return lines;
}

SimulationOptions two_nodes() {
  SimulationOptions options;
  options.strategy.kind = core::StrategyKind::flood;
  options.test.nodes = numbered_nodes(2);
  options.test.concurrency = 2;
  options.test.latency = microseconds(20'500);
  options.test.network = NetworkModel::ideal;
  options.test.time_limit = seconds(1);
  options.test.scenario = std::make_shared<const Scenario>(
      Scenario{{{milliseconds(10), CutLinks{{{0}, {1}, false}}}},
               std::vector<TimedOperation>{{.at = {}, .client = 0},
                                           {.at = milliseconds(500), .client = 1, .read = true}}});
  return options;
}

TEST(TraceWriter, ShowsAMessageAllTheWayToItsLoss) {
  const std::string trace = trace_of(two_nodes());
  EXPECT_THAT(trace, HasSubstr("{\"at\":0,\"event\":\"operation\",\"type\":\"invoke\","
                               "\"process\":0,\"f\":\"broadcast\",\"value\":0}\n"));
  EXPECT_THAT(trace, HasSubstr("\"from\":\"c4\",\"to\":\"n0\",\"body\":{\"type\":\"broadcast\","
                               "\"message\":0,\"msg_id\":1}}\n"));
  EXPECT_THAT(trace, HasSubstr("{\"at\":0,\"event\":\"visible\",\"node\":\"n0\",\"value\":0}\n"));
  EXPECT_THAT(trace, HasSubstr("\"from\":\"n0\",\"to\":\"n1\",\"body\":{\"type\":\"rumor\","
                               "\"value\":0}}\n"));
  EXPECT_THAT(trace, HasSubstr("{\"at\":10,\"event\":\"fault\",\"fault\":\"cut n0 -> n1\"}\n"));
  EXPECT_THAT(trace, HasSubstr("{\"at\":20.5,\"event\":\"lost\",\"id\":10,\"from\":\"n0\","
                               "\"to\":\"n1\"}\n"));
  EXPECT_THAT(trace, HasSubstr("\"type\":\"ok\",\"process\":1,\"f\":\"read\",\"value\":[]}\n"));
  EXPECT_THAT(trace, HasSubstr("\"event\":\"faults-over\"}\n"));
  EXPECT_THAT(trace, HasSubstr("\"event\":\"violation\",\"invariant\":\"no loss\",\"what\":\"0, "
                               "acknowledged at 0s, is missing at n1\"}\n"));
  EXPECT_THAT(trace, HasSubstr("{\"event\":\"end\",\"passed\":false,\"trace_hash\":\""));
}

TEST(TraceWriter, WritesEveryEventOfEveryStrategyAsJson) {
  for (const auto kind : core::all_strategies) {
    SimulationOptions options{.test = find_challenge("3c")->options, .strategy = {}};
    options.strategy.kind = kind;
    options.test.seed = 4;
    options.test.faults = {true, 0.05, 0.02, true, true, true, true, true};
    SimulationResult result;
    const auto lines = lines_of(trace_of(options, &result));
    std::set<std::uint64_t> sent;
    std::map<std::string, std::uint64_t> counts;
    double last = 0;
    for (const auto& line : lines) {
      const std::string event(line.at("event").as_string());
      ++counts[event];
      if (event == "violation" || event == "end") continue;
      const double at = line.at("at").to_number<double>();
      ASSERT_GE(at, last);
      last = at;
      if (event == "sent") {
        EXPECT_TRUE(line.at("body").as_object().contains("type"));
        sent.insert(line.at("id").to_number<std::uint64_t>());
      }
      if (event == "received" || event == "lost") {
        ASSERT_TRUE(sent.contains(line.at("id").to_number<std::uint64_t>()));
      }
    }
    EXPECT_EQ(counts["sent"], result.net.all().send_count) << core::to_string(kind);
    EXPECT_EQ(counts["received"], result.net.all().recv_count);
    EXPECT_GT(counts["lost"], 0U);
    EXPECT_GT(counts["fault"], 5U);
    EXPECT_EQ(counts["end"], 1U);
  }
}

TEST(TraceWriter, DoesNotChangeTheRun) {
  SimulationResult with;
  trace_of(two_nodes(), &with);
  EXPECT_EQ(with.trace_hash, simulate(two_nodes()).trace_hash);
}

TEST(TraceWriter, WritesValuesThatAreNoNumbersAsJsonToo) {
  std::ostringstream out;
  const TestOptions options;
  TraceWriter trace(out, options);
  ElementTable elements;
  trace.on_start(elements);
  ElementList list;
  for (const char* edn : {"nil", "\"a\"", "{\"b\" [1 true]}", "1.5"}) {
    list.push_back(elements.intern(edn));
  }
  Op read;
  read.type = OpType::ok;
  read.f = "read";
  read.value = list;
  trace.on_operation(read, Time{});
  EXPECT_THAT(out.str(), HasSubstr("\"value\":[null,\"a\",{\"b\":[1,true]},1.5]}\n"));
}

}  // namespace
}  // namespace bruit::workbench
