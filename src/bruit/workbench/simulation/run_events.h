// RunEvents: what happened in a run, as the explorer sees it: which messages arrived when, and the
// moments at which something happened at a node.
//
// Moments of one node at one instant are one. What comes after the load, the last reads above all,
// is no part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bruit/workbench/trace/event_log.h"

namespace bruit::workbench {

struct Moment {
  // In rising order of importance: the last one names a moment.
  enum class Cause : std::uint8_t {
    tick,       // of its timer, and it sent or showed something
    arrival,    // of a message from another node
    operation,  // of a client
    thaw,       // it was frozen, and handles its backlog
    start       // of the node, or of a new life of it
  };
  Duration at{};  // since the run began
  std::uint32_t node = 0;
  Cause cause = Cause::tick;
  NthMessage message{};  // of an arrival
  friend bool operator==(const Moment&, const Moment&) = default;
};

struct Arrival {
  Duration at{};
  NthMessage message;
  friend bool operator==(const Arrival&, const Arrival&) = default;
};

class RunEvents final : public EventLog {
 public:
  explicit RunEvents(std::uint32_t node_count);

  // For another run.
  void clear();

  // In the order of time. A node that is dead or frozen has no moments. Of a message that arrives
  // twice, the first arrival.
  const std::vector<Moment>& moments() const { return moments_; }
  const std::vector<Arrival>& arrivals() const { return arrivals_; }

  // The first time after `after` at which the node's timer made it send or show something, and
  // nothing else happened there.
  std::optional<Duration> next_tick(std::uint32_t node, Duration after) const;

  void on_sent(const Packet& packet) override;
  void on_received(const Packet& packet, Time now) override;
  void on_visible(std::uint32_t node, ElementId element, Time now) override;
  void on_operation(const Op& op, Time now) override;
  void on_fault(const Fault& fault, Time now) override;
  void on_faults_over(Time now) override;

 private:
  struct Sent {
    std::uint64_t id = 0;  // of the packet; they ascend
    NthMessage message;
    bool has_arrived = false;
  };

  void happened(std::uint32_t node, Time now, Moment::Cause cause, const NthMessage& message = {});
  Sent& sent(std::uint64_t id);

  std::uint32_t count_;
  std::vector<Moment> moments_;
  std::vector<Arrival> arrivals_;
  std::vector<Sent> sent_;              // between nodes
  std::vector<std::uint64_t> numbers_;  // [source * count + destination]: of the last one sent
  std::vector<bool> frozen_;
  bool over_ = false;
};

}  // namespace bruit::workbench
