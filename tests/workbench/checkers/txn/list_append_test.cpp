// Each anomaly of list-append in the smallest history that has it, and what is close to it and none.
#include "bruit/workbench/checkers/txn/list_append.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bruit/workbench/checkers/txn/txn_words.h"
#include "written_history.h"

namespace bruit::workbench::txn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Ops = std::vector<std::string>;

std::vector<std::string> told(const TxnResult& result) {
  std::vector<std::string> names;
  result.told.for_each([&](Anomaly kind) { names.emplace_back(to_string(kind)); });
  std::sort(names.begin(), names.end());
  return names;
}

TxnResult check_concurrent(const Ops& txns, const ModelSet& models = default_models) {
  return check_list_append(concurrent(Values::lists, txns), models);
}

TxnResult check_sequential(const Ops& txns, const ModelSet& models = default_models) {
  return check_list_append(sequential(Values::lists, txns), models);
}

TEST(ListAppend, OneAfterTheOtherIsValid) {
  const TxnResult result =
      check_sequential({"ok [[:append 1 1] [:r 2 nil]]", "ok [[:r 1 [1]] [:append 1 2]]",
                        "ok [[:append 2 1] [:r 1 [1 2]]]", "ok [[:r 2 [1]] [:r 1 [1 2]]]"});
  EXPECT_EQ(result.validity, Validity::valid);
  EXPECT_THAT(told(result), IsEmpty());
  EXPECT_FALSE(result.failure);
}

TEST(ListAppend, AbortedRead) {
  const Ops txns = {"fail [[:append 1 1]]", "ok [[:r 1 [1]]]", "ok [[:append 2 1]]",
                    "ok [[:r 2 [1]]]"};
  EXPECT_THAT(told(check_concurrent(txns)), ElementsAre("G1a"));
  EXPECT_THAT(told(check_concurrent(txns, {Model::read_committed})), ElementsAre("G1a"));
  EXPECT_EQ(check_concurrent(txns, {Model::read_uncommitted}).validity, Validity::valid);
}

TEST(ListAppend, IndeterminateAppendsMayBeRead) {
  const TxnResult result = check_concurrent({"info [[:append 1 1]]", "ok [[:r 1 [1]]]"});
  EXPECT_EQ(result.validity, Validity::valid);
}

TEST(ListAppend, IntermediateRead) {
  const TxnResult result = check_concurrent({"ok [[:append 1 1] [:append 1 2]]", "ok [[:r 1 [1]]]",
                                             "ok [[:r 1 [1 2]]]"});
  EXPECT_THAT(told(result), testing::Contains("G1b"));
  ASSERT_EQ(result.findings.intermediate_reads.size(), 1U);
}

TEST(ListAppend, OwnIntermediateReadsAreNone) {
  const TxnResult result =
      check_concurrent({"ok [[:append 1 1] [:r 1 [1]] [:append 1 2]]", "ok [[:r 1 [1 2]]]"});
  EXPECT_EQ(result.validity, Validity::valid);
}

TEST(ListAppend, OnlyReadsThatSucceededAreDirty) {
  EXPECT_EQ(check_concurrent({"fail [[:append 1 1]]", "info [[:r 1 [1]]]", "ok [[:append 2 1]]",
                              "ok [[:r 2 [1]]]"})
                .validity,
            Validity::valid);
  EXPECT_THAT(check_concurrent({"ok [[:append 1 1] [:append 1 2]]", "info [[:r 1 [1]]]",
                                "fail [[:r 1 [1]]]", "ok [[:r 1 [1 2]]]"})
                  .findings.intermediate_reads,
              IsEmpty());
}

TEST(ListAppend, WriteCycle) {
  EXPECT_THAT(told(check_concurrent({"ok [[:append 1 1] [:append 2 2]]",
                                     "ok [[:append 1 2] [:append 2 1]]",
                                     "ok [[:r 1 [1 2]] [:r 2 [1 2]]]"})),
              ElementsAre("G0"));
}

TEST(ListAppend, CircularFlowOfInformation) {
  EXPECT_THAT(told(check_concurrent({"ok [[:append 1 1] [:r 2 [1]]]",
                                     "ok [[:append 2 1] [:r 1 [1]]]"})),
              ElementsAre("G1c"));
}

TEST(ListAppend, ReadSkew) {
  const Ops txns = {"ok [[:append 1 1] [:append 2 1]]", "ok [[:r 1 [1]] [:r 2 nil]]"};
  EXPECT_THAT(told(check_concurrent(txns)), ElementsAre("G-single-item"));
  EXPECT_THAT(told(check_concurrent(txns, {Model::snapshot_isolation})),
              ElementsAre("G-single-item"));
  EXPECT_EQ(check_concurrent(txns, {Model::read_committed}).validity, Validity::valid);
}

TEST(ListAppend, WriteSkewIsAllowedBySnapshots) {
  const Ops txns = {"ok [[:r 1 nil] [:append 2 1]]", "ok [[:r 2 nil] [:append 1 1]]"};
  EXPECT_THAT(told(check_concurrent(txns)), ElementsAre("G2-item"));
  EXPECT_THAT(told(check_concurrent(txns, {Model::serializable})), ElementsAre("G2-item"));
  EXPECT_EQ(check_concurrent(txns, {Model::snapshot_isolation}).validity, Validity::valid);
}

TEST(ListAppend, LongFork) {
  const Ops txns = {"ok [[:append 1 1]]", "ok [[:append 2 1]]", "ok [[:r 1 [1]] [:r 2 nil]]",
                    "ok [[:r 1 nil] [:r 2 [1]]]"};
  EXPECT_THAT(told(check_concurrent(txns)), ElementsAre("G-nonadjacent-item"));
  EXPECT_THAT(told(check_concurrent(txns, {Model::snapshot_isolation})),
              ElementsAre("G-nonadjacent-item"));
  EXPECT_EQ(check_concurrent(txns, {Model::read_atomic}).validity, Validity::valid);
}

TEST(ListAppend, StaleReadIsWrongOnlyInRealTime) {
  const Ops txns = {"ok [[:append 1 1]]", "ok [[:r 1 nil]]", "ok [[:r 1 [1]]]"};
  EXPECT_THAT(told(check_sequential(txns)), ElementsAre("G-single-item-realtime"));
  EXPECT_EQ(check_sequential(txns, {Model::serializable}).validity, Validity::valid);
  EXPECT_EQ(check_concurrent(txns).validity, Validity::valid);
}

TEST(ListAppend, StaleReadOfAProcess) {
  const TxnHistory history =
      written(Values::lists, {"0 invoke [[:append 1 1]]", "0 ok [[:append 1 1]]",
                              "0 invoke [[:r 1 nil]]", "0 ok [[:r 1 nil]]"});
  EXPECT_THAT(told(check_list_append(history, {Model::strong_session_serializable})),
              ElementsAre("G-single-item-process"));
  EXPECT_EQ(check_list_append(history, {Model::serializable}).validity, Validity::valid);
}

TEST(ListAppend, InternalInconsistency) {
  const Ops txns = {"ok [[:append 1 1]]", "ok [[:append 1 2] [:r 1 [1]]]", "ok [[:r 1 [1 2]]]"};
  EXPECT_THAT(told(check_concurrent(txns, {Model::read_atomic})), ElementsAre("internal"));
  EXPECT_EQ(check_concurrent(txns, {Model::read_committed}).validity, Validity::valid);
}

TEST(ListAppend, FutureRead) {
  const TxnResult result =
      check_concurrent({"ok [[:r 1 [1]] [:append 1 1]]", "ok [[:r 1 [1]] [:append 2 1]]"});
  EXPECT_THAT(told(result), testing::Contains("future-read"));
}

TEST(ListAppend, DirtyUpdate) {
  const TxnResult result =
      check_concurrent({"fail [[:append 1 1]]", "ok [[:append 1 2]]", "ok [[:r 1 [1 2]]]"},
                       {Model::read_committed});
  EXPECT_THAT(told(result), ElementsAre("G1a", "dirty-update"));
  ASSERT_EQ(result.findings.dirty_updates.size(), 1U);
  EXPECT_EQ(result.findings.dirty_updates.front().values.size(), 2U);
}

TEST(ListAppend, DirtyUpdateOverAnIndeterminateOne) {
  const TxnResult result = check_concurrent({"fail [[:append 1 1]]", "info [[:append 1 2]]",
                                             "ok [[:append 1 3]]", "ok [[:r 1 [1 2 3]]]"});
  ASSERT_EQ(result.findings.dirty_updates.size(), 1U);
  EXPECT_EQ(result.findings.dirty_updates.front().values.size(), 3U);
}

TEST(ListAppend, DuplicateElements) {
  EXPECT_THAT(told(check_concurrent({"ok [[:append 1 1]]", "ok [[:r 1 [1 1]]]"},
                                    {Model::read_uncommitted})),
              ElementsAre("duplicate-elements"));
  // Indeterminate reads count, failed ones do not.
  EXPECT_EQ(check_concurrent({"ok [[:append 1 1]]", "info [[:r 1 [1 1]]]", "fail [[:r 1 [1 1]]]"})
                .findings.duplicates.size(),
            1U);
}

TEST(ListAppend, IncompatibleOrders) {
  const TxnResult result =
      check_concurrent({"ok [[:append 1 1]]", "ok [[:append 1 2]]", "ok [[:r 1 [1 2]]]",
                        "ok [[:r 1 [2 1]]]"},
                       {Model::read_committed});
  EXPECT_THAT(told(result), testing::Contains("incompatible-order"));
}

TEST(ListAppend, LostUpdate) {
  const Ops txns = {"ok [[:r 1 nil] [:append 1 1]]", "ok [[:r 1 nil] [:append 1 2]]",
                    "ok [[:r 1 [2]]]"};
  EXPECT_THAT(told(check_concurrent(txns, {Model::snapshot_isolation})),
              testing::Contains("lost-update"));
  const TxnResult first_was_read =
      check_concurrent({"ok [[:r 1 nil] [:append 1 1]]", "ok [[:r 1 [1]] [:append 1 2]]"});
  EXPECT_THAT(told(first_was_read), IsEmpty());
}

TEST(ListAppend, AppendsThatNobodyReadComeAfterThoseThatWereRead) {
  // The last one was acknowledged before the append of 1 began, and yet it is not in the list.
  const TxnResult result =
      check_sequential({"ok [[:append 1 2]]", "ok [[:append 1 1]]", "ok [[:r 1 [1]]]"});
  EXPECT_THAT(told(result), ElementsAre("G-single-item-realtime", "G0-realtime"));
}

TEST(ListAppend, TheOnlyAppendOfAKeyNeedsNoRead) {
  const Ops txns = {"ok [[:append 1 1]]", "ok [[:r 1 nil]]"};
  EXPECT_THAT(told(check_sequential(txns)), ElementsAre("G-single-item-realtime"));
  // Of two, either may be the first.
  EXPECT_THAT(told(check_sequential({"ok [[:append 1 1]]", "ok [[:append 1 2]]",
                                     "ok [[:r 1 nil]]"})),
              ElementsAre("G-single-item-realtime"));
}

TEST(ListAppend, WhereNothingDependsOnAnythingThereIsNoVerdict) {
  const TxnResult result = check_concurrent({"ok [[:r 1 nil]]"});
  EXPECT_EQ(result.validity, Validity::unknown);
  EXPECT_THAT(told(result), ElementsAre("empty-transaction-graph"));
  EXPECT_EQ(check_list_append(TxnHistory(Values::lists)).validity, Validity::unknown);
}

TEST(ListAppend, ReadsOfNilByIndeterminateTransactionsSayNothing) {
  EXPECT_EQ(check_sequential({"ok [[:append 1 1]]", "info [[:r 1 nil]]", "ok [[:r 1 [1]]]"}).validity,
            Validity::valid);
}

TEST(ListAppend, WhatTheOriginalThrowsAtHasNoVerdict) {
  const TxnResult twice = check_concurrent({"ok [[:append 1 1]]", "ok [[:append 1 1]]"});
  EXPECT_EQ(twice.validity, Validity::unknown);
  EXPECT_THAT(twice.failure.value_or(""), HasSubstr("value 1 appended to key 1 multiple times!"));
  const TxnResult other = check_concurrent({"ok [[:w 1 1]]"});
  EXPECT_THAT(other.failure.value_or(""),
              HasSubstr("history contained operations other than appends or reads"));
  const TxnResult unwritten = check_concurrent({"ok [[:append 1 1]]", "ok [[:r 1 [9 1]]]"});
  EXPECT_THAT(unwritten.failure.value_or(""), HasSubstr("No transaction wrote 1 9"));
}

TEST(ListAppend, KeysAndElementsMayBeAnything) {
  const TxnResult result =
      check_concurrent({"ok [[:append \"x\" :a] [:append 1.5 \"y\"]]", "ok [[:r \"x\" [:a]] [:r 1.5 nil]]"});
  EXPECT_THAT(told(result), ElementsAre("G-single-item"));
}

TEST(ListAppend, AStepIsExplainedByWhatWasReadAndWhen) {
  const TxnHistory history =
      sequential(Values::lists, {"ok [[:append 9 1]]", "ok [[:append 9 2]]", "ok [[:r 9 [1]]]",
                                 "ok [[:r 9 [1 2]]]"});
  const std::string words = in_words(check_list_append(history), history);
  EXPECT_THAT(words, HasSubstr("T1 read key 9 as [1], without 2, though T2 had appended it and was "
                               "acknowledged 1.0 ms before T1 began."));
  EXPECT_THAT(words, HasSubstr("T2 comes before T1: T2 was acknowledged 1.0 ms before T1 began."));
}

TEST(ListAppend, WordsForReadsThatDisagreeDoNotClaimThatSomethingIsMissing) {
  // [2 1] has 1; it is only that 1 comes first where more was read.
  const TxnHistory history = sequential(
      Values::lists, {"ok [[:append 9 1]]", "ok [[:append 9 2]]", "ok [[:append 9 3]]",
                      "ok [[:r 9 [1 2]]]", "ok [[:r 9 [2 1]]]", "ok [[:r 9 [2 1 3]]]"});
  const TxnResult result = check_list_append(history);
  const std::string words = in_words(result, history);
  for (const Cycle& cycle : result.findings.cycles) {
    for (std::size_t i = 0; i < cycle.ops.size(); ++i) {
      const Step& step = cycle.steps[i];
      if (step.relation != Relation::rw) continue;
      const std::string why =
          reason(step, cycle.ops[i], cycle.ops[(i + 1) % cycle.ops.size()], "A", "B", history);
      if (why.find("without") == std::string::npos) continue;
      const auto read = history.list(history.mops(cycle.ops[i])[step.first_mop].value);
      EXPECT_EQ(std::find(read.begin(), read.end(), step.new_value), read.end()) << why;
    }
  }
  EXPECT_THAT(words, HasSubstr("comes right after that in the longest read"));
}

}  // namespace
}  // namespace bruit::workbench::txn
