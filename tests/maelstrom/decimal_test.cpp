#include "bruit/maelstrom/decimal.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>

namespace bruit::maelstrom {
namespace {

bool exact(const std::string& text) {
  return is_value_of(std::strtod(text.c_str(), nullptr), text);
}

TEST(Decimal, HowANumberIsWrittenIsNoMatter) {
  for (const char* text : {"0.0",
                           "-0.0",
                           "0e0",
                           "0.000e-400",
                           "1.0",
                           "-1.0",
                           "0.1",
                           "1.50",
                           "1e2",
                           "1E+2",
                           "100e-2",
                           "0.000000000000000000000001",
                           "1000000000000000000000000.0",
                           "1e22",
                           "1.7976931348623157e308",
                           "2.2250738585072014e-308",
                           "5e-324",
                           "0.30000000000000004",
                           "9007199254740992.0",
                           "123456789012345e-15",
                           "0.5000000000000000000000000000000000000000"}) {
    EXPECT_TRUE(exact(text)) << text;
  }
}

TEST(Decimal, ANeighbourIsNotTheNumber) {
  for (const char* text :
       {"0.10000000000000001", "0.1000000000000000055511151231257827021181583404541015625",
        "9007199254740993.0", "1e400", "-1e400", "1e-400", "4.9e-324", "2.4703282292062327e-324",
        "1e99999999999999999999", "1e-99999999999999999999", "1.00000000000000000000000000000001",
        "123456789012345678e3", "0.30000000000000004441"}) {
    EXPECT_FALSE(exact(text)) << text;
  }
}

TEST(Decimal, IsTheShortestThatReadsBack) {
  const auto shortest = [](double number) {
    DecimalBuffer buffer;
    return std::string(shortest_decimal(number, buffer));
  };
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(-0.0), "-0");
  EXPECT_EQ(shortest(100), "100");
  EXPECT_EQ(shortest(1e22), "1e+22");
  EXPECT_EQ(shortest(9007199254740992), "9007199254740992");
  EXPECT_EQ(shortest(-9007199254740994), "-9007199254740994");
  EXPECT_EQ(shortest(-92233720368543e4), "-922337203685430000");
  EXPECT_EQ(shortest(12345678901234567e3), "12345678901234567000");
}

// Digits and exponent of a number, with strings and no limit: what the fast way must agree with.
std::pair<std::string, long> naive(std::string text) {
  if (text.starts_with('-')) text.erase(0, 1);
  long exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != std::string::npos) {
    exponent = std::strtol(text.c_str() + e + 1, nullptr, 10);
    text.resize(e);
  }
  if (const auto point = text.find('.'); point != std::string::npos) {
    exponent -= static_cast<long>(text.size() - point - 1);
    text.erase(point, 1);
  }
  text.erase(0, text.find_first_not_of('0'));
  if (text.empty()) return {"", 0};
  while (text.back() == '0') {
    text.pop_back();
    ++exponent;
  }
  return {text, exponent};
}

TEST(Decimal, AgreesWithTheDigitsThatWouldBeWritten) {
  EXPECT_TRUE(rc::check([] {
    const auto digits = *rc::gen::inRange(1, 25);
    std::string text = *rc::gen::element(std::string(), std::string("-"));
    const auto point = *rc::gen::inRange(1, digits + 1);
    for (int i = 0; i < digits; ++i) {
      if (i == point) text += '.';
      // Often zeros, which are what is easy to get wrong.
      text += static_cast<char>('0' + std::max(0, *rc::gen::inRange(-4, 10)));
    }
    text += 'e' + std::to_string(*rc::gen::inRange(-330, 310));
    const double nearest = std::strtod(text.c_str(), nullptr);
    std::string shortest(40, ' ');
    shortest.resize(
        static_cast<std::size_t>(std::to_chars(shortest.data(), shortest.data() + shortest.size(),
                                               nearest, std::chars_format::scientific)
                                     .ptr -
                                 shortest.data()));
    const bool finite = nearest - nearest == 0;
    RC_ASSERT(is_value_of(nearest, text) == (finite && naive(text) == naive(shortest)));
    if (!finite) return;
    DecimalBuffer buffer;
    const std::string written(shortest_decimal(nearest, buffer));
    RC_ASSERT(naive(written) == naive(shortest));
    RC_ASSERT(std::strtod(written.c_str(), nullptr) == nearest);
  }));
}

}  // namespace
}  // namespace bruit::maelstrom
