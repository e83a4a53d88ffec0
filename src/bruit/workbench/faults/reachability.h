// Reachability: which nodes can talk with which, through others if need be, by the faults so far.
// The checkers' own view; the network has another.
#pragma once

#include <cstdint>
#include <vector>

#include "bruit/workbench/faults/scenario.h"
#include "bruit/workbench/network/stalled_links.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

class Reachability {
 public:
  explicit Reachability(const TestOptions& options);

  // Whether the fault may change who is connected with whom.
  bool changes(const Fault& fault) const;
  // Returns the same.
  bool apply(const Fault& fault);
  void end_stall(const StallLinks& stall) { stalled_.end(stall.links); }
  void end_faults();

  // Any fault, of those too that cut nothing off.
  bool is_faulty() const;
  // Some node is cut off from another, for a while at least, dead or frozen.
  bool is_broken() const;

  // Live nodes, not frozen, in groups: two are in one if there is a way between them on which every
  // link works in both directions. Each group ascends, and so do their first members. Quadratic in
  // the number of nodes.
  std::vector<std::vector<std::uint32_t>> components() const;

 private:
  bool connected(std::uint32_t a, std::uint32_t b) const;
  bool set_link(std::uint32_t source, std::uint32_t destination, bool cut);
  void set_links(const Links& links, bool cut);

  std::uint32_t count_;
  LatencyModel usual_latency_;
  std::vector<std::vector<bool>> dropped_;  // by partition; [node][whose messages]; empty if none
  std::vector<std::vector<bool>> cut_;      // [source][destination]; empty until the first
  std::uint64_t links_cut_ = 0;
  StalledLinks stalled_;
  std::vector<NthMessage> held_;
  std::vector<bool> dead_;
  std::vector<bool> frozen_;
  std::vector<bool> drifts_;
  bool partitioned_ = false;
  bool other_latency_ = false;
  bool loses_ = false;
  bool duplicates_ = false;
  bool reorders_ = false;
};

}  // namespace bruit::workbench
