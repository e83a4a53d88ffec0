#include "bruit/workbench/checkers/counter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

#include "bruit/workbench/basics/random.h"
#include "workbench/checkers/history_builder.h"

namespace bruit::workbench {
namespace {

struct CounterChecker : testing::Test {
  void add(std::int64_t delta, OpType outcome) {
    builder.append(OpType::invoke, {next}, "add", Edn(delta));
    builder.append(outcome, {next}, "add", Edn(delta));
    if (outcome == OpType::info) ++next;
  }
  void read(const std::string& value, bool final) {
    builder.append(OpType::invoke, {next}, "read", Nil{}, final);
    builder.append(OpType::ok, {next}, "read", parse_edn(value), final);
  }
  CounterResult result() const { return check_counter(builder.history()); }
  std::string checked() const { return to_string(to_edn(result(), builder.history())); }

  HistoryBuilder builder;
  std::int64_t next = 0;
};

TEST_F(CounterChecker, AFinalReadIsTheSumOfWhatWasAcknowledged) {
  add(3, OpType::ok);
  add(-5, OpType::ok);
  add(4, OpType::fail);
  read("-2", true);
  EXPECT_EQ(checked(), "{:valid? true, :errors nil, :final-reads (-2), :acceptable ([-2 -2])}");
}

TEST_F(CounterChecker, AdditionsWithUnknownOutcomeMayCountOrNot) {
  add(10, OpType::ok);
  add(1, OpType::info);
  add(4, OpType::info);
  for (const auto* value : {"10", "11", "14", "15"}) read(value, true);
  EXPECT_EQ(checked(),
            "{:valid? true, :errors nil, :final-reads (10 11 14 15), :acceptable ([10 11] [14 "
            "15])}");
}

TEST_F(CounterChecker, AnythingElseIsAnErrorAndShown) {
  add(10, OpType::ok);
  add(4, OpType::info);
  read("12", true);
  EXPECT_EQ(result().validity(), Validity::invalid);
  EXPECT_THAT(checked(), testing::HasSubstr(":errors (#jepsen.history.Op{:index 5"));
  EXPECT_THAT(checked(), testing::HasSubstr(":acceptable ([10 10] [14 14])"));
}

TEST_F(CounterChecker, OtherReadsMayBeOfThePast) {
  add(10, OpType::ok);
  read("7", false);
  EXPECT_EQ(result().validity(), Validity::valid);
  EXPECT_TRUE(result().final_reads.empty());
}

TEST_F(CounterChecker, ThrowsForAReadThatIsNoInteger) {
  read("1.5", true);
  EXPECT_THROW(result(), std::invalid_argument);
}

TEST(IntegerSet, AgreesWithASetOfNumbers) {
  Random random(1, 1);
  for (int round = 0; round < 200; ++round) {
    const auto start = static_cast<std::int64_t>(random.below(20));
    IntegerSet intervals(start);
    std::set<std::int64_t> numbers{start};
    for (int i = 0; i < 7; ++i) {
      const auto delta = static_cast<std::int64_t>(random.below(30)) - 15;
      intervals.add_shifted(delta);
      for (const auto number : std::set(numbers)) numbers.insert(number + delta);
    }
    for (std::int64_t number = -130; number < 150; ++number) {
      ASSERT_EQ(intervals.contains(number), numbers.contains(number)) << number;
    }
    for (std::size_t i = 1; i < intervals.intervals().size(); ++i) {
      ASSERT_GT(intervals.intervals()[i].lower, intervals.intervals()[i - 1].upper + 1);
    }
  }
}

TEST(IntegerSet, StaysWithinSixtyFourBits) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  IntegerSet numbers(most - 1);
  numbers.add_shifted(5);
  EXPECT_THAT(numbers.intervals(), testing::ElementsAre(IntegerSet::Interval{most - 1, most}));
}

}  // namespace
}  // namespace bruit::workbench
