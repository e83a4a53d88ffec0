// The challenges 1 to 6c with the options of their pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bruit/workbench/options/challenge.h"

namespace bruit::workbench {
namespace {

using testing::ElementsAre;

std::vector<std::string> names(std::string_view asked) {
  std::vector<std::string> names;
  for (const auto* challenge : series_of(asked)) names.emplace_back(challenge->name);
  return names;
}

TEST(Series, IsInOrderAndAllIsTheBroadcastChallenges) {
  EXPECT_THAT(names("series"), ElementsAre("1", "2", "3a", "3b", "3c", "3d", "3e", "4", "5a", "5b",
                                           "5c", "6a", "6b", "6b partition", "6c"));
  EXPECT_THAT(names("all"), ElementsAre("3a", "3b", "3c", "3d", "3e"));
  EXPECT_THAT(names("6b"), ElementsAre("6b", "6b partition"));
  EXPECT_THAT(names("5"), ElementsAre());
  for (const std::string& name : series_names()) EXPECT_FALSE(series_of(name).empty()) << name;
}

TEST(Series, HasTheOptionsOfThePages) {
  const auto options = [](std::string_view name) { return series_of(name).front()->options; };
  EXPECT_EQ(options("1").nodes.size(), 1U);
  EXPECT_EQ(options("2").rate, 1000);
  EXPECT_TRUE(options("2").partition);
  EXPECT_TRUE(std::holds_alternative<TotalAvailability>(options("2").availability));
  EXPECT_EQ(options("4").workload, Workload::g_counter);
  EXPECT_TRUE(options("4").partition);
  for (const char* name : {"5a", "5b", "5c"}) {
    EXPECT_EQ(options(name).workload, Workload::kafka);
    EXPECT_EQ(options(name).concurrency, 2 * options(name).nodes.size());
    EXPECT_EQ(options(name).rate, 1000);
    EXPECT_EQ(options(name).time_limit, std::chrono::seconds(20));
    EXPECT_FALSE(options(name).partition);
  }
  for (const char* name : {"6a", "6b", "6c"}) {
    EXPECT_EQ(options(name).workload, Workload::txn_rw_register);
    EXPECT_EQ(options(name).concurrency, 2 * options(name).nodes.size());
    EXPECT_TRUE(std::holds_alternative<TotalAvailability>(options(name).availability));
  }
  EXPECT_EQ(options("6a").consistency_models, "read-uncommitted");
  EXPECT_FALSE(options("6b").partition);
  EXPECT_TRUE(series_of("6b").back()->options.partition);
  EXPECT_EQ(options("6c").consistency_models, "read-committed");
  EXPECT_TRUE(options("6c").partition);
}

}  // namespace
}  // namespace bruit::workbench
