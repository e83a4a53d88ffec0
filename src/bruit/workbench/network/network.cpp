#include "bruit/workbench/network/network.h"

#include <algorithm>
#include <utility>

#include "bruit/workbench/network/latency_matrix.h"

namespace bruit::workbench {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t latency_stream = 1;
constexpr std::uint64_t fault_stream = 4;

}  // namespace

Network::Network(const TestOptions& options, EventQueue& queue, NetworkObserver& observer)
    : queue_(queue),
      observer_(observer),
      model_(options.network),
      usual_latency_{options.latency_distribution, options.latency},
      regions_(options.regions),
      region_latency_(options.region_latency),
      latency_random_(options.seed, latency_stream),
      fault_random_(options.seed, fault_stream),
      receivers_(options.nodes.size() + service_count),
      latency_(usual_latency_),
      matrix_(options.latency_matrix),
      down_(options.nodes.size()),
      stalled_links_(static_cast<std::uint32_t>(options.nodes.size())) {
  // A small cluster never needs more.
  constexpr std::size_t slots_at_first = 64;
  slots_.reserve(slots_at_first);
}

Duration Network::draw_latency(const LatencyModel& model) {
  const auto mean_ms = std::chrono::duration_cast<milliseconds>(model.mean).count();
  if (mean_ms <= 0) return model.mean;
  switch (model.distribution) {
    case LatencyDistribution::constant:
      break;
    case LatencyDistribution::uniform:
      return milliseconds(latency_random_.below(2 * static_cast<std::uint64_t>(mean_ms)));
    case LatencyDistribution::exponential:
      return milliseconds(
          static_cast<std::int64_t>(latency_random_.exponential(static_cast<double>(mean_ms))));
  }
  return model.mean;
}

// A service stands beside every node: in whatever region that is.
Duration Network::latency_of(Endpoint from, Endpoint to) {
  const std::uint32_t source = from.is_service() ? to.index() : from.index();
  const std::uint32_t destination = to.is_service() ? source : to.index();
  const LatencyModel* model = &latency_;
  if (matrix_ != nullptr && latency_ == usual_latency_) {
    const auto region = [this](std::uint32_t node) {
      return LatencyMatrix::region_of(node, matrix_->regions.size(), node_count());
    };
    model = &matrix_->between(region(source), region(destination));
  }
  if (!link_latency_.empty() && !link_latency_[source].empty()) {
    const std::uint32_t number = link_latency_[source][destination];
    if (number > 0) model = &link_latencies_[number - 1];
  }
  Duration latency = draw_latency(*model);
  if (regions_ > 1 && !in_one_region(source, destination)) latency += region_latency_;
  if (reordering_ > 0 && fault_random_.chance(reordering_)) {
    latency += Duration(static_cast<Duration::rep>(
        fault_random_.below(static_cast<std::uint64_t>(reordering_most_.count()) + 1)));
  }
  return latency;
}

bool Network::in_one_region(std::uint32_t a, std::uint32_t b) const {
  const auto region = [this](std::uint32_t node) {
    return LatencyMatrix::region_of(node, regions_, node_count());
  };
  return region(a) == region(b);
}

Network::Cargo Network::pack(Payload&& payload) {
  if (auto* message = std::get_if<core::Message>(&payload)) {
    if (auto* rumor = std::get_if<core::Rumor>(message)) return std::move(*rumor);
    if (auto* batch = std::get_if<core::Batch>(message)) return std::move(*batch);
    if (auto* ack = std::get_if<core::Ack>(message)) return *ack;
  }
  if (boxes_.empty()) return std::make_unique<Payload>(std::move(payload));
  std::unique_ptr<Payload> box = std::move(boxes_.back());
  boxes_.pop_back();
  *box = std::move(payload);
  return box;
}

Payload Network::unpack(Cargo&& cargo) {
  if (auto* elsewhere = std::get_if<std::unique_ptr<Payload>>(&cargo)) {
    Payload payload = std::move(**elsewhere);
    // More are seldom needed at once, and a large cluster should not keep what a peak took.
    constexpr std::size_t boxes_most = 64;
    if (boxes_.size() < boxes_most) boxes_.push_back(std::move(*elsewhere));
    return payload;
  }
  if (auto* rumor = std::get_if<core::Rumor>(&cargo)) return core::Message(std::move(*rumor));
  if (auto* batch = std::get_if<core::Batch>(&cargo)) return core::Message(std::move(*batch));
  return core::Message(std::get<core::Ack>(cargo));
}

Slot Network::store(Packet&& packet) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<Slot>(slots_.size()));
    slots_.emplace_back();
  }
  const Slot slot = free_slots_.back();
  free_slots_.pop_back();
  Stored& stored = slots_[slot];
  stored.queued.id = packet.id;
  stored.source = packet.source;
  stored.destination = packet.destination;
  stored.sent_at = packet.sent_at;
  stored.queued.deadline = packet.deadline;
  stored.cargo = pack(std::move(packet.payload));
  return slot;
}

Packet Network::take(Slot slot) {
  free_slots_.push_back(slot);
  Stored& stored = slots_[slot];
  return {.id = stored.queued.id,
          .source = stored.source,
          .destination = stored.destination,
          .sent_at = stored.sent_at,
          .deadline = stored.queued.deadline,
          .payload = unpack(std::move(stored.cargo))};
}

std::uint64_t Network::send(Time now, Endpoint source, Endpoint destination, Payload&& payload) {
  Packet packet{.id = next_id_++,
                .source = source,
                .destination = destination,
                .sent_at = now,
                .deadline = now,
                .payload = std::move(payload)};
  const std::uint64_t id = packet.id;
  if (packet.between_servers()) {
    packet.deadline += latency_of(source, destination);
  }
  TrafficCount& count = count_of(packet);
  ++count.send_count;
  ++count.msg_count;
  observer_.on_sent(packet);

  if (packet.between_servers()) {
    if (loss_ > 0 && fault_random_.chance(loss_)) {
      observer_.on_lost(packet, now);
      return id;
    }
    const bool between_nodes = source.is_node() && destination.is_node();
    if (between_nodes && !message_faults_.empty()) {
      if (const auto fault = message_faults_.next(source.index(), destination.index())) {
        send_struck(std::move(packet), *fault, now);
        return id;
      }
    }
    if (between_nodes && duplication_ > 0 && fault_random_.chance(duplication_)) {
      Packet copy = packet;
      copy.deadline = now + latency_of(source, destination);
      enqueue(std::move(copy), now);
    }
  }
  enqueue(std::move(packet), now);
  return id;
}

std::uint64_t Network::send_at_once(Time now, Endpoint source, Endpoint destination,
                                    Payload payload) {
  Packet packet{.id = next_id_++,
                .source = source,
                .destination = destination,
                .sent_at = now,
                .deadline = now,
                .payload = std::move(payload)};
  const std::uint64_t id = packet.id;
  TrafficCount& count = count_of(packet);
  ++count.send_count;
  ++count.msg_count;
  ++count.recv_count;
  observer_.on_sent(packet);
  observer_.on_received(packet, now);
  observer_.on_deliver(std::move(packet), now);
  return id;
}

void Network::send_struck(Packet&& packet, const MessageFault& fault, Time now) {
  observer_.on_message_fault(fault, now);
  if (std::holds_alternative<LoseMessage>(fault)) {
    observer_.on_lost(packet, now);
  } else if (const auto* hold = std::get_if<HoldMessage>(&fault)) {
    held_.push_back({hold->message, store(std::move(packet))});
  } else {
    Packet copy = packet;
    copy.deadline += std::get<DoubleMessage>(fault).after;
    enqueue(std::move(packet), now);
    enqueue(std::move(copy), now);
  }
}

void Network::release(const NthMessage& message, Time now) {
  message_faults_.unmark_hold(message);
  std::erase_if(held_, [&](const Held& held) {
    if (held.message != message) return false;
    bring_back(held.slot, now);
    return true;
  });
}

void Network::end_stall(const std::optional<Links>& links, Time now) {
  stalled_links_.end(links);
  std::erase_if(stalled_, [&](Slot slot) {
    if (is_stalled(slot)) return false;
    bring_back(slot, now);
    return true;
  });
}

void Network::bring_back(Slot slot, Time now) {
  Time& deadline = slots_[slot].queued.deadline;
  deadline = std::max(deadline, now);
  Receiver& receiver = receivers_[slots_[slot].destination.index()];  // a node
  // It must not wait behind one that the receiver sleeps on.
  if (receiver.held != no_slot)
    receiver.inbox.push(std::exchange(receiver.held, no_slot), queued());
  enqueue(slot, now);
}

void Network::enqueue(Packet&& packet, Time now) { enqueue(store(std::move(packet)), now); }

void Network::enqueue(Slot slot, Time now) {
  const Endpoint destination = slots_[slot].destination;
  const Time deadline = slots_[slot].queued.deadline;
  if (destination.is_client()) {
    queue_.push(now, EventKind::client_receive, slot);
    return;
  }
  const std::uint32_t number =
      destination.is_service() ? node_count() + destination.index() : destination.index();
  Receiver& receiver = receivers_[number];
  receiver.inbox.push(slot, queued());
  if (model_ == NetworkModel::ideal) {
    wake_at(number, deadline);
  } else if (receiver.held == no_slot) {
    wake_at(number, now);
  }
}

void Network::wake_at(std::uint32_t node, Time when) {
  Receiver& receiver = receivers_[node];
  if (receiver.wake <= when) return;
  receiver.wake = when;
  queue_.push(when, EventKind::node_receive, node);
}

void Network::prefetch(std::uint32_t node, PrefetchStep step) const {
  const Receiver& receiver = receivers_[node];
  if (step == PrefetchStep::far) {
    workbench::prefetch(&receiver, sizeof(Receiver));
  } else if (const Slot first = receiver.inbox.first_in_order(); first != no_slot) {
    workbench::prefetch(&slots_[first], sizeof(Stored));
  }
}

void Network::receive_at_client(Slot slot, Time now) { deliver(slot, now); }

void Network::receive_at_node(std::uint32_t node, Time now) {
  // A reference would not do: what is delivered below may send, but only a later call changes
  // receivers_ itself, so the element stays where it is.
  Receiver& receiver = receivers_[node];
  if (now < receiver.wake) return;  // overtaken by an earlier wake-up
  receiver.wake = Time::max();

  if (model_ == NetworkModel::ideal) {
    while (!receiver.inbox.empty()) {
      const Time deadline = queued()(receiver.inbox.top(queued())).deadline;
      if (deadline > now) {
        wake_at(node, deadline);
        break;
      }
      const Slot slot = receiver.inbox.pop(queued());
      arrive(slot, now);
    }
    return;
  }

  // What it slept on can no longer be lost by a partition.
  if (receiver.held != no_slot) {
    const Slot held = std::exchange(receiver.held, no_slot);
    is_stalled(held) ? stalled_.push_back(held) : deliver(held, now);
  }
  while (!receiver.inbox.empty()) {
    const Slot next = receiver.inbox.pop(queued());
    if (lost_by_partition(next)) {
      lose(next, now);
      continue;
    }
    const auto sleep = std::chrono::floor<milliseconds>(queued()(next).deadline - now);
    if (sleep > milliseconds::zero()) {
      receiver.held = next;
      receiver.wake = Time::max();
      wake_at(node, now + sleep);
      return;
    }
    is_stalled(next) ? stalled_.push_back(next) : deliver(next, now);
  }
  receiver.wake = Time::max();
}

void Network::arrive(Slot slot, Time now) {
  if (is_stalled(slot)) {
    stalled_.push_back(slot);
  } else if (lost_by_partition(slot)) {
    lose(slot, now);
  } else {
    deliver(slot, now);
  }
}

bool Network::is_stalled(Slot slot) const {
  if (!stalled_links_.any()) return false;
  const Stored& stored = slots_[slot];
  return stored.source.is_node() && stored.destination.is_node() &&
         stalled_links_.contains(stored.source.index(), stored.destination.index());
}

void Network::deliver(Slot slot, Time now) {
  Packet packet = take(slot);
  if (packet.destination.is_node() && down_[packet.destination.index()]) {
    observer_.on_lost(packet, now);
    return;
  }
  ++count_of(packet).recv_count;
  observer_.on_received(packet, now);
  observer_.on_deliver(std::move(packet), now);
}

void Network::lose(Slot slot, Time now) {
  const Packet packet = take(slot);
  observer_.on_lost(packet, now);
}

bool Network::lost_by_partition(Slot slot) const {
  if (!any_cut()) return false;
  const Stored& stored = slots_[slot];
  return stored.source.is_node() && stored.destination.is_node() &&
         is_cut(stored.source.index(), stored.destination.index());
}

std::uint8_t& Network::cut_reasons(std::uint32_t source, std::uint32_t destination) {
  if (cut_.empty()) cut_.resize(node_count());
  auto& row = cut_[destination];
  if (row.empty()) row.resize(node_count());
  return row[source];
}

void Network::cut(std::uint32_t source, std::uint32_t destination) {
  cut_reasons(source, destination) |= by_partition;
  partitioned_ = true;
}

void Network::heal_all() {
  if (!partitioned_) return;
  partitioned_ = false;
  if (links_cut_ == 0) {
    cut_.clear();
    return;
  }
  for (auto& row : cut_) {
    for (auto& reasons : row) reasons &= by_link;
  }
}

void Network::cut_link(std::uint32_t source, std::uint32_t destination) {
  std::uint8_t& reasons = cut_reasons(source, destination);
  if ((reasons & by_link) == 0) ++links_cut_;
  reasons |= by_link;
}

void Network::mend_link(std::uint32_t source, std::uint32_t destination) {
  if (links_cut_ == 0) return;
  std::uint8_t& reasons = cut_reasons(source, destination);
  if ((reasons & by_link) != 0) --links_cut_;
  reasons &= by_partition;
}

bool Network::is_cut(std::uint32_t source, std::uint32_t destination) const {
  if (cut_.empty()) return false;
  const auto& row = cut_[destination];
  return !row.empty() && row[source] != 0;
}

void Network::set_latency(const LatencyModel& model) {
  latency_ = model;
  link_latency_.clear();
  link_latencies_.clear();
}

void Network::set_link_latency(const std::vector<std::uint32_t>& sources,
                               const std::vector<std::uint32_t>& destinations,
                               const LatencyModel& model) {
  link_latencies_.push_back(model);
  const auto number = static_cast<std::uint32_t>(link_latencies_.size());
  link_latency_.resize(node_count());
  for (const std::uint32_t source : sources) {
    link_latency_[source].resize(node_count());
    for (const std::uint32_t destination : destinations) {
      link_latency_[source][destination] = number;
    }
  }
}

void Network::end_faults(Time now) {
  partitioned_ = false;
  links_cut_ = 0;
  cut_.clear();
  set_latency(usual_latency_);
  loss_ = 0;
  duplication_ = 0;
  reordering_ = 0;
  stalled_links_.clear();
  message_faults_.clear_marks();
  for (const Held& held : std::exchange(held_, {})) bring_back(held.slot, now);
  for (const Slot slot : std::exchange(stalled_, {})) bring_back(slot, now);
}

bool Network::is_faulty() const {
  return any_cut() || latency_ != usual_latency_ || !link_latencies_.empty() || loss_ > 0 ||
         duplication_ > 0 || reordering_ > 0 || stalled_links_.any() || !held_.empty();
}

}  // namespace bruit::workbench
