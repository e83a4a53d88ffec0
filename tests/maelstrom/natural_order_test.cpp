#include "bruit/maelstrom/natural_order.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bruit::maelstrom {
namespace {

TEST(NaturalOrder, NumbersCompareAsNumbers) {
  std::vector<std::string> names{"n10", "n2",   "n1",  "m9",
                                 "n",   "n002", "n2a", "n99999999999999999999999"};
  std::sort(names.begin(), names.end(), natural_less);
  EXPECT_EQ(names, (std::vector<std::string>{"m9", "n", "n1", "n002", "n2", "n2a", "n10",
                                             "n99999999999999999999999"}));
}

// Names from few letters, so that near-equal ones are common.
std::vector<std::string> small_names() {
  return *rc::gen::container<std::vector<std::string>>(
      3, rc::gen::container<std::string>(rc::gen::element('0', '1', '2', 'a', 'n')));
}

TEST(NaturalOrder, IsAStrictTotalOrder) {
  EXPECT_TRUE(rc::check([] {
    const auto names = small_names();
    const auto &a = names[0], &b = names[1], &c = names[2];
    RC_ASSERT(natural_less(a, b) + natural_less(b, a) + (a == b) == 1);
    if (natural_less(a, b) && natural_less(b, c)) RC_ASSERT(natural_less(a, c));
  }));
}

}  // namespace
}  // namespace bruit::maelstrom
