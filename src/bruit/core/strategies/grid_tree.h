// GridTree: the spanning tree of the strategies `tree` and `batched-tree`, for any number of nodes.
//
// Nodes stand row by row in a grid that is ceil(sqrt(n)) wide, as in Maelstrom's grid topology; the
// last row may be partial. The root is the middle of the grid (n12 of 5×5). From any node the way
// to the root goes along its column to the root's row and then along that row. That is a shortest
// path of the grid, so this is one of its breadth-first trees, about sqrt(n) deep. Every answer is
// computed from coordinates in constant time; no tree is ever built, since each of 100,000
// simulated nodes would hold one.
//
// All NodeIds passed in are below count().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "bruit/core/member.h"

namespace bruit::core {

class GridTree {
 public:
  // At most four nodes, in rising order. A range for `for`.
  class Children {
   public:
    const NodeId* begin() const { return nodes_.data(); }
    const NodeId* end() const { return nodes_.data() + size_; }
    std::size_t size() const { return size_; }

   private:
    friend class GridTree;
    void add(std::uint32_t index) { nodes_[size_++] = NodeId{index}; }

    std::array<NodeId, 4> nodes_{};
    std::size_t size_ = 0;
  };

  // `count` is at least 1.
  explicit GridTree(std::uint32_t count);

  std::uint32_t count() const { return count_; }
  NodeId root() const { return at(root_row_, root_column_); }

  // Nothing for the root.
  std::optional<NodeId> parent(NodeId node) const;
  Children children(NodeId node) const;

  // Hops to the root.
  std::uint32_t depth(NodeId node) const;

 private:
  std::uint32_t row(NodeId node) const { return node.index / width_; }
  std::uint32_t column(NodeId node) const { return node.index % width_; }
  NodeId at(std::uint32_t row, std::uint32_t column) const { return NodeId{row * width_ + column}; }

  std::uint32_t count_;
  std::uint32_t width_;
  std::uint32_t root_row_;
  std::uint32_t root_column_;
};

}  // namespace bruit::core
