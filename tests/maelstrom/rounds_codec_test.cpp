// The JSON form of the messages of `rounds`.
#include "bruit/maelstrom/rounds_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "maelstrom/broadcast_bodies.h"

namespace bruit::maelstrom {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

core::Time at(std::int64_t count) { return core::Time{nanoseconds(count)}; }

core::EntryList three_runs() {
  const core::Origin first{core::NodeId{3}, 18446744073709551615U};
  const core::Origin second{core::NodeId{4}, 0};
  return core::EntryList(std::vector<core::Entry>{{first, 7, core::Value("1")},
                                                  {first, 8, core::Value("[null]")},
                                                  {first, 10, core::Value("2")},
                                                  {second, 11, core::Value("\"x\"")}});
}

core::EntryNames two_origins() {
  return core::EntryNames(
      std::vector<core::OriginRanges>{{{core::NodeId{0}, 5}, {{0, 3}, {9, 18446744073709551615U}}},
                                      {{core::NodeId{2}, 6}, {{4, 6}}}});
}

core::Envelope first_word() {
  return {.sender = 7, .receiver = 0, .times = {.sent_at = at(1000), .echo = {}, .echo_held = {}}};
}

core::Envelope fullest_envelope() {
  return {.sender = 7,
          .receiver = 18446744073709551615U,
          .times = {.sent_at = at(1000), .echo = at(-2000), .echo_held = milliseconds(3)}};
}

core::Sync fullest_sync() {
  return {.from = 2,
          .to = 5,
          .entries = three_runs(),
          .named = two_origins(),
          .digest = two_origins(),
          .received = 9,
          .gap = true,
          .awaited = true};
}

core::Standing root() { return {.path = {core::NodeId{0}}, .word = {7, at(-1)}}; }
core::Standing deep() {
  return {.path = {core::NodeId{0}, core::NodeId{7}, core::NodeId{4294967295U}},
          .word = {4, at(12)}};
}

constexpr std::string_view smallest_members =
    R"("sender":7,"times":[1000,null,null],"path":[0],"word":[7,-1])";
constexpr std::string_view entries = R"("entries":[[[3,18446744073709551615],7,[1,[null]]],)"
                                     R"([[3,18446744073709551615],10,[2]],[[4,0],11,["x"]]])";
constexpr std::string_view names = R"([[[0,5],[[0,3],[9,18446744073709551615]]],[[2,6],[[4,6]]]])";

std::string fullest_envelope_members() {
  return R"("sender":7,"receiver":18446744073709551615,"times":[1000,-2000,3000000],)";
}
std::string fullest_members() {
  return fullest_envelope_members() + R"("from":2,"to":5,)" + std::string(entries) +
         R"(,"named":)" + std::string(names) + R"(,"digest":)" + std::string(names) +
         R"(,"received":9,"gap":true,"awaited":true,"path":[0,7,4294967295],"word":[4,12])";
}

TEST(RoundsCodec, WritesWhatItsHeaderSays) {
  EXPECT_EQ(members_of(core::Gather{.envelope = first_word(), .sync = {}, .standing = root()}),
            R"("type":"gather",)" + std::string(smallest_members));
  EXPECT_EQ(members_of(core::Gather{.envelope = fullest_envelope(),
                                    .sync = fullest_sync(),
                                    .standing = deep(),
                                    .oldest_age = milliseconds(2),
                                    .late = 4294967295U,
                                    .asks = true}),
            R"("type":"gather",)" + fullest_members() +
                R"(,"oldest_age":2000000,"late":4294967295,"asks":true)");
  EXPECT_EQ(members_of(core::Scatter{
                .envelope = first_word(), .sync = {}, .standing = root(), .phase = {}}),
            R"("type":"scatter",)" + std::string(smallest_members));
  EXPECT_EQ(members_of(core::Scatter{
                .envelope = fullest_envelope(),
                .sync = fullest_sync(),
                .standing = deep(),
                .phase = core::Scatter::Phase{nanoseconds(1), nanoseconds(2), nanoseconds(3)}}),
            R"("type":"scatter",)" + fullest_members() + R"(,"phase":[1,2,3])");
  EXPECT_EQ(members_of(core::Hello{
                .envelope = fullest_envelope(), .sync = fullest_sync(), .standing = deep()}),
            R"("type":"hello",)" + fullest_members());
  EXPECT_EQ(members_of(core::Hello{
                .envelope = first_word(), .sync = {}, .standing = root(), .asks = true}),
            R"("type":"hello",)" + std::string(smallest_members) + R"(,"asks":true)");
  EXPECT_EQ(members_of(core::Push{.envelope = first_word(), .entries = three_runs()}),
            R"("type":"push","sender":7,"times":[1000,null,null],)" + std::string(entries));
  EXPECT_EQ(members_of(core::Seek{.envelope = fullest_envelope(),
                                  .nodes = {core::NodeId{3}, core::NodeId{1}},
                                  .hops_left = 2}),
            R"("type":"seek",)" + fullest_envelope_members() + R"("nodes":[3,1],"hops_left":2)");
}

TEST(RoundsCodec, EveryMessageSurvives) {
  const core::Message messages[] = {
      core::Gather{.envelope = first_word(), .sync = {}, .standing = root()},
      core::Gather{.envelope = fullest_envelope(),
                   .sync = fullest_sync(),
                   .standing = deep(),
                   .oldest_age = milliseconds(2),
                   .late = 3,
                   .asks = true},
      core::Scatter{.envelope = first_word(), .sync = {}, .standing = root(), .phase = {}},
      core::Scatter{.envelope = fullest_envelope(),
                    .sync = fullest_sync(),
                    .standing = deep(),
                    .phase = core::Scatter::Phase{nanoseconds(-1), nanoseconds(2), nanoseconds(3)}},
      core::Hello{
          .envelope = fullest_envelope(), .sync = fullest_sync(), .standing = deep(), .asks = true},
      core::Push{.envelope = fullest_envelope(), .entries = three_runs()},
      core::Push{.envelope = {}, .entries = nullptr},
      core::Seek{.envelope = {}, .nodes = {}, .hops_left = 0},
      core::Seek{.envelope = fullest_envelope(),
                 .nodes = {core::NodeId{4294967295U}},
                 .hops_left = 4294967295U}};
  for (const auto& message : messages) {
    const std::string members = members_of(message);
    EXPECT_EQ(decode_members(members).index(), message.index()) << members;
    EXPECT_EQ(members_of(decode_members(members)), members);
  }
}

TEST(RoundsCodec, ReadsWhatItNeedNotWrite) {
  const auto gather = std::get<core::Gather>(
      decode_members(R"("type":"gather",)" + std::string(smallest_members) +
                     R"(,"oldest_age":0,"asks":false,"entries":[[[1,2],3,[]]],"digest":[])"));
  EXPECT_FALSE(gather.asks);
  EXPECT_EQ(gather.sync.entries, nullptr) << "an empty list is none";
  ASSERT_NE(gather.sync.digest, nullptr) << "a node that holds nothing compares, too";
  EXPECT_TRUE(gather.sync.digest->empty());
}

TEST(RoundsCodec, NamesTheFieldThatIsWrong) {
  struct Bad {
    std::string field;
    std::string text;
    std::string expected;
  };
  const Bad bad[] = {
      {"sender", "-1", "made of integers from 0"},
      {"sender", "1.5", "made of integers from 0"},
      {"times", "7", "made of arrays"},
      {"times", "[1,2]", "made of arrays that have a echo_held"},
      {"times", "[1,2,3,4]", "made of shorter arrays"},
      {"times", R"([1,2,"3"])", "made of nanoseconds"},
      {"received", R"("1")", "made of integers from 0"},
      {"path", "[-1]", "made of integers from 0"},
      {"path", "[4294967296]", "below 4294967296"},
      {"path", "{}", "made of arrays"},
      {"word", "[1]", "made of arrays that have a spoken"},
      {"word", "[1,0.5]", "made of nanoseconds"},
      {"oldest_age", "[]", "made of nanoseconds"},
      {"late", "4294967296", "below 4294967296"},
      {"gap", "1", "true or false"},
      {"asks", "null", "true or false"},
      {"entries", "[[[1,2],3]]", "made of [origin, sequence number, [values]]"},
      {"entries", "[[[1,2],3,4]]", "made of arrays"},
      {"entries", "[[[4294967296,2],3,[]]]", "below 4294967296"},
      {"entries", "[[[1,2],-3,[]]]", "made of integers from 0"},
      {"digest", "[[[1,2]]]", "made of arrays that have a ranges"},
      {"digest", "[[[1,2],[[3]]]]", "made of arrays that have a end"},
      {"digest", "[7]", "made of arrays"},
      {"named", "[[[1,2],[[3,-5]]]]", "made of integers from 0"},
  };
  for (const auto& [field, text, expected] : bad) {
    EXPECT_EQ(decoding_error(R"("type":"gather",")" + field + "\":" + text),
              "12 field \"" + field + "\" must be " + expected)
        << text;
  }
  EXPECT_EQ(decoding_error(R"("type":"scatter","phase":[1,2])"),
            "12 field \"phase\" must be made of arrays that have a period");
  EXPECT_EQ(decoding_error(R"("type":"seek","nodes":["n0"])"),
            "12 field \"nodes\" must be made of integers from 0");
}

}  // namespace
}  // namespace bruit::maelstrom
