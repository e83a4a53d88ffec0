// Layout: the tree in which values travel while all is well, computed from the ordered member list.
//
// With fan-out limit k: a star around the most senior node while n - 1 <= k, and otherwise the
// k-ary tree in level order (children of i: k i + 1 ... k i + k). Nothing is stored; each answer is
// arithmetic.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "bruit/core/member.h"

namespace bruit::core {

class Layout {
 public:
  // Both at least 1.
  Layout(std::uint32_t count, std::uint32_t fan_out) : count_(count), fan_out_(fan_out) {
    BRUIT_CHECK(count >= 1 && fan_out >= 1);
  }

  std::uint32_t count() const { return count_; }

  // None for the most senior node.
  std::optional<NodeId> parent(NodeId node) const {
    if (node.index == 0) return std::nullopt;
    return NodeId{(node.index - 1) / fan_out_};
  }
  // The first child, and how many there are; children are consecutive.
  std::uint32_t first_child(NodeId node) const {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(std::uint64_t{node.index} * fan_out_ + 1, count_));
  }
  std::uint32_t child_count(NodeId node) const {
    return std::min(fan_out_, count_ - first_child(node));
  }
  // Hops from the root to the farthest node.
  std::uint32_t depth() const {
    std::uint32_t depth = 0;
    for (std::uint32_t i = count_ - 1; i > 0; i = (i - 1) / fan_out_) ++depth;
    return depth;
  }

 private:
  std::uint32_t count_;
  std::uint32_t fan_out_;
};

}  // namespace bruit::core
