// What the explorer sees of a run.
#include "bruit/workbench/simulation/run_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "bruit/workbench/simulation/simulation.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::UnorderedElementsAre;
using Cause = Moment::Cause;

// Two nodes that flood, 100 ms; n1 is given a value at 1 s.
RunEvents events_of(core::StrategyKind kind, std::vector<TimedFault> faults = {}) {
  SimulationOptions options;
  options.strategy.kind = kind;
  options.test.nodes = numbered_nodes(2);
  options.test.concurrency = 2;
  options.test.latency = milliseconds(100);
  options.test.network = NetworkModel::ideal;
  options.test.time_limit = seconds(30);
  options.test.scenario = std::make_shared<const Scenario>(
      Scenario{std::move(faults), std::vector<TimedOperation>{{.at = seconds(1), .client = 1}}});
  RunEvents events(2);
  simulate(options, &events);
  return events;
}

TEST(RunEvents, OfAFloodAreItsArrivalsAndMoments) {
  const RunEvents events = events_of(core::StrategyKind::flood);
  EXPECT_THAT(events.arrivals(), ElementsAre(Arrival{milliseconds(1100), {1, 0, 1}},
                                             Arrival{milliseconds(1200), {0, 1, 1}}));
  EXPECT_THAT(
      events.moments(),
      ElementsAre(Moment{{}, 0, Cause::start, {}},  //
                  Moment{{}, 1, Cause::start, {}}, Moment{seconds(1), 1, Cause::operation, {}},
                  Moment{milliseconds(1100), 0, Cause::arrival, {1, 0, 1}},
                  Moment{milliseconds(1200), 1, Cause::arrival, {0, 1, 1}}));
}

TEST(RunEvents, OfADeadNodeAreNone) {
  const RunEvents events = events_of(core::StrategyKind::flood,
                                     {{milliseconds(1050), Kill{0}}, {seconds(2), Restart{0}}});
  EXPECT_TRUE(events.arrivals().empty());
  EXPECT_THAT(events.moments(), ElementsAre(Moment{{}, 0, Cause::start, {}},  //
                                            Moment{{}, 1, Cause::start, {}},
                                            Moment{seconds(1), 1, Cause::operation, {}},
                                            Moment{seconds(2), 0, Cause::start, {}}));
}

TEST(RunEvents, OfAFrozenNodeWaitForTheThaw) {
  const RunEvents events = events_of(core::StrategyKind::flood,
                                     {{milliseconds(1050), Pause{0}}, {seconds(2), Resume{0}}});
  EXPECT_THAT(events.arrivals(), ElementsAre(Arrival{milliseconds(1100), {1, 0, 1}},
                                             Arrival{milliseconds(2100), {0, 1, 1}}));
  EXPECT_THAT(
      events.moments(),
      ElementsAre(Moment{{}, 0, Cause::start, {}},  //
                  Moment{{}, 1, Cause::start, {}}, Moment{seconds(1), 1, Cause::operation, {}},
                  Moment{seconds(2), 0, Cause::thaw, {}},
                  Moment{milliseconds(2100), 1, Cause::arrival, {0, 1, 1}}));
}

TEST(RunEvents, AMessageThatArrivesTwiceHasOneArrivalAndTwoMoments) {
  const RunEvents events = events_of(core::StrategyKind::flood,
                                     {{seconds(0), DoubleMessage{{1, 0, 1}, milliseconds(500)}}});
  EXPECT_THAT(events.arrivals(), ElementsAre(Arrival{milliseconds(1100), {1, 0, 1}},
                                             Arrival{milliseconds(1200), {0, 1, 1}}));
  EXPECT_THAT(events.moments(),
              testing::Contains(Moment{milliseconds(1600), 0, Cause::arrival, {1, 0, 1}}));
}

// It repeats what was not acknowledged within half a second.
TEST(RunEvents, KnowWhenATimerMadeANodeAct) {
  const RunEvents events =
      events_of(core::StrategyKind::reliable_flood, {{seconds(0), LoseMessage{{1, 0, 1}}}});
  EXPECT_EQ(events.next_tick(1, seconds(1)), milliseconds(1500));
  EXPECT_EQ(events.next_tick(1, milliseconds(1500)), std::nullopt);
  EXPECT_EQ(events.next_tick(0, seconds(1)), std::nullopt);
}

TEST(RunEvents, CanBeUsedForAnotherRun) {
  RunEvents events = events_of(core::StrategyKind::flood);
  events.clear();
  EXPECT_TRUE(events.moments().empty());
  EXPECT_TRUE(events.arrivals().empty());
}

}  // namespace
}  // namespace bruit::workbench
