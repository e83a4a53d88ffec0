// Propagation: the true time from a broadcast's acknowledgement until the value is visible on every
// node, from the host's own view. Maelstrom cannot see this: its stable latency is sampled by reads
// and hides part of the last hop.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bruit/workbench/history/history.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

class Propagation {
 public:
  explicit Propagation(std::uint32_t node_count) : node_count_(node_count) {}

  // The client got its broadcast_ok.
  void acknowledged(ElementId element, Time now) { at(element).acknowledged = now; }
  // One more node can read it. At most once per node and element.
  void visible(ElementId element, Time now) {
    auto& entry = at(element);
    ++entry.nodes;
    entry.last_visible = now;
  }

  // Times of all elements that were acknowledged and reached every node, ascending. Zero where the
  // last node had the value before the acknowledgement.
  std::vector<Duration> sorted() const;
  // Acknowledged elements that some node does not have.
  std::uint64_t incomplete() const;

 private:
  struct Entry {
    std::optional<Time> acknowledged;
    Time last_visible;
    std::uint32_t nodes = 0;
  };
  Entry& at(ElementId element) {
    if (element >= entries_.size()) entries_.resize(element + 1);
    return entries_[element];
  }

  std::uint32_t node_count_;
  std::vector<Entry> entries_;
};

}  // namespace bruit::workbench
