// The strongly connected components of a subgraph of a component: Tarjan's algorithm without
// recursion.
//
// A subgraph has the edges of some relations. With `through_rw` it also has what comes of such an
// edge followed by an anti-dependency. Then there are two layers: a vertex of the lower one is the
// end of a step; its twin in the upper one, `size` further, is a place from which the step may go on
// through one anti-dependency.
#pragma once

#include <cstdint>
#include <vector>

#include "bruit/workbench/checkers/txn/dependency_graph.h"

namespace bruit::workbench::txn {

class SubgraphComponents {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  SubgraphComponents(const Component& component, RelationBits relations, bool through_rw);

  // The smallest component that has two vertices, or one with an edge to itself; of several, that
  // of the earliest transaction. Ascending; empty if there is none.
  const std::vector<std::uint32_t>& smallest() const { return smallest_; }

  // Of a vertex of the lower layer: the number of such a component, or none.
  std::uint32_t number(std::uint32_t vertex) const { return component_of_[vertex]; }

 private:
  static constexpr std::uint32_t unseen = UINT32_MAX;
  static constexpr std::uint32_t closed = UINT32_MAX - 1;

  struct Frame {
    std::uint32_t vertex;
    std::uint32_t next;  // edge to look at
    bool upper_too;      // its end in the lower layer has been looked at
    bool to_itself;
  };

  std::uint32_t next_target(Frame& frame) const;
  void enter(std::uint32_t vertex);
  void search_from(std::uint32_t start);
  void leave(Frame frame);
  void take(std::size_t first);

  const Component& component_;
  RelationBits relations_;
  bool through_rw_;
  std::uint32_t size_;
  std::vector<std::uint32_t> visited_;  // when
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> open_;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> component_of_;
  std::vector<std::uint32_t> smallest_;
  std::uint32_t visits_ = 0;
  std::uint32_t components_ = 0;
};

}  // namespace bruit::workbench::txn
