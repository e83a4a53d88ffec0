#include "bruit/core/shared.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace bruit::core {
namespace {

TEST(Shared, copies_are_the_same_object) {
  const Shared<std::vector<int>> first(std::vector<int>{1, 2});
  const Shared<std::vector<int>> second = first;  // NOLINT: that it is a copy is the point
  EXPECT_EQ(&*first, &*second);
  EXPECT_EQ(second->size(), 2u);
}

TEST(Shared, can_be_null) {
  Shared<int> shared;
  EXPECT_FALSE(shared);
  EXPECT_TRUE(shared == nullptr);
  shared = Shared<int>(3);
  EXPECT_TRUE(shared);
  EXPECT_EQ(*shared, 3);
  shared = nullptr;
  EXPECT_FALSE(shared);
}

TEST(Shared, ends_the_object_with_its_last_holder) {
  const auto witness = std::make_shared<int>(1);
  Shared<std::shared_ptr<int>> first(witness);
  Shared<std::shared_ptr<int>> second = first;
  Shared<std::shared_ptr<int>> third = std::move(first);
  EXPECT_EQ(witness.use_count(), 2);
  second = nullptr;
  EXPECT_EQ(witness.use_count(), 2);
  third = Shared<std::shared_ptr<int>>();
  EXPECT_EQ(witness.use_count(), 1);
}

}  // namespace
}  // namespace bruit::core
