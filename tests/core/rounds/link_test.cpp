// Link alone: two logs become and stay equal over channels that lose, repeat and reorder, and a
// healthy channel carries every entry once.
#include "bruit/core/strategies/rounds/link.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace bruit::core {
namespace {

using std::chrono::milliseconds;

// One of two nodes: what surrounds a Link in Rounds, as far as a Link needs it.
struct Side {
  NodeId id;
  NodeId peer;
  std::uint64_t incarnation = 1;
  Log log{};
  Link link{};
  std::uint64_t next_sequence = 0;
  bool is_asked = false;  // the peer waits for the answer to its news, and asks again

  Entry add(NodeId learned_from) {
    const std::string text = std::to_string(id.index) + "-" + std::to_string(incarnation) + "-" +
                             std::to_string(next_sequence);
    Entry entry{{id, incarnation}, next_sequence++, Value(text)};
    log.add(entry, learned_from);
    return entry;
  }
  void add() { add(id); }

  void restart() {
    ++incarnation;
    log = Log();
    link = Link();
    next_sequence = 0;
  }

  Sync news(Time now) {
    Sync sync = begin();
    sync.awaited = is_asked && link.peer_waits();
    link.write_news(sync, log, peer, now);
    return sync;
  }
  Sync comparison() {
    Sync sync = begin();
    link.write_comparison(sync, log);
    return sync;
  }
  // The answer to a digest: with this side's own, should it lack something.
  Sync difference(const Digest& digest, Time now) {
    Sync sync = begin();
    link.write_difference(sync, log, peer, digest, now);
    if (log.lacks(digest)) sync.digest = log.digest();
    return sync;
  }

  // False if the message is from a former life.
  bool read(const Sync& sync, Time now) {
    const bool counts = link.begin_read(sync, log);
    if (sync.entries) {
      for (const auto& entry : *sync.entries) log.add(entry, peer);
    }
    if (counts) link.end_read(sync, log, peer, incarnation, now);
    return counts;
  }

  // The peer has everything, and knows that this side has everything.
  bool is_quiet() const {
    return !link.has_news(log, peer) && !link.unacknowledged_since() && !link.gap_since() &&
           !link.acknowledgement_owed_since();
  }

 private:
  Sync begin() const {
    Sync sync;
    sync.log.incarnation = incarnation;
    return sync;
  }
};

struct Pair {
  Side a{NodeId{0}, NodeId{1}};
  Side b{NodeId{1}, NodeId{0}};
  Time now{milliseconds(1)};

  // Whether both hold the same entries.
  bool agree() const { return !a.log.lacks(b.log.digest()) && !b.log.lacks(a.log.digest()); }
};

std::size_t count(const EntryList& entries) { return entries ? entries->size() : 0; }

std::vector<std::string> values(const EntryList& entries) {
  std::vector<std::string> result;
  if (entries) {
    for (const auto& entry : *entries) result.emplace_back(entry.value.bytes());
  }
  return result;
}

using Values = std::vector<std::string>;

// --- One thing at a time ---

TEST(Link, WhatThePeerWaitsForIsNotAcknowledged) {
  Pair pair;
  pair.a.is_asked = true;
  pair.b.add();
  pair.a.read(pair.b.news(pair.now), pair.now);
  pair.a.add();
  const Sync answer = pair.a.news(pair.now);
  EXPECT_TRUE(answer.awaited);
  EXPECT_FALSE(pair.a.link.unacknowledged_since());
  pair.b.read(answer, pair.now);
  EXPECT_TRUE(pair.a.is_quiet());
  EXPECT_TRUE(pair.b.is_quiet());
  EXPECT_TRUE(pair.agree());
}

TEST(Link, OnlyTheFirstMessageAfterThePeersNewsIsAwaited) {
  Pair pair;
  pair.a.is_asked = true;
  pair.b.add();
  pair.a.read(pair.b.news(pair.now), pair.now);
  EXPECT_FALSE(pair.a.news(pair.now).awaited) << "there is nothing in it to wait for";
  pair.a.add();
  EXPECT_FALSE(pair.a.news(pair.now).awaited);
  EXPECT_EQ(pair.a.link.unacknowledged_since(), pair.now);

  pair.b.add();
  pair.a.read(pair.b.news(pair.now), pair.now);
  pair.a.link.has_told_received();
  pair.a.add();
  EXPECT_FALSE(pair.a.news(pair.now).awaited);
}

TEST(Link, AnAcknowledgementBeforeTheAwaitedAnswerLeavesNothingToWaitFor) {
  Pair pair;
  pair.a.is_asked = true;
  pair.a.add();
  const Sync first = pair.a.news(pair.now);
  pair.b.add();
  pair.a.read(pair.b.news(pair.now), pair.now);
  pair.a.add();
  const Sync awaited = pair.a.news(pair.now);
  ASSERT_TRUE(awaited.awaited);
  // b acknowledges the first before the second has come.
  pair.b.read(first, pair.now);
  pair.a.read(pair.b.news(pair.now), pair.now);
  EXPECT_FALSE(pair.a.link.unacknowledged_since());
}

TEST(Link, AnAwaitedAnswerThatIsLostIsSentAgainWhenThePeerAsks) {
  Pair pair;
  pair.a.is_asked = true;
  pair.b.add();
  pair.a.read(pair.b.news(pair.now), pair.now);
  pair.a.add();
  ASSERT_TRUE(pair.a.news(pair.now).awaited);  // and lost
  EXPECT_EQ(pair.b.link.unacknowledged_since(), pair.now);
  pair.b.link.rewind();
  pair.a.read(pair.b.news(pair.now), pair.now);
  pair.a.link.rewind();
  pair.a.link.peer_asks();
  const Sync again = pair.a.news(pair.now);
  EXPECT_EQ(values(again.entries), Values{"0-1-0"});
  pair.b.read(again, pair.now);
  EXPECT_TRUE(pair.agree());
  EXPECT_TRUE(pair.b.is_quiet());
}

// Its answer and the repetition crossed: the peer has the answer, and asks for no other.
TEST(Link, ThePeerDoesNotWaitAgainForWhatItRepeats) {
  Pair pair;
  pair.a.is_asked = true;
  pair.b.add();
  pair.a.read(pair.b.news(pair.now), pair.now);
  pair.b.link.rewind();
  const Sync repeated = pair.b.news(pair.now);
  pair.b.read(pair.a.news(pair.now), pair.now);
  EXPECT_TRUE(pair.b.is_quiet());
  pair.a.read(repeated, pair.now);
  pair.a.add();
  EXPECT_FALSE(pair.a.news(pair.now).awaited);
  EXPECT_EQ(pair.a.link.unacknowledged_since(), pair.now);

  // Unless it says so.
  pair.a.read(repeated, pair.now);
  pair.a.link.peer_asks();
  pair.a.add();
  EXPECT_TRUE(pair.a.news(pair.now).awaited);
}

TEST(Link, ADifferenceBeginsWhereThePeerSaidThatItIs) {
  Pair pair;
  for (int i = 0; i < 3; ++i) pair.a.add();
  pair.b.read(pair.a.news(pair.now), pair.now);
  pair.a.read(pair.b.news(pair.now), pair.now);
  for (int i = 0; i < 2; ++i)
    pair.b.log.add(pair.a.add(pair.a.id), NodeId{7});  // b has it elsewhere
  pair.a.difference(pair.b.log.digest(), pair.now);    // lost: nothing was in it
  const Sync again = pair.a.difference(pair.b.log.digest(), pair.now);
  EXPECT_EQ(again.from, 3U);
  pair.b.read(again, pair.now);
  EXPECT_FALSE(pair.b.link.gap_since());
}

TEST(Link, AcknowledgesWithTheNextMessage) {
  Pair pair;
  pair.a.add();
  EXPECT_TRUE(pair.a.link.has_news(pair.a.log, pair.a.peer));
  pair.b.read(pair.a.news(pair.now), pair.now);
  EXPECT_FALSE(pair.a.link.has_news(pair.a.log, pair.a.peer));
  EXPECT_EQ(pair.a.link.unacknowledged_since(), pair.now);
  EXPECT_EQ(pair.b.link.acknowledgement_owed_since(), pair.now);

  const Sync answer = pair.b.news(pair.now);
  EXPECT_EQ(count(answer.entries), 0U) << "what it came from has it";
  pair.a.read(answer, pair.now);
  EXPECT_EQ(pair.a.link.acknowledged(), 1U);
  EXPECT_TRUE(pair.a.is_quiet());
  EXPECT_TRUE(pair.b.is_quiet()) << "an acknowledgement is not acknowledged";
}

TEST(Link, ALostAcknowledgementIsRepairedByAnyLaterMessage) {
  Pair pair;
  pair.a.add();
  pair.b.read(pair.a.news(pair.now), pair.now);
  (void)pair.b.news(pair.now);  // lost
  EXPECT_TRUE(pair.a.link.unacknowledged_since());
  pair.b.add();
  pair.a.read(pair.b.news(pair.now), pair.now);
  EXPECT_FALSE(pair.a.link.unacknowledged_since());
}

TEST(Link, CountsTheTimeWithoutAcknowledgementFromTheLatestProgress) {
  Pair pair;
  pair.a.add();
  const Sync first = pair.a.news(pair.now);
  pair.a.add();
  (void)pair.a.news(pair.now + milliseconds(10));
  EXPECT_EQ(pair.a.link.unacknowledged_since(), pair.now) << "since the first";
  pair.b.read(first, pair.now);
  pair.a.read(pair.b.news(pair.now), pair.now + milliseconds(20));
  EXPECT_EQ(pair.a.link.acknowledged(), 1U);
  EXPECT_EQ(pair.a.link.unacknowledged_since(), pair.now + milliseconds(20));
}

TEST(Link, WhatWasOnlyOvertakenIsNotAskedFor) {
  Pair pair;
  pair.a.add();
  const Sync first = pair.a.news(pair.now);
  pair.a.add();
  const Sync second = pair.a.news(pair.now);
  pair.b.read(second, pair.now);
  EXPECT_EQ(pair.b.log.size(), 1U) << "what has come is of use at once";
  EXPECT_EQ(pair.b.link.gap_since(), pair.now);
  EXPECT_EQ(pair.b.link.received().position, 0U) << "only what is complete is acknowledged";
  pair.b.link.ask_for_gap();
  pair.b.read(first, pair.now);
  EXPECT_FALSE(pair.b.link.gap_since());
  EXPECT_EQ(pair.b.link.received().position, 2U);
  EXPECT_FALSE(pair.b.news(pair.now).gap);
}

TEST(Link, SendsAGapThatIsAskedForAndNothingBeforeIt) {
  Pair pair;
  for (int i = 0; i < 3; ++i) {
    pair.a.add();
    const Sync sync = pair.a.news(pair.now);
    if (i != 1) pair.b.read(sync, pair.now);  // the second is lost
  }
  pair.b.link.ask_for_gap();
  const Sync question = pair.b.news(pair.now);
  EXPECT_TRUE(question.gap);
  EXPECT_FALSE(pair.b.news(pair.now).gap) << "it asks once";
  pair.a.read(question, pair.now);
  ASSERT_TRUE(pair.a.link.has_news(pair.a.log, pair.a.peer));
  const Sync again = pair.a.news(pair.now);
  EXPECT_EQ(values(again.entries), (Values{"0-1-1", "0-1-2"}));
  pair.b.read(again, pair.now);
  EXPECT_FALSE(pair.b.link.gap_since());
  EXPECT_EQ(pair.b.log.size(), 3U);
}

TEST(Link, SendsAgainOnlyWhatIsNotAcknowledged) {
  Pair pair;
  pair.a.add();
  pair.b.read(pair.a.news(pair.now), pair.now);
  pair.a.read(pair.b.news(pair.now), pair.now);
  pair.a.add();
  (void)pair.a.news(pair.now);  // lost
  pair.a.link.rewind();
  EXPECT_EQ(values(pair.a.news(pair.now).entries), Values{"0-1-1"});
}

TEST(Link, IgnoresAcknowledgementsOfAFormerLifeAndOfWhatItNeverSent) {
  Pair pair;
  pair.a.add();
  (void)pair.a.news(pair.now);
  pair.a.link.acknowledge({7, 1}, pair.a.log, pair.a.peer, pair.a.incarnation, pair.now);
  EXPECT_EQ(pair.a.link.acknowledged(), 0U);
  pair.a.link.acknowledge({1, 1000}, pair.a.log, pair.a.peer, pair.a.incarnation, pair.now);
  EXPECT_EQ(pair.a.link.acknowledged(), 1U);
  pair.a.add();
  EXPECT_TRUE(pair.a.link.has_news(pair.a.log, pair.a.peer));
}

// --- Restart ---

TEST(Link, TellsARestartedPeerEverythingAlsoWhatItOnceSaidItself) {
  Pair pair;
  pair.a.add();
  pair.b.add();
  pair.b.read(pair.a.news(pair.now), pair.now);
  pair.a.read(pair.b.news(pair.now), pair.now);
  pair.b.restart();
  pair.b.add();
  pair.a.read(pair.b.news(pair.now), pair.now);
  const Sync all = pair.a.news(pair.now);
  EXPECT_EQ(values(all.entries), (Values{"0-1-0", "1-1-0"}));
  pair.b.read(all, pair.now);
  EXPECT_TRUE(pair.agree());
  EXPECT_EQ(pair.b.log.size(), 3U);
}

TEST(Link, TakesOnlyTheEntriesOfAMessageFromAFormerLife) {
  Pair pair;
  pair.b.add();
  const Sync old = pair.b.news(pair.now);
  pair.b.restart();
  pair.a.read(pair.b.news(pair.now), pair.now);
  EXPECT_FALSE(pair.a.read(old, pair.now));
  EXPECT_EQ(pair.a.log.size(), 1U);
  EXPECT_EQ(pair.a.link.peer_incarnation(), 2U);
  EXPECT_EQ(pair.a.link.received().position, 0U);
}

// --- Comparison ---

TEST(Link, AComparisonWithoutDifferenceCountsAsReceived) {
  Pair pair;
  pair.b.log.add(pair.a.add(Log::sent_to_everybody), Log::sent_to_everybody);
  pair.b.read(pair.a.comparison(), pair.now);
  EXPECT_EQ(pair.b.link.received().position, 1U);
  EXPECT_FALSE(pair.b.link.gap_since());
  EXPECT_TRUE(pair.b.link.acknowledgement_owed_since());
}

TEST(Link, AComparisonWithDifferenceDoesNot) {
  Pair pair;
  pair.a.add();
  pair.b.read(pair.a.comparison(), pair.now);
  EXPECT_EQ(pair.b.link.received().position, 0U);
}

// To a peer that has not been heard yet: it may have restarted since.
TEST(Link, RepeatsWhatWasSentToEverybodyBeforeTheFirstContact) {
  Pair pair;
  (void)pair.a.add(Log::sent_to_everybody);  // does not reach b
  EXPECT_FALSE(pair.a.link.has_news(pair.a.log, pair.a.peer));
  pair.a.read(pair.b.news(pair.now), pair.now);
  EXPECT_TRUE(pair.a.link.has_news(pair.a.log, pair.a.peer));
  pair.b.read(pair.a.news(pair.now), pair.now);
  EXPECT_TRUE(pair.agree());
}

TEST(Link, RepeatsAValueThatWasSentToEverybodyAndMissed) {
  Pair pair;
  pair.a.read(pair.b.news(pair.now), pair.now);
  pair.b.read(pair.a.news(pair.now), pair.now);
  pair.b.log.add(pair.a.add(Log::sent_to_everybody), Log::sent_to_everybody);
  (void)pair.a.add(Log::sent_to_everybody);  // does not reach b
  EXPECT_FALSE(pair.a.link.has_news(pair.a.log, pair.a.peer));

  const Sync lost = pair.a.difference(pair.b.log.digest(), pair.now);
  EXPECT_EQ(values(lost.entries), Values{"0-1-1"});
  EXPECT_EQ(pair.a.link.unacknowledged_since(), pair.now);
  pair.a.link.rewind();
  const Sync again = pair.a.news(pair.now);
  const Values sent = values(again.entries);
  EXPECT_NE(std::find(sent.begin(), sent.end(), "0-1-1"), sent.end());
  pair.b.read(again, pair.now);
  EXPECT_TRUE(pair.agree());
  pair.a.read(pair.b.news(pair.now), pair.now);
  EXPECT_TRUE(pair.a.is_quiet());
}

TEST(Link, RepeatsWhatWasAcknowledgedBeforeItWasFoundMissing) {
  Pair pair;
  (void)pair.a.add(Log::sent_to_everybody);  // does not reach b
  pair.a.add();
  pair.b.read(pair.a.news(pair.now), pair.now);  // the stretch has both, but carries one
  pair.a.read(pair.b.news(pair.now), pair.now);
  ASSERT_EQ(pair.a.link.acknowledged(), 2U);
  EXPECT_EQ(values(pair.a.difference(pair.b.log.digest(), pair.now).entries), Values{"0-1-0"});
}

// --- Over many seeds ---

struct Channel {
  double loss = 0;
  double duplication = 0;
  bool reorders = false;
};

// Two sides and what is under way between them.
class Conversation {
 public:
  Conversation(std::uint64_t seed, const Channel& channel) : random_(seed), channel_(channel) {}

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool happens(double share) { return static_cast<double>(random_() >> 11) * 0x1p-53 < share; }

  void send(Side& from, Sync sync, bool asks = false) {
    entries_sent += count(sync.entries);
    ++messages_sent;
    for (int copies = happens(channel_.duplication) ? 2 : 1; copies > 0; --copies) {
      if (!happens(channel_.loss)) under_way_.push_back({from.id.index, sync, asks});
    }
  }

  // Delivers one message. As Rounds does, a side answers a digest and a question for a gap at once,
  // even with nothing: the stretch may hold only what the other side has.
  void deliver() {
    if (under_way_.empty()) return;
    const std::size_t index = channel_.reorders ? below(under_way_.size()) : 0;
    const auto [from, sync, asks] = std::move(under_way_[index]);
    under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(index));
    Side& to = from == 0 ? pair.b : pair.a;
    if (!to.read(sync, pair.now)) return;
    if (sync.digest) {
      send(to, to.difference(sync.digest, pair.now));
    } else if (sync.gap || asks) {
      if (asks) to.link.rewind();
      send(to, to.news(pair.now));
    }
  }

  // What was sent once more, by a side that may wait for the answer.
  void repeat(Side& side) {
    side.link.rewind();
    const Side& peer = side.id == pair.a.id ? pair.b : pair.a;
    if (peer.is_asked) send(side, side.news(pair.now), true);
  }

  // One step of a life: something is learned, sent, asked, repeated or arrives.
  void live() {
    pair.now += milliseconds(1);
    Side& side = below(2) == 0 ? pair.a : pair.b;
    switch (below(8)) {
      case 0:
      case 1:
        side.add();
        ++entries_added;
        break;
      case 2:
        if (side.link.has_news(side.log, side.peer)) send(side, side.news(pair.now));
        break;
      case 3:
        if (side.link.gap_since() && happens(0.3)) {
          side.link.ask_for_gap();
          send(side, side.news(pair.now));
        }
        break;
      case 4:
        if (side.link.unacknowledged_since() && happens(repeat_share)) repeat(side);
        break;
      default:
        deliver();
    }
  }

  // The channel is reliable from now on, and whatever is owed is done: as an owner of links does.
  void heal() {
    channel_ = {};
    for (int step = 0; step < 20; ++step) {
      pair.now += milliseconds(1);
      while (!under_way_.empty()) deliver();
      if (pair.a.is_quiet() && pair.b.is_quiet()) return;
      for (Side* side : {&pair.a, &pair.b}) {
        // The peer has had its turn to acknowledge.
        if (step % 4 == 3 && side->link.unacknowledged_since()) repeat(*side);
        if (side->link.gap_since()) side->link.ask_for_gap();
        if (!side->is_quiet()) send(*side, side->news(pair.now));
      }
    }
    const auto tell = [](const Side& side) {
      return " news " + std::to_string(side.link.has_news(side.log, side.peer)) + " unack " +
             std::to_string(side.link.unacknowledged_since().has_value()) + " gap " +
             std::to_string(side.link.gap_since().has_value()) + " owed " +
             std::to_string(side.link.acknowledgement_owed_since().has_value()) + " acked " +
             std::to_string(side.link.acknowledged()) + " of " + std::to_string(side.log.size()) +
             " received " + std::to_string(side.link.received().position);
    };
    ADD_FAILURE() << "no rest after 20 exchanges: a" << tell(pair.a) << "; b" << tell(pair.b);
  }

  Pair pair;
  double repeat_share = 0.1;
  std::uint64_t entries_added = 0;
  std::uint64_t entries_sent = 0;
  std::uint64_t messages_sent = 0;

 private:
  std::mt19937_64 random_;
  Channel channel_;
  struct UnderWay {
    std::uint32_t from;
    Sync sync;
    bool asks;  // for an answer at once
  };
  std::vector<UnderWay> under_way_;
};

constexpr Channel channels[] = {
    {.loss = 0.3},
    {.duplication = 0.5},
    {.reorders = true},
    {.loss = 0.3, .duplication = 0.3, .reorders = true},
    {.loss = 0.9, .reorders = true},
};

TEST(Link, SendsEachEntryOnceWhileAllIsWell) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Conversation conversation(seed, {});
    conversation.repeat_share = 0;
    for (int step = 0; step < 300; ++step) conversation.live();
    conversation.heal();
    ASSERT_TRUE(conversation.pair.agree()) << "seed " << seed;
    ASSERT_EQ(conversation.entries_sent, conversation.entries_added) << "seed " << seed;
  }
}

TEST(Link, MakesLogsEqualOverAnyChannelByPositionsAlone) {
  for (const Channel& channel : channels) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Conversation conversation(seed, channel);
      for (int step = 0; step < 200; ++step) conversation.live();
      conversation.heal();
      ASSERT_TRUE(conversation.pair.agree())
          << "seed " << seed << ", channel " << &channel - channels;
      ASSERT_EQ(conversation.pair.a.log.size(), conversation.entries_added);
    }
  }
}

TEST(Link, MakesLogsEqualAlsoIfOneSideNeedNotAcknowledgeWhatItWaitsFor) {
  for (const Channel& channel : channels) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Conversation conversation(seed, channel);
      conversation.pair.a.is_asked = true;
      for (int step = 0; step < 200; ++step) conversation.live();
      conversation.heal();
      ASSERT_TRUE(conversation.pair.agree())
          << "seed " << seed << ", channel " << &channel - channels;
    }
  }
}

TEST(Link, MakesLogsEqualAlsoAfterRestartsAndValuesSentToEverybody) {
  for (const Channel& channel : channels) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Conversation conversation(seed, channel);
      Pair& pair = conversation.pair;
      for (int step = 0; step < 200; ++step) {
        conversation.live();
        Side& side = conversation.below(2) == 0 ? pair.a : pair.b;
        Side& other = side.id == pair.a.id ? pair.b : pair.a;
        switch (conversation.below(40)) {
          case 0:
            side.restart();
            break;
          case 1:
          case 2:
          case 3: {
            const Entry entry = side.add(Log::sent_to_everybody);
            if (!conversation.happens(channel.loss)) {
              other.log.add(entry, Log::sent_to_everybody);
            }
            break;
          }
          case 4:
            conversation.send(side, side.comparison());
            break;
          default:
            break;
        }
      }
      // As after a silence: one side compares.
      conversation.send(pair.a, pair.a.comparison());
      conversation.heal();
      conversation.send(pair.a, pair.a.comparison());
      conversation.heal();
      ASSERT_TRUE(pair.agree()) << "seed " << seed << ", channel " << &channel - channels;
    }
  }
}

}  // namespace
}  // namespace bruit::core
