#include "bruit/core/value_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace bruit::core {
namespace {

TEST(ValueSet, is_empty_at_first) {
  const ValueSet set;
  EXPECT_EQ(set.size(), 0u);
  EXPECT_FALSE(set.contains(Value("a")));
}

TEST(ValueSet, says_whether_a_value_is_new) {
  ValueSet set;
  EXPECT_TRUE(set.insert(Value("a")));
  EXPECT_FALSE(set.insert(Value("a")));
  EXPECT_TRUE(set.insert(Value("")));
  EXPECT_FALSE(set.insert(Value("")));
  EXPECT_EQ(set.size(), 2u);
}

TEST(ValueSet, compares_bytes_not_addresses) {
  ValueSet set;
  const Value first("same bytes");
  const Value second("same bytes");
  EXPECT_TRUE(set.insert(first));
  EXPECT_TRUE(set.contains(second));
  EXPECT_FALSE(set.insert(second));
}

TEST(ValueSet, agrees_with_a_set_of_strings_through_growth) {
  std::mt19937 random(1);
  ValueSet set;
  std::set<std::string> model;
  for (int step = 0; step < 20'000; ++step) {
    const std::string bytes = std::to_string(random() % 10'000);
    ASSERT_EQ(set.contains(Value(bytes)), model.contains(bytes));
    ASSERT_EQ(set.insert(Value(bytes)), model.insert(bytes).second);
    ASSERT_EQ(set.size(), model.size());
  }
  for (const std::string& bytes : model) ASSERT_TRUE(set.contains(Value(bytes)));
}

}  // namespace
}  // namespace bruit::core
