// Reachability: who can talk with whom, through others if need be, fault by fault.
#include "bruit/workbench/faults/reachability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

using Component = std::vector<std::uint32_t>;

struct ReachabilityTest : testing::Test {
  static TestOptions five_nodes() {
    TestOptions options;
    options.nodes = numbered_nodes(5);
    options.latency = milliseconds(100);
    return options;
  }
  Reachability reachability{five_nodes()};
};

TEST_F(ReachabilityTest, AllNodesAreTogetherAtFirst) {
  EXPECT_FALSE(reachability.is_faulty());
  EXPECT_FALSE(reachability.is_broken());
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3, 4}));
}

TEST_F(ReachabilityTest, APartitionMakesTwoPartsUntilItHeals) {
  EXPECT_TRUE(reachability.apply(
      StartPartition{PartitionShape::majority, {{2, 3, 4}, {2, 3, 4}, {0, 1}, {0, 1}, {0, 1}}}));
  EXPECT_TRUE(reachability.is_broken());
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1}, Component{2, 3, 4}));
  EXPECT_TRUE(reachability.apply(StopPartition{}));
  EXPECT_FALSE(reachability.is_faulty());
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3, 4}));
}

TEST_F(ReachabilityTest, ANewPartitionReplacesTheOld) {
  reachability.apply(StartPartition{PartitionShape::one, {{1, 2, 3, 4}, {0}, {0}, {0}, {0}}});
  reachability.apply(StartPartition{PartitionShape::one, {{4}, {4}, {4}, {4}, {0, 1, 2, 3}}});
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3}, Component{4}));
}

TEST_F(ReachabilityTest, AMajoritiesRingIsConnectedThroughOthers) {
  // Each hears its two neighbours on either side of the ring, and not the two others.
  reachability.apply(
      StartPartition{PartitionShape::majorities_ring, {{2, 3}, {3, 4}, {0, 4}, {0, 1}, {1, 2}}});
  EXPECT_TRUE(reachability.is_broken());
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3, 4}));
}

TEST_F(ReachabilityTest, ALinkThatWorksInOneDirectionConnectsNobody) {
  reachability.apply(CutLinks{{{4}, {0, 1, 2, 3}, false}});
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3}, Component{4}));
  reachability.apply(MendLinks{{{4}, {2}, false}});
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3, 4}));
  EXPECT_TRUE(reachability.is_broken());  // three directions are still cut
  reachability.apply(MendLinks{{{0, 1, 3}, {4}, true}});
  EXPECT_FALSE(reachability.is_broken());
}

TEST_F(ReachabilityTest, CutLinksOutliveAPartition) {
  reachability.apply(CutLinks{{{4}, {0, 1, 2, 3}, true}});
  reachability.apply(StartPartition{PartitionShape::one, {{1, 2, 3, 4}, {0}, {0}, {0}, {0}}});
  reachability.apply(StopPartition{});
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3}, Component{4}));
}

TEST_F(ReachabilityTest, CuttingTwiceIsMendedAtOnce) {
  reachability.apply(CutLinks{{{0}, {1}, false}});
  reachability.apply(CutLinks{{{0}, {1}, false}});
  reachability.apply(MendLinks{{{0}, {1}, false}});
  EXPECT_FALSE(reachability.is_broken());
}

TEST_F(ReachabilityTest, DeadAndFrozenNodesAreInNoPart) {
  reachability.apply(Kill{1});
  reachability.apply(Pause{3});
  EXPECT_TRUE(reachability.is_broken());
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 2, 4}));
  reachability.apply(Restart{1});
  reachability.apply(Resume{3});
  EXPECT_FALSE(reachability.is_broken());
}

TEST_F(ReachabilityTest, WhoDiesFrozenIsNotFrozenInTheNextLife) {
  reachability.apply(Pause{1});
  reachability.apply(Kill{1});
  reachability.apply(Pause{1});  // the dead cannot be frozen
  reachability.apply(Restart{1});
  EXPECT_FALSE(reachability.is_broken());
}

TEST_F(ReachabilityTest, StalledLinksAreCutForAsLongAsTheLastStallLasts) {
  const StallLinks one{Links{{4}, {0, 1, 2, 3}, true}, milliseconds(300)};
  const StallLinks all{{}, milliseconds(300)};
  EXPECT_TRUE(reachability.apply(one));
  EXPECT_TRUE(reachability.is_broken());
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3}, Component{4}));
  reachability.apply(all);
  EXPECT_EQ(reachability.components().size(), 5U);
  reachability.end_stall(one);
  EXPECT_EQ(reachability.components().size(), 5U);
  reachability.end_stall(all);
  EXPECT_FALSE(reachability.is_faulty());
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3, 4}));
}

TEST_F(ReachabilityTest, AMessageThatIsHeldIsAFaultUntilItIsReleased) {
  EXPECT_FALSE(reachability.apply(LoseMessage{{0, 1, 1}}));
  EXPECT_FALSE(reachability.is_faulty());
  reachability.apply(HoldMessage{{0, 1, 2}});
  reachability.apply(ReleaseMessage{{0, 1, 3}});  // another one, which was not held
  EXPECT_TRUE(reachability.is_faulty());
  EXPECT_FALSE(reachability.is_broken());
  reachability.apply(ReleaseMessage{{0, 1, 2}});
  EXPECT_FALSE(reachability.is_faulty());
}

TEST_F(ReachabilityTest, FaultsThatCutNothingOffAreFaultsAllTheSame) {
  for (const Fault& fault :
       {Fault(SetLoss{0.1}), Fault(SetDuplication{0.1}), Fault(SetReordering{0.1, milliseconds(1)}),
        Fault(SetLatency{{}, {LatencyDistribution::constant, milliseconds(200)}}),
        Fault(SetClockRate{0, 5})}) {
    Reachability fresh{five_nodes()};
    EXPECT_FALSE(fresh.apply(fault));
    EXPECT_TRUE(fresh.is_faulty());
    EXPECT_FALSE(fresh.is_broken());
    fresh.end_faults();
    EXPECT_FALSE(fresh.is_faulty());
  }
  // As it was is no fault.
  reachability.apply(SetLatency{{}, {LatencyDistribution::constant, milliseconds(100)}});
  EXPECT_FALSE(reachability.is_faulty());
}

TEST_F(ReachabilityTest, TheEndOfFaultsEndsAllOfThem) {
  reachability.apply(CutLinks{{{0}, {1}, false}});
  reachability.apply(Kill{2});
  reachability.apply(SetLoss{1});
  reachability.end_faults();
  EXPECT_FALSE(reachability.is_faulty());
  EXPECT_THAT(reachability.components(), ElementsAre(Component{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace bruit::workbench
