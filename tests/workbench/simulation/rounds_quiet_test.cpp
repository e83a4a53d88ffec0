// `rounds` while hardly anybody says anything: traffic repairs what a protocol forgot, so what it
// forgets shows here. Faults at every time around the only value, or between one and the next.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/simulation/explore.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr core::Budget challenge_3d{.worst = milliseconds(600), .median = milliseconds(400)};
constexpr core::Budget challenge_3e{.worst = seconds(2), .median = seconds(1)};

// What happens when, in any order.
using Lines = std::vector<std::pair<milliseconds, std::string>>;

std::string in_order(Lines lines) {
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text = "scenario 1\n";
  for (const auto& [at, what] : lines) text += fmt::format("{}ms {}\n", at.count(), what);
  return text;
}

Lines operator+(Lines lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

Lines restart(std::uint32_t node, milliseconds at, milliseconds down) {
  return {{at, fmt::format("kill n{}", node)}, {at + down, fmt::format("restart n{}", node)}};
}

Lines broadcast(std::uint32_t client, milliseconds at) {
  return {{at, fmt::format("client {} broadcast", client)}};
}

SimulationResult run(std::uint32_t nodes, Duration time_limit, const std::string& scenario,
                     core::Budget budget = challenge_3d) {
  SimulationOptions options;
  options.strategy.rounds.budget = budget;
  TestOptions& test = options.test;
  test.nodes = numbered_nodes(nodes);
  test.concurrency = nodes;
  test.latency = milliseconds(100);
  test.network = NetworkModel::ideal;
  test.time_limit = time_limit;
  test.scenario = std::make_shared<const Scenario>(parse_scenario(
      scenario, {.nodes = test.nodes, .clients = test.concurrency, .time_limit = test.time_limit}));
  return simulate(options);
}

void expect_nothing_lost(std::uint32_t nodes, Duration time_limit, const Lines& lines,
                         core::Budget budget = challenge_3d) {
  const std::string scenario = in_order(lines);
  const SimulationResult result = run(nodes, time_limit, scenario, budget);
  EXPECT_FALSE(failure_in(result).has_value())
      << nodes << " nodes\n"
      << scenario << (result.invariants.told.empty() ? "" : result.invariants.told.front().what);
  EXPECT_EQ(result.lost, 0U);
}

constexpr milliseconds downtimes[] = {milliseconds(0),   milliseconds(10),  milliseconds(100),
                                      milliseconds(200), milliseconds(500), seconds(10)};

// From before the value has left its node until after everything has been said.
TEST(RoundsWhileQuiet, ARestartAroundTheOnlyValueLosesNothing) {
  for (const std::uint32_t nodes : {2U, 3U, 5U, 25U}) {
    for (std::uint32_t killed = 0; killed < std::min(nodes, 3U); ++killed) {
      for (std::uint32_t told = 0; told < std::min(nodes, 3U); ++told) {
        for (milliseconds at{0}; at <= milliseconds(900); at += milliseconds(15)) {
          for (const milliseconds down : downtimes) {
            expect_nothing_lost(nodes, seconds(25),
                                broadcast(told, milliseconds(100)) + restart(killed, at, down));
          }
        }
      }
    }
  }
}

// A message that was written for a former life meets the next one, with a second value to say.
TEST(RoundsWhileQuiet, ARestartBetweenTwoValuesLosesNothing) {
  for (milliseconds at{0}; at <= milliseconds(500); at += milliseconds(5)) {
    for (const milliseconds down : downtimes) {
      for (const std::uint32_t killed : {0U, 1U}) {
        expect_nothing_lost(2, seconds(25),
                            broadcast(1, milliseconds(0)) + broadcast(1, milliseconds(1500)) +
                                restart(killed, at, down));
      }
    }
  }
}

// The value is everywhere when they die, and another node still has it.
TEST(RoundsWhileQuiet, TwoRestartsAtOnceLoseNothing) {
  const std::pair<std::uint32_t, std::uint32_t> pairs[] = {{0, 1}, {0, 2}, {1, 2}, {2, 0}, {1, 0}};
  for (const std::uint32_t nodes : {3U, 4U, 5U, 25U}) {
    for (const auto& [first, second] : pairs) {
      for (const int gap : {0, 5, 30, 60, 100, 150, 200, 250, 400, 1000, 2500}) {
        for (const milliseconds down : downtimes) {
          expect_nothing_lost(nodes, seconds(30),
                              broadcast(nodes == 3 ? 3 - first - second : 3, milliseconds(0)) +
                                  restart(first, seconds(3), down) +
                                  restart(second, seconds(3) + milliseconds(gap), down));
        }
      }
    }
  }
}

// What was acknowledged by mistake must not keep a third node from hearing of the value.
TEST(RoundsWhileQuiet, ARestartDuringACutLosesNothing) {
  for (const core::Budget& budget : {challenge_3d, challenge_3e}) {
    for (const std::uint32_t apart : {0U, 1U, 2U}) {
      const std::uint32_t a = (apart + 1) % 3;
      const std::uint32_t b = (apart + 2) % 3;
      const std::string links = fmt::format("n{} <-> n{},n{}", apart, a, b);
      for (const std::uint32_t killed : {0U, 1U, 2U}) {
        for (int before = 0; before <= 1500; before += 50) {
          for (const milliseconds down : downtimes) {
            expect_nothing_lost(
                3, seconds(80),
                Lines{{seconds(0), "cut " + links}, {seconds(10), "mend " + links}} +
                    broadcast(a, seconds(1)) + broadcast(b, seconds(60)) +
                    restart(killed, seconds(10) - milliseconds(before), down),
                budget);
          }
        }
      }
    }
  }
}

// --- Long partitions ---

struct Halves {
  std::vector<std::uint32_t> one;
  std::vector<std::uint32_t> other;
};

// Drawn.
Halves draw_halves(std::uint32_t nodes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Halves halves;
  for (std::uint32_t node = 0; node < nodes; ++node) {
    (random() % 2 == 0 ? halves.one : halves.other).push_back(node);
  }
  if (halves.one.empty()) std::swap(halves.one, halves.other);
  if (halves.other.empty()) {
    halves.other.push_back(halves.one.back());
    halves.one.pop_back();
  }
  return halves;
}

std::string names(const std::vector<std::uint32_t>& nodes) {
  std::vector<std::string> all;
  for (const std::uint32_t node : nodes) all.push_back("n" + std::to_string(node));
  return fmt::format("{}", fmt::join(all, ","));
}

struct LongPartition {
  std::uint32_t nodes;
  seconds lasts;
};
void PrintTo(const LongPartition& partition, std::ostream* out) {
  *out << partition.nodes << " nodes, " << partition.lasts.count() << " s";
}

class RoundsAfterALongPartition : public testing::TestWithParam<LongPartition> {};

// A second, three hops and the depth of the tree, however long it lasted.
TEST_P(RoundsAfterALongPartition, EverythingIsEverywhereSoon) {
  const auto& [nodes, lasts] = GetParam();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Halves halves = draw_halves(nodes, seed);
    const std::string links = names(halves.one) + " <-> " + names(halves.other);
    const seconds healed = seconds(5) + lasts;
    const std::string text = in_order(
        Lines{{seconds(5), "cut " + links}, {healed, "mend " + links}} +
        broadcast(halves.one.front(), seconds(6)) + broadcast(halves.other.front(), seconds(6)));
    const SimulationResult result = run(nodes, healed + seconds(15), text);
    EXPECT_FALSE(failure_in(result).has_value()) << text;
    ASSERT_TRUE(result.invariants.converged_after_last_heal.has_value()) << text;
    EXPECT_LE(*result.invariants.converged_after_last_heal, seconds(1) + 4 * milliseconds(100))
        << text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    , RoundsAfterALongPartition,
    testing::Values(LongPartition{5, seconds(20)}, LongPartition{5, seconds(60)},
                    LongPartition{5, seconds(200)}, LongPartition{5, seconds(3600)},
                    LongPartition{25, seconds(20)}, LongPartition{25, seconds(200)},
                    LongPartition{25, seconds(3600)}, LongPartition{100, seconds(60)},
                    LongPartition{100, seconds(200)}),
    [](const auto& partition) {
      return fmt::format("{}_nodes_{}_seconds", partition.param.nodes,
                         partition.param.lasts.count());
    });

}  // namespace
}  // namespace bruit::workbench
