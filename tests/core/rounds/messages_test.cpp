// What validate() lets pass, and what it says of the rest: each message is right but for one thing.
#include "bruit/core/strategies/rounds/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bruit::core {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr NodeId self{1};
constexpr NodeId sender{2};
const Members members(self, 4);
constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();

EntryList entries(std::vector<Entry> list) { return EntryList(std::move(list)); }
EntryNames names(std::vector<OriginRanges> list) { return EntryNames(std::move(list)); }
Entry entry(std::uint64_t sequence) { return {{NodeId{3}, 9}, sequence, Value("a")}; }
Origin origin(std::uint32_t node, Incarnation life = 9) { return {NodeId{node}, life}; }

Envelope envelope() {
  return {.sender = 20,
          .receiver = 10,
          .times = {.sent_at = Time(milliseconds(7)),
                    .echo = Time(milliseconds(5)),
                    .echo_held = milliseconds(1)}};
}
Sync sync() {
  return {.from = 3,
          .to = 6,
          .entries = entries({entry(0), entry(1)}),
          .named = names({{origin(0), {{0, 1}, {2, 3}}}, {origin(3), {{4, 5}}}}),
          .digest = {},
          .received = 8};
}
// Below this node.
Standing standing() { return {.path = {NodeId{0}, self, sender}, .word = {5, Time{}}}; }

Gather gather() {
  return {.envelope = envelope(),
          .sync = sync(),
          .standing = standing(),
          .oldest_age = milliseconds(3),
          .late = 1};
}
Scatter scatter() {
  return {.envelope = envelope(),
          .sync = sync(),
          .standing = {.path = {NodeId{0}, sender}, .word = {5, Time{}}},
          .phase = Scatter::Phase{milliseconds(1), milliseconds(2), milliseconds(3)}};
}
Hello hello() {
  return {.envelope = envelope(),
          .sync = sync(),
          .standing = {.path = {sender}, .word = {5, Time{}}},
          .asks = true};
}
Push push() { return {.envelope = envelope(), .entries = entries({entry(0)})}; }
Seek seek() { return {.envelope = envelope(), .nodes = {NodeId{0}, NodeId{3}}, .hops_left = 2}; }

template <typename Message>
std::string complaint(Message message, const std::function<void(Message&)>& spoil) {
  spoil(message);
  return validate(message, sender, members).value_or("");
}

TEST(Validate, LetsPassWhatIsRight) {
  EXPECT_EQ(validate(gather(), sender, members), std::nullopt);
  EXPECT_EQ(validate(scatter(), sender, members), std::nullopt);
  EXPECT_EQ(validate(hello(), sender, members), std::nullopt);
  EXPECT_EQ(validate(push(), sender, members), std::nullopt);
  EXPECT_EQ(validate(seek(), sender, members), std::nullopt);
}

TEST(Validate, LetsPassWhatSaysLittle) {
  const Hello least{.envelope = {.sender = 20, .receiver = {}, .times = {}},
                    .sync = {},
                    .standing = {.path = {sender}, .word = {}}};
  EXPECT_EQ(validate(least, sender, members), std::nullopt);
  Hello empty_digest = least;
  empty_digest.sync.digest = names({});
  EXPECT_EQ(validate(empty_digest, sender, members), std::nullopt) << "it holds nothing";
  Scatter without_phase = scatter();
  without_phase.phase.reset();
  EXPECT_EQ(validate(without_phase, sender, members), std::nullopt);
}

TEST(Validate, RefusesWhoIsNoOtherMember) {
  for (const NodeId nobody : {self, NodeId{4}, NodeId{std::numeric_limits<std::uint32_t>::max()}}) {
    EXPECT_TRUE(validate(push(), nobody, members));
    EXPECT_TRUE(validate(seek(), nobody, members));
    // Its path ends at it, too.
    Hello from_nobody = hello();
    from_nobody.standing.path = {nobody};
    EXPECT_TRUE(validate(from_nobody, nobody, members));
  }
  EXPECT_THAT(validate(push(), NodeId{4}, members).value_or(""), HasSubstr("\"sender\""));
}

// A text that says which field is wrong, and what it must be.
template <typename Message>
void refuse_envelopes(const Message& right) {
  const auto spoilt = [&](auto&& spoil) {
    return complaint<Message>(right, [&](Message& message) { spoil(message.envelope); });
  };
  EXPECT_THAT(spoilt([](Envelope& it) { it.sender = unknown_incarnation; }),
              HasSubstr("\"sender\" must be an incarnation above 0"));
  EXPECT_THAT(spoilt([](Envelope& it) { it.times.sent_at = Time::max(); }),
              HasSubstr("\"sent_at\""));
  EXPECT_THAT(spoilt([](Envelope& it) { it.times.sent_at = Time::min(); }),
              HasSubstr("\"sent_at\""));
  EXPECT_THAT(spoilt([](Envelope& it) { it.times.echo = Time::max(); }), HasSubstr("\"echo\""));
  EXPECT_THAT(spoilt([](Envelope& it) { it.times.echo_held = -milliseconds(1); }),
              HasSubstr("\"echo_held\""));
  EXPECT_THAT(spoilt([](Envelope& it) { it.times.echo_held = Duration::max(); }),
              HasSubstr("\"echo_held\""));
  EXPECT_THAT(spoilt([](Envelope& it) { it.times.echo.reset(); }),
              HasSubstr("\"echo_held\" must be absent without an echo"));
}

TEST(Validate, RefusesAnEnvelopeThatIsWrong) {
  refuse_envelopes(gather());
  refuse_envelopes(scatter());
  refuse_envelopes(hello());
  refuse_envelopes(push());
  refuse_envelopes(seek());
}

template <typename Message>
void refuse_syncs(const Message& right) {
  const auto spoilt = [&](auto&& spoil) {
    return complaint<Message>(right, [&](Message& message) { spoil(message.sync); });
  };
  EXPECT_THAT(spoilt([](Sync& it) { it.from = 7; }), HasSubstr("stretch of a log"));
  EXPECT_THAT(spoilt([](Sync& it) { it.to = huge; }), HasSubstr("stretch of a log"));
  EXPECT_THAT(spoilt([](Sync& it) { it.received = huge; }), HasSubstr("\"received\""));
  EXPECT_THAT(spoilt([](Sync& it) { it.to = 4; }), HasSubstr("part of the stretch"));
  EXPECT_THAT(spoilt([](Sync& it) { it.entries = entries({}); }),
              HasSubstr("\"entries\" must be absent"));
  EXPECT_THAT(spoilt([](Sync& it) { it.entries = entries({entry(huge)}); }),
              HasSubstr("\"entries\" must be numbered"));
  EXPECT_THAT(spoilt([](Sync& it) {
                it.entries = entries({{origin(4), 0, Value("a")}});
              }),
              HasSubstr("\"origin\" must be a member"));
  EXPECT_THAT(spoilt([](Sync& it) {
                it.entries = entries({{origin(3, unknown_incarnation), 0, Value("a")}});
              }),
              HasSubstr("\"origin\" must be an incarnation"));
  EXPECT_THAT(spoilt([](Sync& it) { it.digest = names({}); }),
              HasSubstr("\"digest\" must be alone"));
  EXPECT_THAT(spoilt([](Sync& it) {
                it.named = {};
                it.digest = names({});
              }),
              HasSubstr("\"digest\" must be alone"))
      << "it stands for the log from 0 on";
}

TEST(Validate, RefusesASyncThatIsWrong) {
  refuse_syncs(gather());
  refuse_syncs(scatter());
  refuse_syncs(hello());
}

TEST(Validate, RefusesNamesThatAreWrong) {
  const std::vector<std::pair<std::vector<OriginRanges>, std::string_view>> wrong{
      {{{origin(4), {{0, 1}}}}, "\"origin\" must be a member"},
      {{{origin(3, 0), {{0, 1}}}}, "\"origin\" must be an incarnation"},
      {{{origin(3), {{0, 1}}}, {origin(0), {{0, 1}}}}, "ordered by origin"},
      {{{origin(3, 9), {{0, 1}}}, {origin(3, 8), {{0, 1}}}}, "ordered by origin"},
      {{{origin(3), {{0, 1}}}, {origin(3), {{2, 3}}}}, "ordered by origin"},
      {{{origin(3), {}}}, "without an origin that has no ranges"},
      {{{origin(3), {{1, 1}}}}, "ranges that are not empty"},
      {{{origin(3), {{2, 1}}}}, "ranges that are not empty"},
      {{{origin(3), {{0, huge}}}}, "ranges that are not empty"},
      {{{origin(3), {{0, 1}, {1, 2}}}}, "ascend and do not touch"},
      {{{origin(3), {{4, 5}, {0, 1}}}}, "ascend and do not touch"},
      {{{origin(3), {{0, 3}, {2, 5}}}}, "ascend and do not touch"}};
  for (const auto& [list, text] : wrong) {
    Hello named = hello();
    named.sync.named = names(list);
    EXPECT_THAT(validate(named, sender, members).value_or(""), HasSubstr(std::string(text)));
    Hello digest = hello();
    digest.sync = Sync{};
    digest.sync.digest = names(list);
    EXPECT_THAT(validate(digest, sender, members).value_or(""), HasSubstr(std::string(text)));
  }
}

template <typename Message>
void refuse_standings(const Message& right) {
  const auto spoilt = [&](auto&& spoil) {
    return complaint<Message>(right, [&](Message& message) { spoil(message.standing); });
  };
  EXPECT_THAT(spoilt([](Standing& it) { it.path.clear(); }), HasSubstr("\"path\" must be of one"));
  EXPECT_THAT(spoilt([](Standing& it) { it.path.assign(5, sender); }),
              HasSubstr("\"path\" must be of one"));
  EXPECT_THAT(spoilt([](Standing& it) {
                it.path = {sender, self};
              }),
              HasSubstr("\"path\" must be one that ends at its sender"));
  EXPECT_THAT(spoilt([](Standing& it) {
                it.path = {NodeId{4}, self, sender};
              }),
              HasSubstr("\"path\" must be members"));
  EXPECT_THAT(spoilt([](Standing& it) {
                it.path = {self, NodeId{0}, self, sender};
              }),
              HasSubstr("twice"));
  EXPECT_THAT(spoilt([](Standing& it) { it.word.spoken = Time::max(); }), HasSubstr("\"spoken\""));
}

TEST(Validate, RefusesAStandingThatIsWrong) {
  refuse_standings(gather());
  refuse_standings(scatter());
  refuse_standings(hello());
}

TEST(Validate, RefusesAGatherThatIsNotForItsReceiver) {
  for (const Path& path : {Path{sender}, Path{NodeId{0}, sender}, Path{self, NodeId{0}, sender}}) {
    EXPECT_THAT(complaint<Gather>(gather(), [&](Gather& it) { it.standing.path = path; }),
                HasSubstr("the receiver comes before the sender"));
  }
}

TEST(Validate, RefusesTimesThatAreWrong) {
  EXPECT_THAT(complaint<Gather>(gather(), [](Gather& it) { it.oldest_age = -milliseconds(1); }),
              HasSubstr("\"oldest_age\""));
  using Phase = Scatter::Phase;
  const std::vector<std::pair<Duration Phase::*, std::string>> fields{
      {&Phase::collect_in, "\"collect_in\""},
      {&Phase::scatter_in, "\"scatter_in\""},
      {&Phase::period, "\"period\""}};
  for (const auto& [field, name] : fields) {
    for (const Duration wrong : {-Duration(1), Duration::max(), Duration::min()}) {
      EXPECT_THAT(complaint<Scatter>(scatter(), [&](Scatter& it) { (*it.phase).*field = wrong; }),
                  HasSubstr(name));
    }
  }
}

TEST(Validate, RefusesAPushOfNothing) {
  EXPECT_THAT(complaint<Push>(push(), [](Push& it) { it.entries = {}; }),
              HasSubstr("\"entries\" must be there"));
  EXPECT_THAT(complaint<Push>(push(), [](Push& it) { it.entries = entries({}); }),
              HasSubstr("\"entries\""));
  EXPECT_THAT(complaint<Push>(push(), [](Push& it) { it.entries = entries({entry(huge)}); }),
              HasSubstr("numbered"));
}

TEST(Validate, RefusesASeekForNobodyForEverybodyAndForEver) {
  EXPECT_THAT(complaint<Seek>(seek(), [](Seek& it) { it.nodes.clear(); }), HasSubstr("\"nodes\""));
  EXPECT_THAT(complaint<Seek>(seek(), [](Seek& it) { it.nodes.assign(4, NodeId{0}); }),
              HasSubstr("\"nodes\""));
  EXPECT_THAT(complaint<Seek>(seek(), [](Seek& it) { it.nodes = {NodeId{4}}; }),
              HasSubstr("\"nodes\" must be members"));
  EXPECT_THAT(complaint<Seek>(seek(), [](Seek& it) { it.hops_left = 5; }),
              HasSubstr("\"hops_left\" must be 0 to 4"));
}

TEST(Validate, NamesTheFirstThingThatIsWrong) {
  Hello message = hello();
  message.envelope.sender = unknown_incarnation;
  message.standing.path.clear();
  EXPECT_EQ(validate(message, sender, members), "\"sender\" must be an incarnation above 0");
}

}  // namespace
}  // namespace bruit::core
