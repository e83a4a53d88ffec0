#include "bruit/core/strategies/rounds/lost_nodes.h"

#include <algorithm>

namespace bruit::core {

std::optional<Time> LostNodes::silent_since(NodeId node) const {
  const auto found = lost_.find(node);
  if (found == lost_.end()) return std::nullopt;
  return found->second.since;
}

std::vector<NodeId> LostNodes::all() const {
  std::vector<NodeId> result;
  for (const auto& [node, lost] : lost_) result.push_back(node);
  return result;
}

void LostNodes::add(NodeId node, bool hurry, Time now) {
  const bool is_new =
      lost_.try_emplace(node, Lost{.since = now, .asked = {}, .sought_at = {}}).second;
  if (!is_new) return;
  if (lost_.size() == 1) next_at_.reset();
  last_lost_ = now;
  if (hurry) hurry_until_ = now + hurry_lasts;
  next_at_ = std::min(next_at_.value_or(now), now);
}

void LostNodes::on_asked(NodeId node, Time now) {
  const auto found = lost_.find(node);
  if (found != lost_.end()) found->second.asked = now;
}

void LostNodes::remove(NodeId node) { lost_.erase(node); }

std::vector<NodeId> LostNodes::take_due(bool is_root, Duration round_trip, Time now) {
  const Duration hurried =
      std::clamp(round_trip * 5 / 4, shortest_interval, longest_hurried_interval);
  const bool in_a_hurry = now < hurry_until_;
  const Duration lost_for = now - last_lost_;
  Duration interval = hurried;
  if (!in_a_hurry) interval = std::clamp(2 * round_trip, shortest_interval, patient_interval);
  if (hurry_until_ < last_lost_) interval = std::max(interval, patient_interval / 2);
  if (!is_root) {
    interval = std::clamp(lost_for / 8, interval, longest_interval);
  } else if (lost_for >= long_time) {
    interval = patient_interval;
  }
  next_at_ = now + interval;

  std::vector<NodeId> due;
  for (const auto& [node, lost] : lost_) {
    if (!lost.asked || now - *lost.asked >= interval * 15 / 16) due.push_back(node);
  }
  std::stable_sort(due.begin(), due.end(),
                   [this](NodeId a, NodeId b) { return lost_.at(a).asked < lost_.at(b).asked; });
  const std::size_t most = in_a_hurry ? (due.size() + 3) / 4 : 1;
  if (due.size() > most) due.resize(most);
  return due;
}

std::vector<NodeId> LostNodes::take_sought(const std::vector<NodeId>& children, Time now) {
  std::vector<NodeId> sought;
  for (auto& [node, lost] : lost_) {
    if (!std::binary_search(children.begin(), children.end(), node)) continue;
    if (!lost.sought_at) lost.sought_at = lost.since + lost.sought_after;
    if (now < *lost.sought_at) continue;
    lost.sought_after = std::min(2 * lost.sought_after, longest_interval);
    lost.sought_at = now + lost.sought_after;
    sought.push_back(node);
  }
  return sought;
}

bool LostNodes::may_ask_all(Time now) {
  if (asked_all_ && now - *asked_all_ < shortest_interval) return false;
  asked_all_ = now;
  return true;
}

}  // namespace bruit::core
