#include "bruit/cli/flags/value_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace bruit::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::string refusal(std::string_view text) {
  try {
    expand_list(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ValueList, IsValuesBetweenCommas) {
  EXPECT_THAT(expand_list("tree"), ElementsAre("tree"));
  EXPECT_THAT(expand_list("tree,flood,rounds"), ElementsAre("tree", "flood", "rounds"));
}

TEST(ValueList, DotsGoOnInEqualSteps) {
  EXPECT_THAT(expand_list("1,2,...,5"), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_THAT(expand_list("50ms,100ms,…,1s"), SizeIs(20));
  EXPECT_THAT(expand_list("800ms,900ms,...,1.1s"), ElementsAre("800ms", "900ms", "1s", "1.1s"));
  EXPECT_THAT(expand_list("10,8,...,4"), ElementsAre("10", "8", "6", "4"));
}

TEST(ValueList, StepsAreExactInDecimal) {
  EXPECT_THAT(expand_list("0.1,0.2,...,0.5"), ElementsAre("0.1", "0.2", "0.3", "0.4", "0.5"));
}

TEST(ValueList, MayChangeItsStep) {
  EXPECT_THAT(expand_list("1,2,...,4,6,...,10"), ElementsAre("1", "2", "3", "4", "6", "8", "10"));
}

TEST(ValueList, WhatCannotBeMeantIsRefused) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("1,,2"), HasSubstr("empty"));
  EXPECT_THAT(refusal("1,2,"), HasSubstr("empty"));
  EXPECT_THAT(refusal("1,2,1"), HasSubstr("1 is listed twice"));
  EXPECT_THAT(refusal("1,...,5"), HasSubstr("two values before it"));
  EXPECT_THAT(refusal("1,2,..."), HasSubstr("a value after it"));
  EXPECT_THAT(refusal("1,2,...,...,5"), HasSubstr("a value after it"));
  EXPECT_THAT(refusal("1,3,...,6"), HasSubstr("does not arrive at 6"));
  EXPECT_THAT(refusal("1,2,...,2"), HasSubstr("does not arrive at 2"));
  EXPECT_THAT(refusal("3,2,...,5"), HasSubstr("does not arrive at 5"));
  EXPECT_THAT(refusal("1,2,...,5s"), HasSubstr("between numbers, or between durations"));
  EXPECT_THAT(refusal("a,b,...,d"), HasSubstr("between numbers, or between durations"));
  EXPECT_THAT(refusal("1,2,...,1000000000"), HasSubstr("more than"));
}

TEST(ValueList, NumbersAndDurationsHaveAPositionOnAnAxis) {
  EXPECT_EQ(position_of("2.5"), 2.5);
  EXPECT_EQ(position_of("1.5s"), 1500);
  EXPECT_EQ(position_of("tree"), std::nullopt);
  EXPECT_TRUE(is_duration("1s"));
  EXPECT_FALSE(is_duration("1"));
}

}  // namespace
}  // namespace bruit::cli
