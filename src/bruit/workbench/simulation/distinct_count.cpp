#include "bruit/workbench/simulation/distinct_count.h"

#include <algorithm>

namespace bruit::workbench {
namespace {

// Trace hashes are no uniform numbers (splitmix64's last steps make them so).
std::uint64_t mixed(std::uint64_t hash) {
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return hash ^ (hash >> 31);
}

constexpr std::size_t slack = 4096;

}  // namespace

void DistinctCount::add(std::uint64_t hash) {
  const std::uint64_t number = mixed(hash);
  if (number > limit_) return;
  smallest_.push_back(number);
  if (smallest_.size() >= 2 * settled_ + slack) settle();
}

void DistinctCount::merge(const DistinctCount& other) {
  other.settle();
  limit_ = std::min(limit_, other.limit_);
  smallest_.insert(smallest_.end(), other.smallest_.begin(), other.smallest_.end());
  settle();
}

void DistinctCount::settle() const {
  if (settled_ == smallest_.size()) return;
  std::sort(smallest_.begin(), smallest_.end());
  smallest_.erase(std::unique(smallest_.begin(), smallest_.end()), smallest_.end());
  if (smallest_.size() > exact_most) {
    smallest_.resize(exact_most);
    limit_ = smallest_.back();
  }
  settled_ = smallest_.size();
}

bool DistinctCount::exact() const {
  settle();
  return limit_ == UINT64_MAX;
}

std::uint64_t DistinctCount::count() const {
  settle();
  if (exact()) return smallest_.size();
  // Of numbers that are uniform below 2^64, this many are expected for one that is at most limit_.
  const double share = static_cast<double>(limit_) / 0x1.0p64;
  return static_cast<std::uint64_t>(static_cast<double>(exact_most - 1) / share);
}

}  // namespace bruit::workbench
