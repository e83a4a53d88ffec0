// What --kinds of bruit explore takes, and what it says of what it does not.
#include "bruit/cli/flags/kind_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/Error.hpp>
#include <string>
#include <vector>

namespace bruit::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using workbench::DeviationKind;
using workbench::KindLimit;
using workbench::set_of;

std::string refusal(const std::vector<std::string>& groups) {
  try {
    parse_kinds(groups, 2);
  } catch (const CLI::ValidationError& error) {
    return error.what();
  }
  return "nothing";
}

TEST(KindLimits, AreAsManyAsThereAreDeviationsUnlessToldOtherwise) {
  EXPECT_THAT(parse_kinds({"loss", "kill:1"}, 3),
              ElementsAre(KindLimit{set_of(DeviationKind::loss), 3},
                          KindLimit{set_of(DeviationKind::kill), 1}));
}

TEST(KindLimits, HoldForAGroupTogether) {
  const auto group = static_cast<workbench::KindSet>(set_of(DeviationKind::duplication) |
                                                     set_of(DeviationKind::hold));
  EXPECT_THAT(parse_kinds({"double+hold:2"}, 3), ElementsAre(KindLimit{group, 2}));
}

TEST(KindLimits, SayWhatWasExpected) {
  EXPECT_THAT(refusal({"lose"}), HasSubstr("\"lose\" is not a kind of deviation; expected loss, "
                                           "double, hold, cut, kill, freeze"));
  EXPECT_THAT(refusal({"loss+"}), HasSubstr("\"\" is not a kind"));
  EXPECT_THAT(refusal({"loss+loss"}), HasSubstr("loss stands twice"));
  EXPECT_THAT(refusal({"loss", "kill+loss:1"}), HasSubstr("a kind stands in two groups"));
  for (const char* number : {"loss:", "loss:0", "loss:-1", "loss:two", "loss:1:2"}) {
    EXPECT_THAT(refusal({number}), HasSubstr("is not a number of deviations")) << number;
  }
}

}  // namespace
}  // namespace bruit::cli
