#include "bruit/core/duration.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace bruit::core {
namespace {

using namespace std::chrono_literals;

std::string error_of(std::string_view text) {
  try {
    parse_duration(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Duration, NumbersWithUnitsAreRead) {
  EXPECT_EQ(parse_duration("200ms"), 200ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("2min"), 120s);
  EXPECT_EQ(parse_duration("1h"), 3600s);
  EXPECT_EQ(parse_duration("7us"), 7us);
  EXPECT_EQ(parse_duration("0.000000001s"), 1ns);
  EXPECT_EQ(parse_duration("0.50000000000000000000s"), 500ms);
  EXPECT_EQ(parse_duration("0"), 0ns);
  EXPECT_EQ(parse_duration("0ms"), 0ns);
}

TEST(Duration, AnythingElseIsRefusedWithTheReason) {
  for (const std::string_view text : {"", "ms", "5", "1.5", "5 ms", "-5ms", "+5ms", "1e3ms", "5sec",
                                      ".5s", "5.s", "1.2.3s", "0.1ns", "1.0000000001s", "3000000h",
                                      "99999999999999999999s", "0.00000000000000000005min"}) {
    EXPECT_NE(error_of(text), "") << text;
  }
  EXPECT_EQ(error_of("5"),
            "\"5\" is not a duration: the unit is missing; expected a number and a unit, such as "
            "200ms, 1.5s or 2min");
}

TEST(Duration, WhatIsWrittenReadsBack) {
  EXPECT_EQ(format_duration(200ms), "200ms");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(120s), "2min");
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_TRUE(rc::check([] {
    const std::chrono::nanoseconds duration(
        *rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max()));
    RC_ASSERT(parse_duration(format_duration(duration)) == duration);
  }));
}

}  // namespace
}  // namespace bruit::core
