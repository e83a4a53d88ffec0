// Coverage marks: all are known from the start, and each says whether anything came there.
#include "bruit/core/coverage_mark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <thread>
#include <vector>

#include "bruit/core/coverage_marks.h"

namespace bruit::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void pass(int number) {
  if (number == 1) BRUIT_MARK("test.one");
  if (number == 2) BRUIT_MARK("test.two");
  if (number == 3) BRUIT_MARK("test.two");  // the same rule at another place
  if (number > 1000) BRUIT_MARK("test.never");
}

std::vector<std::string_view> names(std::string_view prefix) {
  std::vector<std::string_view> names;
  for (const auto& mark : coverage_marks(prefix)) names.push_back(mark.name);
  return names;
}

class CoverageMarks : public testing::Test {
 protected:
  void SetUp() override { forget_coverage(); }
};

TEST_F(CoverageMarks, AreKnownBeforeAnythingReachesThem) {
  EXPECT_THAT(names("test."), ElementsAre("test.never", "test.one", "test.two"));
  EXPECT_THAT(marks_not_reached("test."), ElementsAre("test.never", "test.one", "test.two"));
}

TEST_F(CoverageMarks, SayWhetherAnythingCameThere) {
  pass(1);
  pass(1);
  EXPECT_THAT(marks_not_reached("test."), ElementsAre("test.never", "test.two"));
  pass(3);
  EXPECT_THAT(marks_not_reached("test."), ElementsAre("test.never"));
  forget_coverage();
  EXPECT_EQ(marks_not_reached("test.").size(), 3U);
}

TEST_F(CoverageMarks, AreAskedForByTheBeginningOfTheirNames) {
  EXPECT_THAT(names("test.t"), ElementsAre("test.two"));
  EXPECT_THAT(names("no such strategy"), IsEmpty());
  EXPECT_GE(names("").size(), names("test.").size() + names("reliable-link.").size());
  EXPECT_GE(names("reliable-link.").size(), 4U);
}

TEST_F(CoverageMarks, MayBePassedByManyThreadsAtOnce) {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (int number = 0; number < 1000; ++number) pass(number);
      });
    }
  }
  EXPECT_THAT(marks_not_reached("test."), ElementsAre("test.never"));
}

}  // namespace
}  // namespace bruit::core
