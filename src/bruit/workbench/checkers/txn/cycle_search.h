// The search for cycles in one strongly connected component.
//
// First it is asked in which subgraphs, each of which some model wants to be without cycles, there
// is a component at all. That says which kinds of cycles there can be. Then each of those is looked
// for, from the worst to the mildest, and one cycle of it, as short as there is, is the proof. A
// kind that follows from one that was found is not looked for.
//
// A cycle's kind is told by its steps, and a step between two transactions that have several
// relations counts as the first of them in the workload's order: data before time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "bruit/workbench/checkers/txn/anomaly.h"
#include "bruit/workbench/checkers/txn/consistency_model.h"
#include "bruit/workbench/checkers/txn/dependency_graph.h"
#include "bruit/workbench/checkers/txn/relation_order.h"

namespace bruit::workbench::txn {

// A subgraph in which a model forbids every cycle: the edges of some relations; with `through_rw`
// also what comes of one of them followed by an anti-dependency.
struct CycleSubgraph {
  Anomaly kind;  // PL-1-cycle-exists, ...
  Model model;
  RelationBits relations;
  bool through_rw;
};
// In the order in which they are looked at: a model that is ruled out by a weaker one is not.
extern const std::array<CycleSubgraph, 13> cycle_subgraphs;

// The kind of a cycle with these steps: at least one, and not all of them of time or process.
Anomaly kind_of_cycle(const std::vector<Relation>& steps);

struct ComponentFindings {
  // Vertices of the component.
  struct Existence {
    Anomaly kind;
    std::vector<std::uint32_t> members;
  };
  struct FoundCycle {
    Anomaly kind;
    std::vector<std::uint32_t> vertices;
  };
  // A kind at which the search was broken off, and those that were not there before that.
  struct Undecided {
    Anomaly kind;
    std::vector<Anomaly> absent;
  };
  std::vector<Existence> existences;
  std::vector<FoundCycle> cycles;
  std::vector<Undecided> undecided;
};

// The original gives a component one second. So many ways are what it tries in that time: in recorded
// runs it finished 34,000 and not 280,000 of them.
inline constexpr std::uint64_t original_effort = 100'000;

// What is left for the components of a history together: less than a second. In ways to try as the
// original does, and in edges to look at for a cycle that is as short as any, beyond what each
// component has for its size.
struct SearchEffort {
  std::uint64_t as_original = 5'000'000;
  std::uint64_t shortest = 50'000'000;
};

// Every kind that there is in a component, with a cycle that is as short as any. What is not decided
// with the effort that there is, is told to be so.
ComponentFindings search_cycles(const Component& component, const RelationOrder& order,
                                SearchEffort& effort);

// The hash code of the operation at a vertex, as clojure_hash_of_op() has it.
using OpHash = std::function<std::uint32_t(std::uint32_t)>;

// The kinds that the original tells of, each with a cycle that is as short as any. `indices` are the
// :index of the component's transactions. Once the effort for that is used up, it is
// search_cycles().
ComponentFindings search_cycles_as_original(const Component& component, const RelationOrder& order,
                                            std::span<const std::uint32_t> indices,
                                            const OpHash& op_hash, SearchEffort& effort);

}  // namespace bruit::workbench::txn
