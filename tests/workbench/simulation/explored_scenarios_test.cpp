// Patterns that the explorer found once, replayed: schedules of scenarios/, as `bruit explore`
// wrote them. Each says in its comments what happened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>

#include "bruit/workbench/faults/scenario_text.h"
#include "bruit/workbench/simulation/explore.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Explored {
  const char* file;
  std::uint32_t nodes;
  seconds time_limit;
};

std::ostream& operator<<(std::ostream& out, const Explored& explored) {
  return out << explored.file;
}

// rounds with 3d's budget, 100 ms.
constexpr Explored explored[] = {
    // A message that was written for a former life must not count as knowledge of this one.
    {"former-life-2-nodes.txt", 2, seconds(32)},
    {"former-life-3-nodes.txt", 3, seconds(32)},
    // The root and another node restart while the cluster is quiet.
    {"root-and-another-3-nodes.txt", 3, seconds(43)},
    // A node that has just moved below another does not notice for a whole lease that it died.
    {"guest-of-a-dead-life-3-nodes.txt", 3, seconds(43)},
};

class ExploredScenario : public testing::TestWithParam<Explored> {};

TEST_P(ExploredScenario, LosesNothing) {
  const Explored& expected = GetParam();
  std::ostringstream text;
  text << std::ifstream(std::string(BRUIT_TEST_DATA "/workbench/simulation/scenarios/") +
                        expected.file)
              .rdbuf();
  SimulationOptions options;
  options.strategy.rounds.budget = {.worst = milliseconds(600), .median = milliseconds(400)};
  TestOptions& test = options.test;
  test.nodes = numbered_nodes(expected.nodes);
  test.concurrency = expected.nodes;
  test.latency = milliseconds(100);
  test.network = NetworkModel::ideal;
  test.time_limit = expected.time_limit;
  test.scenario = std::make_shared<const Scenario>(parse_scenario(
      text.str(),
      {.nodes = test.nodes, .clients = test.concurrency, .time_limit = test.time_limit}));
  const SimulationResult result = simulate(options);
  EXPECT_FALSE(failure_in(result).has_value())
      << (result.invariants.told.empty() ? "" : result.invariants.told.front().what);
}

INSTANTIATE_TEST_SUITE_P(, ExploredScenario, testing::ValuesIn(explored),
                         [](const auto& explored_one) {
                           std::string name = explored_one.param.file;
                           for (char& letter : name) {
                             if (letter == '-' || letter == '.') letter = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace bruit::workbench
