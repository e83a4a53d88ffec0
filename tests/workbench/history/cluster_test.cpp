#include "bruit/workbench/history/cluster.h"

#include <gtest/gtest.h>

namespace bruit::workbench {
namespace {

TEST(Cluster, AProcessKeepsItsWorkerAndNodeWhenItsNumberGrows) {
  const Cluster cluster{.nodes = 3, .concurrency = 7};
  for (std::int64_t process : {5, 12, 19, 7'000'005}) {
    EXPECT_EQ(cluster.worker_of({process}), 5U) << process;
    EXPECT_EQ(cluster.node_of({process}), 2U) << process;
  }
}

TEST(Cluster, TheFirstClientsStartTheNodesUp) {
  const Cluster cluster{.nodes = 3, .concurrency = 7};
  using Request = Cluster::StartUp::Request;
  for (std::uint32_t node = 0; node < 3; ++node) {
    const auto init = cluster.start_up(cluster.init_client(node));
    ASSERT_TRUE(init);
    EXPECT_EQ(init->request, Request::init);
    EXPECT_EQ(init->node, node);
    const auto topology = cluster.start_up(cluster.topology_client(node));
    ASSERT_TRUE(topology);
    EXPECT_EQ(topology->request, Request::topology);
    EXPECT_EQ(topology->node, node);
  }
  EXPECT_EQ(cluster.topology_client(2) + 1, cluster.first_load_client());
  EXPECT_FALSE(cluster.start_up(cluster.first_load_client()));
}

}  // namespace
}  // namespace bruit::workbench
