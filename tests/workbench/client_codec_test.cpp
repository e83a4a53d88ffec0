#include "bruit/workbench/client_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace bruit::workbench {
namespace {

using testing::HasSubstr;

TestOptions three_nodes() {
  TestOptions options;
  options.nodes = numbered_nodes(3);
  options.topology = Topology::line;
  return options;
}

std::string encoded(Request::Kind kind, std::string_view value = {}) {
  return encode_request({.kind = kind, .msg_id = 7, .element = 0}, three_nodes(), 1, value);
}

TEST(EncodeRequest, WritesTheBodiesOfTheProtocol) {
  EXPECT_EQ(encoded(Request::Kind::init),
            R"({"type":"init","node_id":"n1","node_ids":["n0","n1","n2"],"msg_id":7})");
  EXPECT_EQ(
      encoded(Request::Kind::topology),
      R"({"type":"topology","topology":{"n0":["n1"],"n1":["n0","n2"],"n2":["n1"]},"msg_id":7})");
  EXPECT_EQ(encoded(Request::Kind::broadcast, "42"),
            R"({"type":"broadcast","message":42,"msg_id":7})");
  EXPECT_EQ(encoded(Request::Kind::read), R"({"type":"read","msg_id":7})");
  EXPECT_EQ(encode_request({.kind = Request::Kind::echo, .msg_id = 7, .element = 35}, three_nodes(),
                           1, {}),
            R"({"type":"echo","echo":"Please echo 35","msg_id":7})");
}

struct Decoding : testing::Test {
  // The reply, which must be well formed.
  Reply reply(Request::Kind kind, std::string_view body) {
    const auto decoded = decode_reply(kind, body, elements);
    EXPECT_TRUE(decoded.has_value()) << body;
    if (!decoded) return {};
    const auto* found = std::get_if<Reply>(&decoded->content);
    EXPECT_NE(found, nullptr) << body;
    return found == nullptr ? Reply{} : *found;
  }
  std::string reason(Request::Kind kind, std::string_view body) {
    const auto decoded = decode_reply(kind, body, elements);
    if (!decoded) return "not a reply";
    const auto* bad = std::get_if<BadReply>(&decoded->content);
    return bad == nullptr ? "well formed" : bad->reason;
  }
  std::vector<std::string> texts(const ElementList& list) const {
    std::vector<std::string> found;
    for (const auto element : list) found.push_back(elements.text(element));
    return found;
  }

  ElementTable elements;
};

TEST_F(Decoding, AnOkNeedsNothingButItsTypeAndNumber) {
  const auto decoded = decode_reply(Request::Kind::broadcast,
                                    R"({"type":"broadcast_ok","in_reply_to":7})", elements);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->in_reply_to, 7U);
  EXPECT_EQ(std::get<Reply>(decoded->content).kind, Reply::Kind::ok);
  reply(Request::Kind::init, R"({"type":"init_ok","in_reply_to":1})");
  reply(Request::Kind::topology, R"({"type":"topology_ok","in_reply_to":1,"msg_id":3})");
}

TEST_F(Decoding, AnEchoIsKeptAsEdnWithKeywordsOutside) {
  const auto decoded = decode_reply(
      Request::Kind::echo,
      R"({"type":"echo_ok","in_reply_to":7,"echo":{"a":[1,null,"x"]},"msg_id":3})", elements);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_TRUE(std::holds_alternative<Reply>(decoded->content));
  EXPECT_EQ(decoded->echoed,
            R"({:type "echo_ok", :in_reply_to 7, :echo {"a" [1 nil "x"]}, :msg_id 3})");
  EXPECT_EQ(reason(Request::Kind::echo, R"({"type":"echo_ok","in_reply_to":7})"),
            "echo_ok needs a field \"echo\"");
  EXPECT_EQ(reason(Request::Kind::echo, R"({"type":"echo_ok","in_reply_to":7,"echo":1,"to":2})"),
            "echo_ok has a field \"to\" that it must not have");
}

TEST_F(Decoding, AReadKeepsTheOrderAndDuplicatesOfAnyValues) {
  const Reply read = reply(
      Request::Kind::read,
      R"({"type":"read_ok","in_reply_to":1,"messages":[3,-1,3,"three",{"a":[1,null]},true]})");
  EXPECT_THAT(texts(read.elements),
              testing::ElementsAre("3", "-1", "3", "\"three\"", "{\"a\" [1 nil]}", "true"));
  EXPECT_EQ(read.elements[0], read.elements[2]);
}

TEST_F(Decoding, AnErrorHasCodeAndText) {
  const auto decoded = decode_reply(
      Request::Kind::read, R"({"type":"error","in_reply_to":1,"code":13,"text":"oh"})", elements);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(std::get<Reply>(decoded->content).kind, Reply::Kind::error);
  EXPECT_EQ(std::get<Reply>(decoded->content).error_code, maelstrom::ErrorCode::crash);
  EXPECT_EQ(decoded->error_text, "oh");
}

TEST_F(Decoding, WhatMaelstromsSchemaForbidsIsNamed) {
  const auto read = Request::Kind::read;
  const auto broadcast = Request::Kind::broadcast;
  EXPECT_THAT(reason(read, R"({"type":"read_ok","in_reply_to":1})"), HasSubstr("\"messages\""));
  EXPECT_THAT(reason(read, R"({"type":"read_ok","in_reply_to":1,"messages":{"1":2}})"),
              HasSubstr("\"messages\" that is a list"));
  EXPECT_THAT(reason(read, R"({"type":"read_ok","in_reply_to":1,"messages":[],"count":0})"),
              HasSubstr("\"count\""));
  EXPECT_THAT(reason(broadcast, R"({"type":"broadcast_ok","in_reply_to":1,"messages":[]})"),
              HasSubstr("\"messages\""));
  EXPECT_THAT(reason(broadcast, R"({"type":"read_ok","in_reply_to":1,"messages":[]})"),
              HasSubstr("expected type \"broadcast_ok\", got \"read_ok\""));
  EXPECT_THAT(reason(read, R"({"type":7,"in_reply_to":1})"), HasSubstr("\"type\""));
  EXPECT_THAT(reason(read, R"({"type":"error","in_reply_to":1,"code":"13"})"),
              HasSubstr("\"code\" that is an integer"));
}

TEST_F(Decoding, WithoutAnIntegerInReplyToThereIsNoReply) {
  for (const auto* body : {R"({"type":"read_ok","messages":[]})", R"({"in_reply_to":1.5})",
                           R"({"in_reply_to":"1"})", "[]", "7", "", "{\"in_reply_to\":1"}) {
    EXPECT_EQ(decode_reply(Request::Kind::read, body, elements), std::nullopt) << body;
  }
}

}  // namespace
}  // namespace bruit::workbench
