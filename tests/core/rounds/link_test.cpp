// Link: the rules L1 to L3 one by one, and that two logs become equal whatever the network and two
// restarting nodes do.
#include "bruit/core/strategies/rounds/link.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace bruit::core {
namespace {

using std::chrono::milliseconds;

struct Message {
  Envelope envelope;
  Sync sync;
  bool asks = false;  // for an answer
};

// A node that has one peer.
class End {
 public:
  End(std::uint32_t index, Incarnation life) : id_{index}, life_(life), link_(NodeId{1 - index}) {}

  void publish(Value value, bool straight = false) {
    log_.add({{id_, life_}, next_++, std::move(value)}, Log::nobody, straight);
  }
  Message send(Time now, Link::Writing writing = {}) {
    const Envelope envelope = link_.address(life_, now);
    Message message{envelope, link_.write(log_, writing, now)};
    link_.sanity_check(log_);
    return message;
  }
  Link::Hearing receive(const Message& message, Time now) {
    const auto hearing = link_.hear(message.envelope, life_, log_.size(), false, now);
    const bool is_former = hearing == Link::Hearing::of_former_life;
    if (message.sync.entries) {
      for (const Entry& entry : *message.sync.entries) {
        log_.add(entry, is_former ? Log::nobody : 1 - id_.index, false);
      }
    }
    if (hearing == Link::Hearing::counts) link_.read(message.envelope, message.sync, log_, now);
    const bool wants_answer = message.asks || message.sync.gap;
    answers_ = answers_ || (wants_answer && hearing == Link::Hearing::counts);
    introduces_ = introduces_ || hearing == Link::Hearing::for_another_life;
    link_.sanity_check(log_);
    return hearing;
  }
  // It loses its memory.
  void restart(Incarnation life) { *this = End(id_.index, life); }

  // What its owner does when it looks after the link: challenges, greets until it is met, answers,
  // sends what is new, repeats what is not acknowledged, asks for what is missing.
  std::optional<Message> look_after(Time now) {
    if (link_.wants_challenge()) return Message{link_.challenge(life_, now), {}, true};
    const bool gap = link_.has_gap(log_);
    const bool digest = !link_.met() || link_.lacks_something() || link_.misses_named(log_) ||
                        std::exchange(introduces_, false);
    const bool answers = std::exchange(answers_, false);
    if (link_.unacknowledged_since()) link_.rewind();
    if (gap) link_.ask_for_gap();
    const bool owes = link_.has_news(log_) || link_.has_names(log_) || link_.owes_since();
    if (!digest && !gap && !owes && !answers) return std::nullopt;
    Message message = send(now, {.digest = digest});
    message.asks = !link_.met();
    return message;
  }

  Link& link() { return link_; }
  Incarnation life() const { return life_; }
  const Log& log() const { return log_; }
  std::size_t holds(const Log& other) const {
    std::size_t held = 0;
    for (std::uint64_t i = 0; i < other.size(); ++i) {
      const Entry entry = other.entry(i);
      const EntryNames name(
          std::vector<OriginRanges>{{entry.origin, {{entry.sequence, entry.sequence + 1}}}});
      held += log_.holds(name) ? 1 : 0;
    }
    return held;
  }

 private:
  NodeId id_;
  Incarnation life_;
  Log log_;
  Link link_;
  std::uint64_t next_ = 0;
  bool answers_ = false;
  bool introduces_ = false;  // the peer writes for another life
};

class LinkTest : public testing::Test {
 protected:
  // Both know each other, and all that both have.
  void meet() {
    for (int i = 0; i < 3; ++i) exchange();
    ASSERT_TRUE(a.link().met() && b.link().met());
  }
  void exchange() {
    if (const auto message = a.look_after(tick())) b.receive(*message, now);
    if (const auto message = b.look_after(tick())) a.receive(*message, now);
  }
  Time tick() { return now += milliseconds(1); }

  End a{0, 71};
  End b{1, 93};
  Time now{};
};

// --- L1 ---

TEST_F(LinkTest, AnAcknowledgementForAFormerLifeCountsNothing) {
  meet();
  a.publish(Value("x"));
  b.receive(a.send(tick()), now);
  const Message acknowledgement = b.send(tick());
  ASSERT_EQ(acknowledgement.sync.received, 1U);
  a.restart(72);
  a.publish(Value("y"));
  EXPECT_EQ(a.receive(acknowledgement, tick()), Link::Hearing::for_another_life);
  EXPECT_EQ(a.link().acknowledged(), 0U);
  EXPECT_TRUE(a.link().has_news(a.log()));
  EXPECT_FALSE(a.link().met());
}

TEST_F(LinkTest, EntriesOfAFormerLifeAreTakenAndNothingElse) {
  meet();
  b.publish(Value("x"));
  const Message late = b.send(tick());
  b.restart(94);
  a.receive(b.send(tick(), {.digest = true}), now);
  EXPECT_EQ(a.receive(late, tick()), Link::Hearing::of_former_life);
  EXPECT_EQ(a.log().size(), 1U);
  EXPECT_EQ(a.link().peer_incarnation(), 94U);
  EXPECT_TRUE(a.link().has_news(a.log())) << "the present life lacks what its former life said";
}

TEST_F(LinkTest, ANewLifeIsKnownToHoldNothing) {
  a.publish(Value("x"));
  meet();
  ASSERT_EQ(a.link().acknowledged(), 1U);
  b.restart(94);
  a.receive(b.send(tick(), {.digest = true}), now);
  EXPECT_EQ(a.link().acknowledged(), 0U);
  EXPECT_EQ(a.send(tick()).sync.entries->size(), 1U);
}

TEST_F(LinkTest, ALifeThatWasReplacedByAStrayMessageComesBackByAnEcho) {
  End former{1, 90};
  const Message stray = former.send(tick(), {.digest = true});
  meet();
  EXPECT_EQ(a.receive(stray, tick()), Link::Hearing::counts) << "it was never heard of";
  ASSERT_EQ(a.link().peer_incarnation(), 90U);
  // What the present life had sent before shows nothing; an echo of something newer does.
  EXPECT_EQ(a.receive(b.send(tick()), now), Link::Hearing::of_former_life);
  b.receive(a.send(tick(), {.digest = true}), now);
  EXPECT_EQ(a.receive(b.send(tick(), {.digest = true}), now), Link::Hearing::counts);
  EXPECT_EQ(a.link().peer_incarnation(), 93U);
  EXPECT_EQ(a.receive(stray, tick()), Link::Hearing::of_former_life);
}

// Each took a dead life of the other for the present one, and writes for that.
TEST_F(LinkTest, TwoThatBothTakeADeadLifeForTheOtherFindEachOther) {
  End dead_a{0, 60};
  End dead_b{1, 90};
  const Message stray_a = dead_a.send(tick(), {.digest = true});
  const Message stray_b = dead_b.send(tick(), {.digest = true});
  meet();
  a.receive(stray_b, tick());
  b.receive(stray_a, tick());
  ASSERT_NE(a.link().peer_incarnation(), b.life());
  ASSERT_NE(b.link().peer_incarnation(), a.life());
  for (int i = 0; i < 3; ++i) exchange();
  EXPECT_EQ(a.link().peer_incarnation(), b.life());
  EXPECT_EQ(b.link().peer_incarnation(), a.life());
}

// --- L2 ---

TEST_F(LinkTest, WhatThePeerSaidIsNotSentBack) {
  meet();
  b.publish(Value("x"));
  a.receive(b.send(tick()), now);
  EXPECT_FALSE(a.link().has_news(a.log()));
}

TEST_F(LinkTest, WhatWasSentStraightGoesByNameAndByValueToWhoLacksIt) {
  meet();
  a.publish(Value("x"), true);
  EXPECT_FALSE(a.link().has_news(a.log()));
  ASSERT_TRUE(a.link().has_names(a.log()));
  const Message named = a.send(tick());
  EXPECT_EQ(named.sync.entries, nullptr);
  ASSERT_NE(named.sync.named, nullptr);
  b.receive(named, tick());
  EXPECT_TRUE(b.link().misses_named(b.log()));
  for (int i = 0; i < 3; ++i) exchange();
  EXPECT_EQ(b.log().size(), 1U);
}

TEST_F(LinkTest, ADigestIsAnsweredByTheDifference) {
  meet();
  a.publish(Value("x"));
  a.publish(Value("y"));
  b.receive(a.send(tick()), now);
  a.publish(Value("z"));
  a.receive(b.send(tick(), {.digest = true}), now);
  const Message difference = a.send(tick());
  ASSERT_EQ(difference.sync.entries->size(), 1U);
  EXPECT_EQ(difference.sync.entries->front().value, Value("z"));
}

TEST_F(LinkTest, AMessageHasAtMostSoManyEntries) {
  meet();
  for (std::size_t i = 0; i <= Link::most_entries; ++i) a.publish(Value(std::to_string(i)));
  EXPECT_EQ(a.send(tick()).sync.entries->size(), Link::most_entries);
  EXPECT_TRUE(a.link().has_news(a.log()));
  EXPECT_EQ(a.send(tick()).sync.entries->size(), 1U);
  EXPECT_FALSE(a.link().has_news(a.log()));
}

// --- L3 ---

TEST_F(LinkTest, WhatIsNotAcknowledgedIsKnownAndSentAgain) {
  meet();
  a.publish(Value("x"));
  a.send(tick());
  EXPECT_EQ(a.link().unacknowledged_since(), now);
  a.link().rewind();
  EXPECT_EQ(a.send(tick()).sync.entries->size(), 1U);
}

TEST_F(LinkTest, WhatThePeerWaitsForNeedsNoAcknowledgement) {
  meet();
  a.publish(Value("x"));
  const Message awaited = a.send(tick(), {.awaited = true});
  EXPECT_FALSE(a.link().unacknowledged_since());
  b.receive(awaited, tick());
  EXPECT_FALSE(b.link().owes_since());
}

TEST_F(LinkTest, ALostMessageShowsAsAGapInTheNext) {
  meet();
  a.publish(Value("x"));
  a.send(tick());
  a.publish(Value("y"));
  b.receive(a.send(tick()), now);
  EXPECT_EQ(b.log().size(), 1U);
  ASSERT_TRUE(b.link().has_gap(b.log()));
  b.link().ask_for_gap();
  a.receive(b.send(tick()), now);
  b.receive(a.send(tick()), now);
  EXPECT_EQ(b.log().size(), 2U);
  EXPECT_FALSE(b.link().has_gap(b.log()));
}

TEST_F(LinkTest, OneThatWasOnlyOvertakenLeavesNoGap) {
  meet();
  a.publish(Value("x"));
  const Message first = a.send(tick());
  a.publish(Value("y"));
  b.receive(a.send(tick()), now);
  b.receive(first, tick());
  EXPECT_FALSE(b.link().has_gap(b.log()));
  EXPECT_EQ(b.send(tick()).sync.received, 2U);
}

// What is taken back, since the peer turns out to hold it, is not waited for either.
TEST_F(LinkTest, WhatThePeerTurnsOutToHoldIsNotUnacknowledged) {
  meet();
  a.publish(Value("x"), true);
  b.receive(a.send(tick()), now);
  for (int i = 0; i < 3; ++i) exchange();
  EXPECT_FALSE(a.link().unacknowledged_since());
  EXPECT_FALSE(a.look_after(tick()));
}

// --- Everything at once ---

class Chaos : public testing::TestWithParam<std::uint32_t> {
 protected:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  void step() {
    now_ += milliseconds(1);
    const std::size_t who = below(2);
    switch (below(8)) {
      case 0:
      case 1:
        ends_[who].publish(Value(std::to_string(values_++)), below(3) == 0);
        break;
      case 2:
      case 3:
      case 4:
        under_way_.emplace_back(1 - who, ends_[who].send(now_, {.digest = below(4) == 0,
                                                                .entries = below(8) != 0,
                                                                .awaited = false}));
        break;
      case 5:
      case 6:
        arrive();
        break;
      default:
        if (below(6) == 0) {
          ends_[who].restart(lives_++);
        } else if (const auto message = ends_[who].look_after(now_)) {
          under_way_.emplace_back(1 - who, *message);
        }
    }
    for (std::size_t i = 0; i < 2; ++i) check_acknowledged(i);
  }

  // Some message, overtaking others; sometimes it is lost, sometimes it comes again.
  void arrive() {
    if (under_way_.empty()) return;
    const auto which = under_way_.begin() + static_cast<std::ptrdiff_t>(below(under_way_.size()));
    const auto [to, message] = *which;
    const std::uint64_t fate = below(4);
    if (fate != 0) ends_[to].receive(message, now_);
    if (fate != 1) under_way_.erase(which);
  }

  // L2: never more than the truth, if the peer is the life that it is taken for.
  void check_acknowledged(std::size_t i) {
    End& end = ends_[i];
    End& peer = ends_[1 - i];
    if (end.link().peer_incarnation() != peer.life()) return;
    for (std::uint64_t k = 0; k < end.link().acknowledged(); ++k) {
      const Entry entry = end.log().entry(k);
      const EntryNames name(
          std::vector<OriginRanges>{{entry.origin, {{entry.sequence, entry.sequence + 1}}}});
      ASSERT_TRUE(peer.log().holds(name)) << "position " << k << " of end " << i;
    }
  }

  std::mt19937_64 random_{GetParam()};
  End ends_[2] = {{0, 1}, {1, 2}};
  Incarnation lives_ = 3;
  std::uint64_t values_ = 0;
  Time now_{};
  std::vector<std::pair<std::size_t, Message>> under_way_;
};

TEST_P(Chaos, EndsInEqualLogsAndSilence) {
  for (int run = 0; run < 200; ++run) {
    ends_[0] = {0, lives_};
    ends_[1] = {1, lives_ + 1};
    lives_ += 2;
    under_way_.clear();
    for (int i = 0; i < 60; ++i) step();
    // Nothing goes wrong any more. What is still under way comes the wrong way round.
    for (; !under_way_.empty(); under_way_.pop_back()) {
      ends_[under_way_.back().first].receive(under_way_.back().second, now_);
    }
    bool quiet = false;
    for (int round = 0; round < 12 && !quiet; ++round) {
      quiet = true;
      for (std::size_t who = 0; who < 2; ++who) {
        now_ += milliseconds(1000);
        const auto message = ends_[who].look_after(now_);
        if (!message) continue;
        quiet = false;
        ends_[1 - who].receive(*message, now_);
      }
    }
    ASSERT_TRUE(quiet) << "run " << run;
    ASSERT_EQ(ends_[0].holds(ends_[1].log()), ends_[1].log().size()) << "run " << run;
    ASSERT_EQ(ends_[1].holds(ends_[0].log()), ends_[0].log().size()) << "run " << run;
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Chaos, testing::Range(0U, 20U));

}  // namespace
}  // namespace bruit::core
