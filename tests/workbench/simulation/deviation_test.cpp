// Deviations: which follow from the events of a run, in which order, and how several of them become
// the faults of a scenario.
#include "bruit/workbench/simulation/deviation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bruit/workbench/faults/scenario_text.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using Cause = Moment::Cause;

// As in a scenario file.
std::vector<std::string> lines(std::uint32_t nodes, const Pattern& pattern) {
  std::vector<std::string> lines;
  const auto names = numbered_nodes(nodes);
  for (const auto& [at, fault] : Deviations(nodes).faults(pattern)) {
    lines.push_back(std::to_string(std::chrono::duration_cast<milliseconds>(at).count()) + "ms " +
                    to_text(fault, names));
  }
  return lines;
}

// The cut with these words, of messages from n0 to n1.
Deviation cut(std::uint32_t nodes, Duration at, const std::string& what, Duration lasts,
              const std::string& heals = "") {
  const auto shapes = cut_shapes(nodes);
  const auto found = std::find_if(shapes.begin(), shapes.end(), [&](const CutShape& shape) {
    return shape.what == what && shape.heals == heals;
  });
  EXPECT_NE(found, shapes.end()) << what;
  return {at, LinksCut{{0, 1, 1}, static_cast<std::size_t>(found - shapes.begin()), lasts}};
}

TEST(Deviation, OfAMessageIsAMarkFromTheStart) {
  EXPECT_THAT(lines(2, {{seconds(1), MessageLost{{0, 1, 3}}},
                        {seconds(2), MessageDoubled{{1, 0, 2}, seconds(10)}},
                        {seconds(3), MessageLate{{0, 1, 4}, seconds(13), ""}}}),
              ElementsAre("0ms lose n0 -> n1 message 3", "0ms double n1 -> n0 message 2 after 10s",
                          "0ms hold n0 -> n1 message 4", "13000ms release n0 -> n1 message 4"));
}

TEST(Deviation, OfANodeIsItsFaultAndTheEndOfIt) {
  const Moment moment{seconds(1), 1, Cause::operation, {}};
  EXPECT_THAT(lines(2, {{seconds(1), NodeDies{moment, Side::before, {}}},
                        {seconds(2), NodeFreezes{moment, Side::before, seconds(1)}},
                        {milliseconds(2500), NodeDies{moment, Side::after, seconds(10)}}}),
              ElementsAre("1000ms kill n1", "1000ms restart n1", "2000ms pause n1",
                          "2500ms kill n1", "3000ms resume n1", "12500ms restart n1"));
}

TEST(Deviation, CutsHealAsAWholeOrInParts) {
  EXPECT_THAT(lines(3, {cut(3, seconds(1), "n0 is cut off", seconds(10))}),
              ElementsAre("1000ms cut n0 <-> n1,n2", "11000ms mend n0 <-> n1,n2"));
  EXPECT_THAT(
      lines(3, {cut(3, seconds(1), "n0 is cut off", seconds(10), "its link with n2")}),
      ElementsAre("1000ms cut n0 <-> n1,n2", "11000ms mend n0 <-> n2", "21000ms mend n0 <-> n1"));
  EXPECT_THAT(lines(3, {cut(3, seconds(1), "n0 is cut off", seconds(10), "what it hears")}),
              ElementsAre("1000ms cut n0 <-> n1,n2", "11000ms mend n1,n2 -> n0",
                          "21000ms mend n0 -> n1,n2"));
  EXPECT_THAT(lines(3, {cut(3, seconds(1), "all that n1 hears", seconds(1))}),
              ElementsAre("1000ms cut n0,n2 -> n1", "2000ms mend n0,n2 -> n1"));
}

TEST(Deviation, CutsThatOverlapEndWithTheLast) {
  EXPECT_THAT(lines(3, {cut(3, seconds(1), "the link n0 <-> n1", seconds(200)),
                        cut(3, seconds(2), "n0 is cut off", seconds(10)),
                        cut(3, seconds(201), "the link n0 -> n1", seconds(1))}),
              ElementsAre("1000ms cut n0 <-> n1", "2000ms cut n0 <-> n2", "12000ms mend n0 <-> n2",
                          "201000ms mend n1 -> n0", "202000ms mend n0 -> n1"));
}

TEST(Deviation, IsOverWithItsLastFault) {
  EXPECT_EQ((Deviation{seconds(1), MessageLost{}}).over(), seconds(1));
  EXPECT_EQ((Deviation{seconds(1), MessageDoubled{{}, seconds(10)}}).over(), seconds(11));
  EXPECT_EQ((Deviation{seconds(1), MessageLate{{}, seconds(5), ""}}).over(), seconds(5));
  EXPECT_EQ((Deviation{seconds(1), NodeDies{{}, {}, seconds(10)}}).over(), seconds(11));
  EXPECT_EQ((Deviation{seconds(1), NodeFreezes{{}, {}, seconds(1)}}).over(), seconds(2));
  EXPECT_EQ(cut(3, seconds(1), "n0 is cut off", seconds(1), "what it hears").over(), seconds(12));
}

TEST(Deviation, KindsHaveNames) {
  for (const DeviationKind kind : fault_kinds) {
    EXPECT_EQ(parse_deviation_kind(to_string(kind)), kind);
  }
  EXPECT_EQ(parse_deviation_kind("value"), std::nullopt);
  EXPECT_EQ(parse_deviation_kind("Loss"), std::nullopt);
}

TEST(Deviation, IsTold) {
  const Deviations deviations(3);
  const auto told = [&](const Deviation& deviation) {
    return deviations.describe(deviation, [](const NthMessage& message) {
      return message.number == 1 ? std::string("gather") : std::string();
    });
  };
  const Moment arrival{milliseconds(1100), 1, Cause::arrival, {0, 1, 1}};
  EXPECT_EQ(told({seconds(1), MessageLost{{0, 1, 1}}}), "message 1 n0 -> n1 (gather) is lost");
  EXPECT_EQ(told({seconds(1), MessageDoubled{{0, 1, 2}, {}}}), "message 2 n0 -> n1 arrives twice");
  EXPECT_EQ(told({seconds(1), MessageLate{{0, 1, 2}, seconds(4), "the next tick of its sender"}}),
            "message 2 n0 -> n1 is held until the next tick of its sender (4s) instead of 1s");
  EXPECT_EQ(told({arrival.at - just, NodeDies{arrival, Side::before, {}}}),
            "n1 is killed just before it receives message 1 n0 -> n1 (gather), at 1100ms, and is "
            "back at once");
  EXPECT_EQ(told({arrival.at + just, NodeDies{arrival, Side::after, seconds(10)}}),
            "n1 is killed just after it received message 1 n0 -> n1 (gather), at 1100ms, and is "
            "back after 10s");
  EXPECT_EQ(told({{}, NodeFreezes{{{}, 2, Cause::start, {}}, Side::after, seconds(1)}}),
            "n2 freezes just after it started, at 0s, for 1s");
  EXPECT_EQ(told(cut(3, seconds(1) - just, "n0 is cut off", seconds(10), "its link with n2")),
            "n0 is cut off for 10s, from just before message 1 n0 -> n1 (gather) would arrive, at "
            "1s; its link with n2 heals first, the rest 10s later");
  EXPECT_EQ(told(cut(3, seconds(1) - just, "all that n1 hears", seconds(1))),
            "all that n1 hears is cut for 1s, from just before message 1 n0 -> n1 (gather) would "
            "arrive, at 1s");
  EXPECT_EQ(told({seconds(1), ValuePublished{2}}), "a client of n2 broadcasts a value, at 1s");
}

TEST(Place, IsSharedByAlternativesOnly) {
  const Moment moment{seconds(1), 1, Cause::operation, {}};
  const auto place = [](Duration at, Deviation::What what) {
    return place_of({at, std::move(what)});
  };
  EXPECT_EQ(place(seconds(1), MessageLost{{0, 1, 1}}),
            place(seconds(1), MessageLate{{0, 1, 1}, seconds(2), ""}));
  EXPECT_LT(place(seconds(1), MessageLost{{0, 1, 1}}), place(seconds(1), MessageLost{{1, 0, 1}}));
  EXPECT_LT(place(seconds(1), MessageLost{{1, 0, 1}}), place(seconds(2), MessageLost{{0, 1, 1}}));
  EXPECT_EQ(place(seconds(1), NodeDies{moment, Side::before, {}}),
            place(seconds(1), NodeDies{moment, Side::before, seconds(10)}));
  EXPECT_LT(place(seconds(1), NodeDies{moment, Side::before, {}}),
            place(seconds(1), NodeFreezes{moment, Side::before, {}}));
}

TEST(Reach, IsTheTimeAroundEachChange) {
  Reach reach(seconds(10));
  EXPECT_FALSE(reach.contains(seconds(0)));
  reach.add(seconds(20));
  reach.add(seconds(100));
  for (const int inside : {10, 20, 30, 90, 110}) EXPECT_TRUE(reach.contains(seconds(inside)));
  for (const int outside : {9, 31, 89, 111}) EXPECT_FALSE(reach.contains(seconds(outside)));
}

}  // namespace
}  // namespace bruit::workbench
