#include "bruit/workbench/engine/propagation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

Time at(int ms) { return Time{milliseconds(ms)}; }

TEST(Propagation, IsFromTheAcknowledgementToTheLastNode) {
  Propagation propagation(2);
  propagation.visible(0, at(10));
  propagation.acknowledged(0, at(12));
  EXPECT_THAT(propagation.sorted(), IsEmpty());
  EXPECT_EQ(propagation.incomplete(), 1U);
  propagation.visible(0, at(110));
  EXPECT_THAT(propagation.sorted(), ElementsAre(milliseconds(98)));
  EXPECT_EQ(propagation.incomplete(), 0U);
}

TEST(Propagation, IsZeroIfEveryNodeHadTheValueBefore) {
  Propagation propagation(2);
  propagation.visible(0, at(1));
  propagation.visible(0, at(2));
  propagation.acknowledged(0, at(5));
  EXPECT_THAT(propagation.sorted(), ElementsAre(milliseconds(0)));
}

TEST(Propagation, LeavesOutWhatWasNeverAcknowledged) {
  Propagation propagation(1);
  propagation.visible(3, at(1));
  EXPECT_THAT(propagation.sorted(), IsEmpty());
  EXPECT_EQ(propagation.incomplete(), 0U);
}

TEST(Propagation, IsSortedOverAllValues) {
  Propagation propagation(1);
  for (const int ms : {30, 10, 20}) {
    const auto element = static_cast<ElementId>(ms);
    propagation.acknowledged(element, at(0));
    propagation.visible(element, at(ms));
  }
  EXPECT_THAT(propagation.sorted(),
              ElementsAre(milliseconds(10), milliseconds(20), milliseconds(30)));
}

}  // namespace
}  // namespace bruit::workbench
