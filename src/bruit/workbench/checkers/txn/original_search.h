// The original's own search for a cycle, step by step.
//
// Elle 0.2.2 (elle/bfs.clj, BFSPath.java) tries every way through a component, from each transaction
// in turn, shorter ones first, and looks at what it finds only then: if an edge has two relations, the
// cycle may turn out to be of another kind than the one that was sought, and the search ends with
// nothing. So which kinds it tells of depends on the order in which it looks, and that order is the
// one of its hash tables (original_order.h). Where this can be followed in reasonable time, we tell of
// the same kinds; the cycles that we show are our own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bruit/workbench/checkers/txn/cycle_shape.h"
#include "bruit/workbench/checkers/txn/dependency_graph.h"

namespace bruit::workbench::txn {

// What the original would find: a cycle, as vertices without repetition, or nothing. `indices` are
// the :index of the component's transactions. Counts `effort` down by each way that is tried, and
// gives up at 0.
std::optional<std::vector<std::uint32_t>> original_search(const Component& component,
                                                          std::span<const std::uint32_t> indices,
                                                          const CycleShape& shape,
                                                          std::uint64_t& effort);

// The cycle that the original shows where its time is up: the first that a walk comes upon. `hashes`
// are the hash codes of the component's operations (clojure_hash_of_op()).
std::vector<std::uint32_t> original_fallback(const Component& component,
                                             std::span<const std::uint32_t> indices,
                                             std::span<const std::uint32_t> hashes);

}  // namespace bruit::workbench::txn
