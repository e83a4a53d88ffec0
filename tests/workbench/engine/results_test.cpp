#include "bruit/workbench/engine/results.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>
#include <stdexcept>

#include "bruit/workbench/history/edn_json.h"
#include "bruit/workbench/history/history_io.h"
#include "bruit/workbench/history/results_text.h"
#include "workbench/golden_runs.h"
#include "workbench/history/edn_show.h"

namespace bruit::workbench {
namespace {

class GoldenRun : public testing::TestWithParam<std::string_view> {
 protected:
  const std::string text = golden::read(GetParam(), "results.edn");
  const Edn results = parse_edn(text);
  const History history = read_history();
  const CheckerResults checked = check_broadcast(history, net_stats(), NoAvailabilityGoal{});

 private:
  static History read_history() {
    std::istringstream in(golden::read(GetParam(), "history.edn"));
    return read_history_edn(in, std::string(GetParam()) + "/history.edn");
  }
  // The history does not hold the traffic: its counts come from the results.
  TrafficCount traffic(std::string_view part) const {
    const auto count = [&](std::string_view name) {
      return static_cast<std::uint64_t>(*results.at("net", part, name)->get_if<std::int64_t>());
    };
    return {.send_count = count("send-count"),
            .recv_count = count("recv-count"),
            .msg_count = count("msg-count")};
  }
  NetStats net_stats() const {
    return {.clients = traffic("clients"), .servers = traffic("servers")};
  }
};

TEST_P(GoldenRun, HasTheSameStats) { EXPECT_EQ(to_edn(checked.stats), *results.at("stats")); }

TEST_P(GoldenRun, HasTheSameAvailability) {
  EXPECT_EQ(to_edn(checked.availability), *results.at("availability"));
}

TEST_P(GoldenRun, HasTheSameMessagesPerOperation) {
  EXPECT_EQ(to_edn(checked.net), *results.at("net"));
}

TEST_P(GoldenRun, HasTheSameWorkloadWorstStaleIncluded) {
  EXPECT_EQ(checked.workload.map, *results.at("workload"));
}

TEST_P(GoldenRun, IsPrintedByteForByte) { EXPECT_EQ(results_edn(compose_results(checked)), text); }

INSTANTIATE_TEST_SUITE_P(Results, GoldenRun, testing::ValuesIn(golden::runs),
                         [](const auto& run) { return golden::test_name(run.param); });

// What checkers find in a run where nothing happened.
CheckerResults nothing_happened() { return check_broadcast({}, {}, NoAvailabilityGoal{}); }

TEST(Results, OfARunWithoutOperationsAreUnknown) {
  EXPECT_EQ(to_string(compose_results(nothing_happened())),
            "{:perf {:latency-graph {:valid? true}, :rate-graph {:valid? true}, :valid? true}, "
            ":timeline {:valid? true}, :exceptions {:valid? true}, "
            ":stats {:valid? true, :count 0, :ok-count 0, :fail-count 0, :info-count 0, :by-f {}}, "
            ":availability {:valid? true, :ok-fraction 1}, "
            ":net {:all {:send-count 0, :recv-count 0, :msg-count 0}, "
            ":clients {:send-count 0, :recv-count 0, :msg-count 0}, "
            ":servers {:send-count 0, :recv-count 0, :msg-count 0}, :valid? true}, "
            ":workload {:worst-stale (), :duplicated-count 0, :valid? :unknown, :lost-count 0, "
            ":lost (), :stable-count 0, :stale-count 0, :stale (), :never-read-count 0, "
            ":attempt-count 0, :never-read (), :duplicated {}}, :valid? :unknown}");
}

TEST(Results, TheHeaviestVerdictOfAllSectionsIsTheVerdict) {
  CheckerResults checked = nothing_happened();
  const auto verdict_with = [&](const Edn& workload, const EdnMap& extra) {
    checked.workload.map = workload;
    return validity_of(compose_results(checked, extra));
  };
  const Edn valid = Edn::map({{"valid?", true}});
  const Edn unknown = Edn::map({{"valid?", Edn::keyword("unknown")}});
  const Edn invalid = Edn::map({{"valid?", false}});
  const auto extra = [](const Edn& section) {
    EdnMap map;
    map.set("propagation", section);
    return map;
  };
  EXPECT_EQ(verdict_with(valid, {}), Validity::valid);
  EXPECT_EQ(verdict_with(valid, extra(Edn::map({{"max", 3}}))), Validity::valid);
  EXPECT_EQ(verdict_with(valid, extra(unknown)), Validity::unknown);
  EXPECT_EQ(verdict_with(unknown, extra(valid)), Validity::unknown);
  EXPECT_EQ(verdict_with(unknown, extra(invalid)), Validity::invalid);
  EXPECT_EQ(verdict_with(invalid, extra(unknown)), Validity::invalid);
  EXPECT_THROW(verdict_with(Edn::map({{"valid?", 1}}), {}), std::invalid_argument);
  EXPECT_THROW(verdict_with(Edn::map({}), {}), std::invalid_argument);
}

TEST(Results, HaveExtraSectionsBeforeTheVerdictAndNeverInPlaceOfMaelstroms) {
  EdnMap extra;
  extra.set("seed", 42);
  const std::string text = to_string(compose_results(nothing_happened(), extra));
  EXPECT_TRUE(text.ends_with(":duplicated {}}, :seed 42, :valid? :unknown}")) << text;
  for (const std::string_view taken : {"net", "workload", "valid?"}) {
    EdnMap collision;
    collision.set(taken, 1);
    EXPECT_THROW(compose_results(nothing_happened(), collision), std::invalid_argument);
  }
}

TEST(Results, OfAnInterruptedRunAreUnknownWhateverWasFound) {
  CheckerResults checked = nothing_happened();
  for (const bool found : {true, false}) {
    checked.workload.map = Edn::map({{"valid?", found}});
    EXPECT_EQ(validity_of(compose_results(checked, {}, Ending::interrupt)), Validity::unknown);
  }
}

TEST(ResultsJson, HasTheSameKeysWithoutColonsAndQuestionMarks) {
  const Edn results = parse_edn(golden::read("3d-overload-fail-info", "results.edn"));
  const boost::json::value json = boost::json::parse(results_json(results));
  EXPECT_EQ(json.at_pointer("/net/servers/msgs-per-op").as_double(), 1730.0427);
  EXPECT_EQ(json.at_pointer("/workload/stable-latencies/0.5").as_int64(), 34);
  EXPECT_EQ(json.at_pointer("/workload/stable-latencies/1").as_int64(), 1088);
  EXPECT_EQ(json.at_pointer("/valid").as_bool(), true);
  EXPECT_EQ(json.at_pointer("/workload/worst-stale/0/known/f").as_string(), "add");
  EXPECT_TRUE(json.at_pointer("/workload/worst-stale/0/lost-latency").is_null());
  EXPECT_EQ(json.at_pointer("/workload/never-read/0").as_int64(), 109);
}

TEST(EdnJson, SaysEveryKindOfValue) {
  EXPECT_EQ(
      to_json(parse_edn("[nil true -1 2.0 0.5 1e300 ##Inf :a/b sym 2/3 \\a \"q\\\"\\n\\u0001é\"]")),
      "[null, true, -1, 2.0, 0.5, 1e+300, null, \"a/b\", \"sym\", \"2/3\", \"\\\\a\", "
      "\"q\\\"\\n\\u0001é\"]");
  EXPECT_EQ(to_json(parse_edn("{:a? #{3 1 2}, \"k\" (), 0.5 {}, :? #t [1]}")),
            "{\n  \"a\": [1, 2, 3],\n  \"k\": [],\n  \"0.5\": {},\n  \"?\": [1]\n}");
  EXPECT_EQ(to_json(parse_edn("[{:a 1} {:b (2)}]")),
            "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": [2]\n  }\n]");
}

}  // namespace
}  // namespace bruit::workbench
