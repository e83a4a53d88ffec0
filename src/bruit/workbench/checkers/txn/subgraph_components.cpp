#include "bruit/workbench/checkers/txn/subgraph_components.h"

#include <algorithm>
#include <utility>

namespace bruit::workbench::txn {

SubgraphComponents::SubgraphComponents(const Component& component, RelationBits relations,
                                       bool through_rw)
    : component_(component),
      relations_(relations),
      through_rw_(through_rw),
      size_(static_cast<std::uint32_t>(component.size())),
      visited_(through_rw ? 2 * component.size() : component.size(), unseen),
      low_(visited_.size(), 0),
      component_of_(component.size(), none) {
  for (std::uint32_t start = 0; start < visited_.size(); ++start) {
    if (visited_[start] == unseen) search_from(start);
  }
}

// The next target of a frame's vertex, or none.
std::uint32_t SubgraphComponents::next_target(Frame& frame) const {
  constexpr RelationBits rw = bit(Relation::rw);
  const bool is_upper = frame.vertex >= size_;
  const std::uint32_t end = component_.begins[frame.vertex % size_ + 1];
  for (; frame.next < end; ++frame.next) {
    const Component::Edge& edge = component_.edges[frame.next];
    if (is_upper) {
      if ((edge.relations & rw) == 0) continue;
      ++frame.next;
      return edge.to;
    }
    if ((edge.relations & relations_) == 0) continue;
    if (!through_rw_) {
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

void SubgraphComponents::enter(std::uint32_t vertex) {
  visited_[vertex] = low_[vertex] = visits_++;
  open_.push_back(vertex);
  frames_.push_back({.vertex = vertex,
                     .next = component_.begins[vertex % size_],
                     .upper_too = false,
                     .to_itself = false});
}

void SubgraphComponents::search_from(std::uint32_t start) {
  enter(start);
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    const std::uint32_t vertex = frame.vertex;
    const std::uint32_t to = next_target(frame);
    if (to == none) {
      leave(frame);
    } else if (visited_[to] == unseen) {
      enter(to);
    } else {
      if (to == vertex) frame.to_itself = true;
      if (low_[to] != closed) low_[vertex] = std::min(low_[vertex], visited_[to]);
    }
  }
}

void SubgraphComponents::leave(Frame frame) {
  const std::uint32_t vertex = frame.vertex;
  const std::uint32_t lowest = low_[vertex];
  if (lowest == visited_[vertex]) {
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
void SubgraphComponents::take(std::size_t first) {
  std::vector<std::uint32_t> members;
  for (std::size_t i = first; i < open_.size(); ++i) {
    if (open_[i] >= size_) continue;
    component_of_[open_[i]] = components_;
    members.push_back(open_[i]);
  }
  ++components_;
  if (!smallest_.empty() && members.size() > smallest_.size()) return;
  std::sort(members.begin(), members.end());
  const bool better = smallest_.empty() || members.size() < smallest_.size() ||
                      members.front() < smallest_.front();
  if (better) smallest_ = std::move(members);
}

}  // namespace bruit::workbench::txn
