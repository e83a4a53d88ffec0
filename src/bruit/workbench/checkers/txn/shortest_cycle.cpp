#include "bruit/workbench/checkers/txn/shortest_cycle.h"

#include <algorithm>
#include <utility>

namespace bruit::workbench::txn {
namespace {

using Rw = CycleShape::Rw;

constexpr RelationBits wr = bit(Relation::wr);
constexpr RelationBits rw = bit(Relation::rw);
constexpr RelationBits realtime = bit(Relation::realtime);
constexpr RelationBits order_of_time = bit(Relation::process) | realtime;

// Relations one of which every cycle of a shape has; of data, since those edges are all stored.
RelationBits starts_of(const CycleShape& shape) {
  if (shape.rw != Rw::none) return rw;
  const auto required = static_cast<RelationBits>(shape.required & ~order_of_time);
  return required != 0 ? required : static_cast<RelationBits>(shape.free & ~order_of_time);
}

std::size_t least_of(const CycleShape& shape) {
  if (shape.rw == Rw::nonadjacent) return 4;
  // Only what a transaction wrote may lead back to itself.
  return shape.rw == Rw::none && (shape.required & ~wr) == 0 ? 1 : 2;
}

}  // namespace

ShortestCycle::ShortestCycle(const Component& component, const RelationOrder& order)
    : component_(component),
      order_(order),
      seen_(component.size() * progress_count, 0),
      has_data_(component.size(), 0) {
  if (!component.has_time()) return;
  by_beginning_.resize(size());
  for (std::uint32_t vertex = 0; vertex < size(); ++vertex) by_beginning_[vertex] = vertex;
  const auto began = [&](std::uint32_t vertex) { return component_.began[vertex]; };
  std::sort(by_beginning_.begin(), by_beginning_.end(),
            [&](std::uint32_t a, std::uint32_t b) { return began(a) < began(b); });
  first_after_.reserve(size());
  for (std::uint32_t vertex = 0; vertex < size(); ++vertex) {
    const auto first =
        std::upper_bound(by_beginning_.begin(), by_beginning_.end(), component.ended[vertex],
                         [&](OpPlace ended, std::uint32_t other) { return ended < began(other); });
    first_after_.push_back(static_cast<std::uint32_t>(first - by_beginning_.begin()));
  }
}

ShortestCycle::Result ShortestCycle::find(const CycleShape& shape, bool by_label,
                                          std::size_t longest, std::uint64_t& effort) {
  shape_ = shape;
  by_label_ = by_label;
  effort_ = &effort;
  best_.reset();
  was_crooked_ = false;
  const std::size_t least = least_of(shape);
  longest = std::min(longest, component_.size());
  if (longest < least) return {};
  const auto relations = static_cast<RelationBits>(shape.free | shape.required |
                                                   (shape.rw == Rw::none ? 0 : rw));
  const SubgraphComponents within(component_, relations, false);
  if (within.smallest().empty()) return {};
  // Most that are there are very short: those are found without a look at the rest.
  constexpr std::size_t very_short = 2;
  constexpr std::size_t rather_short = 4;
  for (const std::size_t bound : {very_short, rather_short, longest}) {
    if (bound < least || bound > longest) continue;
    pass(within, bound);
    if (best_ || effort == 0) return {std::move(best_), effort > 0};
  }
  // A closed way over a vertex twice may be longer than there are vertices.
  if (longest == component_.size()) {
    pass(within, SIZE_MAX);
    if (best_ || effort == 0) return {std::move(best_), effort > 0};
  }
  if (was_crooked_) best_ = straight_search();
  return {std::move(best_), effort > 0};
}

bool ShortestCycle::spend() {
  if (*effort_ == 0) return false;
  --*effort_;
  return true;
}

// Looks for cycles up to a length, and for shorter ones with each that is found.
void ShortestCycle::pass(const SubgraphComponents& within, std::size_t longest) {
  const RelationBits starts = starts_of(shape_);
  const std::size_t least = least_of(shape_);
  for (std::uint32_t from = 0; from < size(); ++from) {
    if (within.number(from) == SubgraphComponents::none) continue;
    for (const Component::Edge& edge : component_.out(from)) {
      if (within.number(edge.to) != within.number(from)) continue;
      const RelationBits can_start = as_counted(edge.relations) & starts;
      for (const Relation relation : order_) {
        if ((can_start & bit(relation)) == 0) continue;
        const auto begun = step(shape_, at_start(), relation);
        if (!begun) continue;
        auto found = way_back(from, edge.to, *begun, longest);
        if (*effort_ == 0) return;
        if (!found) continue;
        if (!straighten(*found)) {
          was_crooked_ = true;
          continue;
        }
        best_ = std::move(found);
        longest = best_->size() - 1;
        if (longest < least) return;
      }
    }
  }
}

RelationBits ShortestCycle::as_counted(RelationBits relations) const {
  if (!by_label_ || relations == 0) return relations;
  return bit(first_relation(relations, order_));
}

// The step of a way along an edge, taken as `relation`; nothing if the shape forbids it.
std::optional<ShortestCycle::Progress> ShortestCycle::step(const CycleShape& shape, Progress before,
                                                           Relation relation) {
  Progress after = before;
  after.required &= static_cast<RelationBits>(~bit(relation));
  after.last_rw = false;
  if (relation != Relation::rw) {
    if ((shape.free & bit(relation)) == 0) return std::nullopt;
    return after;
  }
  const bool allowed = shape.rw == Rw::many || (shape.rw == Rw::one && before.rw == 0) ||
                       (shape.rw == Rw::nonadjacent && !before.last_rw);
  if (!allowed) return std::nullopt;
  after.rw = static_cast<std::uint8_t>(std::min(2, before.rw + 1));
  after.last_rw = true;
  return after;
}

// Whether a way that has come back to where it began, with the edge that it began with, is done.
bool ShortestCycle::is_done(const CycleShape& shape, Progress progress) {
  if (progress.required != 0) return false;
  switch (shape.rw) {
    case Rw::none:
      return true;
    case Rw::one:
      return progress.rw == 1;
    case Rw::nonadjacent:
      return progress.rw == 2 && !progress.last_rw;
    case Rw::many:
      return progress.rw == 2;
  }
  return false;
}

// A number for a progress, below progress_count. At most two relations are ever required.
std::uint32_t ShortestCycle::number_of(const CycleShape& shape, Progress progress) {
  std::uint32_t number = 0;
  if ((progress.required & wr) != 0) number |= 1;
  if ((progress.required & shape.required & order_of_time) != 0) number |= 2;
  // Only what makes a difference for the shape is told apart, so that fewer ways are.
  std::uint32_t rest = 0;
  if (shape.rw == Rw::nonadjacent) rest = progress.rw * 2U + (progress.last_rw ? 1U : 0U);
  if (shape.rw == Rw::many || shape.rw == Rw::one) rest = progress.rw * 2U;
  return number * 6 + rest;
}

void ShortestCycle::reach(std::uint32_t vertex, std::uint32_t parent, Progress progress,
                          std::uint32_t depth) {
  std::uint32_t& seen = seen_[std::size_t{vertex} * progress_count + number_of(shape_, progress)];
  if (seen == mark_) return;
  seen = mark_;
  visits_.push_back({vertex, parent, progress, depth});
}

// Everything that began after the visited transaction had ended, unless data leads there too and
// that is what counts.
void ShortestCycle::reach_in_time(std::uint32_t at, Progress after) {
  const Visit visit = visits_[at];
  const std::uint32_t number = number_of(shape_, after);
  const std::uint32_t first = first_after_[visit.vertex];
  const auto is_other = [&](std::uint32_t vertex) {
    return by_label_ && has_data_[vertex] == data_mark_;
  };
  Vertices& passed_over = passed_over_[number];
  for (std::size_t i = 0; i < passed_over.size();) {
    if (!spend()) return;
    const std::uint32_t vertex = by_beginning_[passed_over[i]];
    if (passed_over[i] < first || is_other(vertex)) {
      ++i;
      continue;
    }
    reach(vertex, at, after, visit.depth + 1);
    passed_over[i] = passed_over.back();
    passed_over.pop_back();
  }
  for (; tail_[number] > first; --tail_[number]) {
    if (!spend()) return;
    const std::uint32_t place = tail_[number] - 1;
    if (is_other(by_beginning_[place])) {
      passed_over.push_back(place);
    } else {
      reach(by_beginning_[place], at, after, visit.depth + 1);
    }
  }
}

ShortestCycle::Vertices ShortestCycle::cycle_to(std::uint32_t at, std::uint32_t start) const {
  Vertices cycle;
  for (std::uint32_t visit = at; visit != none; visit = visits_[visit].parent) {
    cycle.push_back(visits_[visit].vertex);
  }
  cycle.push_back(start);
  std::reverse(cycle.begin(), cycle.end());
  return cycle;
}

// From `second`, to which an edge led from `start`, back to `start`.
std::optional<ShortestCycle::Vertices> ShortestCycle::way_back(std::uint32_t start,
                                                               std::uint32_t second, Progress begun,
                                                               std::size_t longest) {
  if (second == start) {
    if (is_done(shape_, begun)) return Vertices{start};
    return std::nullopt;
  }
  if (longest < 2) return std::nullopt;
  ++mark_;
  visits_.clear();
  tail_.fill(static_cast<std::uint32_t>(by_beginning_.size()));
  for (Vertices& passed_over : passed_over_) passed_over.clear();
  reach(second, none, begun, 2);
  for (std::uint32_t at = 0; at < visits_.size(); ++at) {
    const Visit visit = visits_[at];
    const bool goes_on = visit.depth < longest;
    ++data_mark_;
    for (const Component::Edge& edge : component_.out(visit.vertex)) {
      if (!spend()) return std::nullopt;
      const auto stored = static_cast<RelationBits>(edge.relations & ~realtime);
      if (stored == 0) continue;
      has_data_[edge.to] = data_mark_;
      const RelationBits relations = as_counted(stored);
      for (const Relation relation : order_) {
        if ((relations & bit(relation)) == 0) continue;
        const auto after = step(shape_, visit.progress, relation);
        if (!after) continue;
        if (edge.to != start) {
          if (goes_on) reach(edge.to, at, *after, visit.depth + 1);
        } else if (is_done(shape_, *after)) {
          return cycle_to(at, start);
        }
      }
    }
    if (by_beginning_.empty()) continue;
    const auto after = step(shape_, visit.progress, Relation::realtime);
    if (!after) continue;
    const bool is_back = component_.precedes(visit.vertex, start) &&
                         !(by_label_ && has_data_[start] == data_mark_);
    if (is_back && is_done(shape_, *after)) return cycle_to(at, start);
    if (goes_on) reach_in_time(at, *after);
  }
  return std::nullopt;
}

// Whether a closed way has the shape, its edges taken as whatever suits.
bool ShortestCycle::has_shape(const Vertices& cycle) const {
  // Every way to take its edges, as sets of progress. A nonadjacent cycle is looked at from a place
  // where it does not begin with an anti-dependency that follows another.
  std::vector<Progress> all = {at_start()};
  std::vector<bool> began_with_rw = {false};
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const std::uint32_t to = cycle[(i + 1) % cycle.size()];
    const RelationBits relations = as_counted(component_.between(cycle[i], to));
    std::vector<Progress> next;
    std::vector<bool> next_began;
    for (std::size_t p = 0; p < all.size(); ++p) {
      for (const Relation relation : order_) {
        if ((relations & bit(relation)) == 0) continue;
        const auto after = step(shape_, all[p], relation);
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
    if (shape_.rw == Rw::nonadjacent && !began_with_rw[p]) progress.last_rw = false;
    if (is_done(shape_, progress)) return true;
  }
  return false;
}

// Makes a closed way that visits a vertex twice into a cycle: one of the two parts that meet there,
// whichever has the shape. False if neither has.
bool ShortestCycle::straighten(Vertices& cycle) const {
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    for (std::size_t j = i + 1; j < cycle.size(); ++j) {
      if (cycle[i] != cycle[j]) continue;
      const auto at = [&](std::size_t place) {
        return cycle.begin() + static_cast<std::ptrdiff_t>(place);
      };
      Vertices inner(at(i), at(j));
      Vertices outer(at(0), at(i));
      outer.insert(outer.end(), at(j), cycle.end());
      for (Vertices* part : {&inner, &outer}) {
        if (part->empty() || !has_shape(*part)) continue;
        if (!straighten(*part)) continue;
        cycle = std::move(*part);
        return true;
      }
      return false;
    }
  }
  return true;
}

// Depth-first over ways without a vertex twice: exponential, and only for what the search over ways
// with repetitions could not settle.
std::optional<ShortestCycle::Vertices> ShortestCycle::straight_search() {
  const RelationBits starts = starts_of(shape_);
  struct Frame {
    std::uint32_t vertex;
    std::uint32_t to;      // to look at
    std::size_t relation;  // as which to take that edge: a position in order_
    Progress progress;
  };
  std::vector<bool> on_way(size(), false);
  for (std::uint32_t start = 0; start < size(); ++start) {
    std::vector<Frame> way = {{start, 0, 0, at_start()}};
    on_way[start] = true;
    while (!way.empty()) {
      Frame& frame = way.back();
      if (frame.to == size()) {
        on_way[frame.vertex] = false;
        way.pop_back();
        continue;
      }
      const std::uint32_t to = frame.to;
      const Relation relation = order_[frame.relation];
      if (++frame.relation == order_.size()) {
        frame.relation = 0;
        ++frame.to;
      }
      if (!spend()) return std::nullopt;
      const RelationBits relations = as_counted(component_.between(frame.vertex, to));
      if ((relations & bit(relation)) == 0) continue;
      if (way.size() == 1 && (starts & bit(relation)) == 0) continue;
      const auto after = step(shape_, frame.progress, relation);
      if (!after) continue;
      if (to == start && is_done(shape_, *after)) {
        Vertices cycle;
        for (const Frame& visited : way) cycle.push_back(visited.vertex);
        return cycle;
      }
      if (on_way[to]) continue;
      on_way[to] = true;
      way.push_back({to, 0, 0, *after});
    }
  }
  return std::nullopt;
}

}  // namespace bruit::workbench::txn
