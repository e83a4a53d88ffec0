// Faults as stretches of time: each ends with what undoes it.
#include "bruit/workbench/report/fault_bands.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bruit::workbench::report {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;
using testing::ElementsAre;

// "from-to kind", seconds.
std::vector<std::string> bands(std::vector<std::pair<int, std::string>> lines, int over = 100) {
  std::vector<Note> faults;
  for (auto& [at, text] : lines) faults.push_back({seconds(at), std::move(text)});
  std::vector<std::string> shown;
  for (const auto& band : fault_bands(faults, seconds(over))) {
    shown.push_back(fmt::format("{}-{} {}", duration_cast<seconds>(band.from).count(),
                                duration_cast<seconds>(*band.to).count(), band.kind));
  }
  return shown;
}

TEST(FaultBands, APartitionEndsWhenItIsHealedOrReplaced) {
  EXPECT_THAT(
      bands(
          {{1, "partition one n0 drop n1"}, {3, "partition majority n0,n1 drop n2"}, {9, "heal"}}),
      ElementsAre("1-3 partition", "3-9 partition"));
}

TEST(FaultBands, WhatConcernsOneNodeEndsForThatNode) {
  EXPECT_THAT(bands({{1, "kill n2"},
                     {2, "kill n3"},
                     {4, "restart n2"},
                     {5, "pause n1"},
                     {6, "resume n1"},
                     {8, "restart n3"}}),
              ElementsAre("1-4 kill", "2-8 kill", "5-6 pause"));
}

TEST(FaultBands, ASettingIsInForceUntilTheNextOfItsKind) {
  EXPECT_THAT(bands({{1, "loss 0.05"},
                     {2, "loss 0.5"},
                     {3, "loss 0"},
                     {4, "clock n1 -200ppm"},
                     {5, "clock n2 100ppm"}},
                    9),
              ElementsAre("1-2 loss", "2-3 loss", "4-9 clock", "5-9 clock"));
}

TEST(FaultBands, LatencyJumpsUpAndBackByItsLinks) {
  EXPECT_THAT(bands({{1, "latency constant 1s"},
                     {2, "latency n0 <-> n1 constant 3s"},
                     {4, "latency constant 100ms"}},
                    9),
              ElementsAre("1-4 latency", "2-9 latency"));
}

TEST(FaultBands, CutLinksEndWithTheSameLinksMended) {
  EXPECT_THAT(bands({{1, "cut n0 -> n1"}, {2, "cut n3 <-> n4"}, {3, "mend n3 <-> n4"}}, 7),
              ElementsAre("1-7 cut", "2-3 cut"));
}

TEST(FaultBands, AStallEndsByItself) {
  EXPECT_THAT(bands({{1, "stall 2s"}, {2, "stall n0 <-> n1,n2 4s"}, {8, "stall 5s"}}, 9),
              ElementsAre("1-3 stall", "2-6 stall", "8-9 stall"));
}

TEST(FaultBands, ASingleMessageIsLostOrDoubledInNoTimeAndHeldUntilItsRelease) {
  EXPECT_THAT(bands({{1, "lose n0 -> n1 message 3"},
                     {2, "double n0 -> n1 message 4 after 2s"},
                     {3, "hold n0 -> n1 message 5"},
                     {4, "hold n0 -> n1 message 6"},
                     {5, "release n0 -> n1 message 5"}},
                    9),
              ElementsAre("1-1 lose", "2-2 double", "3-5 hold", "4-9 hold"));
}

TEST(FaultBands, WhatMaelstromsNemesisDoesIsKnown) {
  EXPECT_THAT(bands({{1, "start-partition :majority"},
                     {2, "start-partition [:isolated {}]"},
                     {6, "stop-partition nil"}}),
              ElementsAre("1-2 start-partition", "2-6 start-partition"));
}

}  // namespace
}  // namespace bruit::workbench::report
