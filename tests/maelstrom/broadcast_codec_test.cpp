#include "bruit/maelstrom/broadcast_codec.h"

#include <gtest/gtest.h>

#include "maelstrom/broadcast_bodies.h"

namespace bruit::maelstrom {
namespace {

TEST(BroadcastCodec, EveryMessageSurvives) {
  const core::ValueList values(
      std::vector<core::Value>{core::Value("1"), core::Value(R"({"a":[1.0,null]})")});
  const core::Message messages[] = {
      core::Rumor{core::Value("\"text\"")}, core::Batch{18446744073709551615U, values},
      core::Batch{1, core::ValueList(std::vector<core::Value>{})}, core::Ack{7}};
  for (const auto& message : messages) {
    EXPECT_EQ(members_of(decode_members(members_of(message))), members_of(message));
    EXPECT_EQ(decode_members(members_of(message)).index(), message.index());
  }
  EXPECT_EQ(members_of(messages[1]),
            R"("type":"batch","id":18446744073709551615,"values":[1,{"a":[1.0,null]}])");
}

TEST(BroadcastCodec, ValuesAreMadeCanonical) {
  const auto message = decode_members(R"("type":"rumor","value":{"b":1,"a":2})");
  EXPECT_EQ(std::get<core::Rumor>(message).value.bytes(), R"({"a":2,"b":1})");
}

TEST(BroadcastCodec, ErrorsNameTheField) {
  EXPECT_EQ(decoding_error(R"("type":"rumor")"), "12 field \"value\" is missing");
  EXPECT_EQ(decoding_error(R"("type":"batch","values":[])"), "12 field \"id\" is missing");
  EXPECT_EQ(decoding_error(R"("type":"batch","id":-1,"values":[])"),
            "12 field \"id\" must be an integer that is not negative, not a negative integer");
  EXPECT_EQ(decoding_error(R"("type":"batch","id":1,"values":{})"),
            "12 field \"values\" must be an array, not an object");
  EXPECT_EQ(decoding_error(R"("type":"ack","id":1.5)"),
            "12 field \"id\" must be an integer that is not negative, not a number with a fraction "
            "or exponent");
  EXPECT_EQ(decoding_error(R"("type":"gossip")"), "10 not a broadcast message: gossip");
}

TEST(BroadcastCodec, AValueNestedTooDeeplyIsRefusedBeforeItIsPassedOn) {
  const auto nested = [](std::size_t depth) {
    return R"("type":"rumor","value":)" + std::string(depth, '[') + std::string(depth, ']');
  };
  const auto deepest = decode_members(nested(broadcast_value_depth_limit));
  const auto value = std::get<core::Rumor>(deepest).value;
  EXPECT_EQ(decoding_error(nested(broadcast_value_depth_limit + 1)),
            "12 field \"value\" is nested more than 64 levels deep");
  // What is accepted can be read again in the message that nests it deepest.
  const core::ValueList values(std::vector<core::Value>{value});
  EXPECT_EQ(decoding_error(members_of(core::Batch{1, values})), "no error");
}

}  // namespace
}  // namespace bruit::maelstrom
