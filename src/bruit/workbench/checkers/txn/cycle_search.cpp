#include "bruit/workbench/checkers/txn/cycle_search.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "bruit/workbench/checkers/txn/original_search.h"
#include "bruit/workbench/checkers/txn/shortest_cycle.h"
#include "bruit/workbench/checkers/txn/subgraph_components.h"

namespace bruit::workbench::txn {
namespace {

constexpr RelationBits ww = bit(Relation::ww);
constexpr RelationBits wr = bit(Relation::wr);
constexpr RelationBits rw = bit(Relation::rw);
constexpr RelationBits process = bit(Relation::process);
constexpr RelationBits realtime = bit(Relation::realtime);

constexpr RelationBits united(std::initializer_list<RelationBits> all) {
  RelationBits result = 0;
  for (const RelationBits one : all) result |= one;
  return result;
}

}  // namespace

const std::array<CycleSubgraph, 13> cycle_subgraphs = {{
    {Anomaly::PL_1_cycle_exists, Model::read_uncommitted, ww, false},
    {Anomaly::PL_2_cycle_exists, Model::read_committed, united({ww, wr}), false},
    {Anomaly::PL_SI_cycle_exists, Model::snapshot_isolation, united({ww, wr}), true},
    {Anomaly::PL_2_99_cycle_exists, Model::repeatable_read, united({ww, wr, rw}), false},
    {Anomaly::PL_3_cycle_exists, Model::serializable, united({ww, wr, rw}), false},
    {Anomaly::strong_session_PL_1_cycle_exists, Model::strong_session_read_uncommitted,
     united({ww, process}), false},
    {Anomaly::strong_session_PL_2_cycle_exists, Model::strong_session_read_committed,
     united({ww, wr, process}), false},
    {Anomaly::strong_session_snapshot_isolation_cycle_exists,
     Model::strong_session_snapshot_isolation, united({ww, wr, process}), true},
    {Anomaly::strong_session_serializable_cycle_exists, Model::strong_session_serializable,
     united({ww, wr, rw, process}), false},
    {Anomaly::strong_PL_1_cycle_exists, Model::strong_read_uncommitted, united({ww, realtime}),
     false},
    {Anomaly::strong_PL_2_cycle_exists, Model::strong_read_committed, united({ww, wr, realtime}),
     false},
    {Anomaly::strong_snapshot_isolation_cycle_exists, Model::strong_snapshot_isolation,
     united({ww, wr, realtime}), true},
    {Anomaly::PL_SS_cycle_exists, Model::strong_serializable, united({ww, wr, rw, realtime}),
     false},
}};

Anomaly kind_of_cycle(const std::vector<Relation>& steps) {
  const auto count = [&](Relation relation) {
    return std::count(steps.begin(), steps.end(), relation);
  };
  Anomaly kind{};
  const auto anti = count(Relation::rw);
  if (anti == 1) {
    kind = Anomaly::G_single_item;
  } else if (anti > 1) {
    bool adjacent = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Relation next = steps[(i + 1) % steps.size()];
      if (steps[i] == Relation::rw && next == Relation::rw) adjacent = true;
    }
    kind = adjacent ? Anomaly::G2_item : Anomaly::G_nonadjacent_item;
  } else if (count(Relation::wr) > 0) {
    kind = Anomaly::G1c;
  } else if (count(Relation::ww) > 0) {
    kind = Anomaly::G0;
  } else {
    throw std::logic_error("a cycle of nothing but time");
  }
  const int variant = count(Relation::realtime) > 0 ? 2 : count(Relation::process) > 0 ? 1 : 0;
  return static_cast<Anomaly>(static_cast<int>(kind) + variant);
}

namespace {

using Shape = CycleShape;
using Rw = CycleShape::Rw;

struct SearchedKind {
  Anomaly kind;
  Shape shape;
  // The first cycle that is found counts, as whatever kind it then has. The original is content
  // with that for kinds without anti-dependencies.
  bool takes_any;
};

// Kinds with reads of predicates have the shape of those without, and no cycle is ever of such a
// kind; the original looks for them nevertheless, which takes its time.
std::vector<SearchedKind> all_kinds() {
  const std::vector<SearchedKind> base = {
      {Anomaly::G0, {ww, 0, Rw::none}, true},
      {Anomaly::G1c, {united({ww, wr}), wr, Rw::none}, true},
      {Anomaly::G_single_item, {united({ww, wr}), 0, Rw::one}, false},
      {Anomaly::G_single, {united({ww, wr}), 0, Rw::one}, false},
      {Anomaly::G_nonadjacent_item, {united({ww, wr}), 0, Rw::nonadjacent}, false},
      {Anomaly::G_nonadjacent, {united({ww, wr}), 0, Rw::nonadjacent}, false},
      {Anomaly::G2_item, {united({ww, wr}), 0, Rw::many}, false},
      {Anomaly::G2, {united({ww, wr}), 0, Rw::many}, false},
  };
  std::vector<SearchedKind> all = base;
  int number = 0;
  for (const RelationBits extra : {process, realtime}) {
    ++number;
    for (SearchedKind kind : base) {
      kind.kind = static_cast<Anomaly>(static_cast<int>(kind.kind) + number);
      kind.shape.free |= extra;
      kind.shape.required |= extra;
      all.push_back(kind);
    }
  }
  return all;
}

// The original's order: by how many others can come before an anomaly, in a chain of those that
// imply it or count as worse, then by name.
std::vector<SearchedKind> in_original_order() {
  std::vector<Implication> edges = direct_implications();
  const auto worse = [&](Anomaly from, Anomaly to) {
    for (int number = 0; number < 3; ++number) {
      edges.push_back({static_cast<Anomaly>(static_cast<int>(from) + number),
                       static_cast<Anomaly>(static_cast<int>(to) + number)});
    }
  };
  worse(Anomaly::G1c, Anomaly::G_single);
  worse(Anomaly::G1c, Anomaly::G2_item);
  edges.push_back({Anomaly::G2, Anomaly::G0_process});
  edges.push_back({Anomaly::G2_process, Anomaly::G0_realtime});
  std::array<int, anomaly_count> depth{};
  const auto at = [&](Anomaly anomaly) -> int& {
    return depth[static_cast<std::size_t>(anomaly)];
  };
  for (std::size_t round = 0; round < anomaly_count; ++round) {
    for (const auto& [from, to] : edges) at(to) = std::max(at(to), at(from) + 1);
  }
  std::vector<SearchedKind> kinds = all_kinds();
  std::sort(kinds.begin(), kinds.end(), [&](const SearchedKind& a, const SearchedKind& b) {
    return std::make_pair(at(a.kind), to_string(a.kind)) <
           std::make_pair(at(b.kind), to_string(b.kind));
  });
  return kinds;
}

const std::vector<SearchedKind>& searched_kinds() {
  static const std::vector<SearchedKind> kinds = in_original_order();
  return kinds;
}

class ComponentSearch {
 public:
  ComponentSearch(const Component& component, const RelationOrder& order, SearchEffort& effort)
      : component_(component),
        order_(order),
        effort_(effort),
        own_(steps_per_item * (component.size() + component.edges.size())),
        left_(own_ + std::min(effort.shortest, steps_from_all)),
        granted_(left_),
        shortest_(component, order) {}

  ~ComponentSearch() {
    const std::uint64_t used = granted_ - left_;
    if (used > own_) effort_.shortest -= used - own_;
  }
  ComponentSearch(const ComponentSearch&) = delete;
  ComponentSearch& operator=(const ComponentSearch&) = delete;

  // Every kind that there is.
  ComponentFindings all() {
    find_existences();
    AnomalySet redundant = impossible_kinds();
    std::vector<Anomaly> absent;
    for (const SearchedKind& searched : searched_kinds()) {
      if (is_of_predicates(searched.kind) || redundant.contains(searched.kind)) continue;
      auto [cycle, is_sure] = shortest_.find(searched.shape, true, SIZE_MAX, left_);
      if (!cycle && searched.takes_any) {
        auto [any, is_sure_of_any] = shortest_.find(searched.shape, false, SIZE_MAX, left_);
        cycle = std::move(any);
        is_sure = is_sure && is_sure_of_any;
      }
      if (cycle) {
        const Anomaly kind = kind_of(*cycle);
        if (kind == searched.kind) {
          findings_.cycles.push_back({kind, *std::move(cycle)});
        } else {
          take(kind, *cycle);
        }
        redundant = redundant | implied_by({kind});
        redundant.add(kind);
      } else if (!is_sure) {
        findings_.undecided.push_back({searched.kind, absent});
      } else {
        absent.push_back(searched.kind);
      }
    }
    return std::move(findings_);
  }

  // What the original tells of.
  ComponentFindings as_original(std::span<const std::uint32_t> indices, const OpHash& op_hash) {
    find_existences();
    AnomalySet redundant = impossible_kinds();
    std::vector<Anomaly> looked_for;
    AnomalySet found;
    std::uint64_t left = original_effort;
    for (const SearchedKind& searched : searched_kinds()) {
      if (redundant.contains(searched.kind)) continue;
      looked_for.push_back(searched.kind);
      const auto cycle = original_search(component_, indices, searched.shape, left);
      if (left == 0) break;
      if (!cycle) continue;
      const Anomaly kind = kind_of(*cycle);
      if (!searched.takes_any && kind != searched.kind) continue;
      take(kind, *cycle);
      found.add(kind);
      redundant = redundant | implied_by({searched.kind});
    }
    effort_.as_original -= original_effort - left;
    if (left > 0) return std::move(findings_);
    std::vector<std::uint32_t> hashes;
    const auto size = static_cast<std::uint32_t>(component_.size());
    for (std::uint32_t vertex = 0; vertex < size; ++vertex) hashes.push_back(op_hash(vertex));
    const auto fallback = original_fallback(component_, indices, hashes);
    take(kind_of(fallback), fallback);
    ComponentFindings::Undecided undecided{.kind = looked_for.back(), .absent = {}};
    looked_for.pop_back();
    for (const Anomaly kind : looked_for) {
      if (!found.contains(kind)) undecided.absent.push_back(kind);
    }
    findings_.undecided.push_back(std::move(undecided));
    return std::move(findings_);
  }

 private:
  // A component has so many steps for each transaction and edge, and up to so many of those that
  // are for all together.
  static constexpr std::uint64_t steps_per_item = 200;
  static constexpr std::uint64_t steps_from_all = 2'000'000;

  // ---- Which models have a component in their subgraph.

  void find_existences() {
    ModelSet impossible;
    for (const CycleSubgraph& subgraph : cycle_subgraphs) {
      if (impossible.contains(subgraph.model)) continue;
      const SubgraphComponents within(component_, subgraph.relations, subgraph.through_rw);
      if (within.smallest().empty()) continue;
      findings_.existences.push_back({subgraph.kind, within.smallest()});
      impossible = impossible | impossible_without({subgraph.model});
    }
  }

  // Kinds of cycles that would rule out a model whose subgraph has none.
  AnomalySet impossible_kinds() const {
    ModelSet broken;
    for (const CycleSubgraph& subgraph : cycle_subgraphs) {
      for (const auto& existence : findings_.existences) {
        if (existence.kind == subgraph.kind) broken.add(subgraph.model);
      }
    }
    broken = impossible_without(broken);
    ModelSet kept;
    for (const CycleSubgraph& subgraph : cycle_subgraphs) {
      if (!broken.contains(subgraph.model)) kept.add(subgraph.model);
    }
    return cycle_kinds() & prohibited_by(kept);
  }

  // ---- Cycles of one kind.

  static bool is_of_predicates(Anomaly kind) {
    return kind >= Anomaly::G_single && kind <= Anomaly::G2_realtime;
  }

  // Tells of a cycle of this kind: of the shortest there is, if that is found.
  void take(Anomaly kind, const std::vector<std::uint32_t>& cycle) {
    const auto& kinds = searched_kinds();
    const auto searched = std::find_if(kinds.begin(), kinds.end(),
                                       [kind](const SearchedKind& s) { return s.kind == kind; });
    auto shorter = shortest_.find(searched->shape, true, cycle.size() - 1, left_).cycle;
    const bool fits = shorter && kind_of(*shorter) == kind;
    findings_.cycles.push_back({kind, fits ? *std::move(shorter) : cycle});
  }

  Anomaly kind_of(const std::vector<std::uint32_t>& cycle) const {
    std::vector<Relation> steps;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const std::uint32_t to = cycle[(i + 1) % cycle.size()];
      steps.push_back(first_relation(component_.between(cycle[i], to), order_));
    }
    return kind_of_cycle(steps);
  }

  const Component& component_;
  const RelationOrder& order_;
  SearchEffort& effort_;
  std::uint64_t own_;
  std::uint64_t left_;
  std::uint64_t granted_;
  ShortestCycle shortest_;
  ComponentFindings findings_;
};

}  // namespace

ComponentFindings search_cycles(const Component& component, const RelationOrder& order,
                                SearchEffort& effort) {
  return ComponentSearch(component, order, effort).all();
}

ComponentFindings search_cycles_as_original(const Component& component, const RelationOrder& order,
                                            std::span<const std::uint32_t> indices,
                                            const OpHash& op_hash, SearchEffort& effort) {
  ComponentSearch search(component, order, effort);
  return effort.as_original < original_effort ? search.all() : search.as_original(indices, op_hash);
}

}  // namespace bruit::workbench::txn
