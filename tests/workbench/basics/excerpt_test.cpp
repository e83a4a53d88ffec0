#include "bruit/workbench/basics/excerpt.h"

#include <gtest/gtest.h>

#include "bruit/workbench/basics/utf8.h"

namespace bruit::workbench {
namespace {

TEST(Excerpt, LeavesTextAsItIs) {
  EXPECT_EQ(excerpt(""), "");
  EXPECT_EQ(excerpt("{\"type\":\t\"grüße\"}"), "{\"type\":\t\"grüße\"}");
}

TEST(Excerpt, ShowsBytesThatAreNoTextAsNumbers) {
  EXPECT_EQ(excerpt("\xff\xfe|\xc3|\xed\xa0\x80"), "\\xff\\xfe|\\xc3|\\xed\\xa0\\x80");
}

TEST(Excerpt, DrivesNoTerminal) {
  EXPECT_EQ(excerpt("\x1b[2Jgone\r\x7f"), "\\x1b[2Jgone\\x0d\\x7f");
  EXPECT_EQ(excerpt(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Excerpt, CutsLongLinesAndSaysHowLongTheyWere) {
  EXPECT_EQ(excerpt(std::string(500, 'x')), std::string(500, 'x'));
  EXPECT_EQ(excerpt(std::string(501, 'x')), std::string(500, 'x') + "... (501 bytes)");
}

TEST(Excerpt, CutsBetweenCharacters) {
  for (std::size_t before = 490; before <= 500; ++before) {
    std::string line(before, 'x');
    for (int i = 0; i < 10; ++i) line += "€";
    const std::string shown = excerpt(line);
    EXPECT_EQ(shown.find("\\x"), std::string::npos) << shown;
    EXPECT_EQ(find_invalid_utf8(shown), std::nullopt);
  }
  // Where there are no characters, there is nothing to be between.
  EXPECT_TRUE(excerpt(std::string(600, '\x80')).starts_with("\\x80\\x80"));
}

}  // namespace
}  // namespace bruit::workbench
