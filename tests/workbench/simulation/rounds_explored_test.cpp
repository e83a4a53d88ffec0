// `rounds` searched exhaustively, as far as a minute goes. docs/explorer.md says how to search the
// rest.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "bruit/workbench/simulation/explore.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Scope {
  const char* name;
  core::Budget budget;
  std::uint32_t nodes;
  unsigned deviations;
  std::vector<DeviationKind> kinds;  // empty: all
  std::vector<Placement> placements;
};

std::ostream& operator<<(std::ostream& out, const Scope& scope) { return out << scope.name; }

constexpr core::Budget challenge_3d{.worst = milliseconds(600), .median = milliseconds(400)};
constexpr core::Budget challenge_3e{.worst = seconds(2), .median = seconds(1)};
// No time for rounds: values go straight.
constexpr core::Budget straight{.worst = milliseconds(105), .median = milliseconds(105)};

class RoundsExploredSlow : public testing::TestWithParam<Scope> {};

TEST_P(RoundsExploredSlow, HasNoPatternThatFails) {
  const Scope& scope = GetParam();
  ExploreOptions options;
  options.simulation.strategy.rounds.budget = scope.budget;
  options.simulation.test.nodes = numbered_nodes(scope.nodes);
  options.simulation.test.latency = milliseconds(100);
  options.placements = scope.placements;
  options.deviations = scope.deviations;
  options.kinds = any_kind(scope.deviations);
  if (!scope.kinds.empty()) {
    options.kinds.front().kinds = 0;
    for (const DeviationKind kind : scope.kinds) options.kinds.front().kinds |= set_of(kind);
  }
  options.jobs = 2;
  const Exploration exploration = explore(options);
  EXPECT_EQ(exploration.end, Exploration::End::complete);
  if (!exploration.smallest) return;
  ADD_FAILURE() << exploration.smallest->what;
  for (const std::string& sentence : exploration.smallest->words) ADD_FAILURE() << sentence;
}

const std::vector<Placement> all{all_placements.begin(), all_placements.end()};
const std::vector<Placement> few{Placement::one, Placement::three, Placement::apart};
using enum DeviationKind;

INSTANTIATE_TEST_SUITE_P(
    , RoundsExploredSlow,
    testing::Values(
        Scope{"any_two_with_two_nodes", challenge_3d, 2, 2, {}, {Placement::one, Placement::apart}},
        Scope{"any_one_with_three_nodes", challenge_3d, 3, 1, {}, all},
        Scope{"any_one_with_four_nodes", challenge_3d, 4, 1, {}, few},
        Scope{"two_losses_and_restarts_with_three_nodes", challenge_3d, 3, 2, {loss, kill}, few},
        Scope{"any_two_with_two_nodes_in_long_rounds", challenge_3e, 2, 2, {}, {Placement::one}},
        Scope{"any_one_with_three_nodes_in_long_rounds", challenge_3e, 3, 1, {}, few},
        Scope{"any_two_with_two_nodes_straight", straight, 2, 2, {}, {Placement::one}},
        Scope{"any_one_with_three_nodes_straight", straight, 3, 1, {}, few}),
    [](const auto& scope) { return std::string(scope.param.name); });

}  // namespace
}  // namespace bruit::workbench
