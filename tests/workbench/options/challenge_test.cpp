#include "bruit/workbench/options/challenge.h"

#include <gtest/gtest.h>

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Challenges, AreTheFiveOfGossipGlomers) {
  std::string names;
  for (const auto& challenge : challenges()) names.append(challenge.name).append(" ");
  EXPECT_EQ(names, "3a 3b 3c 3d 3e ");
  for (const auto& challenge : challenges()) {
    SCOPED_TRACE(challenge.name);
    EXPECT_EQ(find_challenge(challenge.name), &challenge);
    EXPECT_EQ(challenge.options.time_limit, seconds(20));
    EXPECT_EQ(challenge.options.concurrency, challenge.options.nodes.size());
    EXPECT_EQ(challenge.options.nodes.front(), "n0");
    EXPECT_EQ(challenge.options.network, NetworkModel::maelstrom);
    EXPECT_EQ(challenge.options.partition, challenge.name == "3c");
  }
  EXPECT_EQ(find_challenge("3f"), nullptr);
}

TEST(Challenges, HaveTheSizesRatesAndLimitsOfTheirPages) {
  const Challenge& single = *find_challenge("3a");
  EXPECT_EQ(single.options.nodes.size(), 1U);
  EXPECT_EQ(single.options.rate, 10);
  EXPECT_FALSE(single.limits.messages_per_operation);
  for (const auto* five : {find_challenge("3b"), find_challenge("3c")}) {
    EXPECT_EQ(five->options.nodes.size(), 5U);
    EXPECT_EQ(five->options.rate, 10);
    EXPECT_EQ(five->options.latency, Duration::zero());
    EXPECT_FALSE(five->limits.worst_stable_latency);
  }
  for (const auto* large : {find_challenge("3d"), find_challenge("3e")}) {
    EXPECT_EQ(large->options.nodes.size(), 25U);
    EXPECT_EQ(large->options.rate, 100);
    EXPECT_EQ(large->options.latency, milliseconds(100));
  }
  const Limits& quick = find_challenge("3d")->limits;
  EXPECT_EQ(quick.messages_per_operation, 30);
  EXPECT_EQ(quick.median_stable_latency, milliseconds(400));
  EXPECT_EQ(quick.worst_stable_latency, milliseconds(600));
  const Limits& frugal = find_challenge("3e")->limits;
  EXPECT_EQ(frugal.messages_per_operation, 20);
  EXPECT_EQ(frugal.median_stable_latency, seconds(1));
  EXPECT_EQ(frugal.worst_stable_latency, seconds(2));
}

}  // namespace
}  // namespace bruit::workbench
