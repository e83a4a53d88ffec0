#include "bruit/workbench/workloads/echo.h"

#include <gtest/gtest.h>

#include "workbench/network/body_of.h"

namespace bruit::workbench {
namespace {

const Operation please{
    .f = "echo", .value = Edn("Please echo 35"), .members = {{"echo", "Please echo 35"}}};

std::variant<OpValue, BadReply> result(std::string_view body) {
  return EchoRules().result(please, *body_of(body).fields);
}

TEST(EchoRules, AskInMaelstromsWords) {
  EXPECT_EQ(std::get<JsonBody>(EchoRules().request(please, 7)).text,
            R"({"type":"echo","echo":"Please echo 35","msg_id":7})");
}

TEST(EchoRules, KeepTheAnswerAsEdnWithKeywordsOutside) {
  const auto value = result(R"({"type":"echo_ok","in_reply_to":7,"echo":{"a":[1,null,"x"]}})");
  EXPECT_EQ(to_string(std::get<Edn>(std::get<OpValue>(value))),
            R"({:type "echo_ok", :in_reply_to 7, :echo {"a" [1 nil "x"]}})");
}

TEST(EchoRules, NameWhatIsMissingOrTooMuch) {
  EXPECT_EQ(std::get<BadReply>(result(R"({"type":"echo_ok","in_reply_to":7})")).reason,
            "echo_ok needs a field \"echo\"");
  EXPECT_EQ(
      std::get<BadReply>(result(R"({"type":"echo_ok","in_reply_to":7,"echo":1,"to":2})")).reason,
      "echo_ok has a field \"to\" that it must not have");
}

}  // namespace
}  // namespace bruit::workbench
