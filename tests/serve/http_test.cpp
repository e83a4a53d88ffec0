#include "bruit/serve/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bruit::serve {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Target, IsSplitAndDecoded) {
  const Target target = parse_target("/store/broadcast/a%20b/node-logs/n0.log?a=1&b=x%2Fy+z");
  EXPECT_THAT(target.path, ElementsAre("store", "broadcast", "a b", "node-logs", "n0.log"));
  EXPECT_THAT(target.query, ElementsAre(Pair("a", "1"), Pair("b", "x/y z")));
  EXPECT_EQ(target.argument("b"), "x/y z");
  EXPECT_EQ(target.argument("c"), "");
}

TEST(Target, KeepsWhatWouldLeadUpwardsForWhoeverOpensFiles) {
  EXPECT_THAT(parse_target("/store/../x/%2e%2e/..%2fy").path,
              ElementsAre("store", "..", "x", "..", "../y"));
}

TEST(Target, OfTheFrontPageIsEmpty) {
  EXPECT_THAT(parse_target("/").path, IsEmpty());
  EXPECT_THAT(parse_target("").path, IsEmpty());
  EXPECT_THAT(parse_target("//").path, IsEmpty());
}

TEST(Target, TakesBrokenCodesAsTheyAre) {
  EXPECT_THAT(parse_target("/%zz%4/100%").path, ElementsAre("%zz%4", "100%"));
  EXPECT_THAT(parse_target("/?&&a&=b").query, ElementsAre(Pair("a", ""), Pair("", "b")));
}

TEST(Responses, SayErrorsAsJson) {
  const Response response = error_response(400, "expected \"x\"");
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(std::get<std::string>(response.body), R"({"error":"expected \"x\""})");
}

}  // namespace
}  // namespace bruit::serve
