// EventLog: sees all that happens in a run, in the order of events. Traces, invariants and printers
// are such logs; none of them can change the run.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bruit/workbench/faults/scenario.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/network/lapse.h"
#include "bruit/workbench/network/packet.h"

namespace bruit::workbench {

class EventLog {
 public:
  virtual ~EventLog() = default;
  // Before anything happens. `elements`, which gives values their texts, outlives the run.
  virtual void on_start(const ElementTable& /*elements*/) {}
  virtual void on_sent(const Packet&) {}  // at Packet::sent_at
  virtual void on_received(const Packet&, Time /*now*/) {}
  virtual void on_lost(const Packet&, Time /*now*/) {}
  // From now on clients of the node can read the value. Only in-process nodes tell.
  virtual void on_visible(std::uint32_t /*node*/, ElementId, Time /*now*/) {}
  // A client's entry in the history.
  virtual void on_operation(const Op&, Time /*now*/) {}
  // A node (nothing: it is not known which) did something that is not as it should be, and the test
  // goes on. `what` says for people what it was and what was expected.
  virtual void on_lapse(std::optional<std::uint32_t> /*node*/, Lapse, std::string_view /*what*/,
                        Time /*now*/) {}
  // The node (nothing: one of the nodes) had started a process that ran still when the test was
  // over.
  virtual void on_left_behind(std::optional<std::uint32_t> /*node*/, std::string_view /*what*/) {}
  // A fault begins or ends. Called after it has taken effect; a node that begins anew or is resumed
  // may already have sent and shown things. One of a single message (lost, doubled, held) is told
  // when that message has just been sent, and never if it is not.
  virtual void on_fault(const Fault&, Time /*now*/) {}
  // A StallLinks has come to its end.
  virtual void on_stall_over(const StallLinks&, Time /*now*/) {}
  // All faults are over; those that were still there ended now.
  virtual void on_faults_over(Time /*now*/) {}
};

// Passes everything on to several others, in the order in which they were added.
class EventLogs final : public EventLog {
 public:
  // `log` outlives this object; null is passed over.
  void add(EventLog* log) {
    if (log != nullptr) logs_.push_back(log);
  }

  void on_start(const ElementTable& elements) override {
    for (auto* log : logs_) log->on_start(elements);
  }
  void on_sent(const Packet& packet) override {
    for (auto* log : logs_) log->on_sent(packet);
  }
  void on_received(const Packet& packet, Time now) override {
    for (auto* log : logs_) log->on_received(packet, now);
  }
  void on_lost(const Packet& packet, Time now) override {
    for (auto* log : logs_) log->on_lost(packet, now);
  }
  void on_visible(std::uint32_t node, ElementId element, Time now) override {
    for (auto* log : logs_) log->on_visible(node, element, now);
  }
  void on_operation(const Op& op, Time now) override {
    for (auto* log : logs_) log->on_operation(op, now);
  }
  void on_lapse(std::optional<std::uint32_t> node, Lapse kind, std::string_view what,
                Time now) override {
    for (auto* log : logs_) log->on_lapse(node, kind, what, now);
  }
  void on_left_behind(std::optional<std::uint32_t> node, std::string_view what) override {
    for (auto* log : logs_) log->on_left_behind(node, what);
  }
  void on_fault(const Fault& fault, Time now) override {
    for (auto* log : logs_) log->on_fault(fault, now);
  }
  void on_stall_over(const StallLinks& stall, Time now) override {
    for (auto* log : logs_) log->on_stall_over(stall, now);
  }
  void on_faults_over(Time now) override {
    for (auto* log : logs_) log->on_faults_over(now);
  }

 private:
  std::vector<EventLog*> logs_;
};

}  // namespace bruit::workbench
