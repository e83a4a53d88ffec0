#include "bruit/workbench/network/client_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "workbench/network/body_of.h"

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
}

struct Decoding : testing::Test {
  // With the rules of read_ok as the broadcast workload has them.
  std::optional<DecodedReply> read(std::string_view body) {
    return decode_reply(body_of(body), "read_ok", [this](const boost::json::object& fields) {
      return read_list(fields, "messages", elements);
    });
  }
  std::string reason(const std::optional<DecodedReply>& decoded) {
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

TEST_F(Decoding, TheStartUpsRepliesNeedNothingButTheirTypeAndNumber) {
  const auto decoded = decode_init_ok(body_of(R"({"type":"init_ok","in_reply_to":7})"));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->in_reply_to, 7U);
  EXPECT_TRUE(std::holds_alternative<OpValue>(decoded->content));
  EXPECT_EQ(
      reason(decode_topology_ok(body_of(R"({"type":"topology_ok","in_reply_to":1,"msg_id":3})"))),
      "well formed");
}

// Maelstrom looks at the type and the number of init_ok, but has a schema for topology_ok.
TEST_F(Decoding, OnlyInitOkMaySayMore) {
  for (const auto* more : {R"("node_id":"n0")", R"("msg_id":null)", R"("msg_id":"a")"}) {
    const std::string fields = std::string(R"(,"in_reply_to":1,)") + more + "}";
    const JsonBody init_ok = body_of(R"({"type":"init_ok")" + fields);
    EXPECT_EQ(reason(decode_init_ok(init_ok)), "well formed") << more;
    EXPECT_TRUE(find_untidiness(*init_ok.fields).has_value()) << more;
    EXPECT_NE(reason(decode_topology_ok(body_of(R"({"type":"topology_ok")" + fields))),
              "well formed")
        << more;
  }
}

TEST_F(Decoding, AReadKeepsTheOrderAndDuplicatesOfAnyValues) {
  const auto decoded =
      read(R"({"type":"read_ok","in_reply_to":1,"messages":[3,-1,3,"three",{"a":[1,null]},true]})");
  ASSERT_TRUE(decoded.has_value());
  const auto list = std::get<ElementList>(std::get<OpValue>(decoded->content));
  EXPECT_THAT(texts(list),
              testing::ElementsAre("3", "-1", "3", "\"three\"", "{\"a\" [1 nil]}", "true"));
  EXPECT_EQ(list[0], list[2]);
}

TEST_F(Decoding, NumbersAreToldApartByTheirLastDigit) {
  const auto decoded = read(
      R"({"type":"read_ok","in_reply_to":1,"messages":[18446744073709551614,18446744073709551615,)"
      R"(18446744073709551616,18446744073709551617,0.1,0.10000000000000001,1e400,-0.0,1.0,1]})");
  const auto list = std::get<ElementList>(std::get<OpValue>(decoded->content));
  EXPECT_THAT(texts(list),
              testing::ElementsAre("18446744073709551614", "18446744073709551615",
                                   "18446744073709551616", "18446744073709551617", "0.1",
                                   "0.10000000000000001M", "1e400M", "-0.0", "1.0", "1"));
}

TEST_F(Decoding, ANumberInThePlaceOfATextIsNoText) {
  EXPECT_EQ(reason(read(R"({"type":1e400,"in_reply_to":1})")),
            "the reply has no field \"type\" that is a string");
  const auto decoded = read(R"({"type":"error","in_reply_to":1,"code":13,"text":1e400})");
  EXPECT_EQ(std::get<ErrorReply>(decoded->content).text, std::nullopt);
}

TEST_F(Decoding, AnErrorHasCodeAndText) {
  const auto decoded = read(R"({"type":"error","in_reply_to":1,"code":13,"text":"oh"})");
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(std::get<ErrorReply>(decoded->content).code, maelstrom::ErrorCode::crash);
  EXPECT_EQ(std::get<ErrorReply>(decoded->content).text, "oh");
}

TEST_F(Decoding, WhatMaelstromsSchemaForbidsIsNamed) {
  EXPECT_THAT(reason(read(R"({"type":"read_ok","in_reply_to":1})")), HasSubstr("\"messages\""));
  EXPECT_THAT(reason(read(R"({"type":"read_ok","in_reply_to":1,"messages":{"1":2}})")),
              HasSubstr("\"messages\" that is a list"));
  EXPECT_EQ(reason(read(R"({"type":"read_ok","in_reply_to":1,"values":[]})")),
            "read_ok needs a field \"messages\"; it has \"values\", which it must not have");
  EXPECT_THAT(reason(read(R"({"type":"read_ok","in_reply_to":1,"messages":[],"count":0})")),
              HasSubstr("\"count\""));
  EXPECT_EQ(reason(decode_topology_ok(body_of(R"({"type":"topology_ok","in_reply_to":1,"to":2})"))),
            "topology_ok has a field \"to\" that it must not have");
  EXPECT_THAT(reason(read(R"({"type":"broadcast_ok","in_reply_to":1})")),
              HasSubstr("expected type \"read_ok\", got \"broadcast_ok\""));
  EXPECT_THAT(reason(read(R"({"type":7,"in_reply_to":1})")), HasSubstr("\"type\""));
  EXPECT_THAT(reason(read(R"({"type":"error","in_reply_to":1})")), HasSubstr("\"code\""));
}

// As under Maelstrom 0.2.4, which has no schema for these.
TEST_F(Decoding, AnErrorWithAStringAsItsCodeIsUnknownAndMessagesMayBeNull) {
  const auto error = read(R"({"type":"error","in_reply_to":1,"code":"13","text":"oh"})");
  EXPECT_EQ(maelstrom::to_string(std::get<ErrorReply>(error->content).code), "unknown");
  EXPECT_FALSE(maelstrom::is_definite(std::get<ErrorReply>(error->content).code));
  EXPECT_EQ(std::get<ErrorReply>(error->content).text, "oh");
  const auto nothing = read(R"({"type":"read_ok","in_reply_to":1,"messages":null})");
  EXPECT_TRUE(std::get<ElementList>(std::get<OpValue>(nothing->content)).empty());
}

TEST_F(Decoding, WithoutAnIntegerInReplyToThereIsNoReply) {
  for (const auto* body :
       {R"({"type":"read_ok","messages":[]})", R"({"in_reply_to":1.5})", R"({"in_reply_to":"1"})",
        R"({"in_reply_to":9223372036854775808})", R"({"in_reply_to":1e400})", "{}"}) {
    EXPECT_FALSE(read(body).has_value()) << body;
  }
}

}  // namespace
}  // namespace bruit::workbench
