// ConductLog: what the messages of a run show of the nodes' conduct (checkers/conduct.h): answers
// that break the protocol or reach nobody, processes left behind, and how long nodes took to
// answer.
//
// The time of an answer is that from the moment when the request was written to the node until its
// answer was read, so without what the network holds up. Nodes that answer only when a value has
// reached the others look better than they are by as much: stable latency counts from the
// acknowledgement.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bruit/workbench/checkers/conduct.h"
#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/trace/event_log.h"

namespace bruit::workbench {

class ConductLog final : public EventLog {
 public:
  explicit ConductLog(const TestOptions& options);

  // An answer that takes this long, or longer, was held back: in this time the node could have
  // heard from another. Less than `held_back_floor` proves nothing on a machine with other work.
  static constexpr Duration held_back_floor = std::chrono::milliseconds(100);
  Duration held_back_after() const { return held_back_after_; }
  // A node held answers back if they are at least this many and this share of its answers. Guess:
  // fewer may be a pause of the machine.
  static constexpr std::uint64_t held_back_least = 3;
  static constexpr double held_back_share = 0.05;

  void on_sent(const Packet& packet) override;
  void on_received(const Packet& packet, Time now) override;
  void on_operation(const Op& op, Time now) override;
  void on_lapse(std::optional<std::uint32_t> node, Lapse kind, std::string_view what,
                Time now) override;
  void on_left_behind(std::optional<std::uint32_t> node, std::string_view what) override;
  void on_fault(const Fault& fault, Time now) override;

  // Nodes that were killed, by time.
  std::vector<NodeKilled> kills() const;
  // Everything so far.
  Findings findings() const;
  // {:broadcast {0.5 0.12, 0.95 .., 0.99 .., 1 ..}, :read {..}}, milliseconds; nil before the first
  // answer.
  Edn answer_times() const;

 private:
  struct Worker {
    bool asking = false;
    std::optional<Time> received_at;  // by the node
    std::optional<Time> answered_at;  // the latest message to the client
  };
  struct Answer {
    std::uint32_t node = 0;
    Duration took{};
  };

  Worker* worker_of(Endpoint client);
  void add_held_back(Findings& findings, std::string_view f, Conduct conduct) const;

  std::vector<std::string> names_;
  Cluster cluster_;
  bool judges_times_;  // in other workloads a node may have to ask others first
  Duration held_back_after_;
  std::vector<Worker> workers_;
  std::vector<std::uint32_t> worker_of_client_;  // by number, from the first client of the load on
  std::optional<std::uint32_t> invoking_;        // the worker whose request is sent next
  std::map<std::string, std::vector<Answer>, std::less<>> answers_;  // by f
  std::optional<Time> started_at_;
  Findings findings_;
  std::vector<std::pair<Time, std::uint32_t>> kills_;
};

}  // namespace bruit::workbench
