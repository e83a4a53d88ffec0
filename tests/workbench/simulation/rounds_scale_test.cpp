// `rounds` on clusters of 1 to 10,000 nodes without faults: what a round costs, who talks to whom,
// how late the last value is, how many bytes a message has besides its values, and that it ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "bruit/core/strategies/rounds/layout.h"
#include "bruit/core/strategies/rounds/planner.h"
#include "bruit/maelstrom/broadcast_codec.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/simulation/simulation.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration latency = milliseconds(100);
// Time for a tree of depth 3.
constexpr core::Budget budget{.worst = milliseconds(1500), .median = milliseconds(1200)};

// What nodes say to each other. Messages are counted from the first cut after some seconds on:
// before, nodes greet each other and measure how far they are, and a gather may leave too early.
class Talk final : public EventLog {
 public:
  explicit Talk(std::uint32_t count) : peers_(count) {}

  void on_sent(const Packet& packet) override {
    if (!packet.between_servers()) return;
    peers_[packet.source.index()].insert(packet.destination.index());
    auto message = std::get<core::Message>(packet.payload);
    const bool is_cut = packet.source.index() == 0;
    const bool is_first_counted = cuts_.empty() && packet.sent_at >= Time{} + warm_up;
    if (is_cut && packet.sent_at >= Time{} + warm_up) cuts_.insert(packet.sent_at);
    if (is_cut && is_first_counted) {
      gathers = acknowledgements = scatters = others = digests = 0;
      worst_bytes = 0;
    }
    if (auto* gather = std::get_if<core::Gather>(&message)) {
      ++(gather->sync.entries ? gathers : acknowledgements);
      strip(gather->sync);
    } else if (auto* scatter = std::get_if<core::Scatter>(&message)) {
      ++scatters;
      strip(scatter->sync);
    } else {
      ++others;
    }
    std::string members;
    maelstrom::append_broadcast_members(message, members);
    worst_bytes = std::max(worst_bytes, members.size());
  }

  // That were counted.
  std::uint64_t rounds() const { return cuts_.size(); }
  std::size_t most_peers() const {
    std::size_t most = 0;
    for (const auto& of_one : peers_) most = std::max(most, of_one.size());
    return most;
  }

  std::uint64_t gathers = 0;           // with values
  std::uint64_t acknowledgements = 0;  // gathers without
  std::uint64_t scatters = 0;
  std::uint64_t others = 0;
  std::uint64_t digests = 0;
  std::size_t worst_bytes = 0;  // of one message without values and names

 private:
  static constexpr Duration warm_up = seconds(4);

  void strip(core::Sync& sync) {
    if (sync.digest) ++digests;
    sync.entries = nullptr;
    sync.named = sync.digest = nullptr;
  }

  std::vector<std::set<std::uint32_t>> peers_;
  std::set<Time> cuts_;
};

struct Scale {
  std::uint32_t nodes;
  std::uint32_t fan_out;
};
void PrintTo(const Scale& scale, std::ostream* out) {
  *out << scale.nodes << " nodes, fan-out " << scale.fan_out;
}

struct Outcome {
  SimulationResult result;
  Talk talk;
};

Outcome run(const Scale& scale, Duration time_limit) {
  SimulationOptions options{.test = {}, .strategy = {}};
  options.test.nodes = numbered_nodes(scale.nodes);
  options.test.concurrency = scale.nodes;
  options.test.rate = 100;
  options.test.time_limit = time_limit;
  options.test.latency = latency;
  options.test.network = NetworkModel::ideal;
  options.test.seed = 1;
  options.strategy.kind = core::StrategyKind::rounds;
  options.strategy.rounds = {.budget = budget, .fan_out = scale.fan_out};
  options.expectations.silence = seconds(3);
  options.expectations.budget = budget.worst;
  Outcome outcome{.result = {}, .talk = Talk(scale.nodes)};
  outcome.result = simulate(options, &outcome.talk);
  return outcome;
}

void check(const Scale& scale, Duration time_limit) {
  const auto [result, talk] = run(scale, time_limit);
  ASSERT_FALSE(result.early_end) << result.early_end->reason;
  std::string told;
  for (const auto& violation : result.invariants.told) told.append(violation.what).append("; ");
  EXPECT_TRUE(result.passed()) << told;
  EXPECT_EQ(result.lost, 0U);
  ASSERT_TRUE(result.propagation);

  const core::Layout layout(scale.nodes, scale.fan_out);
  const core::Plan plan = core::make_plan(budget, layout.depth(), {latency, latency});
  ASSERT_EQ(plan.mode, core::Plan::Mode::rounds);
  // The margin of the plan is for timers: a gather arrives a little before the cut.
  const Duration planned = plan.period + 2 * static_cast<std::int64_t>(layout.depth()) * latency;
  EXPECT_LE(result.propagation->back(), planned + milliseconds(10));
  EXPECT_LE(result.propagation->back(), budget.worst);

  const std::uint64_t others = scale.nodes - 1;
  EXPECT_LE(talk.scatters, others * talk.rounds());
  // Some gathers of the last round may come before the first counted cut, or after the last.
  EXPECT_LE(talk.gathers, others * (talk.rounds() + 1));
  EXPECT_LE(talk.acknowledgements, others * (talk.rounds() + 1));
  EXPECT_EQ(talk.others, 0U);
  EXPECT_EQ(talk.digests, 0U);
  EXPECT_LE(talk.most_peers(), scale.fan_out + 1);
  EXPECT_LT(talk.worst_bytes, 300U) << "without values";
}

class RoundsAtScale : public testing::TestWithParam<Scale> {};

TEST_P(RoundsAtScale, CostsAndTakesWhatArithmeticSays) { check(GetParam(), seconds(20)); }

INSTANTIATE_TEST_SUITE_P(Sizes, RoundsAtScale,
                         testing::Values(Scale{1, 64}, Scale{2, 64}, Scale{3, 64}, Scale{5, 64},
                                         Scale{5, 2}, Scale{25, 64}, Scale{25, 5}, Scale{100, 64},
                                         Scale{100, 10}, Scale{1000, 64}),
                         [](const auto& scale) {
                           return std::to_string(scale.param.nodes) + "_nodes_fan_out_" +
                                  std::to_string(scale.param.fan_out);
                         });

// The suite is labelled slow.
TEST(RoundsAtScaleSlow, CostsAndTakesWhatArithmeticSaysAlsoWithTenThousandNodes) {
  check({10'000, 64}, seconds(20));
}

}  // namespace
}  // namespace bruit::workbench
