// What clients of each workload ask and make of the answers.
#include "bruit/workbench/workloads/workloads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "workbench/network/body_of.h"

namespace bruit::workbench {
namespace {

using testing::MatchesRegex;

struct WorkloadTest : testing::Test {
  void use(Workload workload, std::uint32_t concurrency = 5) {
    options.workload = workload;
    options.concurrency = concurrency;
    rules = make_workload(options, elements);
    free_workers.resize(concurrency);
    std::iota(free_workers.begin(), free_workers.end(), 0U);
  }
  Operation next() { return rules->next(random, free_workers).operation; }
  // The first of the operations drawn that has this :f.
  Operation next(std::string_view f) {
    for (int i = 0; i < 1000; ++i) {
      if (Operation operation = next(); operation.f == f) return operation;
    }
    ADD_FAILURE() << "no " << f;
    return next();
  }
  std::string asked(const Operation& operation) const {
    return std::get<JsonBody>(rules->request(operation, 7)).text;
  }
  std::string value(const OpValue& value) const {
    if (const auto* edn = std::get_if<Edn>(&value)) return to_string(*edn);
    if (const auto* element = std::get_if<ElementId>(&value)) return elements.text(*element);
    if (const auto* list = std::get_if<ElementList>(&value)) {
      std::string all;
      for (const auto element : *list) all += elements.text(element) + " ";
      return all;
    }
    return "nil";
  }
  // The value of the completion, or what is wrong with the answer.
  std::string answered(const Operation& operation, std::string_view body) const {
    const auto result = rules->result(operation, *body_of(body).fields);
    if (const auto* bad = std::get_if<BadReply>(&result)) return bad->reason;
    return value(std::get<OpValue>(result));
  }
  // Each :f and value of many operations, and how often it came.
  std::map<std::string, int> drawn(int count) {
    std::map<std::string, int> found;
    for (int i = 0; i < count; ++i) {
      const Operation operation = next();
      ++found[std::string(operation.f) + " " + value(operation.value)];
    }
    return found;
  }

  TestOptions options;
  ElementTable elements;
  std::unique_ptr<WorkloadRules> rules;
  Random random{1, 2};
  std::vector<std::uint32_t> free_workers;
};

TEST_F(WorkloadTest, EveryWorkloadHasANameThatFindsIt) {
  for (const auto& name : workload_list()) {
    const auto workload = parse_workload(name);
    ASSERT_TRUE(workload.has_value()) << name;
    EXPECT_EQ(to_string(*workload), name);
    use(*workload, 10);
    EXPECT_NE(rules, nullptr) << name;
    EXPECT_NE(check_history(*workload, {}).map.at("valid?"), nullptr) << name;
  }
}

TEST_F(WorkloadTest, UniqueIdsAsksForNothingElseAndTakesIdsOfAnyKind) {
  use(Workload::unique_ids);
  EXPECT_FALSE(rules->has_final_reads());
  EXPECT_EQ(drawn(50), (std::map<std::string, int>{{"generate nil", 50}}));
  EXPECT_EQ(asked(next()), R"({"type":"generate","msg_id":7})");
  EXPECT_EQ(answered(next(), R"({"type":"generate_ok","in_reply_to":7,"id":[1,"a",null]})"),
            R"([1 "a" nil])");
  // Numbers that no double has keep their digits: two such ids are two.
  for (const auto* id : {"1000000000000000000000000000000", "-18446744073709551616",
                         "18446744073709551615", "0.1", "-0.0"}) {
    EXPECT_EQ(
        answered(
            next(),
            std::string(R"({"type":"generate_ok","in_reply_to":7,"id":)").append(id).append("}")),
        id);
  }
  EXPECT_EQ(answered(next(), R"({"type":"generate_ok","in_reply_to":7,"id":[{"a":1e400}]})"),
            R"([{"a" 1e400M}])");
  EXPECT_EQ(answered(next(), R"({"type":"generate_ok","in_reply_to":7})"),
            "generate_ok needs a field \"id\"");
}

TEST_F(WorkloadTest, GSetAddsAscendingNumbersAndReadsAListCalledValue) {
  use(Workload::g_set);
  EXPECT_TRUE(rules->has_final_reads());
  EXPECT_FALSE(rules->marks_final_reads());
  EXPECT_EQ(asked(next("add")), R"({"type":"add","element":0,"msg_id":7})");
  EXPECT_EQ(asked(next("add")), R"({"type":"add","element":1,"msg_id":7})");
  EXPECT_EQ(asked(next("read")), R"({"type":"read","msg_id":7})");
  const Operation add = next("add");
  EXPECT_EQ(answered(add, R"({"type":"add_ok","in_reply_to":7})"), value(add.value));
  EXPECT_EQ(answered(next("read"), R"({"type":"read_ok","in_reply_to":7,"value":[2,0,2]})"),
            "2 0 2 ");
  EXPECT_EQ(answered(next("read"), R"({"type":"read_ok","in_reply_to":7,"messages":[]})"),
            "read_ok needs a field \"value\"; it has \"messages\", which it must not have");
}

TEST_F(WorkloadTest, PnCounterAddsFromMinusFiveToFourHalfOfTheTime) {
  use(Workload::pn_counter);
  EXPECT_TRUE(rules->has_final_reads());
  const auto found = drawn(10'000);
  EXPECT_EQ(found.size(), 11U);
  EXPECT_NEAR(found.at("read nil"), 5'000, 200);
  for (int delta = -5; delta <= 4; ++delta) {
    EXPECT_NEAR(found.at("add " + std::to_string(delta)), 500, 100) << delta;
  }
  EXPECT_THAT(asked(next("add")), MatchesRegex(R"(\{"type":"add","delta":-?[0-5],"msg_id":7\})"));
  EXPECT_EQ(answered(next("read"), R"({"type":"read_ok","in_reply_to":7,"value":-3})"), "-3");
  EXPECT_EQ(answered(next("read"), R"({"type":"read_ok","in_reply_to":7,"value":1.5})"),
            "read_ok needs a field \"value\" that is an integer");
}

TEST_F(WorkloadTest, GCounterLeavesOutNegativeAdditionsSoThatAThirdAreAdditions) {
  use(Workload::g_counter);
  const auto found = drawn(9'000);
  EXPECT_EQ(found.size(), 6U);
  EXPECT_NEAR(found.at("read nil"), 6'000, 200);
  for (int delta = 0; delta <= 4; ++delta) {
    EXPECT_NEAR(found.at("add " + std::to_string(delta)), 600, 100) << delta;
  }
}

TEST_F(WorkloadTest, LinKvReadsWithTheFirstHalfOfAGroupAndWritesOrSwapsWithTheSecond) {
  use(Workload::lin_kv, 20);
  EXPECT_FALSE(rules->has_final_reads());
  std::map<std::string, int> count;
  for (int i = 0; i < 6'000; ++i) {
    const Turn turn = rules->next(random, free_workers);
    ASSERT_TRUE(turn.worker.has_value());
    const std::uint32_t worker = free_workers[*turn.worker];
    const bool reads = worker % 10 < 5;
    EXPECT_EQ(turn.operation.f == "read", reads);
    // The first group has key 0, the second key 1.
    EXPECT_EQ(value(turn.operation.value).substr(0, 3), worker < 10 ? "[0 " : "[1 ");
    ++count[std::string(turn.operation.f)];
  }
  EXPECT_NEAR(count["read"], 3'000, 200);
  EXPECT_NEAR(count["write"], 1'000, 150);
  EXPECT_NEAR(count["cas"], 2'000, 150);
}

TEST_F(WorkloadTest, LinKvTakesWhoeverIsFree) {
  use(Workload::lin_kv, 20);
  for (std::uint32_t worker = 0; worker < 20; ++worker) {
    free_workers = {worker};
    EXPECT_EQ(rules->next(random, free_workers).worker, 0U);
  }
}

TEST_F(WorkloadTest, LinKvSpeaksMaelstromsWords) {
  use(Workload::lin_kv, 10);
  EXPECT_EQ(asked(next("read")), R"({"type":"read","key":0,"msg_id":7})");
  EXPECT_THAT(asked(next("write")),
              MatchesRegex(R"(\{"type":"write","key":0,"value":[0-4],"msg_id":7\})"));
  EXPECT_THAT(asked(next("cas")),
              MatchesRegex(R"(\{"type":"cas","key":0,"from":[0-4],"to":[0-4],"msg_id":7\})"));
  EXPECT_EQ(answered(next("read"), R"({"type":"read_ok","in_reply_to":7,"value":3})"), "[0 3]");
  EXPECT_THAT(answered(next("cas"), R"({"type":"cas_ok","in_reply_to":7})"),
              MatchesRegex(R"(\[0 \[[0-4] [0-4]\]\])"));
  EXPECT_EQ(answered(next("read"), R"({"type":"read_ok","in_reply_to":7})"),
            "read_ok needs a field \"value\"");
}

TEST_F(WorkloadTest, LinKvGoesOnToTheNextKeyWhenTwentyProcessesHaveTouchedOne) {
  use(Workload::lin_kv, 10);
  for (int i = 0; i < 10; ++i) rules->on_process_retired(0);
  EXPECT_EQ(value(next("read").value), "[0 nil]");
  rules->on_process_retired(0);
  EXPECT_EQ(value(next("read").value), "[1 nil]");
}

TEST_F(WorkloadTest, LinKvWaitsTenTimesTheLatencyAndAtLeastASecond) {
  use(Workload::lin_kv, 10);
  EXPECT_EQ(rules->timeout(), std::chrono::seconds(1));
  options.latency = std::chrono::milliseconds(300);
  use(Workload::lin_kv, 10);
  EXPECT_EQ(rules->timeout(), std::chrono::seconds(3));
  use(Workload::g_set);
  EXPECT_EQ(rules->timeout(), std::chrono::seconds(5));
}

}  // namespace
}  // namespace bruit::workbench
