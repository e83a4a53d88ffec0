// Every rule that has a mark is tried by the explorer: what it never reaches is not tested by it,
// or is never needed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "bruit/core/coverage_marks.h"
#include "bruit/workbench/simulation/explore.h"

namespace bruit::workbench {
namespace {

using testing::IsEmpty;
using testing::Not;

// All single deviations.
void explore_everything(core::StrategyKind kind, std::uint32_t nodes) {
  ExploreOptions options;
  options.simulation.strategy.kind = kind;
  options.simulation.test.nodes = numbered_nodes(nodes);
  options.simulation.test.latency = std::chrono::milliseconds(100);
  options.kinds = any_kind(1);
  options.keep_going = true;
  options.jobs = 2;
  explore(options);
}

TEST(Coverage, OfReliableLinksIsCompleteWithOneDeviation) {
  core::forget_coverage();
  EXPECT_THAT(core::marks_not_reached("reliable-link."), Not(IsEmpty()));
  explore_everything(core::StrategyKind::reliable_flood, 2);
  EXPECT_THAT(core::marks_not_reached("reliable-link."), IsEmpty());
}

}  // namespace
}  // namespace bruit::workbench
