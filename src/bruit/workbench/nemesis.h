// Nemesis: cuts and heals the network by Maelstrom's schedule and records it in the history.
//
// Rules (Maelstrom 0.2.4, nemesis.clj; Jepsen's `flip-flop` of start and stop, staggered):
// operations follow each other after U[0, 2 * interval), the first at once; start draws one of four
// shapes uniformly; stop heals everything.
#pragma once

#include <optional>
#include <string>

#include "bruit/workbench/event_queue.h"
#include "bruit/workbench/history.h"
#include "bruit/workbench/network.h"
#include "bruit/workbench/options.h"
#include "bruit/workbench/partition.h"
#include "bruit/workbench/random.h"

namespace bruit::workbench {

class Nemesis {
 public:
  // References outlive the object.
  Nemesis(const TestOptions& options, EventQueue& queue, Network& network, History& history);

  // Does nothing unless the options ask for partitions.
  void start(Time now);
  void on_due(Time now);
  // No further faults; heals what is cut and records it, if there is a nemesis at all.
  void finish(Time now);
  std::optional<PartitionShape> in_force() const { return in_force_; }

 private:
  void cut(Time now);
  void heal(Time now);
  void record(Time now, std::string f, OpValue value);

  const TestOptions& options_;
  EventQueue& queue_;
  Network& network_;
  History& history_;
  Random random_;
  std::optional<PartitionShape> in_force_;
  Time started_at_{};
  bool running_ = false;
};

}  // namespace bruit::workbench
