// From a graph of dependencies to the cycles in it that are told of, each step explained.
#pragma once

#include <functional>

#include "bruit/workbench/checkers/txn/cycle_search.h"
#include "bruit/workbench/checkers/txn/dependency_graph.h"
#include "bruit/workbench/checkers/txn/findings.h"

namespace bruit::workbench::txn {

// How much is looked for in a component with cycles.
enum class CycleSearch : std::uint8_t {
  as_original,  // what the original tells of, the limits of its time included
  complete,     // every kind that there is
};

// Why one transaction comes before another, for a relation that they have.
using Explain = std::function<Step(Relation relation, OpPlace first, OpPlace second)>;

// Adds cycles, existences and limits to the findings. Each cycle has been held against the history
// once more (cycle_check.h). The graph is used up.
void find_cycles(DependencyGraph& graph, const TxnHistory& history, const RelationOrder& order,
                 CycleSearch search, const Explain& explain, Findings& findings);

}  // namespace bruit::workbench::txn
