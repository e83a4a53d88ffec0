// DistinctCount: how many different hashes there were, in bounded memory.
//
// Keeps the smallest hashes (Bar-Yossef et al., "Counting distinct elements in a data stream",
// 2002). Up to `exact_most` the count is exact; beyond it is an estimate, within about 0.1 %.
// Either way it does not depend on the order, so parts may be counted apart and merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bruit::workbench {

class DistinctCount {
 public:
  static constexpr std::size_t exact_most = std::size_t{1} << 20;

  void add(std::uint64_t hash);
  void merge(const DistinctCount& other);

  std::uint64_t count() const;
  bool exact() const;

 private:
  // Sorts, and leaves the smallest.
  void settle() const;

  // Some of them more than once until it is settled.
  mutable std::vector<std::uint64_t> smallest_;
  mutable std::size_t settled_ = 0;           // so many of them are sorted and different
  mutable std::uint64_t limit_ = UINT64_MAX;  // none above it is needed
};

}  // namespace bruit::workbench
