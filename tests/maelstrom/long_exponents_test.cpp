#include "bruit/maelstrom/long_exponents.h"

#include <gtest/gtest.h>

#include <string>

namespace bruit::maelstrom {
namespace {

TEST(LongExponents, OnlyTheyAreShortened) {
  for (const std::string text :
       {"", "[1e5, 1.5E-300, 1e999999999]", R"({"1e99999999999":"\"1e99999999999\\"})", "1e",
        "e99999999999", "1e0000000000000000000005", R"("1e99999999999)"}) {
    EXPECT_EQ(LongExponents(text).shortened(), text);
  }
  EXPECT_EQ(LongExponents("[1e99999999999,\"\\\\\",-2.5E-0012345678901, 3]").shortened(),
            "[1e999999999,\"\\\\\",-2.5E-00999999999, 3]");
}

TEST(LongExponents, EveryPlaceIsFoundAgain) {
  const std::string text = "[1e99999999999,\"a\",2e+12345678901,3]";
  const LongExponents exponents(text);
  const std::string_view shortened = exponents.shortened();
  const auto original_of = [&](std::string_view part) {
    return exponents.original(shortened.substr(shortened.find(part), part.size()));
  };
  EXPECT_EQ(original_of("1e999999999"), "1e99999999999");
  EXPECT_EQ(original_of("2e+999999999"), "2e+12345678901");
  EXPECT_EQ(original_of("\"a\""), "\"a\"");
  EXPECT_EQ(original_of(shortened), text);
  EXPECT_EQ(exponents.original(shortened.size()), text.size());
}

}  // namespace
}  // namespace bruit::maelstrom
