#include "bruit/core/strategies/grid_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <queue>
#include <vector>

namespace bruit::core {
namespace {

// Distances from the root by breadth-first search over Maelstrom's grid: the naive model.
std::vector<std::uint32_t> distances_in_grid(std::uint32_t count, NodeId root) {
  std::uint32_t width = 1;
  while (width * width < count) ++width;
  constexpr std::uint32_t unknown = 0xFFFF'FFFF;
  std::vector<std::uint32_t> distance(count, unknown);
  std::queue<std::uint32_t> queue;
  distance[root.index] = 0;
  queue.push(root.index);
  while (!queue.empty()) {
    const std::uint32_t node = queue.front();
    queue.pop();
    const std::uint32_t column = node % width;
    std::vector<std::uint32_t> neighbours;
    if (node >= width) neighbours.push_back(node - width);
    if (node + width < count) neighbours.push_back(node + width);
    if (column > 0) neighbours.push_back(node - 1);
    if (column + 1 < width && node + 1 < count) neighbours.push_back(node + 1);
    for (const std::uint32_t neighbour : neighbours) {
      if (distance[neighbour] != unknown) continue;
      distance[neighbour] = distance[node] + 1;
      queue.push(neighbour);
    }
  }
  return distance;
}

// Spanning (every node but the root is the child of exactly one node, its parent), connected (depth
// falls by one towards the parent, and only the root has depth 0) and breadth-first (depth is the
// distance).
void expect_breadth_first_spanning_tree(std::uint32_t count) {
  SCOPED_TRACE(count);
  const GridTree tree(count);
  const auto distance = distances_in_grid(count, tree.root());
  std::vector<int> times_child(count, 0);
  for (std::uint32_t index = 0; index < count; ++index) {
    const NodeId node{index};
    ASSERT_EQ(tree.depth(node), distance[index]) << index;
    const auto parent = tree.parent(node);
    ASSERT_EQ(parent.has_value(), node != tree.root());
    if (parent) {
      ASSERT_LT(parent->index, count);
      ASSERT_EQ(tree.depth(*parent) + 1, tree.depth(node));
    }
    const auto children = tree.children(node);
    ASSERT_TRUE(std::is_sorted(children.begin(), children.end()));
    for (const NodeId child : children) {
      ASSERT_LT(child.index, count);
      ASSERT_EQ(tree.parent(child), node);
      ++times_child[child.index];
    }
  }
  for (std::uint32_t index = 0; index < count; ++index) {
    ASSERT_EQ(times_child[index], NodeId{index} == tree.root() ? 0 : 1) << index;
  }
}

TEST(GridTree, is_a_breadth_first_spanning_tree_of_the_grid_for_any_count) {
  for (std::uint32_t count = 1; count <= 200; ++count) expect_breadth_first_spanning_tree(count);
}

TEST(GridTree, is_a_breadth_first_spanning_tree_of_a_hundred_thousand) {
  expect_breadth_first_spanning_tree(100'000);
  expect_breadth_first_spanning_tree(99'857);  // one node in the last row
}

TEST(GridTree, of_25_nodes_has_its_root_in_the_middle_and_corners_four_hops_away) {
  const GridTree tree(25);
  EXPECT_EQ(tree.root(), NodeId{12});
  for (const std::uint32_t corner : {0u, 4u, 20u, 24u}) EXPECT_EQ(tree.depth(NodeId{corner}), 4u);
  const auto children = tree.children(NodeId{12});
  EXPECT_EQ(std::vector(children.begin(), children.end()),
            (std::vector<NodeId>{{7}, {11}, {13}, {17}}));
}

TEST(GridTree, has_its_root_in_the_middle_or_above_and_left_of_it) {
  EXPECT_EQ(GridTree(2).root(), NodeId{0});
  EXPECT_EQ(GridTree(4).root(), NodeId{0});
  EXPECT_EQ(GridTree(7).root(), NodeId{4});
  EXPECT_EQ(GridTree(16).root(), NodeId{5});
  EXPECT_EQ(GridTree(100).root(), NodeId{44});
}

TEST(GridTree, of_one_node_is_that_node) {
  const GridTree tree(1);
  EXPECT_EQ(tree.root(), NodeId{0});
  EXPECT_EQ(tree.children(NodeId{0}).size(), 0u);
}

TEST(GridTree, works_for_the_largest_count) {
  const GridTree tree(0xFFFF'FFFF);
  const NodeId last{0xFFFF'FFFE};
  EXPECT_EQ(tree.children(last).size(), 0u);
  NodeId node = last;
  std::uint32_t hops = 0;
  for (; tree.parent(node); node = *tree.parent(node)) ++hops;
  EXPECT_EQ(node, tree.root());
  EXPECT_EQ(hops, tree.depth(last));
}

}  // namespace
}  // namespace bruit::core
