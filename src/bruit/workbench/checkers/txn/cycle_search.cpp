#include "bruit/workbench/checkers/txn/cycle_search.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "bruit/workbench/checkers/txn/original_search.h"

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

Relation first_relation(RelationBits relations, const RelationOrder& order) {
  for (const Relation relation : order) {
    if ((relations & bit(relation)) != 0) return relation;
  }
  throw std::logic_error("an edge without a relation");
}

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

// The strongly connected components of a subgraph: Tarjan's algorithm without recursion.
//
// With `through_rw` there are two layers. A vertex of the lower one is the end of a step; its twin
// in the upper one, `size` further, is a place from which the step may go on through one
// anti-dependency.
class SubgraphComponents {
 public:
  SubgraphComponents(const Component& component, const CycleSubgraph& subgraph)
      : component_(component),
        subgraph_(subgraph),
        size_(static_cast<std::uint32_t>(component.size())) {
    const std::size_t vertices = subgraph.through_rw ? 2 * component.size() : component.size();
    number_.assign(vertices, unseen);
    low_.assign(vertices, 0);
  }

  // The smallest component that has two vertices, or one with an edge to itself; of several, that
  // of the earliest transaction. Members of the lower layer, ascending; none if there is none.
  std::vector<std::uint32_t> smallest() {
    for (std::uint32_t start = 0; start < number_.size(); ++start) {
      if (number_[start] == unseen) search_from(start);
    }
    return std::move(smallest_);
  }

 private:
  static constexpr std::uint32_t unseen = UINT32_MAX;
  static constexpr std::uint32_t none = UINT32_MAX;
  static constexpr std::uint32_t closed = UINT32_MAX - 1;

  struct Frame {
    std::uint32_t vertex;
    std::uint32_t next;    // edge to look at
    bool upper_too;        // its end in the lower layer has been looked at
    bool to_itself;
  };

  // The next target of a frame's vertex, or none.
  std::uint32_t next_target(Frame& frame) const {
    const bool is_upper = frame.vertex >= size_;
    const std::uint32_t end = component_.begins[frame.vertex % size_ + 1];
    for (; frame.next < end; ++frame.next) {
      const Component::Edge& edge = component_.edges[frame.next];
      if (is_upper) {
        if ((edge.relations & rw) == 0) continue;
        ++frame.next;
        return edge.to;
      }
      if ((edge.relations & subgraph_.relations) == 0) continue;
      if (!subgraph_.through_rw) {
        ++frame.next;
        return edge.to;
      }
      if (!frame.upper_too) {
        frame.upper_too = true;
        return edge.to;
      }
      frame.upper_too = false;
      ++frame.next;
      return edge.to + size_;
    }
    return none;
  }

  void enter(std::uint32_t vertex) {
    number_[vertex] = low_[vertex] = count_++;
    open_.push_back(vertex);
    frames_.push_back({.vertex = vertex,
                       .next = component_.begins[vertex % size_],
                       .upper_too = false,
                       .to_itself = false});
  }

  void search_from(std::uint32_t start) {
    enter(start);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const std::uint32_t vertex = frame.vertex;
      const std::uint32_t to = next_target(frame);
      if (to == none) {
        leave(frame);
      } else if (number_[to] == unseen) {
        enter(to);
      } else {
        if (to == vertex) frame.to_itself = true;
        if (low_[to] != closed) low_[vertex] = std::min(low_[vertex], number_[to]);
      }
    }
  }

  void leave(Frame frame) {
    const std::uint32_t vertex = frame.vertex;
    const std::uint32_t lowest = low_[vertex];
    if (lowest == number_[vertex]) {
      std::size_t first = open_.size();
      do {
        --first;
        low_[open_[first]] = closed;
      } while (open_[first] != vertex);
      if (open_.size() - first > 1 || frame.to_itself) take(first);
      open_.resize(first);
    }
    frames_.pop_back();
    if (!frames_.empty()) {
      std::uint32_t& above = low_[frames_.back().vertex];
      above = std::min(above, lowest);
    }
  }

  // The component of the open vertices from `first` on.
  void take(std::size_t first) {
    std::vector<std::uint32_t> members;
    for (std::size_t i = first; i < open_.size(); ++i) {
      if (open_[i] < size_) members.push_back(open_[i]);
    }
    if (!smallest_.empty() && members.size() > smallest_.size()) return;
    std::sort(members.begin(), members.end());
    const bool better = smallest_.empty() || members.size() < smallest_.size() ||
                        members.front() < smallest_.front();
    if (better) smallest_ = std::move(members);
  }

  const Component& component_;
  const CycleSubgraph& subgraph_;
  std::uint32_t size_;
  std::vector<std::uint32_t> number_;
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> open_;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> smallest_;
  std::uint32_t count_ = 0;
};

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
  ComponentSearch(const Component& component, const RelationOrder& order)
      : component_(component), order_(order) {
    labels_.reserve(component.edges.size());
    for (const Component::Edge& edge : component.edges) {
      labels_.push_back(bit(first_relation(edge.relations, order)));
    }
  }

  // Every kind that there is.
  ComponentFindings all() {
    find_existences();
    AnomalySet redundant = impossible_kinds();
    std::vector<Anomaly> absent;
    for (const SearchedKind& searched : searched_kinds()) {
      if (is_of_predicates(searched.kind) || redundant.contains(searched.kind)) continue;
      out_of_effort_ = false;
      std::optional<std::vector<std::uint32_t>> cycle = shortest(searched.shape, true);
      if (!cycle && searched.takes_any) cycle = shortest(searched.shape, false);
      if (cycle) {
        findings_.cycles.push_back({kind_of(*cycle), *std::move(cycle)});
        redundant = redundant | implied_by({searched.kind});
      } else if (out_of_effort_) {
        findings_.undecided.push_back({searched.kind, absent});
      } else {
        absent.push_back(searched.kind);
      }
    }
    return std::move(findings_);
  }

  // What the original tells of.
  ComponentFindings as_original(std::span<const std::uint32_t> indices, const OpHash& op_hash,
                                std::uint64_t& effort) {
    find_existences();
    AnomalySet redundant = impossible_kinds();
    std::vector<Anomaly> looked_for;
    AnomalySet found;
    std::uint64_t left = std::min(effort, original_effort);
    const std::uint64_t before = left;
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
    effort -= before - left;
    if (left > 0) return std::move(findings_);
    std::vector<std::uint32_t> hashes;
    for (std::uint32_t vertex = 0; vertex < size(); ++vertex) hashes.push_back(op_hash(vertex));
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
  std::uint32_t size() const { return static_cast<std::uint32_t>(component_.size()); }

  // ---- Which models have a component in their subgraph.

  void find_existences() {
    ModelSet impossible;
    for (const CycleSubgraph& subgraph : cycle_subgraphs) {
      if (impossible.contains(subgraph.model)) continue;
      auto smallest = SubgraphComponents(component_, subgraph).smallest();
      if (smallest.empty()) continue;
      findings_.existences.push_back({subgraph.kind, std::move(smallest)});
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
    auto shorter = shortest(searched->shape, true);
    const bool fits = shorter && kind_of(*shorter) == kind && shorter->size() < cycle.size();
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

  // How far a way has come in what a shape asks for.
  struct Progress {
    RelationBits required;  // what is still missing
    std::uint8_t rw;        // anti-dependencies so far, at most two
    bool last_rw;           // the last edge was one
  };
  static constexpr std::uint32_t progress_count = 4 * 3 * 2;

  // The step of a way along an edge, taken as `relation`; nothing if the shape forbids it.
  static std::optional<Progress> step(const Shape& shape, Progress before, Relation relation) {
    Progress after = before;
    after.required &= static_cast<RelationBits>(~bit(relation));
    after.last_rw = false;
    if (relation != Relation::rw) {
      if ((shape.free & bit(relation)) == 0) return std::nullopt;
      return after;
    }
    const bool allowed = shape.rw == Shape::Rw::many ||
                         (shape.rw == Shape::Rw::one && before.rw == 0) ||
                         (shape.rw == Shape::Rw::nonadjacent && !before.last_rw);
    if (!allowed) return std::nullopt;
    after.rw = static_cast<std::uint8_t>(std::min(2, before.rw + 1));
    after.last_rw = true;
    return after;
  }

  // Whether a way that has come back to where it began, with the edge that it began with, is done.
  static bool is_done(const Shape& shape, Progress progress) {
    if (progress.required != 0) return false;
    switch (shape.rw) {
      case Shape::Rw::none:
        return true;
      case Shape::Rw::one:
        return progress.rw == 1;
      case Shape::Rw::nonadjacent:
        return progress.rw == 2 && !progress.last_rw;
      case Shape::Rw::many:
        return progress.rw == 2;
    }
    return false;
  }

  // A number for a progress, below progress_count. At most two relations are ever required.
  static std::uint32_t number_of(const Shape& shape, Progress progress) {
    std::uint32_t number = 0;
    if ((progress.required & wr) != 0) number |= 1;
    if ((progress.required & shape.required & (process | realtime)) != 0) number |= 2;
    // Only what makes a difference for the shape is told apart, so that fewer ways are.
    std::uint32_t rest = 0;
    if (shape.rw == Shape::Rw::nonadjacent) rest = progress.rw * 2U + (progress.last_rw ? 1U : 0U);
    if (shape.rw == Shape::Rw::many || shape.rw == Shape::Rw::one) rest = progress.rw * 2U;
    return number * 6 + rest;
  }

  RelationBits relations_at(std::uint32_t edge, bool by_label) const {
    return by_label ? labels_[edge] : component_.edges[edge].relations;
  }

  // The shortest cycle of a shape, or nothing. `by_label`: each edge counts as its first relation
  // only. Every cycle of a shape has an edge of `starts`, and a search begins at each of those.
  std::optional<std::vector<std::uint32_t>> shortest(const Shape& shape, bool by_label) {
    RelationBits starts = shape.free;
    if (shape.rw != Shape::Rw::none) {
      starts = rw;
    } else if ((shape.required & (process | realtime)) != 0) {
      starts = shape.required & (process | realtime);
    } else if (shape.required != 0) {
      starts = shape.required;
    }
    const std::size_t least = shape.rw == Shape::Rw::nonadjacent ? 4 : 1;
    std::optional<std::vector<std::uint32_t>> best;
    bool was_crooked = false;
    std::uint64_t effort = effort_of_kind();
    for (std::uint32_t from = 0; from < size(); ++from) {
      for (std::uint32_t i = component_.begins[from]; i < component_.begins[from + 1]; ++i) {
        const RelationBits can_start = relations_at(i, by_label) & starts;
        if (can_start == 0) continue;
        for (const Relation relation : order_) {
          if ((can_start & bit(relation)) == 0) continue;
          const auto begun = step(shape, {shape.required, 0, false}, relation);
          if (!begun) continue;
          const std::size_t longest = best ? best->size() - 1 : SIZE_MAX;
          auto found = way_back(shape, by_label, from, i, *begun, longest, effort);
          if (effort == 0) {
            if (!best) out_of_effort_ = true;
            return best;
          }
          if (!found) continue;
          if (!straighten(shape, by_label, *found)) {
            was_crooked = true;
            continue;
          }
          best = std::move(found);
          if (best->size() <= least) return best;
        }
        if (best && best->size() == std::max<std::size_t>(least, 2)) return best;
      }
    }
    if (!best && was_crooked) return straight_search(shape, by_label, starts, effort);
    return best;
  }

  std::uint64_t effort_of_kind() const {
    return 20'000'000 + 100 * static_cast<std::uint64_t>(component_.edges.size());
  }

  struct Visit {
    std::uint32_t vertex;
    std::uint32_t parent;  // position among the visits, or none
    Progress progress;
    std::uint32_t depth;  // vertices of the cycle so far
  };

  // Breadth-first: from the end of the edge `first` (which leaves `start`) back to `start`, over
  // vertices with what is done there. The way may visit a vertex twice.
  std::optional<std::vector<std::uint32_t>> way_back(const Shape& shape, bool by_label,
                                                     std::uint32_t start, std::uint32_t first,
                                                     Progress begun, std::size_t longest,
                                                     std::uint64_t& effort) {
    constexpr std::uint32_t none = UINT32_MAX;
    if (longest == 0) return std::nullopt;
    if (seen_.empty()) seen_.assign(std::size_t{size()} * progress_count, 0);
    ++search_;
    std::vector<Visit>& visits = visits_;
    visits.clear();
    const auto reach = [&](std::uint32_t vertex, std::uint32_t parent, Progress progress,
                           std::uint32_t depth) {
      std::uint32_t& seen =
          seen_[std::size_t{vertex} * progress_count + number_of(shape, progress)];
      if (seen == search_) return;
      seen = search_;
      visits.push_back({vertex, parent, progress, depth});
    };
    const std::uint32_t second = component_.edges[first].to;
    if (second == start) {
      if (is_done(shape, begun)) return std::vector{start};
      return std::nullopt;
    }
    reach(second, none, begun, 2);
    for (std::uint32_t at = 0; at < visits.size(); ++at) {
      const Visit visit = visits[at];
      for (std::uint32_t i = component_.begins[visit.vertex];
           i < component_.begins[visit.vertex + 1]; ++i) {
        if (--effort == 0) return std::nullopt;
        const std::uint32_t to = component_.edges[i].to;
        const RelationBits relations = relations_at(i, by_label);
        for (const Relation relation : order_) {
          if ((relations & bit(relation)) == 0) continue;
          const auto after = step(shape, visit.progress, relation);
          if (!after) continue;
          if (to == start && is_done(shape, *after)) {
            if (visit.depth > longest) return std::nullopt;
            std::vector<std::uint32_t> cycle;
            for (std::uint32_t v = at; v != none; v = visits[v].parent) {
              cycle.push_back(visits[v].vertex);
            }
            cycle.push_back(start);
            std::reverse(cycle.begin(), cycle.end());
            return cycle;
          }
          if (to != start && visit.depth < longest) reach(to, at, *after, visit.depth + 1);
        }
      }
    }
    return std::nullopt;
  }

  // Whether a closed way has the shape, its edges taken as whatever suits.
  bool has_shape(const Shape& shape, bool by_label, const std::vector<std::uint32_t>& cycle) const {
    // Every way to take its edges, as sets of progress. A nonadjacent cycle is looked at from a
    // place where it does not begin with an anti-dependency that follows another.
    std::vector<Progress> all = {{shape.required, 0, false}};
    std::vector<bool> began_with_rw = {false};
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const std::uint32_t to = cycle[(i + 1) % cycle.size()];
      const RelationBits both = component_.between(cycle[i], to);
      const RelationBits relations = by_label ? bit(first_relation(both, order_)) : both;
      std::vector<Progress> next;
      std::vector<bool> next_began;
      for (std::size_t p = 0; p < all.size(); ++p) {
        for (const Relation relation : order_) {
          if ((relations & bit(relation)) == 0) continue;
          const auto after = step(shape, all[p], relation);
          if (!after) continue;
          next.push_back(*after);
          next_began.push_back(i == 0 ? relation == Relation::rw : began_with_rw[p]);
        }
      }
      all = std::move(next);
      began_with_rw = std::move(next_began);
    }
    for (std::size_t p = 0; p < all.size(); ++p) {
      Progress progress = all[p];
      if (shape.rw == Shape::Rw::nonadjacent && !began_with_rw[p]) progress.last_rw = false;
      if (is_done(shape, progress)) return true;
    }
    return false;
  }

  // Makes a closed way that visits a vertex twice into a cycle: one of the two parts that meet
  // there, whichever has the shape. False if neither has.
  bool straighten(const Shape& shape, bool by_label, std::vector<std::uint32_t>& cycle) const {
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      for (std::size_t j = i + 1; j < cycle.size(); ++j) {
        if (cycle[i] != cycle[j]) continue;
        const auto at = [&](std::size_t place) {
          return cycle.begin() + static_cast<std::ptrdiff_t>(place);
        };
        std::vector<std::uint32_t> inner(at(i), at(j));
        std::vector<std::uint32_t> outer(at(0), at(i));
        outer.insert(outer.end(), at(j), cycle.end());
        for (std::vector<std::uint32_t>* part : {&inner, &outer}) {
          if (part->empty() || !has_shape(shape, by_label, *part)) continue;
          if (!straighten(shape, by_label, *part)) continue;
          cycle = std::move(*part);
          return true;
        }
        return false;
      }
    }
    return true;
  }

  // Depth-first over ways without a vertex twice: exponential, and only for what the search over
  // ways with repetitions could not settle.
  std::optional<std::vector<std::uint32_t>> straight_search(const Shape& shape, bool by_label,
                                                            RelationBits starts,
                                                            std::uint64_t effort) {
    struct Frame {
      std::uint32_t vertex;
      std::uint32_t edge;    // to look at
      std::size_t relation;  // as which to take it: a position in order_
      Progress progress;
    };
    std::vector<bool> on_way(size(), false);
    for (std::uint32_t start = 0; start < size(); ++start) {
      std::vector<Frame> way = {
          {start, component_.begins[start], 0, {shape.required, 0, false}}};
      on_way[start] = true;
      while (!way.empty()) {
        Frame& frame = way.back();
        if (frame.edge == component_.begins[frame.vertex + 1]) {
          on_way[frame.vertex] = false;
          way.pop_back();
          continue;
        }
        const std::uint32_t edge = frame.edge;
        const Relation relation = order_[frame.relation];
        if (++frame.relation == order_.size()) {
          frame.relation = 0;
          ++frame.edge;
        }
        if (--effort == 0) {
          out_of_effort_ = true;
          return std::nullopt;
        }
        if ((relations_at(edge, by_label) & bit(relation)) == 0) continue;
        if (way.size() == 1 && (starts & bit(relation)) == 0) continue;
        const auto after = step(shape, frame.progress, relation);
        if (!after) continue;
        const std::uint32_t to = component_.edges[edge].to;
        if (to == start && is_done(shape, *after)) {
          std::vector<std::uint32_t> cycle;
          for (const Frame& visited : way) cycle.push_back(visited.vertex);
          return cycle;
        }
        if (on_way[to]) continue;
        on_way[to] = true;
        way.push_back({to, component_.begins[to], 0, *after});
      }
    }
    return std::nullopt;
  }

  const Component& component_;
  const RelationOrder& order_;
  std::vector<RelationBits> labels_;  // of each edge: its first relation
  ComponentFindings findings_;
  bool out_of_effort_ = false;
  std::vector<std::uint32_t> seen_;  // by vertex and progress: the last search that came there
  std::uint32_t search_ = 0;
  std::vector<Visit> visits_;
};

}  // namespace

ComponentFindings search_cycles(const Component& component, const RelationOrder& order) {
  return ComponentSearch(component, order).all();
}

ComponentFindings search_cycles_as_original(const Component& component, const RelationOrder& order,
                                            std::span<const std::uint32_t> indices,
                                            const OpHash& op_hash, std::uint64_t& effort) {
  if (effort == 0) return search_cycles(component, order);
  return ComponentSearch(component, order).as_original(indices, op_hash, effort);
}

}  // namespace bruit::workbench::txn
