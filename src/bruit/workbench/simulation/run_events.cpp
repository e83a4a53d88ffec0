#include "bruit/workbench/simulation/run_events.h"

#include <algorithm>

#include "bruit/core/check.h"

namespace bruit::workbench {
namespace {

Duration since_start(Time now) { return now - Time{}; }

}  // namespace

RunEvents::RunEvents(std::uint32_t node_count)
    : count_(node_count), numbers_(std::size_t{node_count} * node_count), frozen_(node_count) {}

void RunEvents::clear() {
  moments_.clear();
  arrivals_.clear();
  sent_.clear();
  numbers_.assign(numbers_.size(), 0);
  frozen_.assign(frozen_.size(), false);
  over_ = false;
}

std::optional<Duration> RunEvents::next_tick(std::uint32_t node, Duration after) const {
  for (const Moment& moment : moments_) {
    if (moment.at > after && moment.node == node && moment.cause == Moment::Cause::tick) {
      return moment.at;
    }
  }
  return std::nullopt;
}

void RunEvents::happened(std::uint32_t node, Time now, Moment::Cause cause,
                         const NthMessage& message) {
  const Duration at = since_start(now);
  for (auto moment = moments_.rbegin(); moment != moments_.rend() && moment->at == at; ++moment) {
    if (moment->node != node) continue;
    if (cause > moment->cause) {
      moment->cause = cause;
      moment->message = message;
    }
    return;
  }
  moments_.push_back({at, node, cause, message});
}

void RunEvents::on_sent(const Packet& packet) {
  if (over_ || !packet.source.is_node() || !packet.destination.is_node()) return;
  const std::uint32_t source = packet.source.index();
  const std::uint32_t destination = packet.destination.index();
  sent_.push_back({.id = packet.id,
                   .message = {source, destination, ++numbers_[source * count_ + destination]}});
  happened(source, packet.sent_at, Moment::Cause::tick);
}

RunEvents::Sent& RunEvents::sent(std::uint64_t id) {
  const auto found =
      std::lower_bound(sent_.begin(), sent_.end(), id,
                       [](const Sent& one, std::uint64_t other) { return one.id < other; });
  BRUIT_CHECK(found != sent_.end() && found->id == id);
  return *found;
}

void RunEvents::on_received(const Packet& packet, Time now) {
  if (over_ || !packet.destination.is_node()) return;
  const std::uint32_t node = packet.destination.index();
  NthMessage message;
  auto cause = Moment::Cause::operation;
  if (packet.source.is_node()) {
    Sent& sending = sent(packet.id);
    message = sending.message;
    cause = Moment::Cause::arrival;
    if (!sending.has_arrived) arrivals_.push_back({since_start(now), message});
    sending.has_arrived = true;
  } else if (const auto* request = std::get_if<Request>(&packet.payload)) {
    const bool at_start =
        request->kind == Request::Kind::init || request->kind == Request::Kind::topology;
    if (at_start) cause = Moment::Cause::start;
  }
  if (!frozen_[node]) happened(node, now, cause, message);
}

void RunEvents::on_visible(std::uint32_t node, ElementId, Time now) {
  if (!over_) happened(node, now, Moment::Cause::tick);
}

void RunEvents::on_operation(const Op& op, Time) {
  if (op.final) over_ = true;  // comes without faults too
}

void RunEvents::on_fault(const Fault& fault, Time now) {
  if (over_) return;
  if (const auto* pause = std::get_if<Pause>(&fault)) frozen_[pause->node] = true;
  if (const auto* kill = std::get_if<Kill>(&fault)) frozen_[kill->node] = false;
  if (const auto* again = std::get_if<Restart>(&fault)) {
    happened(again->node, now, Moment::Cause::start);
  }
  if (const auto* resume = std::get_if<Resume>(&fault)) {
    frozen_[resume->node] = false;
    happened(resume->node, now, Moment::Cause::thaw);
  }
}

void RunEvents::on_faults_over(Time) { over_ = true; }

}  // namespace bruit::workbench
