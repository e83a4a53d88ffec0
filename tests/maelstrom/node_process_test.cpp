#include "bruit/maelstrom/node_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "maelstrom/driven_node.h"

namespace bruit::maelstrom {
namespace {

using testing::HasSubstr;

DrivenNode silent_node() {
  return DrivenNode(application([](Node&) {}));
}

TEST(NodeProcess, InitIsAnsweredAndTellsTheNodeWhoItIs) {
  std::string id;
  std::vector<std::string> peers;
  DrivenNode node(application([&](Node& started) {
    id = started.id();
    peers = started.node_ids();
  }));
  EXPECT_EQ(node.process().node(), nullptr) << "before init there is no node to misuse";
  EXPECT_EQ(node.init(R"(["n3","n1","n2"])"), from_n1("c0", R"("type":"init_ok","in_reply_to":1)"));
  EXPECT_EQ(id, "n1");
  EXPECT_EQ(peers, (std::vector<std::string>{"n3", "n1", "n2"})) << "in the order of init";
}

TEST(NodeProcess, BeforeInitEveryRequestIsTemporarilyUnavailable) {
  auto node = silent_node();
  EXPECT_EQ(node.give("c1", R"("type":"echo","msg_id":4)"),
            from_n1("c1", R"("type":"error","in_reply_to":4,"code":11,)"
                          R"("text":"this node has not received init yet")"));
  EXPECT_EQ(node.give("c1", R"("type":"echo")"), "") << "no msg_id, no reply";
  EXPECT_EQ(node.give("n2", R"("type":"echo_ok","in_reply_to":9)"), "") << "replies get none";
  EXPECT_NE(node.init(), "") << "and init still works";
}

TEST(NodeProcess, AMalformedInitNamesTheFieldAndCanBeRepeated) {
  auto node = silent_node();
  const auto error = [&](std::string_view members) {
    return node.give("c0", std::string(R"("type":"init","msg_id":1)").append(members));
  };
  EXPECT_THAT(error(""), HasSubstr(R"("code":12,"text":"field \"node_id\" is missing")"));
  EXPECT_THAT(error(R"(,"node_id":1,"node_ids":["n1"])"), HasSubstr("must be a string"));
  EXPECT_THAT(error(R"(,"node_id":"n1")"), HasSubstr(R"(field \"node_ids\" is missing)"));
  EXPECT_THAT(error(R"(,"node_id":"n1","node_ids":"n1")"), HasSubstr("must be an array"));
  EXPECT_THAT(error(R"(,"node_id":"n1","node_ids":["n1",2])"), HasSubstr("array of strings"));
  EXPECT_THAT(error(R"(,"node_id":"n1","node_ids":["n2"])"), HasSubstr("does not list node_id n1"));
  EXPECT_THAT(error(R"(,"node_id":"n1","node_ids":["n1","n2","n1"])"), HasSubstr("n1 twice"));
  EXPECT_THAT(node.init(), HasSubstr("init_ok"));
}

TEST(NodeProcess, ASecondInitIsRefusedAndChangesNothing) {
  auto node = silent_node();
  node.init();
  EXPECT_THAT(node.give("c9", R"("type":"init","msg_id":2,"node_id":"n7","node_ids":["n7"])"),
              HasSubstr(R"("code":22)"));
  EXPECT_EQ(node.node().id(), "n1");
}

TEST(NodeProcess, AnApplicationThatFailsToStartIsAnErrorToInit) {
  int attempts = 0;
  DrivenNode node(application([&](Node& started) {
    started.send("n2", {{"type", "hello"}});
    if (++attempts == 1) throw std::runtime_error("no disk");
  }));
  EXPECT_EQ(node.init(),
            from_n1("c0", R"("type":"error","in_reply_to":1,"code":13,"text":"no disk")"))
      << "nor does what it sent before it failed leave";
  EXPECT_EQ(node.process().node(), nullptr);
  EXPECT_THAT(node.init(), HasSubstr("init_ok"));
}

TEST(NodeProcess, AHandlerOfInitRunsBeforeTheReply) {
  DrivenNode node(application([](Node& started) {
    started.on("init", [&started](const Message& request) {
      started.send("n2", {{"type", "seen"}, {"msg_id", *request.msg_id()}});
    });
  }));
  EXPECT_EQ(node.init(), from_n1("n2", R"("type":"seen","msg_id":1)") + "\n" +
                             from_n1("c0", R"("type":"init_ok","in_reply_to":1)"));
}

TEST(NodeProcess, ALineThatIsNotAMessageIsSkippedAndLoggedWithTheReason) {
  for (const bool running : {false, true}) {
    auto node = silent_node();
    if (running) node.init();
    EXPECT_EQ(node.give("nope"), "");
    EXPECT_THAT(node.take_log(), HasSubstr("warning: skipped a line: not JSON: "));
    EXPECT_EQ(node.give(""), "");
    EXPECT_EQ(node.give("[]"), "");
    EXPECT_EQ(node.give(R"({"dest":"n1","body":{"type":"echo","msg_id":1}})"), "");
    EXPECT_THAT(node.take_log(), HasSubstr(R"(field "src" is missing)"));
    EXPECT_THAT(node.give(R"({"src":"c1","dest":"n1","body":{"msg_id":1}})"),
                HasSubstr(R"("in_reply_to":1,"code":12)"));
    EXPECT_THAT(node.take_log(), HasSubstr(R"(field "body.type" is missing)"));
    EXPECT_EQ(node.give(std::string(1'000'000, 'x')), "");
    EXPECT_LT(node.take_log().size(), 500U) << "the log shows the beginning of a long line only";
  }
}

TEST(NodeProcess, ItsProgramIsDestroyedBeforeTheNode) {
  struct Program {
    explicit Program(Node& started) : node(started) {}
    ~Program() { destroyed = node.id(); }
    Node& node;
    static std::string& last() {
      static std::string id;
      return id;
    }
    std::string& destroyed = last();
  };
  {
    DrivenNode node(application<Program>());
    node.init();
  }
  EXPECT_EQ(Program::last(), "n1");
}

}  // namespace
}  // namespace bruit::maelstrom
