// The explorer: it tries what it says, finds what is there, and says the same whatever the threads.
#include "bruit/workbench/simulation/explore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bruit/workbench/faults/scenario_text.h"
#include "workbench/hosts/plain_strategy.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

ExploreOptions cluster(core::StrategyKind kind, std::uint32_t nodes, unsigned deviations,
                       std::vector<Placement> placements = {Placement::one}) {
  ExploreOptions options;
  options.simulation.strategy.kind = kind;
  options.simulation.test.nodes = numbered_nodes(nodes);
  options.simulation.test.latency = milliseconds(100);
  options.placements = std::move(placements);
  options.deviations = deviations;
  options.kinds = any_kind(deviations);
  return options;
}

// The same, with a strategy of the tests.
template <typename Strategy>
ExploreOptions cluster_of(std::uint32_t nodes, unsigned deviations,
                          std::vector<Placement> placements = {Placement::one}) {
  ExploreOptions options =
      cluster(core::StrategyKind::flood, nodes, deviations, std::move(placements));
  options.simulation.factory = factory_of<Strategy>();
  return options;
}

std::vector<KindLimit> only(std::vector<DeviationKind> kinds, unsigned most) {
  KindSet set = 0;
  for (const DeviationKind kind : kinds) set |= set_of(kind);
  return {{set, most}};
}

// The faults and values of each, as in a scenario file.
std::vector<std::string> all_patterns(const ExploreOptions& options) {
  std::vector<std::string> texts;
  const auto nodes = static_cast<std::uint32_t>(options.simulation.test.nodes.size());
  const Deviations deviations(nodes);
  list_patterns(options, [&](Placement placement, const Pattern& pattern) {
    Scenario scenario{deviations.faults(pattern), std::vector<TimedOperation>()};
    for (const Deviation& deviation : pattern) {
      if (const auto* value = std::get_if<ValuePublished>(&deviation.what)) {
        scenario.operations->push_back({.at = deviation.at, .client = value->node});
      }
    }
    texts.push_back(std::string(to_string(placement)) + " " +
                    to_text(scenario, numbered_nodes(nodes)));
    return true;
  });
  return texts;
}

// --- How many there are ---

// A flood of one value between two nodes has two messages, and five moments: two starts, the
// client's operation, two arrivals. docs/explorer.md counts this by hand.
TEST(PatternCount, OfATinyClusterIsAsByHand) {
  ExploreOptions options = cluster(core::StrategyKind::flood, 2, 1);
  const auto count = [&](DeviationKind kind) {
    options.kinds = only({kind}, 1);
    return count_patterns(options).front().by_deviations.at(1);
  };
  EXPECT_EQ(count(DeviationKind::loss), 2U);         // each message
  EXPECT_EQ(count(DeviationKind::duplication), 4U);  // at once, and 10 s later
  EXPECT_EQ(count(DeviationKind::hold), 2U);         // nothing ticks: 10 s each
  EXPECT_EQ(count(DeviationKind::cut), 24U);         // 2 messages, 4 shapes, 3 times
  EXPECT_EQ(count(DeviationKind::kill), 24U);        // 2 starts once, 3 moments twice, 3 times
  EXPECT_EQ(count(DeviationKind::freeze), 15U);      // 5 moments, 3 times
  options.kinds = any_kind(1);
  EXPECT_THAT(count_patterns(options).front().by_deviations, ElementsAre(1U, 71U));
}

// After the first message is lost there is no second one.
TEST(PatternCount, OfTwoDeviationsGoesByTheRunWithTheFirst) {
  ExploreOptions options = cluster(core::StrategyKind::flood, 2, 2);
  options.kinds = only({DeviationKind::loss}, 2);
  EXPECT_THAT(count_patterns(options).front().by_deviations, ElementsAre(1U, 2U, 0U));
  // A copy changes nothing: two variants of each of two messages.
  options.kinds = only({DeviationKind::duplication}, 2);
  EXPECT_THAT(count_patterns(options).front().by_deviations, ElementsAre(1U, 4U, 4U));
  // The first twice and the second lost, or the other way round; a lost one has no successor.
  options.kinds = only({DeviationKind::loss, DeviationKind::duplication}, 2);
  EXPECT_THAT(count_patterns(options).front().by_deviations, ElementsAre(1U, 6U, 4U + 2U));
}

// Two starts: a value just after them, or 10 s later, at two nodes.
TEST(PatternCount, OfMomentsIsThatOfTheMomentsOfARunWithoutValues) {
  ExploreOptions options = cluster(core::StrategyKind::flood, 2, 0, {Placement::moments});
  EXPECT_THAT(count_patterns(options).front().by_deviations, ElementsAre(4U));
  options.deviations = 2;  // no more than one is made
  options.kinds = only({DeviationKind::loss}, 2);
  EXPECT_THAT(count_patterns(options).front().by_deviations, ElementsAre(4U, 8U, 0U));
}

TEST(PatternCount, IsThatOfTheRunsIfNoneFails) {
  ExploreOptions options =
      cluster(core::StrategyKind::reliable_flood, 2, 2, {Placement::one, Placement::moments});
  options.kinds = only({DeviationKind::loss, DeviationKind::hold, DeviationKind::freeze}, 2);
  const auto counts = count_patterns(options);
  const Exploration exploration = explore(options);
  EXPECT_EQ(exploration.failing(), 0U);
  EXPECT_EQ(exploration.end, Exploration::End::complete);
  ASSERT_EQ(counts.size(), exploration.placements.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(counts[i].by_deviations, exploration.placements[i].runs_by_deviations);
  }
}

TEST(Patterns, AreAllDifferent) {
  ExploreOptions options =
      cluster(core::StrategyKind::reliable_flood, 2, 2, {Placement::one, Placement::moments});
  using enum DeviationKind;
  options.kinds = only({loss, duplication, hold, kill, freeze}, 2);
  const auto texts = all_patterns(options);
  EXPECT_EQ(std::set(texts.begin(), texts.end()).size(), texts.size());
  EXPECT_GT(texts.size(), 3000U);
}

// Of cuts that overlap, a longer one may take the place of another.
TEST(Patterns, OfCutsAreNearlyAllDifferent) {
  ExploreOptions options = cluster(core::StrategyKind::reliable_flood, 2, 2);
  options.kinds = only({DeviationKind::cut}, 2);
  const auto texts = all_patterns(options);
  EXPECT_GT(texts.size(), 1000U);
  EXPECT_GT(std::set(texts.begin(), texts.end()).size(), texts.size() * 95 / 100);
}

// What arrives at one instant, here from n1 at both others, is cut off together.
TEST(Patterns, OfACutAreOneForEachShapeAndInstant) {
  ExploreOptions options = cluster(core::StrategyKind::flood, 3, 1);
  options.kinds = only({DeviationKind::cut}, 1);
  std::set<std::string> at_first;
  list_patterns(options, [&](Placement, const Pattern& pattern) {
    if (!pattern.empty() && pattern[0].at < milliseconds(1100)) {
      at_first.insert(cut_shapes(3)[std::get<LinksCut>(pattern[0].what).shape].what +
                      cut_shapes(3)[std::get<LinksCut>(pattern[0].what).shape].heals +
                      std::to_string(std::get<LinksCut>(pattern[0].what).lasts.count()));
    }
    return true;
  });
  std::size_t concerned = 0;
  std::size_t all = 0;
  for (const CutShape& shape : cut_shapes(3)) {
    ++all;
    if (shape.contains({1, 0}) || shape.contains({1, 2})) ++concerned;
  }
  EXPECT_EQ(at_first.size(), 3 * concerned);
  EXPECT_LT(concerned, all);
}

TEST(Patterns, HaveNoMoreOfAKindThanTheirGroupAllows) {
  ExploreOptions options = cluster(core::StrategyKind::reliable_flood, 2, 2);
  options.kinds = only({DeviationKind::kill}, 2);
  options.kinds.push_back({set_of(DeviationKind::cut), 1});
  std::set<std::pair<DeviationKind, DeviationKind>> pairs;
  list_patterns(options, [&](Placement, const Pattern& pattern) {
    if (pattern.size() == 2) pairs.emplace(pattern[0].kind(), pattern[1].kind());
    return true;
  });
  using enum DeviationKind;
  EXPECT_THAT(pairs, testing::UnorderedElementsAre(std::pair(kill, kill), std::pair(kill, cut),
                                                   std::pair(cut, kill)));
}

// A hold waits for the repetition after half a second, which is another timer than the receiver's.
TEST(Patterns, HoldAMessageUntilTimersHaveActed) {
  ExploreOptions options = cluster(core::StrategyKind::reliable_flood, 2, 1);
  options.kinds = only({DeviationKind::hold}, 1);
  std::vector<std::string> words;
  list_patterns(options, [&](Placement placement, const Pattern& pattern) {
    for (const auto& word : describe(options, placement, pattern).words) words.push_back(word);
    return true;
  });
  EXPECT_THAT(words, testing::Contains("message 1 n1 -> n0 (batch) is held until the next tick of "
                                       "its sender (1500000001ns) instead of 1100ms"));
}

TEST(Patterns, LeaveAloneWhatIsFarFromEveryChange) {
  // It repeats every two seconds while the link is cut.
  ExploreOptions options = cluster(core::StrategyKind::reliable_flood, 2, 2);
  options.kinds = only({DeviationKind::cut}, 1);
  options.kinds.push_back({set_of(DeviationKind::freeze), 1});
  const auto near = count_patterns(options).front().by_deviations.at(2);
  options.reach = seconds(1000);
  const auto all = count_patterns(options).front().by_deviations.at(2);
  EXPECT_LT(2 * near, all);
}

// --- What it finds ---

TEST(Explorer, FindsThatAFloodLosesAValueWithItsMessage) {
  ExploreOptions options = cluster(core::StrategyKind::flood, 2, 1);
  options.kinds = only({DeviationKind::loss}, 1);
  const Exploration exploration = explore(options);
  EXPECT_EQ(exploration.end, Exploration::End::first_failure);
  ASSERT_TRUE(exploration.smallest.has_value());
  EXPECT_THAT(exploration.smallest->words, ElementsAre("message 1 n1 -> n0 (rumor) is lost"));
  EXPECT_EQ(exploration.smallest->what, "no loss: 0, acknowledged at 1s, is missing at n0");
}

TEST(Explorer, WritesAPatternThatASimulationReplays) {
  ExploreOptions options = cluster(core::StrategyKind::flood, 3, 2);
  options.keep_going = true;
  options.failing_kept = 50;
  const Exploration exploration = explore(options);
  const auto& failing = exploration.placements.front().failing_patterns;
  ASSERT_EQ(failing.size(), 50U);
  for (const Pattern& pattern : failing) {
    const FoundPattern found = describe(options, Placement::one, pattern);
    SimulationOptions again = found.options;
    const TestOptions& test = again.test;
    again.test.scenario = std::make_shared<const Scenario>(parse_scenario(
        to_text(*test.scenario, test.nodes),
        {.nodes = test.nodes, .clients = test.concurrency, .time_limit = test.time_limit}));
    const SimulationResult result = simulate(again);
    ASSERT_TRUE(failure_in(result).has_value());
    EXPECT_THAT(found.what, testing::StartsWith(std::string(to_string(*failure_in(result)))));
  }
}

TEST(Explorer, IsContentWithAStrategyThatRepeatsUntilItIsAcknowledged) {
  for (const std::uint32_t nodes : {2U, 3U}) {
    ExploreOptions options =
        cluster(core::StrategyKind::reliable_flood, nodes, 1,
                {Placement::one, Placement::three, Placement::apart, Placement::moments});
    options.kinds = only({DeviationKind::loss, DeviationKind::duplication, DeviationKind::hold,
                          DeviationKind::cut, DeviationKind::freeze},
                         1);
    const Exploration exploration = explore(options);
    EXPECT_EQ(exploration.end, Exploration::End::complete);
    EXPECT_EQ(exploration.failing(), 0U)
        << (exploration.smallest ? exploration.smallest->what : "");
    EXPECT_GT(exploration.runs(), nodes == 2 ? 500U : 2000U);
  }
}

// A node that begins anew is not told what it missed.
TEST(Explorer, FindsThatRestartsLoseValuesOfAStrategyWithoutMemory) {
  ExploreOptions options = cluster(core::StrategyKind::reliable_flood, 2, 1);
  options.kinds = only({DeviationKind::kill}, 1);
  const Exploration exploration = explore(options);
  ASSERT_TRUE(exploration.smallest.has_value());
  EXPECT_THAT(exploration.smallest->words.front(), HasSubstr("is killed just after"));
  EXPECT_THAT(exploration.smallest->what, HasSubstr("missing at"));
}

TEST(Explorer, CountsWhatDiedWithItsOnlyHolder) {
  ExploreOptions options = cluster(core::StrategyKind::flood, 2, 1);
  options.kinds = only({DeviationKind::kill}, 1);
  options.keep_going = true;
  const PlacementSummary summary = explore(options).placements.front();
  // n1 dies just after the client's operation, and is dead when the message would be known to
  // nobody else: only while it is under way, and it arrives.
  EXPECT_EQ(summary.died_runs, summary.died);
  EXPECT_GT(summary.died, 0U);
}

// Right but for two things that must come together: it gives up repeating after the second time.
class GivesUp : public PlainStrategy {
 public:
  using PlainStrategy::PlainStrategy;
  core::PublishResult publish(core::Value value, Time now, core::Outbox& outbox) override {
    const auto result = PlainStrategy::publish(std::move(value), now, outbox);
    again_at_ = now + seconds(1);
    return result;
  }
  void tick(Time now, core::Outbox& outbox) override {
    if (!again_at_ || now < *again_at_) return;
    again_at_.reset();
    for (const auto& value : values_) spread(value, outbox);
  }
  std::optional<Time> next_tick() const override { return again_at_; }

 private:
  std::optional<Time> again_at_;
};

TEST(Explorer, FindsWhatTakesTwoDeviationsWithTwoAndNotWithOne) {
  ExploreOptions options = cluster_of<GivesUp>(3, 1);
  options.kinds = only({DeviationKind::loss, DeviationKind::duplication}, 2);
  EXPECT_EQ(explore(options).failing(), 0U);
  options.deviations = 2;
  const Exploration exploration = explore(options);
  ASSERT_TRUE(exploration.smallest.has_value());
  EXPECT_THAT(exploration.smallest->words, ElementsAre("message 1 n1 -> n0 (rumor) is lost",
                                                       "message 2 n1 -> n0 (rumor) is lost"));
}

// Breaks if a value comes just after a restart; no fixed placement has one then.
class Drowsy : public PlainStrategy {
 public:
  using PlainStrategy::PlainStrategy;
  core::PublishResult publish(core::Value value, Time now, core::Outbox& outbox) override {
    if (now - start_ >= milliseconds(1)) return PlainStrategy::publish(value, now, outbox);
    show(value, outbox);
    return core::PublishResult::accepted;
  }
};

TEST(Explorer, FindsAnUnhappyMomentForAValue) {
  EXPECT_EQ(explore(cluster_of<Drowsy>(2, 0, {Placement::one, Placement::three, Placement::apart}))
                .failing(),
            0U);
  const Exploration exploration =
      explore(cluster_of<Drowsy>(2, 0, {Placement::one, Placement::moments}));
  ASSERT_TRUE(exploration.smallest.has_value());
  EXPECT_THAT(exploration.smallest->words,
              ElementsAre("a client of n0 broadcasts a value, at 1ns"));
}

// Sends without end, or wants to be called again at once: a failure too.
class Babbler : public PlainStrategy {
 public:
  using PlainStrategy::PlainStrategy;
  void tick(Time now, core::Outbox& outbox) override {
    next_ = now + milliseconds(10);
    outbox.send(core::NodeId{(members_.self().index + 1) % members_.count()}, core::Ack{1});
  }
  void receive(core::NodeId from, const core::Message& message, Time now,
               core::Outbox& outbox) override {
    if (std::holds_alternative<core::Rumor>(message)) next_ = now;
    PlainStrategy::receive(from, message, now, outbox);
  }
  std::optional<Time> next_tick() const override { return next_; }

 private:
  std::optional<Time> next_;
};

TEST(Explorer, FindsTooManyMessages) {
  ExploreOptions options = cluster_of<Babbler>(2, 0);
  options.simulation.expectations.silence = seconds(1000);
  const Exploration exploration = explore(options);
  ASSERT_TRUE(exploration.smallest.has_value());
  EXPECT_THAT(exploration.smallest->what, HasSubstr("bounds: there were"));
  EXPECT_EQ(exploration.smallest->options.expectations.messages, default_message_limit(2, {}));
  options.messages_most = 100'000;
  EXPECT_EQ(explore(options).failing(), 0U);
}

// Never silent, values or not.
class Ticker : public PlainStrategy {
 public:
  using PlainStrategy::PlainStrategy;
  void tick(Time now, core::Outbox& outbox) override {
    if (now < next_) return;
    next_ = now + seconds(1);
    outbox.send(core::NodeId{(members_.self().index + 1) % members_.count()}, core::Ack{1});
  }
  std::optional<Time> next_tick() const override { return next_; }

 private:
  Time next_ = start_ + seconds(1);
};

TEST(Explorer, FindsWhatIsWrongEvenWithoutAValue) {
  for (const std::uint64_t limit : {std::uint64_t{0}, UINT64_MAX}) {
    ExploreOptions options = cluster_of<Ticker>(2, 0, {Placement::moments});
    options.runs_most = limit;
    const Exploration exploration = explore(options);
    EXPECT_EQ(exploration.runs(), limit == 0 ? 0U : 1U);
    if (limit == 0) continue;
    ASSERT_TRUE(exploration.smallest.has_value());
    EXPECT_TRUE(exploration.smallest->words.empty());
    EXPECT_THAT(exploration.smallest->what, HasSubstr("silence"));
  }
}

TEST(Explorer, AllowsMoreMessagesTheLongerThingsAreBroken) {
  const Moment moment{seconds(1), 1, Moment::Cause::operation, {}};
  const Pattern none;
  const Pattern one{{seconds(1), MessageLost{{0, 1, 1}}}};
  const Pattern dead{{seconds(1), NodeDies{moment, Side::after, seconds(10)}}};
  const Pattern value{{seconds(1), ValuePublished{0}}};
  EXPECT_EQ(default_message_limit(2, none), 80U);
  EXPECT_EQ(default_message_limit(2, value), 80U);
  EXPECT_EQ(default_message_limit(2, one), 160U);
  EXPECT_EQ(default_message_limit(3, one), 480U);
  EXPECT_EQ(default_message_limit(2, dead), 260U);
}

// --- The search itself ---

std::string text_of(const Exploration& exploration) {
  std::string text = std::to_string(static_cast<int>(exploration.end)) + " " +
                     std::to_string(exploration.auxiliary_runs);
  for (const auto& summary : exploration.placements) {
    for (const auto runs : summary.runs_by_deviations) text += " " + std::to_string(runs);
    text += " ends " + std::to_string(summary.ends.count());
    text += " failing " + std::to_string(summary.failing);
    for (const auto& [kind, runs, first] : summary.failures) {
      text += " " + std::string(to_string(kind)) + " " + std::to_string(runs);
    }
    text += " died " + std::to_string(summary.died);
    text += " most " + std::to_string(summary.most_messages);
    text += " recovery " + std::to_string(summary.worst_recovery.value_or(Duration(-1)).count());
  }
  if (exploration.smallest) {
    for (const auto& word : exploration.smallest->words) text += "\n" + word;
  }
  return text;
}

TEST(Explorer, FindsTheSameWithAnyNumberOfThreads) {
  for (const bool keep_going : {false, true}) {
    for (const std::uint64_t limit : {UINT64_MAX, std::uint64_t{700}, std::uint64_t{30}}) {
      ExploreOptions options = cluster(core::StrategyKind::tree, 3, 2,
                                       {Placement::one, Placement::apart, Placement::moments});
      options.kinds = only({DeviationKind::loss, DeviationKind::hold, DeviationKind::kill}, 2);
      options.keep_going = keep_going;
      options.runs_most = limit;
      const std::string alone = text_of(explore(options));
      for (const unsigned jobs : {2U, 5U}) {
        options.jobs = jobs;
        EXPECT_EQ(text_of(explore(options)), alone) << jobs << " threads, limit " << limit;
      }
    }
  }
}

TEST(Explorer, MakesExactlyAsManyRunsAsItMay) {
  ExploreOptions options = cluster(core::StrategyKind::reliable_flood, 2, 2);
  options.kinds = only({DeviationKind::loss, DeviationKind::freeze}, 2);
  const std::uint64_t all = explore(options).runs();
  for (const std::uint64_t limit : {std::uint64_t{1}, std::uint64_t{2}, all / 2, all - 1}) {
    options.runs_most = limit;
    const Exploration exploration = explore(options);
    EXPECT_EQ(exploration.runs(), limit);
    EXPECT_EQ(exploration.end, Exploration::End::limit);
  }
  options.runs_most = all;
  EXPECT_EQ(explore(options).end, Exploration::End::complete);
}

TEST(Explorer, StopsWhenItIsInterruptedWithWhatItHas) {
  ExploreOptions options = cluster(core::StrategyKind::reliable_flood, 3, 3);
  options.keep_going = true;
  std::atomic<bool> stop = false;
  const Exploration exploration = explore(
      options, [&](const ExploreProgress& now) { stop = now.runs > 2000; }, &stop);
  EXPECT_EQ(exploration.end, Exploration::End::interrupt);
  EXPECT_GT(exploration.runs(), 1500U);
  EXPECT_LT(exploration.runs(), 10'000U);
}

TEST(Explorer, TellsHowFarItIs) {
  ExploreOptions options =
      cluster(core::StrategyKind::flood, 2, 2, {Placement::one, Placement::three});
  options.keep_going = true;
  std::vector<std::pair<unsigned, Placement>> stages;
  double share = 0;
  explore(options, [&](const ExploreProgress& now) {
    if (stages.empty() || stages.back() != std::pair(now.deviations, now.placement)) {
      stages.emplace_back(now.deviations, now.placement);
      share = 0;
    }
    EXPECT_GE(now.share, share);
    EXPECT_LE(now.share, 1 + 1e-9);
    share = now.share;
  });
  EXPECT_NEAR(share, 1, 1e-9);
  using enum Placement;
  EXPECT_THAT(stages, ElementsAre(std::pair(0U, one), std::pair(0U, three), std::pair(1U, one),
                                  std::pair(1U, three), std::pair(2U, one), std::pair(2U, three)));
}

TEST(Explorer, RefusesWhatItCannotSearch) {
  const auto refusal = [](const auto& change) {
    ExploreOptions options = cluster(core::StrategyKind::flood, 3, 1);
    change(options);
    try {
      explore(options);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_THAT(refusal([](auto& o) { o.simulation.test.nodes = numbered_nodes(1); }),
              HasSubstr("1 nodes; expected 2 to 10"));
  EXPECT_THAT(refusal([](auto& o) { o.simulation.test.nodes = numbered_nodes(11); }),
              HasSubstr("11 nodes"));
  EXPECT_THAT(refusal([](auto& o) { o.simulation.test.latency = {}; }),
              HasSubstr("one constant latency above zero"));
  EXPECT_THAT(refusal([](auto& o) {
                o.simulation.test.latency_distribution = LatencyDistribution::uniform;
              }),
              HasSubstr("one constant latency"));
  EXPECT_THAT(refusal([](auto& o) { o.placements.clear(); }), HasSubstr("no placement"));
}

}  // namespace
}  // namespace bruit::workbench
