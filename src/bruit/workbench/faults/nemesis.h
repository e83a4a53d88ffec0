// Nemesis: carries out a scenario's faults in the network and on the nodes, and records them in the
// history.
//
// The scenario is that of the options, or what fault_generator.h makes of them. Partitions appear
// in the history as with Maelstrom 0.2.4 (nemesis.clj): an entry when one begins or ends, then one
// that says what was done.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bruit/workbench/basics/event_queue.h"
#include "bruit/workbench/basics/random.h"
#include "bruit/workbench/faults/partition.h"
#include "bruit/workbench/faults/scenario.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/network/network.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

// What the nemesis does to nodes, and tells of what it did.
class NemesisTarget {
 public:
  virtual ~NemesisTarget() = default;
  // Kill, Restart, Pause, Resume or SetClockRate.
  virtual void apply_to_node(const Fault& fault, Time now) = 0;
  virtual void on_fault(const Fault& fault, Time now) = 0;
  virtual void on_stall_over(const StallLinks& stall, Time now) = 0;
  virtual void on_faults_over(Time now) = 0;
};

class Nemesis {
 public:
  // References outlive the object. Without a `target`, which may be null, faults of nodes are a
  // broken precondition.
  Nemesis(const TestOptions& options, EventQueue& queue, Network& network, History& history,
          NemesisTarget* target = nullptr);

  // Does nothing if there are no faults in the scenario.
  void start(Time now);
  // Whatever is due.
  void on_due(Time now);
  // The network has just lost, doubled or held a message, as the scenario wants it.
  void on_message_fault(const MessageFault& fault, Time now);
  // No further faults; ends those in force and records it, if there is a nemesis at all.
  void finish(Time now);

  // The partition.
  std::optional<PartitionShape> in_force() const { return in_force_; }
  const Scenario& scenario() const { return *scenario_; }

 private:
  struct NodeState {
    bool dead = false;
    bool paused = false;
    bool drifts = false;
  };

  struct Stall {
    Time ends_at;
    StallLinks fault;
  };

  void apply(const Fault& fault, Time now);
  // What is due, and asks for the time of the next fault.
  void apply_due(Time now);
  void record_fault(const Fault& fault, Time now);
  // Those whose time is over.
  void end_stalls(Time now);
  void carry_out(const Fault& fault, Time now);
  void end_node_faults(Time now);
  void record(Time now, std::string f, OpValue value);

  const TestOptions& options_;
  EventQueue& queue_;
  Network& network_;
  History& history_;
  NemesisTarget* target_;
  std::shared_ptr<const Scenario> scenario_;
  std::size_t next_ = 0;  // of the scenario's faults
  std::vector<NodeState> nodes_;
  std::vector<Stall> stalls_;  // in force
  std::optional<PartitionShape> in_force_;
  Time started_at_{};
  bool started_ = false;
  bool running_ = false;
};

}  // namespace bruit::workbench
