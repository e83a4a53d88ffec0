// The nemesis: when it strikes, what it cuts, and what it writes into the history.
#include "bruit/workbench/faults/nemesis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace bruit::workbench {
namespace {

using std::chrono::seconds;
using testing::StartsWith;

struct Deaf : NetworkObserver {
  void on_deliver(Packet&&, Time) override {}
};

struct Fixture {
  explicit Fixture(const TestOptions& chosen)
      : options(chosen),
        network(options, queue, observer),
        nemesis(options, queue, network, history) {}

  // Lets it do all that it wants to do in the main phase.
  void run() {
    nemesis.start(begin);
    while (!queue.empty()) nemesis.on_due(queue.pop().time);
  }
  // The times at which it did something.
  std::vector<Duration> times() const {
    std::vector<Duration> times;
    for (std::size_t i = 0; i < history.ops.size(); i += 2) times.push_back(history.ops[i].time);
    return times;
  }

  static constexpr Time begin{seconds(3)};
  const TestOptions options;
  EventQueue queue;
  Deaf observer;
  Network network;
  History history;
  Nemesis nemesis;
};

TestOptions partitions(std::uint64_t seed = 1) {
  TestOptions options;
  options.partition = true;
  options.nemesis_interval = seconds(10);
  options.time_limit = seconds(100'000);
  options.seed = seed;
  return options;
}

TEST(Nemesis, DoesNothingUnlessAsked) {
  Fixture fixture{TestOptions{}};
  fixture.run();
  fixture.nemesis.finish(Fixture::begin + seconds(20));
  EXPECT_TRUE(fixture.history.ops.empty());
  EXPECT_FALSE(fixture.network.any_cut());
}

TEST(Nemesis, CutsAtOnceAndHealsAndCutsInTurn) {
  Fixture fixture(partitions());
  fixture.nemesis.start(Fixture::begin);
  EXPECT_TRUE(fixture.network.any_cut());
  EXPECT_TRUE(fixture.nemesis.in_force().has_value());
  fixture.nemesis.on_due(fixture.queue.pop().time);
  EXPECT_FALSE(fixture.network.any_cut());
  EXPECT_FALSE(fixture.nemesis.in_force().has_value());
  fixture.nemesis.on_due(fixture.queue.pop().time);
  EXPECT_TRUE(fixture.network.any_cut());
}

TEST(Nemesis, ActsAfterUniformGapsOfUpToTwiceTheInterval) {
  Fixture fixture(partitions());
  fixture.run();
  const auto times = fixture.times();
  ASSERT_GT(times.size(), 9000U);
  EXPECT_EQ(times.front(), Duration::zero());
  Duration longest{};
  Duration shortest = Duration::max();
  for (std::size_t i = 1; i < times.size(); ++i) {
    longest = std::max(longest, times[i] - times[i - 1]);
    shortest = std::min(shortest, times[i] - times[i - 1]);
  }
  EXPECT_LT(longest, seconds(20));
  EXPECT_GT(longest, std::chrono::milliseconds(19'900));
  EXPECT_LT(shortest, std::chrono::milliseconds(100));
  const double mean_gap =
      std::chrono::duration<double>(times.back()).count() / static_cast<double>(times.size() - 1);
  EXPECT_NEAR(mean_gap, 10, 0.2);
  EXPECT_LT(times.back(), seconds(100'000));
}

TEST(Nemesis, DrawsEveryShapeEquallyOften) {
  Fixture fixture(partitions());
  fixture.run();
  std::map<std::string, int> counts;
  int starts = 0;
  for (const auto& op : fixture.history.ops) {
    if (op.f != "start-partition") continue;
    const std::string text = to_string(std::get<Edn>(op.value));
    if (text.starts_with("[")) continue;
    ++counts[text];
    ++starts;
  }
  ASSERT_EQ(counts.size(), 4U);
  for (const auto& [shape, count] : counts) EXPECT_NEAR(count, starts / 4, 120) << shape;
}

TEST(Nemesis, RecordsEveryActAsTwoEntriesLikeJepsen) {
  TestOptions options = partitions();
  options.time_limit = seconds(1);
  Fixture fixture(options);
  fixture.nemesis.start(Fixture::begin);
  fixture.nemesis.finish(Fixture::begin + seconds(2));
  const auto& ops = fixture.history.ops;
  ASSERT_EQ(ops.size(), 4U);
  for (std::size_t i = 0; i < ops.size(); ++i) {
    EXPECT_EQ(ops[i].index, i);
    EXPECT_EQ(ops[i].type, OpType::info);
    EXPECT_TRUE(ops[i].process.is_nemesis());
    EXPECT_EQ(ops[i].f, i < 2 ? "start-partition" : "stop-partition");
    EXPECT_EQ(ops[i].time, i < 2 ? seconds(0) : seconds(2));
  }
  EXPECT_THAT(to_string(std::get<Edn>(ops[0].value)), StartsWith(":"));
  EXPECT_THAT(to_string(std::get<Edn>(ops[1].value)), StartsWith("[:isolated {"));
  EXPECT_EQ(ops[2].value, OpValue(Nil{}));
  EXPECT_EQ(ops[3].value, OpValue(Edn::keyword("network-healed")));
}

TEST(Nemesis, CutsExactlyWhatItRecords) {
  Fixture fixture(partitions(4));
  fixture.nemesis.start(Fixture::begin);
  Grudge grudge(fixture.options.nodes.size());
  for (std::uint32_t node = 0; node < grudge.size(); ++node) {
    for (std::uint32_t peer = 0; peer < grudge.size(); ++peer) {
      if (fixture.network.is_cut(peer, node)) grudge[node].push_back(peer);
    }
  }
  EXPECT_EQ(std::get<Edn>(fixture.history.ops[1].value), to_edn(grudge, fixture.options.nodes));
}

TEST(Nemesis, HealsAtTheEndEvenIfNothingIsCut) {
  TestOptions options = partitions();
  Fixture fixture(options);
  fixture.nemesis.start(Fixture::begin);
  fixture.nemesis.on_due(fixture.queue.pop().time);  // heals
  fixture.nemesis.finish(Fixture::begin + seconds(50));
  EXPECT_EQ(fixture.history.ops.back().value, OpValue(Edn::keyword("network-healed")));
  EXPECT_EQ(fixture.history.ops.back().time, seconds(50));
  // What was scheduled before comes to nothing.
  const auto count = fixture.history.ops.size();
  fixture.nemesis.on_due(fixture.queue.pop().time);
  EXPECT_EQ(fixture.history.ops.size(), count);
}

TEST(Nemesis, StopsWithTheTimeLimit) {
  TestOptions options = partitions();
  options.time_limit = seconds(35);
  for (options.seed = 0; options.seed < 50; ++options.seed) {
    Fixture fixture(options);
    fixture.run();
    EXPECT_LT(fixture.times().back(), seconds(35));
  }
}

TEST(Nemesis, IsAFunctionOfTheSeed) {
  Fixture one(partitions(1));
  Fixture again(partitions(1));
  Fixture other(partitions(2));
  for (auto* fixture : {&one, &again, &other}) fixture->run();
  EXPECT_EQ(one.history.ops, again.history.ops);
  EXPECT_NE(one.history.ops, other.history.ops);
}

}  // namespace
}  // namespace bruit::workbench
