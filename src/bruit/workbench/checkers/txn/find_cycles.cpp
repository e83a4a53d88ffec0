#include "bruit/workbench/checkers/txn/find_cycles.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "bruit/workbench/checkers/txn/cycle_check.h"
#include "bruit/workbench/checkers/txn/original_order.h"
#include "bruit/workbench/history/edn.h"

namespace bruit::workbench::txn {
namespace {

class Finder {
 public:
  Finder(const DependencyGraph& graph, const TxnHistory& history, const RelationOrder& order,
         const Explain& explain, Findings& findings)
      : graph_(graph), history_(history), order_(order), explain_(explain), findings_(findings) {}

  void take(const Component& component, const ComponentFindings& found) {
    const auto place = [&](std::uint32_t vertex) {
      return graph_.completion(component.txns[vertex]);
    };
    for (const auto& existence : found.existences) {
      CycleExistence told{.kind = existence.kind, .ops = {}};
      for (const std::uint32_t member : existence.members) told.ops.push_back(place(member));
      findings_.existences.push_back(std::move(told));
    }
    for (const auto& undecided : found.undecided) {
      findings_.limits.push_back({undecided.kind, undecided.absent, component.size()});
    }
    for (const auto& cycle : found.cycles) {
      Cycle told{.kind = cycle.kind, .ops = {}, .steps = {}};
      const std::size_t size = cycle.vertices.size();
      for (std::size_t i = 0; i < size; ++i) {
        const std::uint32_t from = cycle.vertices[i];
        const std::uint32_t to = cycle.vertices[(i + 1) % size];
        const Relation relation = first_relation(component.between(from, to), order_);
        told.ops.push_back(place(from));
        told.steps.push_back(explain_(relation, place(from), place(to)));
      }
      findings_.cycles.push_back(std::move(told));
    }
  }

  ComponentFindings as_original(const Component& component, SearchEffort& effort) const {
    std::vector<std::uint32_t> indices;
    for (const TxnId txn : component.txns) {
      indices.push_back(history_.ops()[graph_.completion(txn)].index);
    }
    const auto hash = [&](std::uint32_t vertex) {
      return clojure_hash_of_op(
          parse_edn(history_.text(graph_.completion(component.txns[vertex]))));
    };
    return search_cycles_as_original(component, order_, indices, hash, effort);
  }

 private:
  const DependencyGraph& graph_;
  const TxnHistory& history_;
  const RelationOrder& order_;
  const Explain& explain_;
  Findings& findings_;
};

}  // namespace

void find_cycles(DependencyGraph& graph, const TxnHistory& history, const RelationOrder& order,
                 CycleSearch search, const Explain& explain, Findings& findings) {
  Finder finder(graph, history, order, explain, findings);
  SearchEffort effort;
  for (const Component& component : graph.components()) {
    finder.take(component, search == CycleSearch::complete
                               ? search_cycles(component, order, effort)
                               : finder.as_original(component, effort));
  }
  verify_cycles(history, findings.cycles);
}

}  // namespace bruit::workbench::txn
