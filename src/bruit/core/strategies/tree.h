// tree (challenge 3d): one acknowledged message a value along the grid's spanning tree.
//
// The node where a value is published sends it to its children and to the root; every node that
// sees it for the first time sends it to its children. So each node but the root has it once from
// its parent, and the root once from the origin: n messages and n acknowledgements, or n - 1 of
// each if it was published at the root; 49.92 in the mean with 25 nodes. It takes one latency to
// the root and one for each level below: five with 25 nodes, of which the last is for the corners.
//
// Limits: publish() is refused while any link has queue_limit values pending. A relay whose link to
// a child is that full ignores a message with a new value, so that the sender keeps and repeats it;
// the pressure reaches the publishers link by link. Values are relayed only down the tree, so nodes
// cannot wait for each other in a circle.
#pragma once

#include "bruit/core/strategies/tree_relay.h"

namespace bruit::core {

class Tree final : public TreeRelay {
 public:
  Tree(const StrategyOptions& options, const Members& members) : TreeRelay(options, members, 1) {}

  void tick(Time now, Outbox& outbox) override;
  std::optional<Time> next_tick() const override { return links().next_tick(); }

 private:
  void pass_on(const Value& value, const ValueList& came_in, std::span<ReliableLink> links,
               const LinkCall& call) override;
};

}  // namespace bruit::core
