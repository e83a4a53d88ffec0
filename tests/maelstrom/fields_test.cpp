#include "bruit/maelstrom/fields.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>

#include "bruit/maelstrom/json.h"

namespace bruit::maelstrom {
namespace {

struct Point {
  std::int32_t x = 0;
  double y = 0;
  static constexpr auto fields = std::tuple(field("x", &Point::x), field("y", &Point::y));
};

struct Everything {
  static constexpr std::string_view type = "everything";
  bool flag = false;
  std::uint8_t small = 0;
  std::uint64_t large = 0;
  std::string text;
  std::optional<std::int64_t> maybe;
  std::vector<Point> points;
  std::map<std::string, std::vector<bool>> table;
  std::tuple<std::string, std::int64_t, std::optional<std::int64_t>> operation;
  std::array<int, 2> pair{};
  json::value anything;
  static constexpr auto fields =
      std::tuple(field("flag", &Everything::flag), field("small", &Everything::small),
                 field("large", &Everything::large), field("text", &Everything::text),
                 field("maybe", &Everything::maybe), field("points", &Everything::points),
                 field("table", &Everything::table), field("operation", &Everything::operation),
                 field("pair", &Everything::pair), field("anything", &Everything::anything));
};

static_assert(TypedMessage<Everything>);
static_assert(HasFields<Point> && !TypedMessage<Point>);
static_assert(!HasFields<int> && !TypedMessage<json::object>);

constexpr std::string_view everything_text =
    R"({"type":"everything","flag":true,"small":255,"large":18446744073709551615,"text":"é",)"
    R"("maybe":-1,"points":[{"x":1,"y":2.0},{"x":-2147483648,"y":0.1}],"table":{"a":[true,false]},)"
    R"("operation":["r",1,null],"pair":[3,4],"anything":{"b":[1.0]}})";

json::object object(std::string_view text) {
  return std::get<json::value>(read_json(text)).as_object();
}

std::string error_of(std::string_view field, std::string_view value) {
  auto body = object(everything_text);
  const auto parsed = std::get<json::value>(read_json(value));
  body[field] = parsed;
  try {
    from_body<Everything>(body);
  } catch (const RpcError& error) {
    EXPECT_EQ(error.code(), ErrorCode::malformed_request);
    return error.what();
  }
  return "";
}

TEST(Fields, AMessageOfEveryKindSurvives) {
  const auto message = from_body<Everything>(object(everything_text));
  EXPECT_EQ(message.large, 18446744073709551615U);
  EXPECT_EQ(message.points[1].y, 0.1);
  EXPECT_EQ(std::get<2>(message.operation), std::nullopt);
  std::string text;
  append_json(to_body(message), text);
  EXPECT_EQ(text, everything_text);
}

TEST(Fields, AnEmptyOptionalIsLeftOutAndMayBeNullOrAbsent) {
  Everything message;
  EXPECT_FALSE(to_body(message).contains("maybe"));
  auto body = object(everything_text);
  body.erase("maybe");
  EXPECT_EQ(from_body<Everything>(body).maybe, std::nullopt);
  body["maybe"] = nullptr;
  EXPECT_EQ(from_body<Everything>(body).maybe, std::nullopt);
}

TEST(Fields, UnknownFieldsAreIgnoredAndWholeNumbersAreNumbers) {
  auto body = object(everything_text);
  body["msg_id"] = 7;
  body["points"] = json::array{{{"x", 1}, {"y", 2}, {"z", 3}}};
  EXPECT_EQ(from_body<Everything>(body).points[0].y, 2.0);
}

TEST(Fields, ErrorsSayWhereAndWhatWasExpected) {
  EXPECT_EQ(error_of("flag", "1"), R"(field "flag" must be a boolean, not an integer)");
  EXPECT_EQ(error_of("small", "256"),
            R"(field "small" must be an integer between 0 and 255, not an integer)");
  EXPECT_EQ(
      error_of("large", "-1"),
      R"(field "large" must be an integer between 0 and 18446744073709551615, not a negative )"
      "integer");
  EXPECT_EQ(error_of("large", "1.0"),
            R"(field "large" must be an integer between 0 and 18446744073709551615, not a number )"
            "with a fraction or exponent");
  EXPECT_EQ(error_of("text", "null"), R"(field "text" must be a string, not null)");
  EXPECT_EQ(error_of("points", "{}"), R"(field "points" must be an array, not an object)");
  EXPECT_EQ(error_of("points", R"([{"x":1,"y":1},{"x":1}])"), R"(field "points[1].y" is missing)");
  EXPECT_EQ(error_of("points", R"([{"x":1,"y":"1"}])"),
            R"(field "points[0].y" must be a number, not a string)");
  EXPECT_EQ(error_of("table", R"({"k":[true,0]})"),
            R"(field "table.k[1]" must be a boolean, not an integer)");
  EXPECT_EQ(error_of("operation", R"(["r",1])"),
            R"(field "operation" must be an array of 3 elements, not an array)");
  EXPECT_EQ(error_of("operation", R"(["r","1",null])"),
            R"(field "operation[1]" must be an integer between -9223372036854775808 and )"
            "9223372036854775807, not a string");
}

TEST(Fields, IntegersOfEveryWidthSurvive) {
  EXPECT_TRUE(rc::check([](std::int64_t wide, std::uint8_t narrow, bool flag) {
    Everything message;
    message.maybe = wide;
    message.small = narrow;
    message.flag = flag;
    const auto back = from_body<Everything>(to_body(message));
    RC_ASSERT(back.maybe == wide);
    RC_ASSERT(back.small == narrow);
    RC_ASSERT(back.flag == flag);
  }));
}

}  // namespace
}  // namespace bruit::maelstrom
