// TreeLinks: the links that a node of the grid tree sends on: one to each child, one to the root.
//
// A value goes down the subtree of the node where it was published and to the root; the root sends
// it down the whole tree. So a node sends nothing to its parent, unless that is the root.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "bruit/core/member.h"
#include "bruit/core/strategies/reliable_link.h"

namespace bruit::core {

class TreeLinks {
 public:
  TreeLinks(const Members& members, std::size_t values_per_message);

  // To the children, in rising order, and then to the root unless this is the root.
  std::span<ReliableLink> all() { return links_; }
  std::span<ReliableLink> children() { return std::span(links_).first(child_count_); }

  // Null if nothing is ever sent to `peer`.
  ReliableLink* find(NodeId peer);

  // Whether a link has `limit` values pending: any link, or any link to a child.
  bool any_is_full(std::size_t limit) const { return is_full(links_, limit); }
  bool a_child_is_full(std::size_t limit) const {
    return is_full(std::span(links_).first(child_count_), limit);
  }

  std::size_t pending() const;            // the sum over all links
  std::optional<Time> next_tick() const;  // the earliest of all links

 private:
  static bool is_full(std::span<const ReliableLink> links, std::size_t limit);

  std::vector<ReliableLink> links_;
  std::size_t child_count_;
};

}  // namespace bruit::core
