#include "bruit/workbench/faults/scenario.h"

#include <algorithm>

namespace bruit::workbench {
namespace {

struct Fits {
  std::uint32_t count;

  bool operator()(const Links& links) const {
    return all(links.sources) && all(links.destinations);
  }
  bool operator()(const StartPartition& partition) const {
    return partition.grudge.size() == count &&
           std::all_of(partition.grudge.begin(), partition.grudge.end(),
                       [this](const auto& dropped) { return all(dropped); });
  }
  bool operator()(const CutLinks& cut) const { return (*this)(cut.links); }
  bool operator()(const MendLinks& mend) const { return (*this)(mend.links); }
  bool operator()(const SetLatency& latency) const {
    return !latency.links || (*this)(*latency.links);
  }
  bool operator()(const StallLinks& stall) const { return !stall.links || (*this)(*stall.links); }
  template <typename OfMessage>
  requires requires(const OfMessage& fault) { fault.message; }
  bool operator()(const OfMessage& fault) const {
    return fault.message.source < count && fault.message.destination < count;
  }
  template <typename OfNode>
  requires requires(const OfNode& fault) { fault.node; }
  bool operator()(const OfNode& fault) const { return fault.node < count; }
  template <typename OfAll>
  requires(
      !requires(const OfAll& fault) { fault.node; } &&
      !requires(const OfAll& fault) { fault.message; }) bool
  operator()(const OfAll&) const {
    return true;
  }

  bool all(const std::vector<std::uint32_t>& nodes) const {
    return std::all_of(nodes.begin(), nodes.end(),
                       [this](std::uint32_t node) { return node < count; });
  }
};

}  // namespace

bool concerns_node(const Fault& fault) {
  return std::visit(
      [](const auto& each) {
        return requires { each.node; };
      },
      fault);
}

const NthMessage* message_of(const Fault& fault) {
  return std::visit(
      [](const auto& each) -> const NthMessage* {
        if constexpr (requires { each.message; }) {
          return &each.message;
        } else {
          return nullptr;
        }
      },
      fault);
}

bool fits(const Fault& fault, std::uint32_t node_count) {
  return std::visit(Fits{node_count}, fault);
}

}  // namespace bruit::workbench
