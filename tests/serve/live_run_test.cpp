#include "bruit/serve/live_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <boost/json.hpp>

namespace bruit::serve {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

json::value run(const std::string& request) {
  return json::parse(run_live(parse_live_request(request)));
}

std::string refusal(const std::string& request) {
  try {
    run_live(parse_live_request(request));
  } catch (const LiveRequestError& error) {
    return error.what();
  }
  return "";
}

TEST(LiveRequest, WithoutMembersIsChallenge3d) {
  const auto options = parse_live_request("{}");
  EXPECT_EQ(options.test.nodes.size(), 25U);
  EXPECT_EQ(options.test.rate, 100);
  EXPECT_EQ(options.test.latency, std::chrono::milliseconds(100));
  EXPECT_EQ(options.strategy.kind, core::StrategyKind::rounds);
  EXPECT_EQ(options.strategy.rounds.budget.worst, std::chrono::milliseconds(600));
}

TEST(LiveRequest, IsRefusedWithTheMemberAndWhatWasExpected) {
  EXPECT_THAT(refusal("{"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("expected a JSON object"));
  EXPECT_THAT(refusal(R"({"nodes": 0})"), HasSubstr("\"nodes\": expected a number from 1 to 100"));
  EXPECT_THAT(refusal(R"({"nodes": 2.5})"), HasSubstr("a whole number, found 2.5"));
  EXPECT_THAT(refusal(R"({"nodes": "3"})"), HasSubstr("found \"3\""));
  EXPECT_THAT(refusal(R"({"nodse": 3})"), HasSubstr("\"nodse\" is not known"));
  EXPECT_THAT(refusal(R"({"strategy": "hope"})"), HasSubstr("\"strategy\": expected"));
  EXPECT_THAT(refusal(R"({"strategy": 7})"), HasSubstr("expected a text, found 7"));
  EXPECT_THAT(refusal(R"({"distribution": "normal"})"), HasSubstr("constant, uniform"));
  EXPECT_THAT(refusal(R"({"network": "x"})"), HasSubstr("ideal or maelstrom"));
  EXPECT_THAT(refusal(R"({"faults": "some"})"), HasSubstr("none, partition or chaos"));
  EXPECT_THAT(refusal(R"({"rate": 5000, "seconds": 120})"), HasSubstr("20000 operations"));
  EXPECT_THAT(refusal(R"({"schedule": "scenario 1\n1s kill n99\n"})"),
              HasSubstr("\"schedule\", line 2"));
  EXPECT_THAT(refusal(R"({"latency_ms": 7200000})"), HasSubstr("an hour"));
}

TEST(LiveRun, IsTheSimulationThatItSeems) {
  const auto options = parse_live_request(R"({"nodes": 5, "seconds": 3, "seed": 7})");
  const auto result = workbench::simulate(options);
  const auto live = json::parse(run_live(options));
  EXPECT_EQ(live.at_pointer("/figures/trace_hash").as_string(),
            fmt::format("{:016x}", result.trace_hash));
  EXPECT_EQ(live.at_pointer("/messages/sent").as_array().size(), result.net.servers.msg_count);
  EXPECT_EQ(live.at("values").as_array().size(), result.broadcasts);
  // Everybody came to show every value.
  EXPECT_EQ(live.at_pointer("/visible/at").as_array().size(), 5 * result.broadcasts);
  for (const char* column : {"ended", "from", "to", "type", "values", "lost"}) {
    EXPECT_EQ(live.at_pointer(std::string("/messages/") + column).as_array().size(),
              live.at_pointer("/messages/sent").as_array().size());
  }
}

// What the page relies on: a fault changes nothing of what was before it.
TEST(LiveRun, GoesOnFromTheMomentOfAFault) {
  for (const std::string fault : {"kill n3", "cut n0 <-> n1,n2", "pause n0", "cut n4 -> n0"}) {
    const auto request = [](const std::string& schedule) {
      return json::serialize(
          json::object{{"nodes", 5}, {"seconds", 6}, {"seed", 3}, {"schedule", schedule}});
    };
    const std::int64_t moment = 2'345'678;
    const auto before = run(request("scenario 1\n"));
    const auto after = run(request(fmt::format("scenario 1\n{}us {}\n", moment, fault)));
    ASSERT_NE(before.at_pointer("/figures/trace_hash"), after.at_pointer("/figures/trace_hash"));
    const auto& sent = before.at_pointer("/messages/sent").as_array();
    std::size_t compared = 0;
    for (std::size_t i = 0; i < sent.size() && sent[i].as_int64() < moment; ++i, ++compared) {
      for (const char* column : {"sent", "from", "to", "type", "values"}) {
        const std::string pointer = std::string("/messages/") + column;
        ASSERT_EQ(before.at_pointer(pointer).at(i), after.at_pointer(pointer).at(i)) << fault;
      }
    }
    EXPECT_GT(compared, 20U);
  }
}

TEST(LiveRun, GivesBackADrawnScheduleThatRepeatsTheRun) {
  const auto drawn = run(R"({"nodes": 5, "seconds": 10, "faults": "chaos", "seed": 5})");
  EXPECT_THAT(drawn.at("faults").as_array(), Not(IsEmpty()));
  const auto again = run(json::serialize(json::object{
      {"nodes", 5}, {"seconds", 10}, {"seed", 5}, {"schedule", drawn.at("schedule")}}));
  EXPECT_EQ(drawn.at_pointer("/figures/trace_hash"), again.at_pointer("/figures/trace_hash"));
}

TEST(LiveRun, TellsWhatIsCutDeadAndFrozen) {
  const auto live =
      run(json::serialize(json::object{{"nodes", 3},
                                       {"seconds", 5},
                                       {"schedule",
                                        "scenario 1\n1s cut n0 -> n2\n2s kill n1\n3s restart "
                                        "n1\n3s pause n2\n4s mend n0 -> n2\n"}}));
  const auto& faults = live.at("faults").as_array();
  ASSERT_GE(faults.size(), 6U);
  EXPECT_EQ(faults[0].at("cut"), json::parse("[[0,2]]"));
  EXPECT_EQ(faults[0].at("text").as_string(), "cut n0 -> n2");
  EXPECT_EQ(faults[1].at("dead"), json::parse("[1]"));
  EXPECT_EQ(faults[3].at("frozen"), json::parse("[2]"));
  EXPECT_EQ(faults[3].at("dead"), json::parse("[]"));
  EXPECT_EQ(faults[4].at("cut"), json::parse("[]"));
  EXPECT_EQ(faults.back().at("frozen"), json::parse("[]"));
}

TEST(LiveRun, TellsWhatIsStalledAndWhatHappensToSingleMessages) {
  const auto live = run(json::serialize(json::object{
      {"nodes", 3},
      {"seconds", 5},
      {"schedule", "scenario 1\n0s lose n0 -> n2 message 1\n1s stall n0 -> n2 500ms\n"}}));
  const auto& faults = live.at("faults").as_array();
  ASSERT_EQ(faults.size(), 4U);
  EXPECT_EQ(faults[0].at("text").as_string(), "lose n0 -> n2 message 1");
  EXPECT_EQ(faults[0].at("stalled"), json::parse("[]"));
  EXPECT_EQ(faults[1].at("stalled"), json::parse("[[0,2]]"));
  EXPECT_EQ(faults[2].at("text").as_string(), "stall n0 -> n2 500ms is over");
  EXPECT_EQ(faults[2].at("at"), json::parse("1500000"));
  EXPECT_EQ(faults[2].at("stalled"), json::parse("[]"));
}

TEST(LiveRun, IsRefusedIfABrowserCouldNotDrawIt) {
  EXPECT_THAT(refusal(R"({"strategy": "flood", "nodes": 100, "rate": 150, "seconds": 60,
                          "latency_ms": 10})"),
              HasSubstr("more than 200000 messages"));
}

}  // namespace
}  // namespace bruit::serve
