#include "bruit/core/strategies/grid_tree.h"

#include "bruit/core/check.h"

namespace bruit::core {
namespace {

// The smallest width whose square holds `count`. Found once per node, in ceil(sqrt(count)) steps.
std::uint32_t width_of(std::uint32_t count) {
  std::uint32_t width = 1;
  while (std::uint64_t{width} * width < count) ++width;
  return width;
}

std::uint32_t distance(std::uint32_t a, std::uint32_t b) { return a < b ? b - a : a - b; }

}  // namespace

// The root's row is never a partial last row: (rows - 1) / 2 is the last row only if it is the only
// one. So along the root's row, and from any row towards it, every place of the grid is taken.
GridTree::GridTree(std::uint32_t count)
    : count_(count),
      width_(width_of(count)),
      root_row_(((count - 1) / width_) / 2),
      root_column_((width_ - 1) / 2) {
  BRUIT_CHECK(count >= 1);
}

std::optional<NodeId> GridTree::parent(NodeId node) const {
  BRUIT_CHECK(node.index < count_);
  const std::uint32_t my_row = row(node);
  const std::uint32_t my_column = column(node);
  if (my_row < root_row_) return at(my_row + 1, my_column);
  if (my_row > root_row_) return at(my_row - 1, my_column);
  if (my_column < root_column_) return at(my_row, my_column + 1);
  if (my_column > root_column_) return at(my_row, my_column - 1);
  return std::nullopt;
}

GridTree::Children GridTree::children(NodeId node) const {
  BRUIT_CHECK(node.index < count_);
  const std::uint32_t my_row = row(node);
  const std::uint32_t my_column = column(node);
  const bool in_root_row = my_row == root_row_;
  Children children;
  if (my_row <= root_row_ && my_row > 0) children.add(node.index - width_);
  if (in_root_row && my_column <= root_column_ && my_column > 0) children.add(node.index - 1);
  if (in_root_row && my_column >= root_column_ && my_column + 1 < width_ &&
      node.index + 1 < count_) {
    children.add(node.index + 1);
  }
  if (my_row >= root_row_ && width_ < count_ - node.index) children.add(node.index + width_);
  return children;
}

std::uint32_t GridTree::depth(NodeId node) const {
  BRUIT_CHECK(node.index < count_);
  return distance(row(node), root_row_) + distance(column(node), root_column_);
}

}  // namespace bruit::core
