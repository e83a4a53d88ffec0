// CutShape: what can be cut off in a small cluster, and how it heals. docs/explorer.md lists them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bruit::workbench {

// One direction of a link between two nodes.
struct Way {
  std::uint32_t source = 0;
  std::uint32_t destination = 0;
  friend bool operator==(const Way&, const Way&) = default;
};

struct CutShape {
  std::vector<Way> first;  // heal together; not empty
  std::vector<Way> rest;   // heal later; empty if the cut heals as a whole
  std::string what;        // "the link n0 <-> n1", "all that n2 sends"
  std::string heals;       // what heals first: "n0 -> n1"; empty if it heals as a whole

  bool contains(Way way) const;
};

// A link one way or both; with three nodes or more also what a node sends, what it hears, or both.
// Each heals as a whole; what goes both ways also one direction first; what concerns several links
// also one link first. Nodes are called n0, n1, ... In a fixed order.
std::vector<CutShape> cut_shapes(std::uint32_t node_count);

}  // namespace bruit::workbench
