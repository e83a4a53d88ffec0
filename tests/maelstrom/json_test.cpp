#include "bruit/maelstrom/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace bruit::maelstrom {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

json::value read(std::string_view text) {
  auto result = read_json(text);
  if (const auto* error = std::get_if<JsonError>(&result)) {
    ADD_FAILURE() << text << ": " << error->text;
    return nullptr;
  }
  return std::get<json::value>(std::move(result));
}

std::string error_of(std::string_view text) {
  const auto result = read_json(text);
  const auto* error = std::get_if<JsonError>(&result);
  return error == nullptr ? "" : error->text;
}

std::string rewritten(std::string_view text) {
  std::string out;
  append_json(read(text), out);
  return out;
}

TEST(Json, IntegersOf64BitsStayExact) {
  for (const std::string_view text :
       {"0", "-1", "9007199254740993", "9223372036854775807", "-9223372036854775808",
        "9223372036854775808", "18446744073709551615"}) {
    EXPECT_EQ(rewritten(text), text);
  }
  EXPECT_TRUE(read("18446744073709551615").is_uint64());
  EXPECT_TRUE(read("-9223372036854775808").is_int64());
}

TEST(Json, NumbersThatCannotBeKeptExactlyAreRefusedWithTheirDigits) {
  for (const std::string number :
       {"18446744073709551616", "-9223372036854775809", "123456789012345678901234567890", "1e309",
        "-1e400", "1e99999999999", "1e-400", "-1e-400", "0.10000000000000001",
        "9007199254740993.0"}) {
    EXPECT_THAT(error_of(number), StartsWith("the number " + number + " cannot be kept exactly"));
    EXPECT_THAT(error_of("{\"a\":[1,{\"b\":" + number + "}]}"), HasSubstr(number));
  }
  EXPECT_THAT(error_of(std::string(1'000'000, '1')), HasSubstr("111... (1000000 bytes) cannot"));
}

TEST(Json, AReaderThatKeepsNumbersAsWrittenGivesThemBackDigitForDigit) {
  JsonReader reader(InexactNumbers::kept_as_written);
  const std::string text = R"({"a":[1,{"b":1e400}],"c":-10000000000000000000000000000001,"d":0.5})";
  const auto value = std::get<json::value>(reader.read(text));
  EXPECT_TRUE(reader.has_written_number());
  EXPECT_EQ(canonical_json(value), text);
  EXPECT_EQ(written_number(value.at("c")), "-10000000000000000000000000000001");
  EXPECT_EQ(string_in(value.at("c")), std::nullopt);
  EXPECT_EQ(written_number(value.at("d")), std::nullopt);
  const auto found = find_written_number(value.get_object());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, "a[1].b");
  EXPECT_EQ(found->text, "1e400");
  const auto plain = std::get<json::value>(reader.read(R"(["1e400","\u00ff\u00ff1"])"));
  EXPECT_FALSE(reader.has_written_number());
  EXPECT_EQ(string_in(plain.at(0)), "1e400");
  EXPECT_EQ(written_number(plain.at(1)), std::nullopt);
}

TEST(Json, ADoubleStaysADoubleWhenItIsAWholeNumber) {
  EXPECT_EQ(rewritten("1.0"), "1.0");
  EXPECT_EQ(rewritten("-0.0"), "-0.0");
  EXPECT_EQ(rewritten("1e2"), "100.0");
  EXPECT_EQ(rewritten("1E+300"), "1e+300");
  EXPECT_EQ(rewritten("-0"), "-0.0");
}

TEST(Json, DoublesThatTheParserOfTheLibraryRoundsWronglyAreExact) {
  // Each of these is one unit in the last place off when parsed by Boost.JSON 1.81 itself.
  for (const double number :
       {2.2250738585072011e-308, 1.2345678901234567e-300, 6.503807586267645e-285,
        123456.78901234567e-7, -6.620272457252632e+242}) {
    std::string text;
    append_json(json::value(number), text);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(read(text).get_double()),
              std::bit_cast<std::uint64_t>(number))
        << text;
  }
}

TEST(Json, EveryFiniteDoubleSurvives) {
  EXPECT_TRUE(rc::check([](std::uint64_t bits) {
    const auto number = std::bit_cast<double>(bits);
    RC_PRE(std::isfinite(number));
    std::string text;
    append_json(json::value(number), text);
    const auto back = read(text);
    RC_ASSERT(back.is_double());
    RC_ASSERT(std::bit_cast<std::uint64_t>(back.get_double()) == bits);
  }));
}

TEST(Json, EveryIntegerSurvives) {
  EXPECT_TRUE(rc::check([](std::int64_t number) {
    std::string text;
    append_json(json::value(number), text);
    RC_ASSERT(read(text).get_int64() == number);
  }));
  EXPECT_TRUE(rc::check([](std::uint64_t number) {
    std::string text;
    append_json(json::value(number), text);
    RC_ASSERT(read(text).to_number<std::uint64_t>() == number);
  }));
}

TEST(Json, EveryStringSurvivesOnOneLine) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& bytes) {
    std::string original;
    for (const auto byte : bytes) original += static_cast<char>(byte & 0x7f);
    original += "\u00e9\u20ac\U0001f600";
    std::string text;
    append_json_string(original, text);
    RC_ASSERT(text.find('\n') == std::string::npos);
    RC_ASSERT(std::string(read(text).get_string()) == original);
  }));
}

TEST(Json, WhatIsNotJsonIsRefusedWithThePlace) {
  EXPECT_NE(error_of(""), "");
  EXPECT_NE(error_of("nope"), "");
  EXPECT_NE(error_of("{\"a\":1"), "");
  EXPECT_NE(error_of("[1,]"), "");
  EXPECT_NE(error_of("01"), "");
  EXPECT_NE(error_of("NaN"), "");
  EXPECT_NE(error_of("\"\xff\""), "") << "not UTF-8";
  EXPECT_NE(error_of("\"\\ud800\""), "") << "half of a surrogate pair";
  EXPECT_NE(error_of(std::string("\"a\0b\"", 5)), "");
  EXPECT_EQ(error_of("{} x"), "extra data at byte 3");
  EXPECT_EQ(error_of(" {} \r\n"), "");
}

TEST(Json, AReaderGoesOnAfterAnError) {
  JsonReader reader;
  EXPECT_TRUE(std::holds_alternative<JsonError>(reader.read("[1, {\"a\": [")));
  EXPECT_EQ(std::get<json::value>(reader.read("[2]")), json::value(json::array{2}));
  EXPECT_TRUE(std::holds_alternative<JsonError>(reader.read("[1] [2]")));
  EXPECT_EQ(std::get<json::value>(reader.read("3")), json::value(3));
}

TEST(Json, DepthIsLimited) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(json_depth(read(nested(json_depth_limit))), json_depth_limit);
  EXPECT_NE(error_of(nested(json_depth_limit + 1)), "");
  EXPECT_NE(error_of(std::string(1'000'000, '[')), "");
}

TEST(Json, DepthCountsArraysAndObjects) {
  EXPECT_EQ(json_depth(read("1")), 0U);
  EXPECT_EQ(json_depth(read("[]")), 1U);
  EXPECT_EQ(json_depth(read(R"({"a":[1,{"b":2}]})")), 3U);
}

TEST(Json, CanonicalTextIsTheSameForEqualValues) {
  EXPECT_EQ(canonical_json(read(R"( { "b" : [ 1 , 2.50 ] , "a" : "\u0041\/" } )")),
            R"({"a":"A/","b":[1,2.5]})");
  EXPECT_EQ(canonical_json(read(R"({"a":{"d":1,"c":2}})")),
            canonical_json(read(R"({"a":{"c":2,"d":1}})")));
  EXPECT_NE(canonical_json(read("1")), canonical_json(read("1.0")));
}

TEST(Json, CanonicalTextReadsBackAsItself) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<std::string, std::int64_t>>& members) {
    json::object object;
    for (const auto& [key, number] : members) {
      std::string plain;
      for (const char c : key) plain += static_cast<char>(c & 0x7f);
      object[plain] = number;
    }
    const std::string text = canonical_json(object);
    RC_ASSERT(canonical_json(read(text)) == text);
    RC_ASSERT(read(text) == json::value(object));
  }));
}

TEST(Json, OfEqualKeysTheLastCounts) { EXPECT_EQ(rewritten(R"({"a":1,"a":2})"), R"({"a":2})"); }

TEST(Json, WhatJsonCannotSayIsNull) {
  std::string text;
  append_json(json::value(std::numeric_limits<double>::quiet_NaN()), text);
  append_json(json::value(-std::numeric_limits<double>::infinity()), text);
  EXPECT_EQ(text, "nullnull");
}

}  // namespace
}  // namespace bruit::maelstrom
