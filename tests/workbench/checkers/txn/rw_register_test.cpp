// Each anomaly of rw-register in the smallest history that has it, and what is not seen.
#include "bruit/workbench/checkers/txn/rw_register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "written_history.h"

namespace bruit::workbench::txn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Txns = std::vector<std::string>;

std::vector<std::string> told(const TxnResult& result) {
  std::vector<std::string> names;
  result.told.for_each([&](Anomaly kind) { names.emplace_back(to_string(kind)); });
  std::sort(names.begin(), names.end());
  return names;
}

TxnResult check_concurrent(const Txns& txns, const ModelSet& models = default_models) {
  return check_rw_register(concurrent(Values::registers, txns), models);
}

TxnResult check_sequential(const Txns& txns, const ModelSet& models = default_models) {
  return check_rw_register(sequential(Values::registers, txns), models);
}

TEST(RwRegister, OneAfterTheOtherIsValid) {
  const TxnResult result = check_sequential(
      {"ok [[:w 1 1] [:r 2 nil]]", "ok [[:r 1 1] [:w 1 2]]", "ok [[:r 1 2]]"});
  EXPECT_EQ(result.validity, Validity::valid);
}

TEST(RwRegister, AbortedRead) {
  const Txns txns = {"fail [[:w 1 1]]", "ok [[:r 1 1] [:w 2 1]]", "ok [[:r 2 1]]"};
  EXPECT_THAT(told(check_concurrent(txns, {Model::read_committed})), ElementsAre("G1a"));
  EXPECT_EQ(check_concurrent(txns, {Model::read_uncommitted}).validity, Validity::valid);
}

TEST(RwRegister, IntermediateRead) {
  EXPECT_THAT(told(check_concurrent({"ok [[:w 1 1] [:w 1 2]]", "ok [[:r 1 1]]", "ok [[:r 1 2]]"})),
              Contains("G1b"));
}

TEST(RwRegister, CircularFlowOfInformation) {
  EXPECT_THAT(told(check_concurrent({"ok [[:w 1 1] [:r 2 1]]", "ok [[:w 2 1] [:r 1 1]]"})),
              ElementsAre("G1c"));
}

TEST(RwRegister, ReadSkew) {
  EXPECT_THAT(told(check_concurrent({"ok [[:w 1 1] [:w 2 1]]", "ok [[:r 1 1] [:r 2 nil]]"})),
              ElementsAre("G-single-item"));
}

TEST(RwRegister, WriteSkewIsAllowedBySnapshots) {
  const Txns txns = {"ok [[:r 1 nil] [:w 2 1]]", "ok [[:r 2 nil] [:w 1 1]]"};
  EXPECT_THAT(told(check_concurrent(txns)), ElementsAre("G2-item"));
  EXPECT_EQ(check_concurrent(txns, {Model::snapshot_isolation}).validity, Validity::valid);
}

TEST(RwRegister, LostUpdate) {
  EXPECT_THAT(told(check_concurrent({"ok [[:r 1 nil] [:w 1 1]]", "ok [[:r 1 nil] [:w 1 2]]"})),
              ElementsAre("G2-item", "lost-update"));
}

TEST(RwRegister, LongFork) {
  EXPECT_THAT(told(check_concurrent({"ok [[:w 1 1]]", "ok [[:w 2 1]]", "ok [[:r 1 1] [:r 2 nil]]",
                                     "ok [[:r 1 nil] [:r 2 1]]"},
                                    {Model::snapshot_isolation})),
              ElementsAre("G-nonadjacent-item"));
}

TEST(RwRegister, StaleReadIsWrongOnlyInRealTime) {
  const Txns txns = {"ok [[:w 1 1]]", "ok [[:r 1 nil]]"};
  EXPECT_THAT(told(check_sequential(txns)), ElementsAre("G-single-item-realtime"));
  EXPECT_EQ(check_sequential(txns, {Model::serializable}).validity, Validity::valid);
}

TEST(RwRegister, InternalInconsistency) {
  EXPECT_THAT(told(check_concurrent({"ok [[:w 1 1]]", "ok [[:r 1 1] [:r 1 2]]", "ok [[:w 1 2]]"},
                                    {Model::read_atomic})),
              ElementsAre("internal"));
}

TEST(RwRegister, AfterAReadOfNilAnythingMayBeRead) {
  EXPECT_THAT(check_concurrent({"ok [[:w 1 1]]", "ok [[:r 1 nil] [:r 1 1]]"}).findings.internal,
              IsEmpty());
}

TEST(RwRegister, CyclicVersionsTakeTheOrderOfEveryKeyAway) {
  // Key 1 goes from 1 to 2 and from 2 to 1. The stale read of key 2, without which there would be an
  // anomaly, rests on nothing but the order that nil comes first.
  const Txns cyclic = {"ok [[:r 1 1] [:w 1 2]]", "ok [[:r 1 2] [:w 1 1]]"};
  const TxnResult result = check_concurrent(cyclic, {Model::read_uncommitted});
  EXPECT_THAT(told(result), ElementsAre("cyclic-versions"));
  EXPECT_EQ(result.findings.cyclic_versions.size(), 1U);
}

TEST(RwRegister, ValuesThatNobodyWroteAreNotSeen) {
  EXPECT_EQ(check_concurrent({"ok [[:r 1 77] [:w 2 1]]", "ok [[:r 2 1]]"}).validity,
            Validity::valid);
}

TEST(RwRegister, IndeterminateWritersAreNotInTheGraph) {
  // Read before it was begun.
  EXPECT_EQ(check_sequential({"ok [[:r 1 1]]", "info [[:w 1 1]]", "ok [[:w 2 1]]", "ok [[:r 2 1]]"})
                .validity,
            Validity::valid);
}

TEST(RwRegister, WritesWithoutAReadBetweenThemHaveNoOrder) {
  EXPECT_EQ(check_sequential({"ok [[:w 1 1]]", "ok [[:w 1 2]]", "ok [[:r 1 1]]"}).validity,
            Validity::valid);
}

TEST(RwRegister, WhereNothingDependsOnAnythingItIsInvalid) {
  const TxnResult result = check_concurrent({"ok [[:w 1 1]]"});
  EXPECT_EQ(result.validity, Validity::invalid);
  EXPECT_THAT(told(result), ElementsAre("empty-transaction-graph"));
}

TEST(RwRegister, WhatTheOriginalThrowsAtHasNoVerdict) {
  const TxnResult twice =
      check_concurrent({"ok [[:w 1 1]]", "ok [[:w 1 1]]", "ok [[:r 1 1]]"});
  EXPECT_EQ(twice.validity, Validity::unknown);
  EXPECT_TRUE(twice.failure);
  // As long as nobody reads it, it does not matter.
  const TxnResult unread = check_concurrent({"ok [[:w 1 1]]", "ok [[:w 1 1]]", "ok [[:r 1 nil]]"});
  EXPECT_FALSE(unread.failure);
}

}  // namespace
}  // namespace bruit::workbench::txn
