#include "bruit/workbench/history/element_list.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace bruit::workbench {
namespace {

std::vector<ElementId> items(const ElementList& list) { return {list.begin(), list.end()}; }

bool share(const ElementList& a, const ElementList& b) { return a.begin() == b.begin(); }

TEST(ElementList, ACopyIsNotChangedByWhatTheOtherOneGets) {
  ElementList list{1, 2};
  const ElementList before = list;
  list.push_back(3);
  EXPECT_EQ(items(before), (std::vector<ElementId>{1, 2}));
  EXPECT_EQ(items(list), (std::vector<ElementId>{1, 2, 3}));
  EXPECT_TRUE(share(before, list));

  ElementList other = before;
  other.push_back(4);  // where `list` has a 3
  EXPECT_EQ(items(list), (std::vector<ElementId>{1, 2, 3}));
  EXPECT_EQ(items(other), (std::vector<ElementId>{1, 2, 4}));
  EXPECT_FALSE(share(list, other));
}

TEST(ElementList, SharesTheArrayOfAListThatItContinues) {
  const ElementList first{1, 2};
  const ElementList second = ElementList::continuing(first, {1, 2, 3});
  EXPECT_EQ(items(second), (std::vector<ElementId>{1, 2, 3}));
  EXPECT_TRUE(share(first, second));
  EXPECT_TRUE(share(second, ElementList::continuing(second, {1, 2, 3})));
  // What does not continue it is itself.
  EXPECT_EQ(items(ElementList::continuing(second, {1, 3})), (std::vector<ElementId>{1, 3}));
  EXPECT_EQ(items(ElementList::continuing(second, {2, 1, 3, 4})),
            (std::vector<ElementId>{2, 1, 3, 4}));
  EXPECT_EQ(items(ElementList::continuing({}, {5})), (std::vector<ElementId>{5}));
  EXPECT_TRUE(ElementList::continuing(second, {}).empty());
}

TEST(ElementList, IsAlwaysEqualToTheListThatItStandsFor) {
  rc::check([](const std::vector<std::vector<bool>>& reads) {
    ElementList last;
    std::vector<ElementList> kept;
    std::vector<std::vector<ElementId>> expected;
    std::vector<ElementId> model;
    for (const auto& read : reads) {
      // Mostly more of the same, sometimes something else.
      for (const bool more : read) {
        if (more) {
          model.push_back(static_cast<ElementId>(model.size()));
        } else if (!model.empty()) {
          model.pop_back();
        }
      }
      ElementList next;
      for (const ElementId element : model) next.push_back(element);
      kept.push_back(last = ElementList::continuing(last, next));
      expected.push_back(model);
    }
    for (std::size_t i = 0; i < kept.size(); ++i) RC_ASSERT(items(kept[i]) == expected[i]);
  });
}

}  // namespace
}  // namespace bruit::workbench
