// Values in the bodies of messages: whatever a node calls the field, and nothing but the values.
#include "bruit/workbench/report/body_values.h"

#include <gtest/gtest.h>

#include <string>

#include "bruit/maelstrom/json.h"

namespace bruit::workbench::report {
namespace {

std::string values_of(const std::string& text) {
  const auto body = std::get<boost::json::value>(maelstrom::read_json(text));
  std::vector<const boost::json::value*> values;
  collect_values(body.as_object(), values);
  std::string list;
  for (const auto* value : values) {
    if (!list.empty()) list += ' ';
    list += maelstrom::canonical_json(*value);
  }
  return list;
}

TEST(BodyValues, AreFoundInTheFieldsThatPeopleUse) {
  EXPECT_EQ(values_of(R"({"type":"broadcast","message":7,"msg_id":3})"), "7");
  EXPECT_EQ(values_of(R"({"type":"gossip","messages":[1,2]})"), "1 2");
  EXPECT_EQ(values_of(R"({"type":"sync","delta":[[1],[2,"x"]]})"), "1 2 \"x\"");
  EXPECT_EQ(values_of(R"({"type":"sync","data":{"round":4,"values":[5]}})"), "5");
  EXPECT_EQ(values_of(R"({"type":"batch","id":9,"values":[null,{"value":1}]})"), "null 1");
}

TEST(BodyValues, AreNotTakenFromIdentifiersTimesAndOtherFields) {
  EXPECT_EQ(values_of(R"({"type":"ack","id":7,"in_reply_to":3,"times":[1,2],"path":[0,4]})"), "");
}

TEST(BodyValues, OfARunAreNotItsNodeIncarnationAndSequence) {
  EXPECT_EQ(values_of(R"({"type":"push","entries":[[[13,0],26,[656,674]],[[2,1],5,[8]]]})"),
            "656 674 8");
}

}  // namespace
}  // namespace bruit::workbench::report
