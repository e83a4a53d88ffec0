#include "bruit/workbench/checkers/set_full.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "workbench/checkers/history_builder.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// The values behind element numbers.
std::vector<std::string> values(const std::vector<ElementId>& elements, const History& history) {
  std::vector<std::string> texts;
  for (const ElementId element : elements) texts.push_back(history.elements.text(element));
  return texts;
}

// Broadcasts and acknowledges 0 at 10 ms.
HistoryBuilder acknowledged() {
  HistoryBuilder builder;
  builder.at(milliseconds(5)).broadcast(OpType::invoke, 0, 0);
  builder.at(milliseconds(10)).broadcast(OpType::ok, 0, 0);
  return builder;
}

TEST(SetFull, AValueIsStableOnceTheLastReadHasIt) {
  HistoryBuilder builder = acknowledged();
  builder.at(milliseconds(20)).invoke_read(1).read(1, {0});
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(result.validity, Validity::valid);
  EXPECT_EQ(result.attempt_count, 1U);
  EXPECT_EQ(result.stable_count, 1U);
  EXPECT_TRUE(result.stale.empty());
  EXPECT_EQ(result.stable_latencies, LatencyQuantiles{});
  EXPECT_EQ(result.lost_latencies, std::nullopt);
}

TEST(SetFull, AValueIsStaleForAsLongAsReadsBeginThatMissIt) {
  HistoryBuilder builder = acknowledged();
  builder.at(milliseconds(20)).invoke_read(1).read(1, {});
  builder.at(milliseconds(33)).invoke_read(1).at(milliseconds(50)).read(1, {});
  builder.at(milliseconds(60)).invoke_read(1).read(1, {0});
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(result.validity, Validity::valid);
  EXPECT_EQ(result.stable_count, 1U);
  EXPECT_EQ(values(result.stale, builder.history()), std::vector<std::string>{"0"});
  ASSERT_EQ(result.worst_stale.size(), 1U);
  // From the acknowledgement to just after the last invocation that missed it.
  EXPECT_EQ(result.worst_stale[0].stable_latency, milliseconds(23));
  EXPECT_EQ(result.worst_stale[0].known, 1U);
  EXPECT_EQ(result.worst_stale[0].last_absent, 4U);
}

TEST(SetFull, ALatencyBelowAMillisecondIsNone) {
  HistoryBuilder builder = acknowledged();
  builder.at(milliseconds(11) - nanoseconds(2)).invoke_read(1).read(1, {});
  builder.at(milliseconds(20)).invoke_read(1).read(1, {0});
  EXPECT_TRUE(check_set_full(builder.history()).stale.empty());

  HistoryBuilder one_more = acknowledged();
  one_more.at(milliseconds(11) - nanoseconds(1)).invoke_read(1).read(1, {});
  one_more.at(milliseconds(20)).invoke_read(1).read(1, {0});
  EXPECT_EQ(check_set_full(one_more.history()).worst_stale.at(0).stable_latency, milliseconds(1));
}

TEST(SetFull, AValueIsLostIfTheLastReadMissesIt) {
  HistoryBuilder builder = acknowledged();
  builder.at(milliseconds(20)).invoke_read(1).read(1, {0});
  builder.at(milliseconds(30)).invoke_read(1).read(1, {});
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(result.validity, Validity::invalid);
  EXPECT_EQ(values(result.lost, builder.history()), std::vector<std::string>{"0"});
  EXPECT_EQ(result.stable_count, 0U);
  ASSERT_TRUE(result.lost_latencies);
  EXPECT_EQ(result.lost_latencies->front(), milliseconds(10));
}

TEST(SetFull, AValueThatNoReadEverHadIsLostAtOnce) {
  HistoryBuilder builder = acknowledged();
  builder.at(milliseconds(30)).invoke_read(1).read(1, {});
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(values(result.lost, builder.history()), std::vector<std::string>{"0"});
  EXPECT_EQ(result.lost_latencies->front(), milliseconds(0));
}

TEST(SetFull, OneLostValueAmongStableOnesMakesTheRunInvalid) {
  HistoryBuilder builder = acknowledged();
  builder.broadcast(OpType::invoke, 0, 1).broadcast(OpType::ok, 0, 1);
  builder.invoke_read(1).read(1, {1});
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(result.validity, Validity::invalid);
  EXPECT_EQ(result.stable_count, 1U);
  EXPECT_EQ(values(result.lost, builder.history()), std::vector<std::string>{"0"});
}

TEST(SetFull, AValueIsNeverReadIfNoReadBeganAfterItWasKnown) {
  HistoryBuilder builder;
  builder.broadcast(OpType::invoke, 0, 0).invoke_read(1);
  builder.broadcast(OpType::ok, 0, 0).read(1, {});  // the read began before the acknowledgement
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(values(result.never_read, builder.history()), std::vector<std::string>{"0"});
  EXPECT_EQ(result.validity, Validity::unknown);
  EXPECT_EQ(result.stable_latencies, std::nullopt);
}

TEST(SetFull, AValueOfUnknownFateMayBeAbsent) {
  HistoryBuilder builder;
  builder.broadcast(OpType::invoke, 0, 0).broadcast(OpType::info, 0, 0);
  builder.invoke_read(1).read(1, {});
  EXPECT_EQ(values(check_set_full(builder.history()).never_read, builder.history()),
            std::vector<std::string>{"0"});
}

TEST(SetFull, AValueOfUnknownFateIsKnownFromTheFirstReadThatHasIt) {
  HistoryBuilder builder;
  builder.broadcast(OpType::invoke, 0, 0).broadcast(OpType::info, 0, 0);
  builder.at(milliseconds(10)).invoke_read(1).at(milliseconds(14)).read(1, {0});
  builder.at(milliseconds(20)).invoke_read(1).read(1, {});
  const SetFullResult lost = check_set_full(builder.history());
  EXPECT_EQ(values(lost.lost, builder.history()), std::vector<std::string>{"0"});
  builder.at(milliseconds(30)).invoke_read(1).read(1, {0});
  const SetFullResult stable = check_set_full(builder.history());
  ASSERT_EQ(stable.worst_stale.size(), 1U);
  EXPECT_EQ(stable.worst_stale[0].known, 3U);
  EXPECT_EQ(stable.worst_stale[0].stable_latency, milliseconds(6));
}

TEST(SetFull, AReadThatHasAValueBeforeItsAcknowledgementMakesItKnown) {
  HistoryBuilder builder;
  builder.broadcast(OpType::invoke, 0, 0);
  builder.at(milliseconds(10)).invoke_read(1).read(1, {0});
  builder.at(milliseconds(15)).invoke_read(1).read(1, {});
  builder.at(milliseconds(20)).broadcast(OpType::ok, 0, 0);
  builder.at(milliseconds(30)).invoke_read(1).read(1, {0});
  const SetFullResult result = check_set_full(builder.history());
  ASSERT_EQ(result.worst_stale.size(), 1U);
  EXPECT_EQ(result.worst_stale[0].known, 2U);
  EXPECT_EQ(result.worst_stale[0].stable_latency, milliseconds(5));
}

TEST(SetFull, ReadsCountByTheirInvocationNotByTheirCompletion) {
  HistoryBuilder builder = acknowledged();
  builder.at(milliseconds(20)).invoke_read(1);  // slow, and without the value
  builder.at(milliseconds(30)).invoke_read(2).read(2, {0});
  builder.at(milliseconds(40)).read(1, {});
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(result.stable_count, 1U);
  EXPECT_EQ(result.worst_stale.at(0).stable_latency, milliseconds(10));
}

TEST(SetFull, FailedAndUnfinishedReadsSayNothing) {
  HistoryBuilder builder = acknowledged();
  builder.invoke_read(1).append(OpType::fail, {1}, "read", Nil{});
  builder.invoke_read(2).append(OpType::info, {2}, "read", Nil{});
  builder.invoke_read(3);
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(result.never_read.size(), 1U);
}

TEST(SetFull, AReadBeforeAValueWasBroadcastDoesNotMissIt) {
  HistoryBuilder builder;
  builder.invoke_read(1).read(1, {});
  builder.broadcast(OpType::invoke, 0, 0).broadcast(OpType::ok, 0, 0);
  EXPECT_EQ(check_set_full(builder.history()).never_read.size(), 1U);
}

TEST(SetFull, PassesOverValuesThatNobodyBroadcastAndDuplicatesAsTheOriginalDoes) {
  HistoryBuilder builder = acknowledged();
  builder.invoke_read(1).read(1, {7, 0, 0, 7});
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(result.attempt_count, 1U);
  EXPECT_EQ(result.stable_count, 1U);
  EXPECT_EQ(result.validity, Validity::valid);
}

TEST(SetFull, TheReadsOfTheNemesisAreNotReads) {
  HistoryBuilder builder = acknowledged();
  builder.append(OpType::invoke, Process::nemesis(), "read", Nil{});
  builder.append(OpType::ok, Process::nemesis(), "read", ElementList{});
  EXPECT_EQ(check_set_full(builder.history()).never_read.size(), 1U);
}

TEST(SetFull, SortsNumbersBySizeAndEqualLatenciesFromTheGreatestValue) {
  HistoryBuilder builder;
  const std::vector<int> all = {10, 9, 2, 33, 1, 8, 4, 5, 6, 7};
  for (const int value : all) {
    builder.broadcast(OpType::invoke, 0, value).broadcast(OpType::ok, 0, value);
  }
  builder.at(milliseconds(3)).invoke_read(1).read(1, {});
  builder.at(milliseconds(9)).invoke_read(1).read(1, {33, 1, 8, 9, 10, 2, 4, 5, 6});
  builder.at(milliseconds(10)).invoke_read(1).read(1, all);
  const SetFullResult result = check_set_full(builder.history());
  EXPECT_EQ(values(result.stale, builder.history()),
            (std::vector<std::string>{"1", "2", "4", "5", "6", "7", "8", "9", "10", "33"}));
  std::vector<ElementId> worst;
  for (const StaleElement& stale : result.worst_stale) worst.push_back(stale.element);
  EXPECT_EQ(values(worst, builder.history()),
            (std::vector<std::string>{"7", "33", "10", "9", "8", "6", "5", "4"}));
}

TEST(SetFull, RefusesAReadThatIsNotAList) {
  HistoryBuilder builder = acknowledged();
  builder.invoke_read(1).append(OpType::ok, {1}, "read", Edn(7));
  EXPECT_THROW(check_set_full(builder.history()), std::invalid_argument);
}

TEST(SetFull, PrintsOperationsAsAdditions) {
  HistoryBuilder builder = acknowledged();
  builder.at(milliseconds(20)).invoke_read(1).read(1, {});
  builder.at(milliseconds(30)).invoke_read(1).read(1, {0});
  EXPECT_EQ(to_string(to_edn(check_set_full(builder.history()), builder.history())),
            "{:worst-stale ({:element 0, :outcome :stable, :stable-latency 10, :lost-latency nil, "
            ":known #jepsen.history.Op{:index 1, :time 10000000, :type :ok, :process 0, :f :add, "
            ":value 0}, "
            ":last-absent #jepsen.history.Op{:index 2, :time 20000000, :type :invoke, :process 1, "
            ":f :read, :value nil}}), "
            ":duplicated-count 0, :valid? true, :lost-count 0, :lost (), :stable-count 1, "
            ":stale-count 1, :stale (0), :never-read-count 0, "
            ":stable-latencies {0 10, 0.5 10, 0.95 10, 0.99 10, 1 10}, :attempt-count 1, "
            ":never-read (), :duplicated {}}");
}

TEST(LatencyQuantiles, AreTakenAtTheFloorOfNTimesTheFraction) {
  std::vector<milliseconds> latencies;
  for (int i = 100; i > 0; --i) latencies.emplace_back(i);
  EXPECT_EQ(latency_quantiles(latencies),
            (LatencyQuantiles{milliseconds(1), milliseconds(51), milliseconds(96),
                              milliseconds(100), milliseconds(100)}));
  EXPECT_EQ(latency_quantiles({milliseconds(3)})->at(4), milliseconds(3));
  EXPECT_EQ(latency_quantiles({}), std::nullopt);
}

}  // namespace
}  // namespace bruit::workbench
