#include "bruit/maelstrom/line_buffer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bruit::maelstrom {
namespace {

void give(LineBuffer& buffer, std::string_view bytes) {
  const auto room = buffer.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  buffer.commit(bytes.size());
}

TEST(LineBuffer, ALineIsReturnedWhenItIsWhole) {
  LineBuffer buffer;
  give(buffer, "ab");
  EXPECT_EQ(buffer.next_line(), std::nullopt);
  give(buffer, "c\nd\r\n\ne");
  EXPECT_EQ(buffer.next_line(), "abc");
  EXPECT_EQ(buffer.next_line(), "d");
  EXPECT_EQ(buffer.next_line(), "");
  EXPECT_EQ(buffer.next_line(), std::nullopt);
  EXPECT_EQ(buffer.take_rest(), "e");
  EXPECT_EQ(buffer.take_rest(), std::nullopt);
}

TEST(LineBuffer, LinesOfAnyLengthInPiecesOfAnySizeComeOutAsTheyWentIn) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& texts, std::uint8_t piece) {
    std::vector<std::string> lines;
    std::string bytes;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::string line;
      for (std::size_t repeat = 0; repeat <= i * i; ++repeat) line += texts[i];
      std::erase_if(line, [](char c) { return c == '\n' || c == '\r'; });
      bytes += line + "\n";
      lines.push_back(line);
    }
    LineBuffer buffer;
    std::vector<std::string> seen;
    for (std::size_t at = 0; at < bytes.size(); at += piece + 1U) {
      give(buffer, std::string_view(bytes).substr(at, piece + 1U));
      while (const auto line = buffer.next_line()) seen.emplace_back(*line);
    }
    RC_ASSERT(seen == lines);
    RC_ASSERT(!buffer.take_rest());
  }));
}

}  // namespace
}  // namespace bruit::maelstrom
