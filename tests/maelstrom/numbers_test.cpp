// Numbers that clients send: what comes back is what was sent, or an error that says why not. Never
// another number, and never silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "bruit/maelstrom/broadcast_node.h"
#include "maelstrom/driven_node.h"

namespace bruit::maelstrom {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

struct Number {
  std::string written;
  std::string kept;  // as it is listed; empty: refused
};

void PrintTo(const Number& number, std::ostream* out) { *out << number.written; }

// {"message": what, ...}, with the number in `#`.
const char* const places[] = {"#", "[#]", "[[0,#],1]", R"({"a":#})", R"({"a":[{"b":[#]}]})"};

std::string with(std::string_view place, const std::string& number) {
  std::string text(place);
  return text.replace(text.find('#'), 1, number);
}

struct EachNumber : testing::TestWithParam<Number> {};

TEST_P(EachNumber, IsListedAsItIsOrRefusedWithAReason) {
  const auto& [written, kept] = GetParam();
  for (const auto kind : core::all_strategies) {
    for (const char* const place : places) {
      SCOPED_TRACE(std::string(core::to_string(kind)) + " " + place);
      core::StrategyOptions options;
      options.kind = kind;
      DrivenNode node(broadcast_application(options));
      node.init(R"(["n1"])");
      const std::string answer =
          node.give("c1", R"("type":"broadcast","msg_id":2,"message":)" + with(place, written));
      const std::string read = node.give("c1", R"("type":"read","msg_id":3)");
      if (kept.empty()) {
        EXPECT_THAT(answer, AllOf(HasSubstr(R"("type":"error","in_reply_to":2,"code":12)"),
                                  HasSubstr("the number " + written + " cannot be kept exactly"),
                                  HasSubstr("body.message")));
        EXPECT_THAT(read, HasSubstr(R"("messages":[])"));
      } else {
        EXPECT_THAT(answer, HasSubstr(R"("type":"broadcast_ok","in_reply_to":2)"));
        EXPECT_THAT(read, HasSubstr("\"messages\":[" + with(place, kept) + "]"));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, EachNumber,
    testing::Values(
        // Integers, at the ends of 63 and 64 bits.
        Number{"0", "0"}, Number{"-1", "-1"}, Number{"9007199254740993", "9007199254740993"},
        Number{"9223372036854775807", "9223372036854775807"},
        Number{"9223372036854775808", "9223372036854775808"},
        Number{"-9223372036854775808", "-9223372036854775808"},
        Number{"18446744073709551615", "18446744073709551615"}, Number{"-9223372036854775809", ""},
        Number{"18446744073709551616", ""}, Number{"-18446744073709551616", ""},
        Number{"1000000000000000000000000000000", ""}, Number{"123456789012345678901234567890", ""},
        Number{"123456789012345678901234567891", ""},
        // No integer is -0.
        Number{"-0", "-0.0"}, Number{"-0.0", "-0.0"}, Number{"0.0", "0.0"}, Number{"0e5", "0.0"},
        // Fractions and exponents.
        Number{"0.1", "0.1"}, Number{"1.0", "1.0"}, Number{"1.50", "1.5"}, Number{"1e2", "100.0"},
        Number{"1E+2", "100.0"}, Number{"1e22", "1e+22"}, Number{"1e300", "1e+300"},
        Number{"5e-324", "5e-324"}, Number{"1.7976931348623157e308", "1.7976931348623157e+308"},
        Number{"0.30000000000000004", "0.30000000000000004"}, Number{"0.10000000000000001", ""},
        Number{"9007199254740993.0", ""}, Number{"123456789012345678901234567890.0", ""},
        Number{"1e309", ""}, Number{"1e400", ""}, Number{"-1e400", ""}, Number{"1e-400", ""},
        Number{"-1e-400", ""}, Number{"4e-324", ""}, Number{"1e99999999999", ""},
        Number{"1e-99999999999", ""}),
    [](const auto& tested) {
      std::string name = std::to_string(tested.index);
      for (const char c : tested.param.written) {
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : c == '-' ? 'm' : '_';
      }
      return name;
    });

TEST(Numbers, TwoThatDifferInTheLastDigitAreTwoValues) {
  core::StrategyOptions options;
  DrivenNode node(broadcast_application(options));
  node.init(R"(["n1"])");
  node.give("c1", R"("type":"broadcast","msg_id":1,"message":18446744073709551614)");
  node.give("c1", R"("type":"broadcast","msg_id":2,"message":18446744073709551615)");
  EXPECT_THAT(node.give("c1", R"("type":"read","msg_id":3)"),
              HasSubstr("[18446744073709551614,18446744073709551615]"));
}

struct OtherNumbers : testing::Test {
  StartedNode node{[](Node& self) {
    self.on("echo", [&self](const Message& request) {
      self.reply(request, json::object{{"type", "echo_ok"}, {"echo", request.body.at("echo")}});
    });
    self.on("ask", [&self](const Message& request) {
      self.rpc("n2", {{"type", "question"}}, 1s, [&self, request](CallResult result) {
        self.reply(request, json::object{{"type", "asked"},
                                         {"answer", result.ok() ? "" : describe(result.error())}});
      });
    });
  }};
};

TEST_F(OtherNumbers, InARequestOfAnyTypeAreRefused) {
  EXPECT_THAT(node.give("c1", R"("type":"echo","msg_id":4,"echo":1e400)"),
              AllOf(HasSubstr(R"("in_reply_to":4,"code":12)"), HasSubstr("1e400")));
  EXPECT_THAT(node.give("c1", R"("type":"no-such","msg_id":4,"x":[1e400])"),
              HasSubstr(R"("in_reply_to":4,"code":12)"));
  EXPECT_THAT(node.give("c1", R"("type":"echo","msg_id":5,"echo":"1e400")"),
              HasSubstr(R"("echo":"1e400")"));
}

TEST_F(OtherNumbers, AsTheIdOfARequestAreAnsweredWithTheSameDigits) {
  for (const std::string id : {"9223372036854775808", "1000000000000000000000000000000", "1.5"}) {
    EXPECT_THAT(node.give("c1", R"("type":"echo","echo":1,"msg_id":)" + id),
                HasSubstr("\"echo_ok\",\"echo\":1,\"in_reply_to\":" + id + "}"));
  }
}

TEST_F(OtherNumbers, BesideTheBodyDoNotMatter) {
  EXPECT_THAT(
      node.give(
          R"({"id":1e400,"src":"c1","dest":"n1","body":{"type":"echo","echo":1,"msg_id":1}})"),
      HasSubstr("echo_ok"));
}

TEST_F(OtherNumbers, InAnAnswerEndTheCallWithAnErrorAtOnce) {
  const std::string question = node.give("c1", R"("type":"ask","msg_id":1)");
  EXPECT_THAT(question, HasSubstr(R"("msg_id":1)"));
  EXPECT_THAT(node.give("n2", R"("type":"question_ok","in_reply_to":1,"x":1e400)"),
              AllOf(HasSubstr("crash (13): the reply of n2 cannot be read"), HasSubstr("1e400")));
}

TEST_F(OtherNumbers, InAMessageThatWantsNoAnswerAreLogged) {
  node.take_log();
  EXPECT_EQ(node.give("n2", R"("type":"gossip","x":1e400)"), "");
  EXPECT_THAT(node.take_log(), HasSubstr("field \"body.x\": the number 1e400 cannot be kept"));
}

TEST(Numbers, BeforeInitAreRefusedAsWell) {
  DrivenNode node([](Node&) { return nullptr; });
  EXPECT_THAT(node.give("c1", R"("type":"echo","msg_id":1,"echo":1e400)"),
              HasSubstr(R"("in_reply_to":1,"code":12)"));
  EXPECT_THAT(node.give("c0", R"("type":"init","msg_id":1,"node_id":"n1","node_ids":[1e400])"),
              HasSubstr(R"("in_reply_to":1,"code":12)"));
  EXPECT_THAT(node.init(), HasSubstr("init_ok"));
}

}  // namespace
}  // namespace bruit::maelstrom
