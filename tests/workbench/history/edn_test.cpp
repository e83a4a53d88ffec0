#include "bruit/workbench/history/edn.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "workbench/golden_runs.h"
#include "workbench/history/edn_show.h"

namespace bruit::workbench {
namespace {

// The text of the error that parsing `text` gives.
std::string error_of(std::string_view text) {
  try {
    const Edn value = parse_edn(text);
    return "no error, but the value " + to_string(value);
  } catch (const EdnError& error) {
    return error.what();
  }
}

TEST(EdnParser, ReadsEveryKindOfValue) {
  EXPECT_EQ(parse_edn("nil"), Edn());
  EXPECT_EQ(parse_edn("true"), Edn(true));
  EXPECT_EQ(parse_edn("false"), Edn(false));
  EXPECT_EQ(parse_edn("-42"), Edn(-42));
  EXPECT_EQ(parse_edn("+7"), Edn(7));
  EXPECT_EQ(parse_edn("0.5"), Edn(0.5));
  EXPECT_EQ(parse_edn("-1.5e3"), Edn(-1500.0));
  EXPECT_EQ(parse_edn("1e3"), Edn(1000.0));
  EXPECT_EQ(parse_edn("12N"), Edn(12));
  EXPECT_EQ(parse_edn("1.50M"), Edn(EdnExactNumber{"1.50M"}));
  EXPECT_EQ(parse_edn("2/3"), Edn(EdnExactNumber{"2/3"}));
  EXPECT_EQ(parse_edn("##Inf"), Edn(std::numeric_limits<double>::infinity()));
  EXPECT_EQ(parse_edn("##-Inf"), Edn(-std::numeric_limits<double>::infinity()));
  EXPECT_EQ(parse_edn("##NaN"), Edn(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_EQ(parse_edn(R"("a\n\"\\b")"), Edn("a\n\"\\b"));
  EXPECT_EQ(parse_edn(R"(\a)"), Edn(EdnCharacter{"\\a"}));
  EXPECT_EQ(parse_edn(R"(\()"), Edn(EdnCharacter{"\\("}));
  EXPECT_EQ(parse_edn(R"(\newline)"), Edn(EdnCharacter{"\\newline"}));
  EXPECT_EQ(parse_edn(":valid?"), Edn::keyword("valid?"));
  EXPECT_EQ(parse_edn(":a.b/c"), Edn::keyword("a.b/c"));
  EXPECT_EQ(parse_edn("majorities-ring"), Edn(EdnSymbol{"majorities-ring"}));
  EXPECT_EQ(parse_edn("-"), Edn(EdnSymbol{"-"}));
  EXPECT_EQ(parse_edn("(1 2)"), Edn::list({1, 2}));
  EXPECT_EQ(parse_edn("[1 2]"), Edn(EdnVector{{1, 2}}));
  EXPECT_EQ(parse_edn("#{1 2}"), Edn(EdnSet{{2, 1}}));
  EXPECT_EQ(parse_edn("{:a 1, :b [2]}"), Edn::map({{"b", EdnVector{{2}}}, {"a", 1}}));
  EXPECT_EQ(parse_edn("#jepsen.history.Op{:index 3}"),
            Edn::tagged("jepsen.history.Op", Edn::map({{"index", 3}})));
}

TEST(EdnParser, KeepsIntegersBeyond64BitsAsTheyAreWritten) {
  EXPECT_EQ(parse_edn("9223372036854775807"), Edn(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(parse_edn("-9223372036854775808"), Edn(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(parse_edn("18446744073709551615"), Edn(EdnExactNumber{"18446744073709551615N"}));
  EXPECT_EQ(parse_edn("18446744073709551615N"), Edn(std::numeric_limits<std::uint64_t>::max()));
}

TEST(EdnParser, PassesOverWhitespaceCommasCommentsAndDiscardedForms) {
  EXPECT_EQ(parse_edn(" ,; first\n[1,,2 ; second\n #_{:a [3]} #_ #_ 4 5 6]\t"),
            Edn(EdnVector{{1, 2, 6}}));
}

TEST(EdnParser, DecodesEscapedCharactersOfStrings) {
  EXPECT_EQ(parse_edn(R"("\t\r\b\f\u00e9\ud83d\ude00")"), Edn("\t\r\b\f\xc3\xa9\xf0\x9f\x98\x80"));
  EXPECT_EQ(parse_edn("\"é\n\""), Edn("é\n"));
}

TEST(EdnParser, SaysWhereAnErrorIsAndWhatWasExpected) {
  EXPECT_EQ(error_of(""), "1:1: expected a value, found the end of the text");
  EXPECT_EQ(error_of("1 2"), "1:3: expected the end of the text after the value, found '2'");
  EXPECT_EQ(error_of("{:a 1,\n :b}"), "1:1: expected a value for every key of the map");
  EXPECT_EQ(error_of("[1\n  (2]"), "2:5: expected a value, found ']'");
  EXPECT_EQ(error_of("[1\n  (2"),
            "2:3: expected ')' that closes the '(' here, found the end of the text");
  EXPECT_EQ(error_of("\n\"abc"),
            "2:1: expected '\"' that closes the string here, found the end of the text");
  EXPECT_EQ(error_of("{:a 1 :a 2}"), "1:1: the key ':a' is there twice");
  EXPECT_EQ(error_of("#{[1] [1]}"), "1:1: the set item '[1]' is there twice");
  EXPECT_EQ(error_of("[#_]"), "1:4: expected a value, found ']'");
  EXPECT_EQ(error_of("#tag"),
            "1:1: expected a value after the tag #tag, found the end of the text");
  EXPECT_EQ(error_of("^{} x"), "1:1: expected a value, found '^' (metadata is not supported)");
  EXPECT_EQ(error_of("\"\xff\""), "1:2: byte 0xff is not UTF-8");
}

TEST(EdnParser, RefusesWhatIsNotANumberANameOrAnEscape) {
  for (const std::string_view text :
       {"007",       "1.5.2",       "12x",         "1e",          "1/0",        "1/", "1e999",
        "-1e-999",   "3M4",         "::a",         ":",           "a`b",        "@x", R"("\x")",
        R"("\u12")", R"("\ud83d")", R"("\ude00")", R"(\toolong)", "##Infinity", "#",  "#1 2",
        "#:a 2",     R"(\)",        "}",           "a\\b"}) {
    EXPECT_EQ(error_of(text).find("no error"), std::string::npos) << text << ": " << error_of(text);
  }
}

TEST(EdnParser, HasALimitOnNesting) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_NO_THROW(parse_edn(nested(edn_depth_max)));
  EXPECT_EQ(error_of(nested(edn_depth_max + 2)), "1:258: nested deeper than 256 levels");
  for (const std::string_view part : {"(", "[", "{1 ", "#{", "#a ", "#_", "#_ #_ "}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += part;
    EXPECT_NE(error_of(text).find("nested deeper"), std::string::npos) << part;
  }
}

TEST(EdnPrinter, PrintsOnOneLineAsClojureDoes) {
  for (const std::string_view text :
       {"nil", "true", "-42", "0.5", "12N", ":valid?", "\"a\\n\\\"\"", "()", "(1 2)", "[]",
        "#{1 :a}", "{}", "{:a 1, :b {:c (2)}}", "#jepsen.history.Op{:index 1}", "#inst \"2026\"",
        "##NaN", "\\newline"}) {
    EXPECT_EQ(to_string(parse_edn(text)), text == "12N" ? "12" : text);
  }
  EXPECT_EQ(to_string(Edn("\x01é")), "\"\\u0001é\"");
}

TEST(EdnPrinter, PrintsFloatsAsJavaDoes) {
  EXPECT_EQ(to_string(Edn(2.020202F)), "2.020202");
  EXPECT_EQ(to_string(Edn(400.0F / 198.0F)), "2.020202");
  EXPECT_EQ(to_string(Edn(370.0F / 375.0F)), "0.9866667");
  EXPECT_EQ(to_string(Edn(0.0F)), "0.0");
  EXPECT_EQ(to_string(Edn(1.0F)), "1.0");
  EXPECT_EQ(to_string(Edn(100.0)), "100.0");
  EXPECT_EQ(to_string(Edn(-0.001)), "-0.001");
  EXPECT_EQ(to_string(Edn(0.00012)), "1.2E-4");
  EXPECT_EQ(to_string(Edn(9999999.0)), "9999999.0");
  EXPECT_EQ(to_string(Edn(10000000.0)), "1.0E7");
  EXPECT_EQ(to_string(Edn(-1.25e300)), "-1.25E300");
  EXPECT_EQ(to_string(Edn(-0.0)), "-0.0");
}

TEST(EdnPrinter, BreaksACollectionThatDoesNotFitIntoOneItemALine) {
  const Edn value = parse_edn("{:a [1 2], :long (111 222 333), :tag #x.Y{:k 1 :l 2222}}");
  EXPECT_EQ(to_pretty_string(value, 20),
            "{:a [1 2],\n"
            " :long (111 222 333),\n"
            " :tag #x.Y{:k 1,\n"
            "           :l 2222}}");
  EXPECT_EQ(to_pretty_string(value, 70),
            "{:a [1 2], :long (111 222 333), :tag #x.Y{:k 1, :l 2222}}");
}

TEST(Edn, OrdersNumbersBySizeAndThenByKind) {
  std::vector<Edn> values = {parse_edn("[]"), 3, "x", 2.5, 10, -1, 1.0, 1, Edn(), Edn(1e300)};
  std::sort(values.begin(), values.end());
  EXPECT_EQ(to_string(EdnVector{values}), "[nil -1 1 1.0 2.5 3 10 1.0E300 \"x\" []]");
  EXPECT_LT(Edn(std::numeric_limits<std::int64_t>::max()), Edn(9223372036854775808.0));
  EXPECT_GT(Edn(std::numeric_limits<std::int64_t>::max()), Edn(9223372036854774784.0));
  EXPECT_GT(Edn(std::numeric_limits<std::int64_t>::min()), Edn(-1e300));
}

TEST(Edn, TakesSetsAndMapsAsEqualWhateverTheirOrder) {
  EXPECT_EQ(parse_edn("#{1 2 3}"), parse_edn("#{3 1 2}"));
  EXPECT_EQ(parse_edn("{:a 1 :b 2}"), parse_edn("{:b 2 :a 1}"));
  EXPECT_NE(parse_edn("{:a 1 :b 2}"), parse_edn("{:b 1 :a 2}"));
  EXPECT_NE(parse_edn("#{1 2}"), parse_edn("#{1 3}"));
  EXPECT_NE(parse_edn("[1]"), parse_edn("(1)"));
  EXPECT_NE(parse_edn("1"), parse_edn("1.0"));
}

TEST(Edn, FindsAValueAtAPathOfKeywords) {
  const Edn value = parse_edn("{:net {:servers {:msgs-per-op 1.5}}}");
  ASSERT_NE(value.at("net", "servers", "msgs-per-op"), nullptr);
  EXPECT_EQ(*value.at("net", "servers", "msgs-per-op"), Edn(1.5));
  EXPECT_EQ(value.at("net", "clients", "msgs-per-op"), nullptr);
  EXPECT_EQ(value.at("net", "servers", "msgs-per-op", "more"), nullptr);
}

class GoldenText : public testing::TestWithParam<std::string_view> {};

TEST_P(GoldenText, ResultsAreLaidOutAsTheOriginalLaysThemOut) {
  const std::string text = golden::read(GetParam(), "results.edn");
  EXPECT_EQ(to_pretty_string(parse_edn(text)) + "\n", text);
}

INSTANTIATE_TEST_SUITE_P(Edn, GoldenText, testing::ValuesIn(golden::runs),
                         [](const auto& run) { return golden::test_name(run.param); });

}  // namespace
}  // namespace bruit::workbench
