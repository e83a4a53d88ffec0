#include "examples/unique_ids.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "bruit/maelstrom/simulation.h"

namespace bruit::examples {
namespace {

using namespace maelstrom;

TEST(UniqueIds, NoTwoAreEqualInAPartitionNorAfterARestart) {
  Simulation cluster(application<UniqueIds>(), {.nodes = 3});
  auto client = cluster.client();
  cluster.partition({{"n0"}, {"n1"}, {"n2"}});
  std::set<std::string> ids;
  std::size_t count = 0;
  for (int round = 0; round < 20; ++round) {
    for (const auto& node : cluster.node_ids()) {
      for (int i = 0; i < 10; ++i, ++count) {
        ids.insert(client.ask<GenerateOk>(node, Generate{}).id);
      }
      cluster.restart(node);
    }
  }
  EXPECT_EQ(ids.size(), count);
}

}  // namespace
}  // namespace bruit::examples
