// Members: who takes part, and which of them I am.
//
// The member list is fixed for a run and the same on every node, in the same order; position in it is
// a node's identity inside the core (names belong to shells). The order is also the seniority order.
#pragma once

#include <compare>
#include <cstdint>

#include "bruit/core/check.h"

namespace bruit::core {

// A node's position in the ordered member list.
struct NodeId {
  std::uint32_t index = 0;
  friend auto operator<=>(NodeId, NodeId) = default;
};

class Members {
 public:
  // `self` is below `count`.
  Members(NodeId self, std::uint32_t count) : self_(self), count_(count) {
    BRUIT_CHECK(self.index < count);
  }
  NodeId self() const { return self_; }
  std::uint32_t count() const { return count_; }

 private:
  NodeId self_;
  std::uint32_t count_;
};

}  // namespace bruit::core
