#include "bruit/core/strategies/tree_links.h"

#include <algorithm>

#include "bruit/core/strategies/grid_tree.h"

namespace bruit::core {

TreeLinks::TreeLinks(const Members& members, std::size_t values_per_message) {
  const GridTree tree(members.count());
  const GridTree::Children children = tree.children(members.self());
  child_count_ = children.size();
  const bool is_root = members.self() == tree.root();
  links_.reserve(child_count_ + (is_root ? 0 : 1));
  for (const NodeId child : children) links_.emplace_back(child, values_per_message);
  if (!is_root) links_.emplace_back(tree.root(), values_per_message);
}

ReliableLink* TreeLinks::find(NodeId peer) {
  const auto link = std::find_if(links_.begin(), links_.end(),
                                 [peer](const ReliableLink& each) { return each.peer() == peer; });
  return link == links_.end() ? nullptr : &*link;
}

bool TreeLinks::is_full(std::span<const ReliableLink> links, std::size_t limit) {
  return std::any_of(links.begin(), links.end(),
                     [limit](const ReliableLink& link) { return link.pending() >= limit; });
}

std::size_t TreeLinks::pending() const {
  std::size_t sum = 0;
  for (const ReliableLink& link : links_) sum += link.pending();
  return sum;
}

std::optional<Time> TreeLinks::next_tick() const {
  Time earliest = Time::max();
  for (const ReliableLink& link : links_) {
    earliest = std::min(earliest, link.next_tick().value_or(Time::max()));
  }
  if (earliest == Time::max()) return std::nullopt;
  return earliest;
}

}  // namespace bruit::core
