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
//
// Beyond Maelstrom, packets between nodes can be lost, duplicated (both copies have one id) or
// delayed when they are sent, links cut in one direction or stalled, latencies changed, and nodes
// be down: what arrives there is lost. All draws for that come from a stream of their own. Single
// messages, named by their number on their link, can be lost, doubled and held.
//
// Services receive as nodes do, and their messages take time, count and can be lost as those of
// nodes; but no partition cuts them off, no stall concerns them, and nothing reaches or leaves them
// twice, since no node could tell.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "bruit/workbench/basics/event_queue.h"
#include "bruit/workbench/basics/prefetch.h"
#include "bruit/workbench/basics/random.h"
#include "bruit/workbench/network/inbox.h"
#include "bruit/workbench/network/links.h"
#include "bruit/workbench/network/message_faults.h"
#include "bruit/workbench/network/net_stats.h"
#include "bruit/workbench/network/packet.h"
#include "bruit/workbench/network/stalled_links.h"
#include "bruit/workbench/options/options.h"

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
  // The fault strikes the packet that was sent last.
  virtual void on_message_fault(const MessageFault&, Time) {}
};

class Network {
 public:
  // `queue` and `observer` outlive the network.
  Network(const TestOptions& options, EventQueue& queue, NetworkObserver& observer);

  // Sends a packet and returns its id. Delivery happens from later calls of receive(), never within
  // send().
  std::uint64_t send(Time now, Endpoint source, Endpoint destination, Payload&& payload);

  // The same past all queues and faults: it is delivered before this returns. For the `init` of a
  // node that restarts, which must come before anything else.
  std::uint64_t send_at_once(Time now, Endpoint source, Endpoint destination, Payload payload);

  // To be called for EventKind::node_receive (subject: receiver) and client_receive (subject:
  // slot).
  void receive_at_node(std::uint32_t node, Time now);
  void receive_at_client(Slot slot, Time now);

  // receive_at_node() of this receiver will come soon.
  void prefetch(std::uint32_t node, PrefetchStep step) const;

  // From now on `destination` drops what comes from `source`: a partition.
  void cut(std::uint32_t source, std::uint32_t destination);
  // Ends the partition.
  void heal_all();
  // The same for a link by itself, whatever partition comes and goes.
  void cut_link(std::uint32_t source, std::uint32_t destination);
  void mend_link(std::uint32_t source, std::uint32_t destination);
  // By either.
  bool is_cut(std::uint32_t source, std::uint32_t destination) const;
  bool any_cut() const { return partitioned_ || links_cut_ > 0; }

  // Of packets that are sent from now on. On all links, and the settings of single links end. What
  // TestOptions::latency says brings back TestOptions::latency_matrix too, if there is one.
  void set_latency(const LatencyModel& model);
  void set_link_latency(const std::vector<std::uint32_t>& sources,
                        const std::vector<std::uint32_t>& destinations, const LatencyModel& model);
  void set_loss(double probability) { loss_ = probability; }
  void set_duplication(double probability) { duplication_ = probability; }
  void set_reordering(double probability, Duration most) {
    reordering_ = probability;
    reordering_most_ = most;
  }
  void set_down(std::uint32_t node, bool down) { down_[node] = down; }

  // What would arrive on these links waits until the stall ends. Each stall has one end.
  void stall(const std::optional<Links>& links) { stalled_links_.begin(links); }
  void end_stall(const std::optional<Links>& links, Time now);

  // To be called before anything is sent, for each message that later calls will name.
  void count_messages_like(const NthMessage& message) { message_faults_.count(message); }
  // Changes nothing about a message that was sent before.
  void strike(const MessageFault& fault) { message_faults_.mark(fault); }
  // It arrives now, or later if it would have. One that is not yet sent is not held.
  void release(const NthMessage& message, Time now);

  // As it was at the beginning, but for nodes that are down. What was held or stalled arrives.
  void end_faults(Time now);
  // Whether anything differs from that.
  bool is_faulty() const;

  const NetStats& stats() const { return stats_; }

 private:
  // What a packet carries while it is under way. The messages of which a simulation has a million
  // at once are kept in place; the others are larger and lie elsewhere.
  using Cargo = std::variant<std::unique_ptr<Payload>, core::Rumor, core::Batch, core::Ack>;
  struct alignas(64) Stored {
    Queued queued;
    Endpoint source = Endpoint::node(0);
    Endpoint destination = Endpoint::node(0);
    Time sent_at;
    Cargo cargo;
  };
  struct alignas(64) Receiver {
    Inbox inbox;
    Slot held = no_slot;      // the packet it sleeps on (maelstrom model)
    Time wake = Time::max();  // earliest wake-up in the event queue
  };
  // Why `destination` drops what comes from `source`: bits.
  enum CutReason : std::uint8_t { by_partition = 1, by_link = 2 };

  Cargo pack(Payload&& payload);
  Payload unpack(Cargo&& cargo);

  Duration draw_latency(const LatencyModel& model);
  std::uint32_t node_count() const { return static_cast<std::uint32_t>(down_.size()); }
  Duration latency_of(Endpoint from, Endpoint to);
  bool in_one_region(std::uint32_t a, std::uint32_t b) const;
  void enqueue(Packet&& packet, Time now);
  void enqueue(Slot slot, Time now);
  // What has waited comes to its receiver now, or when it would have.
  void bring_back(Slot slot, Time now);
  void send_struck(Packet&& packet, const MessageFault& fault, Time now);
  void wake_at(std::uint32_t node, Time when);
  Slot store(Packet&& packet);
  Packet take(Slot slot);
  // The packet's time has come: it is delivered, or lost, or waits.
  void arrive(Slot slot, Time now);
  void deliver(Slot slot, Time now);
  void lose(Slot slot, Time now);
  bool is_stalled(Slot slot) const;
  bool lost_by_partition(Slot slot) const;
  std::uint8_t& cut_reasons(std::uint32_t source, std::uint32_t destination);
  // For Inbox.
  auto queued() {
    return [this](Slot slot) -> Queued& { return slots_[slot].queued; };
  }
  TrafficCount& count_of(const Packet& packet) {
    return packet.between_servers() ? stats_.servers : stats_.clients;
  }

  EventQueue& queue_;
  NetworkObserver& observer_;
  NetworkModel model_;
  LatencyModel usual_latency_;
  std::uint32_t regions_;
  Duration region_latency_;
  Random latency_random_;
  Random fault_random_;
  std::vector<Receiver> receivers_;  // nodes, then services
  std::vector<Stored> slots_;
  std::vector<Slot> free_slots_;
  std::vector<std::unique_ptr<Payload>> boxes_;  // of cargo, to be used again

  std::vector<std::vector<std::uint8_t>> cut_;  // [destination][source]; rows empty until needed
  bool partitioned_ = false;
  std::uint64_t links_cut_ = 0;
  LatencyModel latency_;
  std::shared_ptr<const LatencyMatrix> matrix_;  // null: none
  // [source][destination]: which of link_latencies_, from 1; 0 is latency_. Rows empty until
  // needed.
  std::vector<std::vector<std::uint32_t>> link_latency_;
  std::vector<LatencyModel> link_latencies_;
  double loss_ = 0;
  double duplication_ = 0;
  double reordering_ = 0;
  Duration reordering_most_{};
  std::vector<bool> down_;
  StalledLinks stalled_links_;
  std::vector<Slot> stalled_;  // packets, in the order in which they would have arrived
  MessageFaults message_faults_;
  struct Held {
    NthMessage message;
    Slot slot;
  };
  std::vector<Held> held_;  // in the order in which they were sent

  std::uint64_t next_id_ = 0;
  NetStats stats_;
};

}  // namespace bruit::workbench
