#include "examples/echo.h"

#include <gtest/gtest.h>

#include <chrono>

#include "bruit/maelstrom/simulation.h"

namespace bruit::examples {
namespace {

using namespace std::chrono_literals;
using namespace maelstrom;

TEST(Echo, SaysWhatItWasToldAndAsksNobody) {
  Simulation cluster(application(echo), {.nodes = 3, .link = {.latency = 100ms}});
  auto client = cluster.client();
  cluster.partition({{"n0"}, {"n1"}, {"n2"}});
  const json::array values{1, 2.0, "x", nullptr, json::object{{"deep", json::array{1}}}};
  for (const auto& node : cluster.node_ids()) {
    for (const auto& value : values) {
      const Message answer = client.call(node, {{"type", "echo"}, {"echo", value}});
      EXPECT_EQ(answer.type(), "echo_ok");
      EXPECT_EQ(answer.body.at("echo"), value);
    }
  }
  EXPECT_EQ(cluster.traffic().sent, 0U);
  EXPECT_EQ(cluster.now(), 0s);
}

}  // namespace
}  // namespace bruit::examples
