#include "bruit/workbench/engine/propagation.h"

#include <algorithm>

namespace bruit::workbench {

std::vector<Duration> Propagation::sorted() const {
  std::vector<Duration> times;
  for (const auto& entry : entries_) {
    if (entry.acknowledged && entry.nodes >= node_count_) {
      times.push_back(std::max(entry.last_visible - *entry.acknowledged, Duration::zero()));
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

std::uint64_t Propagation::incomplete() const {
  return static_cast<std::uint64_t>(std::count_if(
      entries_.begin(), entries_.end(),
      [this](const Entry& entry) { return entry.acknowledged && entry.nodes < node_count_; }));
}

}  // namespace bruit::workbench
