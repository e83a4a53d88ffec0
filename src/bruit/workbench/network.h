// Network: carries packets between nodes and clients, with latency, partitions and counts.
//
// Rules (Maelstrom 0.2.4, maelstrom/net.clj): every packet gets the next id and is counted when
// sent, before it can be lost. Packets from or to a client take no time and are never cut off.
// Between nodes the latency is drawn per packet: constant, uniform on whole milliseconds in [0, 2 *
// mean), or exponential, truncated to whole milliseconds.
//
// Two models of receiving:
//  * `maelstrom`: one receiver per node. It takes the packet with the earliest deadline, tests at
//  that moment
//    whether a partition cuts it off (if so it is gone), sleeps until the deadline (in whole
//    milliseconds, so up to 1 ms less), delivers it, and only then looks at the next. Hence a
//    client's request waits behind a packet that the receiver sleeps on; and whether a packet is
//    lost is decided when the receiver takes it up, not when it would arrive.
//  * `ideal`: every packet is delivered at its deadline, or lost if its link is cut at that moment.
//
// Both keep one queue per node and have at most a few wake-ups of a node in the event queue at
// once, so a packet costs the same in a cluster of 5 and of 100,000.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "bruit/workbench/event_queue.h"
#include "bruit/workbench/net_stats.h"
#include "bruit/workbench/options.h"
#include "bruit/workbench/packet.h"
#include "bruit/workbench/random.h"

namespace bruit::workbench {

// Takes what the network delivers and sees all that it does.
class NetworkObserver {
 public:
  virtual ~NetworkObserver() = default;
  virtual void on_deliver(Packet&& packet, Time now) = 0;
  // For logs, traces and reports; called before on_deliver.
  virtual void on_sent(const Packet&) {}
  virtual void on_received(const Packet&, Time) {}
  virtual void on_lost(const Packet&, Time) {}
};

class Network {
 public:
  // `queue` and `observer` outlive the network.
  Network(const TestOptions& options, EventQueue& queue, NetworkObserver& observer);

  // Sends a packet and returns its id. Delivery happens from later calls of receive(), never within
  // send().
  std::uint64_t send(Time now, Endpoint source, Endpoint destination, Payload payload);

  // To be called for EventKind::node_receive (subject: node) and client_receive (subject: slot).
  void receive_at_node(std::uint32_t node, Time now);
  void receive_at_client(std::uint32_t slot, Time now);

  // From now on `destination` drops what comes from `source`.
  void cut(std::uint32_t source, std::uint32_t destination);
  void heal_all();
  bool is_cut(std::uint32_t source, std::uint32_t destination) const;
  bool any_cut() const { return any_cut_; }

  const NetStats& stats() const { return stats_; }

 private:
  struct Queued {
    Time deadline;
    std::uint64_t id;
    std::uint32_t slot;
  };
  struct Receiver {
    std::vector<Queued> heap;  // earliest deadline first
    std::int64_t held = -1;    // slot of the packet it sleeps on (maelstrom model)
    Time wake = Time::max();   // earliest wake-up in the event queue
  };

  static bool later(const Queued& a, const Queued& b) {
    return a.deadline != b.deadline ? a.deadline > b.deadline : a.id > b.id;
  }
  Duration draw_latency();
  void wake_at(std::uint32_t node, Time when);
  std::uint32_t store(Packet&& packet);
  Packet take(std::uint32_t slot);
  void deliver(std::uint32_t slot, Time now);
  void lose(std::uint32_t slot, Time now);
  bool lost_by_partition(std::uint32_t slot) const;
  TrafficCount& count_of(const Packet& packet) {
    return packet.between_servers() ? stats_.servers : stats_.clients;
  }

  EventQueue& queue_;
  NetworkObserver& observer_;
  NetworkModel model_;
  Duration latency_;
  LatencyDistribution distribution_;
  Random random_;
  std::vector<Receiver> receivers_;
  std::vector<Packet> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::vector<bool>> cut_;  // [destination][source]; empty until the first cut
  bool any_cut_ = false;
  std::uint64_t next_id_ = 0;
  NetStats stats_;
};

}  // namespace bruit::workbench
