// The real programs on real pipes: what only they can show. What a node answers is tested without
// processes, in broadcast_node_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "maelstrom/child.h"

namespace bruit::maelstrom {
namespace {

using testing::HasSubstr;

constexpr std::string_view init =
    R"({"id":0,"src":"c0","dest":"n1","body":{"type":"init","node_id":"n1","node_ids":["n1"],"msg_id":1}})";
constexpr std::string_view init_ok =
    R"({"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}})";

std::string request(std::string_view members) {
  std::string line = R"({"id":1,"src":"c1","dest":"n1","body":{)";
  return line.append(members).append("}}");
}

struct EachProgram : testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Programs, EachProgram,
                         testing::Values("broadcast-3a", "broadcast-3b", "broadcast-3c",
                                         "broadcast-3d", "broadcast-3e"),
                         [](const auto& tested) {
                           return "broadcast" + tested.param.substr(tested.param.size() - 2);
                         });

TEST_P(EachProgram, AnswersEveryRequestAndEndsWithItsInput) {
  Child node(GetParam());
  node.give(request(R"("type":"read","msg_id":9)"));
  EXPECT_THAT(node.line(), HasSubstr(R"("in_reply_to":9,"code":11)"));
  node.give(init);
  EXPECT_EQ(node.line(), init_ok);
  node.give(request(R"("type":"topology","msg_id":2,"topology":{"n1":[]})"));
  EXPECT_EQ(node.line(),
            R"({"src":"n1","dest":"c1","body":{"type":"topology_ok","in_reply_to":2}})");
  node.give(request(R"("type":"broadcast","msg_id":3,"message":9007199254740993)"));
  EXPECT_EQ(node.line(),
            R"({"src":"n1","dest":"c1","body":{"type":"broadcast_ok","in_reply_to":3}})");
  node.give("this is not JSON");
  node.give("[]");
  node.give(R"({"src":"c1","dest":"n1","body":{"msg_id":1}})");
  EXPECT_THAT(node.line(), HasSubstr(R"("in_reply_to":1,"code":12,"text":"field \"body.type\")"));
  node.give(request(R"("type":"broadcast","msg_id":4)"));
  EXPECT_THAT(node.line(), HasSubstr(R"("in_reply_to":4,"code":12,"text":"field \"message\")"));
  node.give(request(R"("type":"fly","msg_id":5)"));
  EXPECT_THAT(node.line(), HasSubstr(R"("in_reply_to":5,"code":10)"));
  node.give(request(R"("type":"read","msg_id":6)"));
  EXPECT_EQ(node.line(),
            R"({"src":"n1","dest":"c1","body":{"type":"read_ok","messages":[9007199254740993],)"
            R"("in_reply_to":6}})");
  node.close_input();
  EXPECT_EQ(node.wait(), 0);
  EXPECT_EQ(node.rest(), "");
  EXPECT_THAT(node.errors(), HasSubstr("not JSON"));
  EXPECT_THAT(node.errors(), HasSubstr(R"(field "body.type" is missing)"));
}

TEST_P(EachProgram, IsQuietOnStderrWhenAllIsWell) {
  Child node(GetParam());
  node.give(init);
  node.give(request(R"("type":"broadcast","msg_id":3,"message":1)"));
  node.close_input();
  EXPECT_EQ(node.wait(), 0);
  EXPECT_EQ(node.errors(), "");
}

TEST_P(EachProgram, EndsWithCodeZeroOnSigterm) {
  Child node(GetParam());
  node.give(init);
  EXPECT_EQ(node.line(), init_ok);
  node.signal(SIGTERM);
  EXPECT_EQ(node.wait(), 0);
}

TEST(Program, TheLastLineNeedsNoLineBreakAndItsAnswerIsWrittenBeforeTheEnd) {
  Child node("bruit", {"node", "--strategy", "tree"});
  node.give(std::string(init) + "\n" + request(R"("type":"read","msg_id":6)"));
  node.close_input();
  EXPECT_EQ(node.wait(), 0);
  EXPECT_THAT(node.rest(), HasSubstr("read_ok"));
}

TEST(Program, LinesOfAMegabyteAreHandled) {
  const std::string text(1'000'000, 'x');
  Child node("broadcast-3b");
  node.give(init);
  EXPECT_EQ(node.line(), init_ok);
  node.give(request(R"("type":"broadcast","msg_id":2,"message":")" + text + "\""));
  EXPECT_THAT(node.line(), HasSubstr("broadcast_ok"));
  node.give(std::string(1'000'000, 'y'));
  for (int i = 0; i < 20; ++i) node.give(request(R"("type":"read","msg_id":3)"));
  const std::string answer = R"({"src":"n1","dest":"c1","body":{"type":"read_ok","messages":[")" +
                             text + R"("],"in_reply_to":3}})";
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(node.line() == answer) << i;
  node.close_input();
  EXPECT_EQ(node.wait(), 0);
}

TEST(Program, AReaderThatIsSlowLosesNothing) {
  Child node("broadcast-3b");
  std::string lines(init);
  constexpr int count = 50'000;
  for (int i = 0; i < count; ++i) {
    lines += "\n" + request(R"("type":"topology","topology":{},"msg_id":)" + std::to_string(i));
  }
  node.give(lines);  // reads what comes while it writes
  node.close_input();
  EXPECT_EQ(node.line(), init_ok);
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(node.line(),
              R"({"src":"n1","dest":"c1","body":{"type":"topology_ok","in_reply_to":)" +
                  std::to_string(i) + "}}");
  }
  EXPECT_EQ(node.wait(), 0);
}

TEST(Program, WhenNobodyReadsItsOutputItEndsWithAnErrorInsteadOfASignal) {
  Child node("broadcast-3b");
  node.close_output();
  node.give(init);
  EXPECT_EQ(node.wait(), 1);
  EXPECT_THAT(node.errors(), HasSubstr("cannot write to stdout"));
}

TEST(Program, SigtermEndsItEvenIfNobodyTakesItsOutput) {
  Child node("broadcast-3b");
  node.give(init);
  EXPECT_EQ(node.line(), init_ok);
  node.give(
      request(R"("type":"broadcast","msg_id":2,"message":")" + std::string(1'000'000, 'x') + "\""));
  EXPECT_THAT(node.line(), HasSubstr("broadcast_ok"));
  for (int i = 0; i < 5; ++i) node.give(request(R"("type":"read","msg_id":3)"));
  EXPECT_THAT(node.line(), HasSubstr("read_ok"));
  node.signal(SIGTERM);
  EXPECT_EQ(node.wait_without_reading(), 0);
  node.wait();
  EXPECT_THAT(node.errors(), HasSubstr("stdout took too long"));
}

TEST(Program, BadArgumentsAreExplained) {
  const struct {
    std::vector<std::string> arguments;
    std::string expected;
  } cases[] = {
      {{"node", "--strategy", "carrier-pigeon"}, "expected one of flood, reliable-flood, tree"},
      {{"node", "--flush-interval", "200"}, "the unit is missing"},
      {{"node", "--flush-interval", "0ms"}, "too short"},
      {{"node", "--retry-first", "3s", "--retry-longest", "1s"}, "--retry-longest"},
      {{"node", "--queue-limit", "0"}, "--queue-limit"},
      {{"node", "--log-level", "loud"}, "expected trace, debug, info"},
      {{"node", "--colour", "red"}, "--colour"},
  };
  for (const auto& bad : cases) {
    Child node("bruit", bad.arguments);
    EXPECT_EQ(node.wait(), 254) << bad.expected;
    EXPECT_THAT(node.errors(), HasSubstr(bad.expected));
    EXPECT_EQ(node.rest(), "");
  }
}

}  // namespace
}  // namespace bruit::maelstrom
