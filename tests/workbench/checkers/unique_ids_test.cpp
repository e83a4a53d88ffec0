#include "bruit/workbench/checkers/unique_ids.h"

#include <gtest/gtest.h>

#include <string>

#include "workbench/checkers/history_builder.h"

namespace bruit::workbench {
namespace {

struct UniqueIdsChecker : testing::Test {
  void generate(const std::string& id, std::int64_t process = 0) {
    builder.append(OpType::invoke, {process}, "generate", Nil{});
    builder.append(OpType::ok, {process}, "generate", parse_edn(id));
  }
  std::string checked() const { return to_string(to_edn(check_unique_ids(builder.history()))); }

  HistoryBuilder builder;
};

TEST_F(UniqueIdsChecker, AnEmptyHistoryIsValidAndHasNoRange) {
  EXPECT_EQ(checked(),
            "{:valid? true, :attempted-count 0, :acknowledged-count 0, :duplicated-count 0, "
            ":duplicated {}, :range [nil nil]}");
}

TEST_F(UniqueIdsChecker, DistinctIdsAreValidAndTheirRangeIsByNumberNotByText) {
  for (const auto* id : {"10", "9", "-3"}) generate(id);
  EXPECT_EQ(checked(),
            "{:valid? true, :attempted-count 3, :acknowledged-count 3, :duplicated-count 0, "
            ":duplicated {}, :range [-3 10]}");
}

TEST_F(UniqueIdsChecker, AnIdThatCameTwiceIsADuplicateWhoeverGotIt) {
  generate("\"a\"", 0);
  generate("\"b\"", 1);
  generate("\"a\"", 2);
  EXPECT_EQ(checked(),
            "{:valid? false, :attempted-count 3, :acknowledged-count 3, :duplicated-count 1, "
            ":duplicated {\"a\" 2}, :range [\"a\" \"b\"]}");
}

TEST_F(UniqueIdsChecker, OneAndOnePointZeroDiffer) {
  generate("1");
  generate("1.0");
  EXPECT_EQ(check_unique_ids(builder.history()).validity(), Validity::valid);
}

TEST_F(UniqueIdsChecker, WhatFailedOrIsUnknownCountsAsAttemptedOnly) {
  builder.append(OpType::invoke, {0}, "generate", Nil{});
  builder.append(OpType::info, {0}, "generate", Nil{});
  builder.append(OpType::invoke, {1}, "generate", Nil{});
  builder.append(OpType::fail, {1}, "generate", Nil{});
  const UniqueIdsResult result = check_unique_ids(builder.history());
  EXPECT_EQ(result.attempted_count, 2U);
  EXPECT_EQ(result.acknowledged_count, 0U);
  EXPECT_EQ(result.validity(), Validity::valid);
}

TEST_F(UniqueIdsChecker, ListsTheFortyEightMostFrequentDuplicatesAndCountsAll) {
  for (int id = 0; id < 60; ++id) {
    for (int times = 0; times < (id < 5 ? 3 : 2); ++times) generate(std::to_string(id));
  }
  const UniqueIdsResult result = check_unique_ids(builder.history());
  EXPECT_EQ(result.duplicated_count, 60U);
  ASSERT_EQ(result.duplicated.size(), 48U);
  // 0 to 4 came three times; of the others the greatest 43 are listed.
  EXPECT_EQ(result.duplicated[4].first, Edn(4));
  EXPECT_EQ(result.duplicated[4].second, 3U);
  EXPECT_EQ(result.duplicated[5].first, Edn(17));
  EXPECT_EQ(result.duplicated[47].first, Edn(59));
}

}  // namespace
}  // namespace bruit::workbench
