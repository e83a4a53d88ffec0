// Invariants: what must hold in every run, checked from what happened, by code that shares nothing
// with the strategies. Values count as present where the host shows them to clients, not where
// somebody happened to read them.
//
//   validity            what a node shows or a read lists was broadcast before
//   no loss             at the end every live node has every acknowledged value. A value has died
//                       if a node was killed while no other live node had it.
//   no duplication      a node shows, and a read lists, a value once
//   monotonic reads     a read lists what an earlier read of the same life of that node listed
//   convergence         at the end all live nodes have the same values; and those broadcast before
//                       the last fault ended are everywhere soon after that
//   component progress  while nodes are cut off, dead or frozen: what one node has, all soon have
//                       that it can still reach, through others if need be, in both directions
//   budget              without faults, a value is everywhere soon after its acknowledgement
//   silence             soon after the last broadcast, arrival or fault no node sends to another
//   bounds              what a node keeps for others stays below its limit, and so does the number
//   of
//                       messages between nodes in the whole run
//
// How soon is in Expectations; the times themselves are measured in any case.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/basics/node_statistics.h"
#include "bruit/workbench/faults/reachability.h"
#include "bruit/workbench/history/cluster.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/trace/event_log.h"
#include "bruit/workbench/trace/violation.h"

namespace bruit::workbench {

// Limits. Where there is none, the invariant's time is only measured.
struct Expectations {
  std::optional<Duration> convergence;
  std::optional<Duration> component_progress;
  // How long after each change of who reaches whom component progress is not asked for: nodes must
  // notice first.
  Duration failover_grace = std::chrono::seconds(1);
  std::optional<Duration> budget;
  // Guess: a fifth of the quiet period remains in which there must be no message.
  Duration silence = std::chrono::seconds(8);
  // Of Strategy::pending(), of each node.
  std::optional<std::size_t> pending;
  // Between nodes, as sent, in the whole run.
  std::optional<std::uint64_t> messages;
};

struct InvariantReport {
  static constexpr std::size_t told_most = 20;
  // The longest budget of the challenges.
  static constexpr Duration backlog_age = std::chrono::seconds(2);

  std::array<std::uint64_t, invariant_count> counts{};
  std::vector<Violation> told;  // the first ones
  std::uint64_t died = 0;       // acknowledged values that died with the only node that had them
  // From the end of the last fault until the last value broadcast before was everywhere. Nothing
  // without faults, or if that never came.
  std::optional<Duration> converged_after_last_heal;
  // The same for the values that were older than `backlog_age` then: not those that were just on
  // their usual way, which may take as long as their latency budget. Nothing if there were none.
  std::optional<Duration> backlog_after_last_heal;
  // The longest that a reachable part took, or has been taking when it changed. Nothing if no node
  // was ever cut off.
  std::optional<Duration> component_progress;
  // From the last broadcast, arrival or fault to the last message between nodes.
  Duration silent_after{};
  std::size_t pending_worst = 0;

  std::uint64_t total() const;
};

class Invariants final : public EventLog {
 public:
  // All are copied as far as needed. Component progress is looked at if `scenario` has faults and
  // there are up to component_nodes_max nodes, since it takes time quadratic in their number at
  // each fault.
  Invariants(const TestOptions& options, const Expectations& expectations,
             const Scenario& scenario);
  static constexpr std::size_t component_nodes_max = 2000;

  void on_sent(const Packet& packet) override;
  void on_visible(std::uint32_t node, ElementId element, Time now) override;
  void on_operation(const Op& op, Time now) override;
  void on_fault(const Fault& fault, Time now) override;
  void on_stall_over(const StallLinks& stall, Time now) override;
  void on_faults_over(Time now) override;

  // Whether a node was killed while it was the only live one that had the value.
  bool has_died(ElementId element) const {
    return element < elements_.size() && elements_[element].died;
  }

  // After the run. `elements` gives values their texts.
  InvariantReport finish(const NodeStatistics& nodes, const ElementTable& elements, Time now);

 private:
  struct Element {
    bool broadcast = false;
    bool acknowledged = false;
    bool died = false;
    Time broadcast_at{};
    Time acknowledged_at{};
    Time last_visible{};
    std::uint32_t holders = 0;  // live nodes
    // By node, whether it shows it; empty until one does. Here and not at the node, since a value
    // visits all nodes in a short time: the bits stay in the cache.
    std::vector<bool> shown_at;
  };
  struct Node {
    bool live = true;
    std::vector<Time> since;   // by element; kept only if component progress is looked at
    std::vector<bool> listed;  // by a read of this life
    std::uint64_t listed_count = 0;
  };

  Element& at(ElementId element);
  // There is a reason to send from now on; or from then on, of what is known to come.
  void cause(Time now) { last_cause_ = std::max(last_cause_, now); }
  void violated(Invariant invariant, Time now, std::string what);
  void check_read(std::uint32_t node, const ElementList& list, Time now);
  void forget(std::uint32_t node);
  // The stretch in which `reachability_` was as it is ends now.
  void end_stretch(Time now);
  void check_components(Time now);
  void check_component(const std::vector<std::uint32_t>& nodes, Time now);
  void check_at_end(ElementId id, const ElementTable& elements, Time now);
  std::string missing_at(ElementId id) const;

  std::vector<std::string> names_;
  Cluster cluster_;
  Expectations expectations_;
  std::vector<Element> elements_;
  std::vector<Node> nodes_;
  std::uint32_t live_;
  std::optional<Time> started_at_;
  Time last_sent_{};
  std::uint64_t messages_ = 0;  // between nodes
  Time last_cause_{};           // last broadcast, arrival or end of a fault

  std::optional<Reachability> reachability_;
  Time stretch_began_{};
  bool had_fault_ = false;
  std::optional<Time> last_heal_;

  std::vector<std::uint64_t> listed_in_;  // by element: the last read that listed it
  std::uint64_t reads_ = 0;
  InvariantReport report_;
};

}  // namespace bruit::workbench
