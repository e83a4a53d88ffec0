// The JSON form of the messages of `rounds`.
#include "bruit/maelstrom/rounds_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "maelstrom/broadcast_bodies.h"

namespace bruit::maelstrom {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

core::Time at(std::int64_t count) { return core::Time{nanoseconds(count)}; }

core::EntryList two_runs() {
  const core::Origin first{core::NodeId{3}, 18446744073709551615U};
  const core::Origin second{core::NodeId{4}, 0};
  return core::EntryList(std::vector<core::Entry>{{first, 7, core::Value("1")},
                                                  {first, 8, core::Value("[null]")},
                                                  {first, 10, core::Value("2")},
                                                  {second, 11, core::Value("\"x\"")}});
}

core::Digest digest_with_ranges() {
  return core::Digest(
      std::vector<core::Head>{{{core::NodeId{0}, 5}, 3, {{4, 6}, {9, 18446744073709551615U}}},
                              {{core::NodeId{2}, 6}, 0, {}}});
}

core::Sync smallest_sync() {
  core::Sync sync;
  sync.log = {5, 2};
  sync.from = 2;
  sync.received = {6, 1};
  sync.path = {core::NodeId{0}};
  sync.word = {4, at(-1)};
  sync.times.sent_at = at(1000);
  return sync;
}

core::Sync fullest_sync() {
  core::Sync sync = smallest_sync();
  sync.entries = two_runs();
  sync.gap = true;
  sync.awaited = true;
  sync.digest = digest_with_ranges();
  sync.path = {core::NodeId{0}, core::NodeId{7}, core::NodeId{4294967295U}};
  sync.times.echo = at(-2000);
  sync.times.echo_held = milliseconds(3);
  return sync;
}

constexpr std::string_view smallest_members =
    R"("log":[5,2,2],"has":[6,1],"path":[0],"word":[4,-1],"times":[1000])";
constexpr std::string_view fullest_members =
    R"("log":[5,2,2],"entries":[[3,18446744073709551615,7,[1,[null]]],)"
    R"([3,18446744073709551615,10,[2]],[4,0,11,["x"]]],"has":[6,1],"gap":true,"awaited":true,)"
    R"("digest":[[0,5,3,4,6,9,18446744073709551615],[2,6,0]],"path":[0,7,4294967295],)"
    R"("word":[4,-1],"times":[1000,-2000,3000000])";

TEST(RoundsCodec, WritesWhatItsHeaderSays) {
  EXPECT_EQ(members_of(core::Gather{.sync = smallest_sync()}),
            R"("type":"gather",)" + std::string(smallest_members) + R"(,"age":0,"late":0)");
  EXPECT_EQ(members_of(core::Gather{.sync = fullest_sync(),
                                    .oldest_age = milliseconds(2),
                                    .late = 4294967295U,
                                    .attach = true}),
            R"("type":"gather",)" + std::string(fullest_members) +
                R"(,"age":2000000,"late":4294967295,"attach":true)");
  EXPECT_EQ(members_of(core::Scatter{.sync = smallest_sync(), .phase = {}, .attached = {}}),
            R"("type":"scatter",)" + std::string(smallest_members));
  EXPECT_EQ(
      members_of(core::Scatter{
          .sync = fullest_sync(),
          .phase = core::Scatter::Phase{nanoseconds(1), nanoseconds(2), nanoseconds(3)},
          .attached = at(-9)}),
      R"("type":"scatter",)" + std::string(fullest_members) + R"(,"phase":[1,2,3],"attached":-9)");
  EXPECT_EQ(members_of(core::Push{.entries = two_runs(), .times = smallest_sync().times}),
            R"("type":"push","entries":[[3,18446744073709551615,7,[1,[null]]],)"
            R"([3,18446744073709551615,10,[2]],[4,0,11,["x"]]],"times":[1000])");
  EXPECT_EQ(members_of(core::Probe{.root = core::NodeId{9}, .times = fullest_sync().times}),
            R"("type":"probe","root":9,"times":[1000,-2000,3000000])");
  EXPECT_EQ(members_of(core::ProbeReply{.path = {core::NodeId{1}, core::NodeId{2}},
                                        .word = {8, at(5)},
                                        .received = {6, 1},
                                        .digest = digest_with_ranges(),
                                        .times = smallest_sync().times}),
            R"("type":"probe_reply","path":[1,2],"word":[8,5],"has":[6,1],)"
            R"("digest":[[0,5,3,4,6,9,18446744073709551615],[2,6,0]],"times":[1000])");
  EXPECT_EQ(members_of(core::Seek{.nodes = {core::NodeId{3}, core::NodeId{1}},
                                  .hops_left = 2,
                                  .times = smallest_sync().times}),
            R"("type":"seek","nodes":[3,1],"hops":2,"times":[1000])");
}

TEST(RoundsCodec, EveryMessageSurvives) {
  const core::Message messages[] = {
      core::Gather{.sync = smallest_sync()},
      core::Gather{
          .sync = fullest_sync(), .oldest_age = milliseconds(2), .late = 3, .attach = true},
      core::Scatter{.sync = smallest_sync(), .phase = {}, .attached = {}},
      core::Scatter{.sync = fullest_sync(),
                    .phase = core::Scatter::Phase{nanoseconds(-1), nanoseconds(2), nanoseconds(3)},
                    .attached = at(4)},
      core::Push{.entries = two_runs(), .times = {}},
      core::Push{.entries = nullptr, .times = {}},
      core::Probe{.root = core::NodeId{4294967295U}, .times = fullest_sync().times},
      core::ProbeReply{.path = {core::NodeId{1}},
                       .word = {},
                       .received = {},
                       .digest = digest_with_ranges(),
                       .times = {}},
      core::ProbeReply{
          .path = {core::NodeId{1}}, .word = {}, .received = {}, .digest = nullptr, .times = {}},
      core::Seek{.nodes = {}, .hops_left = 0, .times = {}},
      core::Seek{.nodes = {core::NodeId{4294967295U}},
                 .hops_left = 4294967295U,
                 .times = fullest_sync().times}};
  for (const auto& message : messages) {
    const std::string members = members_of(message);
    EXPECT_EQ(decode_members(members).index(), message.index()) << members;
    EXPECT_EQ(members_of(decode_members(members)), members);
  }
}

TEST(RoundsCodec, ReadsWhatItNeedNotWrite) {
  const auto gather = std::get<core::Gather>(decode_members(
      R"("type":"gather",)" + std::string(smallest_members) +
      R"(,"age":0,"late":0,"attach":false,"gap":false,"entries":[[1,2,3,[]]],"digest":[])"));
  EXPECT_FALSE(gather.attach);
  EXPECT_FALSE(gather.sync.gap);
  EXPECT_EQ(gather.sync.entries, nullptr) << "an empty list is none";
  ASSERT_NE(gather.sync.digest, nullptr) << "a node that holds nothing compares, too";
  EXPECT_TRUE(gather.sync.digest->empty());
}

// A gather that is right but for one member: `field` has the value `text`, or is missing without.
std::string gather_with(std::string_view field, std::string_view text) {
  std::string members = R"("type":"gather")";
  const std::pair<std::string_view, std::string_view> right[] = {
      {"log", "[5,2,2]"}, {"has", "[6,1]"}, {"path", "[0]"}, {"word", "[4,1]"},
      {"times", "[1]"},   {"age", "0"},     {"late", "0"}};
  for (const auto& [name, value] : right) {
    if (name == field) continue;
    members.append(",\"").append(name).append("\":").append(value);
  }
  if (!text.empty()) members.append(",\"").append(field).append("\":").append(text);
  return members;
}

TEST(RoundsCodec, NamesTheFieldThatIsMissing) {
  ASSERT_EQ(decoding_error(gather_with("gap", "true")), "no error");
  for (const std::string field : {"log", "has", "path", "word", "times", "age", "late"}) {
    EXPECT_EQ(decoding_error(gather_with(field, "")), "12 field \"" + field + "\" is missing");
  }
  EXPECT_EQ(decoding_error(R"("type":"scatter")"), "12 field \"log\" is missing");
  EXPECT_EQ(decoding_error(R"("type":"push")"), "12 field \"times\" is missing");
  EXPECT_EQ(decoding_error(R"("type":"probe","times":[1])"), "12 field \"root\" is missing");
  EXPECT_EQ(decoding_error(R"("type":"probe_reply")"), "12 field \"path\" is missing");
  EXPECT_EQ(decoding_error(R"("type":"probe_reply","path":[1])"), "12 field \"word\" is missing");
  EXPECT_EQ(decoding_error(R"("type":"seek","hops":0,"times":[1])"),
            "12 field \"nodes\" is missing");
  EXPECT_EQ(decoding_error(R"("type":"seek","nodes":[],"times":[1])"),
            "12 field \"hops\" is missing");
}

TEST(RoundsCodec, NamesTheFieldThatIsWrong) {
  struct Bad {
    std::string field;
    std::string text;
    std::string expected;
  };
  const Bad bad[] = {
      {"log", "[1,2]", "made of arrays of 3"},
      {"log", "[1,0,-1]", "made of integers from 0"},
      {"log", "[1,1.5,2]", "made of integers from 0"},
      {"has", "7", "made of arrays of 2"},
      {"has", R"(["1",1])", "made of integers from 0"},
      {"path", "[]", "an array with the position of at least one node"},
      {"path", "[-1]", "made of integers from 0"},
      {"path", "[4294967296]", "a node's position"},
      {"path", R"(["n1"])", "made of integers from 0"},
      {"word", "[1]", "made of arrays of 2"},
      {"word", "[-1,1]", "made of integers from 0"},
      {"word", "[1,0.5]", "made of nanoseconds"},
      {"word", "[1,9223372036854775807]", "made of nanoseconds"},
      {"times", "[]", "an array of 1 or 3"},
      {"times", "[1,2]", "an array of 1 or 3"},
      {"times", R"([1,2,"3"])", "made of nanoseconds"},
      {"times", "[-9223372036854775808]", "made of nanoseconds"},
      {"age", "[]", "made of nanoseconds"},
      {"late", "4294967296", "below 4294967296"},
      {"late", "-1", "made of integers from 0"},
      {"gap", "1", "true or false"},
      {"attach", "null", "true or false"},
      {"entries", "[[1,2,3]]", "made of arrays of 4"},
      {"entries", "[[1,2,3,4]]", "made of [node, incarnation, sequence number, [values]]"},
      {"entries", "[[4294967296,2,3,[]]]", "a node's position"},
      {"entries", "[[1,2,-3,[]]]", "made of integers from 0"},
      {"digest", "[[1,2]]", "made of [node, incarnation, next, first, end, ...]"},
      {"digest", "[[1,2,3,4]]", "made of [node, incarnation, next, first, end, ...]"},
      {"digest", "[7]", "made of [node, incarnation, next, first, end, ...]"},
      {"digest", "[[1,2,3,4,-5]]", "made of integers from 0"},
  };
  for (const auto& [field, text, expected] : bad) {
    EXPECT_EQ(decoding_error(gather_with(field, text)),
              "12 field \"" + field + "\" must be " + expected)
        << text;
  }
  const std::string scatter = R"("type":"scatter",)" + std::string(smallest_members);
  EXPECT_EQ(decoding_error(scatter), "no error");
  EXPECT_EQ(decoding_error(scatter + R"(,"phase":[1,2])"),
            "12 field \"phase\" must be made of arrays of 3");
  EXPECT_EQ(decoding_error(scatter + R"(,"phase":[1,2,"x"])"),
            "12 field \"phase\" must be made of nanoseconds");
  EXPECT_EQ(decoding_error(scatter + R"(,"attached":true)"),
            "12 field \"attached\" must be made of nanoseconds");
  EXPECT_EQ(decoding_error(R"("type":"probe","root":"n0","times":[1])"),
            "12 field \"root\" must be made of integers from 0");
  EXPECT_EQ(decoding_error(gather_with("path", "{}")),
            "12 field \"path\" must be an array, not an object");
}

}  // namespace
}  // namespace bruit::maelstrom
