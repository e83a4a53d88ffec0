// Programs that misbehave, as real processes: the node lives, says what is wrong, and its memory
// stays bounded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "maelstrom/child.h"

namespace bruit::maelstrom {
namespace {

using testing::HasSubstr;

// Sanitizers need memory of their own, so the limits mean nothing with them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_counts = false;
#else
constexpr bool memory_counts = true;
#endif

struct Misbehaviour : testing::Test {
  Child node{"misbehaving-node"};

  void SetUp() override {
    node.give(
        R"({"src":"c0","dest":"n1","body":{"type":"init","node_id":"n1","node_ids":["n1","n2"],)"
        R"("msg_id":1}})");
    EXPECT_THAT(node.line(), HasSubstr("init_ok"));
  }
  void ask(const std::string& type, const std::string& more_members = "") {
    node.give(R"({"src":"c1","dest":"n1","body":{"type":")" + type + R"(","msg_id":7)" +
              more_members + "}}");
  }
  // The next answer to the client; calls and noise are passed over.
  std::string answer() {
    std::string line;
    do {
      line = node.line();
    } while (!line.empty() && line.find("\"in_reply_to\":7") == std::string::npos);
    return line;
  }
  void expect_alive() {
    ask("echo");
    EXPECT_THAT(answer(), HasSubstr("echo_ok"));
  }
  void expect_resident_below(long kilobytes) const {
    if (memory_counts) {
      EXPECT_LT(node.resident_kilobytes(), kilobytes);
    }
  }
  std::string end() {
    node.close_input();
    EXPECT_EQ(node.wait(), 0);
    return node.errors();
  }
};

TEST_F(Misbehaviour, AHandlerThatThrowsIsACrashReplyAndALogLine) {
  ask("throw");
  EXPECT_THAT(answer(), HasSubstr(R"("code":13,"text":"on purpose")"));
  ask("throw_later");
  EXPECT_THAT(answer(), HasSubstr(R"("code":13,"text":"on purpose, later")"));
  expect_alive();
  EXPECT_THAT(end(), HasSubstr("the handler of \"throw\" threw: on purpose"));
}

TEST_F(Misbehaviour, AHandlerThatNeverAnswersHoldsNobodyUp) {
  ask("never_answer");
  ask("wait_forever");
  expect_alive();
  EXPECT_EQ(end(), "");
}

TEST_F(Misbehaviour, HandlersThatWaitForeverAreBounded) {
  std::string lines;
  for (int i = 0; i < 100'000; ++i) {
    lines += R"({"src":"c1","dest":"n1","body":{"type":"wait_forever","msg_id":7}})"
             "\n";
  }
  lines.pop_back();
  node.give(lines);
  EXPECT_THAT(answer(), HasSubstr(R"("code":11,"text":"65536 tasks are running)"));
  expect_resident_below(150'000);
  ask("echo");
  std::string line = answer();
  while (line.find("\"code\":11") != std::string::npos) line = answer();
  EXPECT_THAT(line, HasSubstr("echo_ok"));
  end();
}

TEST_F(Misbehaviour, AHandlerThatBlocksIsNamedInTheLog) {
  ask("block");
  EXPECT_THAT(answer(), HasSubstr("block_ok"));
  expect_alive();
  EXPECT_THAT(end(), HasSubstr("nothing else could run for 7"));
}

TEST_F(Misbehaviour, AFloodIsRefusedAtTheLimitOfTheOutput) {
  ask("flood");
  EXPECT_THAT(answer(), HasSubstr(R"("code":11,"text":)"));
  expect_resident_below(250'000);  // a gigabyte was asked for, 64 MB are the limit
  expect_alive();
  end();
}

TEST_F(Misbehaviour, CallingADeadPeerAMillionTimesIsRefusedAtTheLimit) {
  for (int i = 0; i < 3; ++i) {
    ask("call_the_dead");
    EXPECT_THAT(answer(), HasSubstr(R"("code":11,"text":"65536 calls await a reply)"));
  }
  expect_resident_below(100'000);
  expect_alive();
  end();
}

TEST_F(Misbehaviour, InsistingOnCallingADeadPeerAMillionTimesIsRefusedAllTheSame) {
  // The address sanitizer makes an exception cost fifty times as much.
  const std::int64_t attempts = memory_counts ? 1'000'000 : 100'000;
  ask("insist_on_calling_the_dead", R"(,"attempts":)" + std::to_string(attempts));
  EXPECT_THAT(answer(),
              HasSubstr(R"("type":"insisted","refused":)" + std::to_string(attempts - 65'536)));
  expect_resident_below(100'000);
  expect_alive();
  end();
}

TEST_F(Misbehaviour, AMillionCallsToADeadPeerThatTimeOutLeaveNothingBehind) {
  ask("call_the_dead_in_waves");
  EXPECT_THAT(answer(), HasSubstr(R"("type":"called","timeouts":1000000)"));
  expect_resident_below(20'000);
  expect_alive();
  EXPECT_EQ(end(), "") << "a timeout is the caller's affair, and no reason for a line in the log";
}

TEST_F(Misbehaviour, AHundredThousandRequestsThatThrowCostNothingThatStays) {
  std::string lines;
  for (int i = 0; i < 100'000; ++i) {
    lines += R"({"src":"c2","dest":"n1","body":{"type":"throw","msg_id":8}})"
             "\n";
  }
  lines.pop_back();
  node.give(lines);
  expect_alive();
  expect_resident_below(50'000);
  end();
}

}  // namespace
}  // namespace bruit::maelstrom
