#include "bruit/workbench/basics/utf8.h"

#include <gtest/gtest.h>

namespace bruit::workbench {
namespace {

TEST(Utf8, FindsTheFirstByteThatCannotBeThere) {
  EXPECT_EQ(find_invalid_utf8("aé€😀"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("a\x80"), 1U);                   // continuation without a lead
  EXPECT_EQ(find_invalid_utf8("a\xc3"), 1U);                   // cut
  EXPECT_EQ(find_invalid_utf8("\xc0\x80"), 0U);                // overlong, 2 bytes
  EXPECT_EQ(find_invalid_utf8("\xe0\x9f\xbf"), 0U);            // overlong, 3 bytes
  EXPECT_EQ(find_invalid_utf8("\xf0\x8f\xbf\xbf"), 0U);        // overlong, 4 bytes
  EXPECT_EQ(find_invalid_utf8("ab\xed\xa0\x80"), 2U);          // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xed\x9f\xbf"), std::nullopt);  // the last before them
  EXPECT_EQ(find_invalid_utf8("\xf4\x90\x80\x80"), 0U);        // above U+10FFFF
  EXPECT_EQ(find_invalid_utf8("\xf4\x8f\xbf\xbf"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("\xff"), 0U);
}

TEST(Utf8, WritesWhatItFindsValid) {
  std::string text;
  for (const std::uint32_t code_point :
       {0x0U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xffffU, 0x10000U, 0x10ffffU}) {
    append_utf8(text, code_point);
  }
  EXPECT_EQ(text.size(), 2U * (1 + 2 + 3 + 4));
  EXPECT_EQ(utf8_count(text), 8U);
  EXPECT_EQ(find_invalid_utf8(text), std::nullopt);
}

}  // namespace
}  // namespace bruit::workbench
