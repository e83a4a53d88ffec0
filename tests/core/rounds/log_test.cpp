// Log against a naive model: a set of names, and the names in the order of their arrival.
#include "bruit/core/strategies/rounds/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace bruit::core {
namespace {

using Name = std::tuple<std::uint32_t, Incarnation, std::uint64_t>;  // node, life, sequence number
using Names = std::set<Name>;

Entry entry(const Name& name) {
  const auto& [node, life, sequence] = name;
  const std::string text =
      std::to_string(node) + "-" + std::to_string(life) + "-" + std::to_string(sequence);
  return {{NodeId{node}, life}, sequence, Value(text)};
}
Entry entry(std::uint32_t node, std::uint64_t sequence, Incarnation life = 1) {
  return entry(Name{node, life, sequence});
}

Name name_of(const Entry& entry) {
  return {entry.origin.node.index, entry.origin.incarnation, entry.sequence};
}

// Also checks the form that messages.h promises.
Names expand(const EntryNames& names) {
  Names result;
  if (!names) return result;
  const OriginRanges* previous = nullptr;
  for (const OriginRanges& named : *names) {
    EXPECT_TRUE(previous == nullptr || previous->origin < named.origin) << "ordered by origin";
    EXPECT_FALSE(named.ranges.empty());
    const SequenceRange* before = nullptr;
    for (const SequenceRange& range : named.ranges) {
      EXPECT_LT(range.first, range.end);
      EXPECT_TRUE(before == nullptr || before->end < range.first) << "ascends without touching";
      for (std::uint64_t i = range.first; i < range.end; ++i) {
        result.insert({named.origin.node.index, named.origin.incarnation, i});
      }
      before = &range;
    }
    previous = &named;
  }
  return result;
}

EntryNames pack(const Names& names) {
  std::vector<OriginRanges> result;
  for (const auto& [node, life, sequence] : names) {
    const Origin origin{NodeId{node}, life};
    if (result.empty() || result.back().origin != origin) result.push_back({origin, {}});
    auto& ranges = result.back().ranges;
    if (!ranges.empty() && ranges.back().end == sequence) {
      ++ranges.back().end;
    } else {
      ranges.push_back({sequence, sequence + 1});
    }
  }
  return EntryNames(std::move(result));
}

bool includes(const Names& all, const Names& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

struct Model {
  Names held;
  std::vector<Name> order;

  bool add(const Name& name) {
    if (!held.insert(name).second) return false;
    order.push_back(name);
    return true;
  }
  // Of some origin a number is held, and not one before it.
  bool has_gap() const {
    std::map<std::pair<std::uint32_t, Incarnation>, std::pair<std::uint64_t, std::uint64_t>> seen;
    for (const auto& [node, life, sequence] : held) {
      auto& [count, end] = seen[{node, life}];
      ++count;
      end = std::max(end, sequence + 1);
    }
    return std::any_of(seen.begin(), seen.end(), [](const auto& origin) {
      return origin.second.first != origin.second.second;
    });
  }
};

TEST(Log, TakesAnEntryOnce) {
  Log log;
  EXPECT_TRUE(log.add(entry(1, 0), 5, false));
  EXPECT_FALSE(log.add(entry(1, 0), 6, true));
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].learned_from, 5U) << "what is known of the first time stays";
  EXPECT_FALSE(log[0].straight);
}

TEST(Log, KeepsTheOrderOfArrival) {
  Log log;
  log.add(entry(9, 1), Log::nobody, true);
  log.add(entry(1, 0), 1, false);
  log.add(entry(9, 0), 2, false);
  EXPECT_EQ(name_of(log.entry(0)), name_of(entry(9, 1)));
  EXPECT_EQ(name_of(log.entry(1)), name_of(entry(1, 0)));
  EXPECT_EQ(name_of(log.entry(2)), name_of(entry(9, 0)));
  EXPECT_EQ(log.entry(2).value, entry(9, 0).value);
  EXPECT_TRUE(log[0].straight);
  EXPECT_EQ(log[0].learned_from, Log::nobody);
}

TEST(Log, KeepsTheLivesOfANodeApart) {
  Log log;
  log.add(entry(1, 0, 8), 1, false);
  EXPECT_TRUE(log.add(entry(1, 0, 7), 1, false));
  EXPECT_EQ(expand(log.digest()), (Names{{1, 7, 0}, {1, 8, 0}}));
}

TEST(Log, NamesNothingBeforeThereIsAnything) {
  const Log log;
  ASSERT_TRUE(log.digest()) << "a list without origins, not none";
  EXPECT_TRUE(log.digest()->empty());
  EXPECT_EQ(log.names(0, 0, [](std::uint64_t) { return true; }), nullptr);
  EXPECT_FALSE(log.has_gap());
}

TEST(Log, JoinsRangesThatComeToTouch) {
  Log log;
  for (const std::uint64_t i : {0, 2, 5, 4}) log.add(entry(1, i), 1, false);
  ASSERT_EQ(log.digest()->size(), 1U);
  const auto ranges = [&] { return log.digest()->front().ranges; };
  EXPECT_EQ(ranges(), (std::vector<SequenceRange>{{0, 1}, {2, 3}, {4, 6}}));
  log.add(entry(1, 3), 1, false);
  EXPECT_EQ(ranges(), (std::vector<SequenceRange>{{0, 1}, {2, 6}}));
  log.add(entry(1, 1), 1, false);
  EXPECT_EQ(ranges(), (std::vector<SequenceRange>{{0, 6}}));
}

TEST(Log, HasAGapWhileSomeOriginLacksSomethingBeforeWhatItHas) {
  Log log;
  log.add(entry(1, 1), 1, false);
  EXPECT_TRUE(log.has_gap()) << "its first is missing";
  log.add(entry(2, 0), 1, false);
  log.add(entry(2, 2), 1, false);
  log.add(entry(1, 0), 1, false);
  EXPECT_TRUE(log.has_gap()) << "of the other origin";
  log.add(entry(2, 1), 1, false);
  EXPECT_FALSE(log.has_gap());
}

TEST(Log, HoldsWhatIsNamedOnlyIfItHoldsAllOfIt) {
  Log log;
  for (const std::uint64_t i : {0, 1, 4}) log.add(entry(1, i), 1, false);
  EXPECT_TRUE(log.holds(nullptr));
  EXPECT_TRUE(log.holds(pack({})));
  EXPECT_TRUE(log.holds(pack({{1, 1, 0}, {1, 1, 1}, {1, 1, 4}})));
  EXPECT_FALSE(log.holds(pack({{1, 1, 1}, {1, 1, 2}}))) << "one of a range";
  EXPECT_FALSE(log.holds(pack({{1, 1, 3}})));
  EXPECT_FALSE(log.holds(pack({{1, 2, 0}}))) << "another life";
  EXPECT_FALSE(log.holds(pack({{2, 1, 0}}))) << "another node";
}

TEST(Log, NamesThoseOfAStretchThatAreWanted) {
  Log log;
  for (const std::uint64_t i : {0, 1, 2, 3}) {
    log.add(entry(1, i), 1, i % 2 == 0);
    log.add(entry(2, i), 1, true);
  }
  EXPECT_EQ(expand(log.names(2, 7, [&](std::uint64_t i) { return log[i].origin == 0; })),
            (Names{{1, 1, 1}, {1, 1, 2}, {1, 1, 3}}));
  EXPECT_EQ(log.names(2, 7, [](std::uint64_t) { return false; }), nullptr);
  EXPECT_EQ(log.names(3, 3, [](std::uint64_t) { return true; }), nullptr);
}

TEST(LogHolder, AnswersWhatIsNamedAndNothingElse) {
  Log log;
  for (const std::uint64_t i : {0, 1, 2}) log.add(entry(1, i), 1, false);
  log.add(entry(2, 0), 1, false);
  // It has one that this log has not: that says nothing of what this log has.
  const Log::Holder holder(log, pack({{1, 1, 0}, {1, 1, 2}, {3, 1, 0}}));
  EXPECT_TRUE(holder.holds(log[0]));
  EXPECT_FALSE(holder.holds(log[1]));
  EXPECT_TRUE(holder.holds(log[2]));
  EXPECT_FALSE(holder.holds(log[3]));
  EXPECT_FALSE(holder.holds_all());
}

TEST(LogHolder, HoldsNothingByAnEmptyDigest) {
  Log log;
  EXPECT_TRUE(Log::Holder(log, pack({})).holds_all()) << "of nothing";
  log.add(entry(1, 0), 1, false);
  for (const EntryNames& empty : {EntryNames(), pack({})}) {
    const Log::Holder holder(log, empty);
    EXPECT_FALSE(holder.holds(log[0]));
    EXPECT_FALSE(holder.holds_all());
  }
}

TEST(LogHolder, DoesNotPretendToKnowOriginsThatCameLater) {
  Log log;
  log.add(entry(1, 0), 1, false);
  const Log::Holder holder(log, pack({{1, 1, 0}, {2, 1, 0}}));
  EXPECT_TRUE(holder.holds_all());
  log.add(entry(2, 0), 1, false);
  EXPECT_FALSE(holder.holds(log[1])) << "sent once too often, at worst";
  EXPECT_TRUE(holder.holds(log[0]));
}

class RandomLog {
 public:
  explicit RandomLog(std::uint64_t seed) : random_(seed) {}

  Name name() { return {static_cast<std::uint32_t>(below(4)), 1 + below(2), below(12)}; }
  // Each name that is drawn with this probability, in percent, from all that there can be.
  Names some(std::uint64_t percent) {
    Names result;
    for (std::uint32_t node = 0; node < 4; ++node) {
      for (Incarnation life = 1; life <= 2; ++life) {
        for (std::uint64_t i = 0; i < 12; ++i) {
          if (below(100) < percent) result.insert({node, life, i});
        }
      }
    }
    return result;
  }
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

 private:
  std::mt19937_64 random_;
};

TEST(Log, IsWhatTheModelIs) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomLog random(seed);
    Log log;
    Model model;
    for (int step = 0; step < 80; ++step) {
      const Name name = random.name();
      const auto from = static_cast<std::uint32_t>(random.below(3));
      ASSERT_EQ(log.add(entry(name), from, false), model.add(name));
      log.sanity_check();
      ASSERT_EQ(log.size(), model.order.size());
      ASSERT_EQ(log.has_gap(), model.has_gap());
      if (step % 4 != 0) continue;

      ASSERT_EQ(expand(log.digest()), model.held);
      for (std::uint64_t i = 0; i < log.size(); ++i) {
        ASSERT_EQ(name_of(log.entry(i)), model.order[i]);
      }
      const Names asked = random.some(random.below(2) == 0 ? 2 : 50);
      ASSERT_EQ(log.holds(pack(asked)), includes(model.held, asked));
      ASSERT_TRUE(log.holds(log.digest()));

      const std::uint64_t from_position = random.below(log.size() + 1);
      const std::uint64_t to = from_position + random.below(log.size() - from_position + 1);
      const std::uint64_t stride = 1 + random.below(3);
      Names wanted;
      for (std::uint64_t i = from_position; i < to; ++i) {
        if (i % stride == 0) wanted.insert(model.order[i]);
      }
      const EntryNames named =
          log.names(from_position, to, [&](std::uint64_t i) { return i % stride == 0; });
      ASSERT_EQ(expand(named), wanted);
      ASSERT_EQ(named == nullptr, wanted.empty());

      const Names theirs = random.some(80);
      const Log::Holder holder(log, pack(theirs));
      for (std::uint64_t i = 0; i < log.size(); ++i) {
        ASSERT_EQ(holder.holds(log[i]), theirs.contains(model.order[i]));
      }
      ASSERT_EQ(holder.holds_all(), includes(theirs, model.held));
    }
  }
}

TEST(InsertIntoRanges, IsAsASetOfNumbers) {
  RandomLog random(7);
  for (int run = 0; run < 200; ++run) {
    std::vector<SequenceRange> ranges;
    std::set<std::uint64_t> model;
    for (int i = 0; i < 30; ++i) {
      const std::uint64_t number = random.below(20);
      ASSERT_EQ(insert(ranges, number), model.insert(number).second);
      std::set<std::uint64_t> held;
      for (std::size_t r = 0; r < ranges.size(); ++r) {
        ASSERT_TRUE(r == 0 || ranges[r - 1].end < ranges[r].first);
        for (auto n = ranges[r].first; n < ranges[r].end; ++n) held.insert(n);
      }
      ASSERT_EQ(held, model);
    }
  }
}

}  // namespace
}  // namespace bruit::core
