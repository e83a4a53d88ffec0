#include "bruit/maelstrom/broadcast_codec.h"

#include <gtest/gtest.h>

#include <memory>

#include "bruit/maelstrom/codec.h"

namespace bruit::maelstrom {
namespace {

std::string members_of(const core::Message& message) {
  std::string members;
  append_broadcast_members(message, members);
  return members;
}

core::Message decode(std::string_view members) {
  std::string line = R"({"src":"n2","dest":"n1","body":{)";
  line.append(members).append("}}");
  return decode_broadcast(std::get<Message>(parse_message(line)));
}

std::string error_of(std::string_view members) {
  try {
    decode(members);
  } catch (const RpcError& error) {
    return std::to_string(static_cast<int>(error.code())) + " " + error.what();
  }
  return "";
}

TEST(BroadcastCodec, EveryMessageSurvives) {
  const auto values = std::make_shared<const std::vector<core::Value>>(
      std::vector<core::Value>{core::Value("1"), core::Value(R"({"a":[1.0,null]})")});
  const core::Message messages[] = {
      core::Rumor{core::Value("\"text\"")}, core::Batch{18446744073709551615U, values},
      core::Batch{1, std::make_shared<const std::vector<core::Value>>()}, core::Ack{7}};
  for (const auto& message : messages) {
    EXPECT_EQ(members_of(decode(members_of(message))), members_of(message));
    EXPECT_EQ(decode(members_of(message)).index(), message.index());
  }
  EXPECT_EQ(members_of(messages[1]),
            R"("type":"batch","id":18446744073709551615,"values":[1,{"a":[1.0,null]}])");
}

TEST(BroadcastCodec, ValuesAreMadeCanonical) {
  const auto message = decode(R"("type":"rumor","value":{"b":1,"a":2})");
  EXPECT_EQ(std::get<core::Rumor>(message).value.bytes(), R"({"a":2,"b":1})");
}

TEST(BroadcastCodec, ErrorsNameTheField) {
  EXPECT_EQ(error_of(R"("type":"rumor")"), "12 field \"value\" is missing");
  EXPECT_EQ(error_of(R"("type":"batch","values":[])"), "12 field \"id\" is missing");
  EXPECT_EQ(error_of(R"("type":"batch","id":-1,"values":[])"),
            "12 field \"id\" must be an integer that is not negative, not a negative integer");
  EXPECT_EQ(error_of(R"("type":"batch","id":1,"values":{})"),
            "12 field \"values\" must be an array, not an object");
  EXPECT_EQ(error_of(R"("type":"ack","id":1.5)"),
            "12 field \"id\" must be an integer that is not negative, not a number with a fraction "
            "or exponent");
  EXPECT_EQ(error_of(R"("type":"gossip")"), "10 not a broadcast message: gossip");
}

TEST(BroadcastCodec, AValueNestedTooDeeplyIsRefusedBeforeItIsPassedOn) {
  const auto nested = [](std::size_t depth) {
    return R"("type":"rumor","value":)" + std::string(depth, '[') + std::string(depth, ']');
  };
  const auto deepest = decode(nested(broadcast_value_depth_limit));
  const auto value = std::get<core::Rumor>(deepest).value;
  EXPECT_EQ(error_of(nested(broadcast_value_depth_limit + 1)),
            "12 field \"value\" is nested more than 64 levels deep");
  // What is accepted can be read again in the message that nests it deepest.
  const auto values = std::make_shared<const std::vector<core::Value>>(1, value);
  EXPECT_EQ(error_of(members_of(core::Batch{1, values})), "");
}

}  // namespace
}  // namespace bruit::maelstrom
