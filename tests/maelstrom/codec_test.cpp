#include "bruit/maelstrom/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bruit::maelstrom {
namespace {

using testing::HasSubstr;

ParseError error_of(std::string_view line) {
  auto result = parse_message(line);
  if (const auto* error = std::get_if<ParseError>(&result)) return *error;
  ADD_FAILURE() << line << " was accepted";
  return {};
}

TEST(Codec, AMessageSurvives) {
  const std::string line =
      R"({"src":"n1","dest":"c2","body":{"type":"read_ok","messages":[1,2.0,"\n"],"in_reply_to":3}})"
      "\n";
  const auto message = std::get<Message>(parse_message(line));
  EXPECT_EQ(message.src, "n1");
  EXPECT_EQ(message.dest, "c2");
  EXPECT_EQ(message.type(), "read_ok");
  EXPECT_EQ(message.in_reply_to(), 3);
  EXPECT_EQ(message.msg_id(), std::nullopt);
  EXPECT_EQ(encode_message(message), line);
}

TEST(Codec, TheNetworksIdAndOtherKeysAreIgnored) {
  const auto result = parse_message(
      R"({"id":17,"src":"c1","dest":"n1","extra":null,"body":{"type":"x","msg_id":9}})");
  EXPECT_EQ(std::get<Message>(result).msg_id(), 9);
}

TEST(Codec, MaelstromItselfAllowsNoKeyButAnIntegerIdBesideSrcDestAndBody) {
  MessageReader strict(Strictness::as_maelstrom);
  const auto error = [&](std::string_view line) {
    const auto result = strict.read(line);
    const auto* found = std::get_if<ParseError>(&result);
    return found == nullptr ? "accepted" : found->field + ": " + found->text;
  };
  EXPECT_EQ(error(R"({"src":"n1","dest":"n2","body":{"type":"x"}})"), "accepted");
  EXPECT_EQ(error(R"({"id":17,"src":"n1","dest":"n2","body":{"type":"x"}})"), "accepted");
  EXPECT_THAT(error(R"({"id":"17","src":"n1","dest":"n2","body":{"type":"x"}})"),
              HasSubstr("id: field \"id\" must be an integer, not a string"));
  EXPECT_THAT(error(R"({"src":"n1","dest":"n2","time":3,"body":{"type":"x"}})"),
              HasSubstr("time: field \"time\" is not allowed beside src, dest and body"));
}

TEST(Codec, AnErrorSaysWhatIsMissing) {
  using Kind = ParseError::Kind;
  const struct {
    std::string_view line;
    Kind kind;
    std::string_view field;
  } cases[] = {
      {"nope", Kind::not_json, ""},
      {"", Kind::not_json, ""},
      {"[1]", Kind::not_an_object, ""},
      {R"({"dest":"n1","body":{"type":"x"}})", Kind::missing_field, "src"},
      {R"({"src":1,"dest":"n1","body":{"type":"x"}})", Kind::wrong_type, "src"},
      {R"({"src":"c1","body":{"type":"x"}})", Kind::missing_field, "dest"},
      {R"({"src":"c1","dest":null,"body":{"type":"x"}})", Kind::wrong_type, "dest"},
      {R"({"src":"c1","dest":"n1"})", Kind::missing_field, "body"},
      {R"({"src":"c1","dest":"n1","body":[]})", Kind::wrong_type, "body"},
  };
  for (const auto& expected : cases) {
    const auto error = error_of(expected.line);
    EXPECT_EQ(error.kind, expected.kind) << expected.line;
    EXPECT_EQ(error.field, expected.field) << expected.line;
    if (!expected.field.empty()) {
      EXPECT_NE(error.text.find(expected.field), std::string::npos) << error.text;
    }
  }
}

// What Maelstrom carries between nodes, whatever its schema of a request says.
TEST(Codec, ABodyThatBreaksTheProtocolIsReadAndFound) {
  using Kind = ParseError::Kind;
  const struct {
    std::string_view body;
    Kind kind;
    std::string_view field;
  } cases[] = {
      {"{}", Kind::missing_field, "body.type"},
      {R"({"type":7})", Kind::wrong_type, "body.type"},
      {R"({"type":null})", Kind::wrong_type, "body.type"},
      {R"({"type":"x","msg_id":"1"})", Kind::wrong_type, "body.msg_id"},
      {R"({"type":"x","msg_id":null})", Kind::wrong_type, "body.msg_id"},
      {R"({"type":"x","in_reply_to":1.0})", Kind::wrong_type, "body.in_reply_to"},
      {R"({"type":"x","in_reply_to":9223372036854775808})", Kind::wrong_type, "body.in_reply_to"},
  };
  for (const auto& expected : cases) {
    const auto parsed =
        parse_message(R"({"src":"c1","dest":"n1","body":)" + std::string(expected.body) + "}");
    ASSERT_TRUE(std::holds_alternative<Message>(parsed)) << expected.body;
    const auto breach = find_breach(std::get<Message>(parsed).body);
    ASSERT_TRUE(breach.has_value()) << expected.body;
    EXPECT_EQ(breach->kind, expected.kind) << expected.body;
    EXPECT_EQ(breach->field, expected.field) << expected.body;
  }
}

TEST(Codec, ALineMayBeVeryLong) {
  std::string line = R"({"src":"c1","dest":"n1","body":{"type":"x","text":")";
  line.append(5'000'000, 'a');
  line += "\"}}\n";
  EXPECT_EQ(encode_message(std::get<Message>(parse_message(line))), line);
}

TEST(Codec, NamesAreEscaped) {
  const Message message{"a\"b", "c\nd", {{"type", "x"}}};
  const std::string line = encode_message(message);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(std::get<Message>(parse_message(line)).src, message.src);
  EXPECT_EQ(std::get<Message>(parse_message(line)).dest, message.dest);
}

TEST(Codec, AnErrorReplyHasCodeAndText) {
  std::string line;
  append_error_message("n1", "c1", 5, ErrorCode::not_supported, "say \"what\"?", line);
  EXPECT_EQ(line, R"({"src":"n1","dest":"c1","body":{"type":"error","in_reply_to":5,"code":10,)"
                  R"("text":"say \"what\"?"}})"
                  "\n");
}

TEST(Errors, NamesAndDefinitenessAreMaelstroms) {
  const struct {
    int code;
    std::string_view name;
    bool definite;
  } codes[] = {{0, "timeout", false},
               {1, "node-not-found", true},
               {10, "not-supported", true},
               {11, "temporarily-unavailable", true},
               {12, "malformed-request", true},
               {13, "crash", false},
               {14, "abort", true},
               {20, "key-does-not-exist", true},
               {21, "key-already-exists", true},
               {22, "precondition-failed", true},
               {30, "txn-conflict", true},
               {2, "unknown", false},
               {1000, "unknown", false},
               {-1, "unknown", false}};
  for (const auto& [code, name, definite] : codes) {
    EXPECT_EQ(to_string(ErrorCode{code}), name);
    EXPECT_EQ(is_definite(ErrorCode{code}), definite) << code;
  }
}

}  // namespace
}  // namespace bruit::maelstrom
