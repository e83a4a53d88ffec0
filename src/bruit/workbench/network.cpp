#include "bruit/workbench/network.h"

#include <algorithm>
#include <utility>

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t latency_stream = 1;

}  // namespace

Network::Network(const TestOptions& options, EventQueue& queue, NetworkObserver& observer)
    : queue_(queue),
      observer_(observer),
      model_(options.network),
      latency_(options.latency),
      distribution_(options.latency_distribution),
      random_(options.seed, latency_stream),
      receivers_(options.nodes.size()) {}

Duration Network::draw_latency() {
  const auto mean_ms = std::chrono::duration_cast<milliseconds>(latency_).count();
  if (mean_ms <= 0) return latency_;
  switch (distribution_) {
    case LatencyDistribution::constant:
      break;
    case LatencyDistribution::uniform:
      return milliseconds(random_.below(2 * static_cast<std::uint64_t>(mean_ms)));
    case LatencyDistribution::exponential:
      return milliseconds(
          static_cast<std::int64_t>(random_.exponential(static_cast<double>(mean_ms))));
  }
  return latency_;
}

std::uint32_t Network::store(Packet&& packet) {
  if (free_slots_.empty()) {
    slots_.push_back(std::move(packet));
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[slot] = std::move(packet);
  return slot;
}

Packet Network::take(std::uint32_t slot) {
  free_slots_.push_back(slot);
  return std::move(slots_[slot]);
}

std::uint64_t Network::send(Time now, Endpoint source, Endpoint destination, Payload payload) {
  Packet packet{.id = next_id_++,
                .source = source,
                .destination = destination,
                .sent_at = now,
                .deadline = now,
                .payload = std::move(payload)};
  if (packet.between_servers()) packet.deadline += draw_latency();
  TrafficCount& count = count_of(packet);
  ++count.send_count;
  ++count.msg_count;
  observer_.on_sent(packet);

  const Time deadline = packet.deadline;
  const std::uint64_t id = packet.id;
  const std::uint32_t slot = store(std::move(packet));
  if (destination.is_client()) {
    queue_.push(now, EventKind::client_receive, slot);
    return id;
  }
  Receiver& receiver = receivers_[destination.index()];
  receiver.heap.push_back({deadline, id, slot});
  std::push_heap(receiver.heap.begin(), receiver.heap.end(), later);
  if (model_ == NetworkModel::ideal) {
    wake_at(destination.index(), deadline);
  } else if (receiver.held < 0) {
    wake_at(destination.index(), now);
  }
  return id;
}

void Network::wake_at(std::uint32_t node, Time when) {
  Receiver& receiver = receivers_[node];
  if (receiver.wake <= when) return;
  receiver.wake = when;
  queue_.push(when, EventKind::node_receive, node);
}

void Network::receive_at_client(std::uint32_t slot, Time now) { deliver(slot, now); }

void Network::receive_at_node(std::uint32_t node, Time now) {
  // A reference would not do: what is delivered below may send, but only a later call changes
  // receivers_ itself, so the element stays where it is.
  Receiver& receiver = receivers_[node];
  if (now < receiver.wake) return;  // overtaken by an earlier wake-up
  receiver.wake = Time::max();

  if (model_ == NetworkModel::ideal) {
    while (!receiver.heap.empty() && receiver.heap.front().deadline <= now) {
      const std::uint32_t slot = receiver.heap.front().slot;
      std::pop_heap(receiver.heap.begin(), receiver.heap.end(), later);
      receiver.heap.pop_back();
      lost_by_partition(slot) ? lose(slot, now) : deliver(slot, now);
    }
    if (!receiver.heap.empty()) wake_at(node, receiver.heap.front().deadline);
    return;
  }

  if (receiver.held >= 0) {
    deliver(static_cast<std::uint32_t>(std::exchange(receiver.held, -1)), now);
  }
  while (!receiver.heap.empty()) {
    const std::uint32_t slot = receiver.heap.front().slot;
    const Time deadline = receiver.heap.front().deadline;
    std::pop_heap(receiver.heap.begin(), receiver.heap.end(), later);
    receiver.heap.pop_back();
    if (lost_by_partition(slot)) {
      lose(slot, now);
      continue;
    }
    const auto sleep = std::chrono::floor<milliseconds>(deadline - now);
    if (sleep > milliseconds::zero()) {
      receiver.held = slot;
      receiver.wake = Time::max();
      wake_at(node, now + sleep);
      return;
    }
    deliver(slot, now);
  }
  receiver.wake = Time::max();
}

void Network::deliver(std::uint32_t slot, Time now) {
  Packet packet = take(slot);
  ++count_of(packet).recv_count;
  observer_.on_received(packet, now);
  observer_.on_deliver(std::move(packet), now);
}

void Network::lose(std::uint32_t slot, Time now) {
  const Packet packet = take(slot);
  observer_.on_lost(packet, now);
}

bool Network::lost_by_partition(std::uint32_t slot) const {
  if (!any_cut_) return false;
  const Packet& packet = slots_[slot];
  return packet.between_servers() && is_cut(packet.source.index(), packet.destination.index());
}

void Network::cut(std::uint32_t source, std::uint32_t destination) {
  if (cut_.empty()) cut_.assign(receivers_.size(), std::vector<bool>(receivers_.size(), false));
  cut_[destination][source] = true;
  any_cut_ = true;
}

void Network::heal_all() {
  cut_.clear();
  any_cut_ = false;
}

bool Network::is_cut(std::uint32_t source, std::uint32_t destination) const {
  return any_cut_ && cut_[destination][source];
}

}  // namespace bruit::workbench
