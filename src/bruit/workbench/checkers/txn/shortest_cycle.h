// The shortest cycle of a shape in a component.
//
// From each edge that every such cycle must have one of, breadth-first back to where it began, over
// vertices with what has been done on the way there. In real time each transaction that had ended
// comes before each that began later, so most ways are short. Those edges are not stored: what they
// lead to is a tail of the transactions by their beginning, and what was reached once is not looked
// at again.
//
// A way found so may visit a vertex twice. Then one of the two loops is mostly a cycle of the shape;
// where it is not, a search that is exponential has to decide.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bruit/workbench/checkers/txn/cycle_shape.h"
#include "bruit/workbench/checkers/txn/dependency_graph.h"
#include "bruit/workbench/checkers/txn/relation_order.h"
#include "bruit/workbench/checkers/txn/subgraph_components.h"

namespace bruit::workbench::txn {

class ShortestCycle {
 public:
  // Both must outlive it.
  ShortestCycle(const Component& component, const RelationOrder& order);

  struct Result {
    // Vertices, each once.
    std::optional<std::vector<std::uint32_t>> cycle;
    bool is_sure = true;  // there was effort enough to look at everything
  };
  // Of no more than `longest` vertices. `by_label`: each edge counts as its first relation only.
  // Counts the effort down by each edge that is looked at, and gives up at 0.
  Result find(const CycleShape& shape, bool by_label, std::size_t longest, std::uint64_t& effort);

 private:
  // How far a way has come in what a shape asks for.
  struct Progress {
    RelationBits required;  // what is still missing
    std::uint8_t rw;        // anti-dependencies so far, at most two
    bool last_rw;           // the last edge was one
  };
  static constexpr std::uint32_t progress_count = 4 * 3 * 2;
  struct Visit {
    std::uint32_t vertex;
    std::uint32_t parent;  // position among the visits, or none
    Progress progress;
    std::uint32_t depth;  // vertices of the cycle so far
  };
  using Vertices = std::vector<std::uint32_t>;
  static constexpr std::uint32_t none = UINT32_MAX;

  static std::optional<Progress> step(const CycleShape& shape, Progress before, Relation relation);
  static bool is_done(const CycleShape& shape, Progress progress);
  static std::uint32_t number_of(const CycleShape& shape, Progress progress);

  RelationBits as_counted(RelationBits relations) const;
  Progress at_start() const { return {shape_.required, 0, false}; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(component_.size()); }

  void pass(const SubgraphComponents& within, std::size_t longest);
  std::optional<Vertices> way_back(std::uint32_t start, std::uint32_t second, Progress begun,
                                   std::size_t longest);
  void reach(std::uint32_t vertex, std::uint32_t parent, Progress progress, std::uint32_t depth);
  void reach_in_time(std::uint32_t at, Progress after);
  Vertices cycle_to(std::uint32_t at, std::uint32_t start) const;
  bool spend();

  bool has_shape(const Vertices& cycle) const;
  bool straighten(Vertices& cycle) const;
  std::optional<Vertices> straight_search();

  const Component& component_;
  const RelationOrder& order_;
  // In real time: the transactions by their beginning, and for each the first of those that began
  // after it had ended.
  Vertices by_beginning_;
  Vertices first_after_;

  // Of the search that is going on.
  CycleShape shape_{};
  bool by_label_ = false;
  std::uint64_t* effort_ = nullptr;
  std::optional<Vertices> best_;
  bool was_crooked_ = false;

  // Of one way back. Marks are the number of the one that they were made in.
  std::uint32_t mark_ = 0;
  std::vector<std::uint32_t> seen_;  // by vertex and progress
  std::vector<Visit> visits_;
  std::uint32_t data_mark_ = 0;
  std::vector<std::uint32_t> has_data_;  // by vertex: of the visit from which data leads there
  // By progress: from where on all have been reached, but for those that had been passed over.
  std::array<std::uint32_t, progress_count> tail_{};
  std::array<Vertices, progress_count> passed_over_;
};

}  // namespace bruit::workbench::txn
