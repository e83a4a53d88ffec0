#include "bruit/workbench/workloads/txn_generator.h"

#include <algorithm>
#include <cmath>

#include "bruit/core/check.h"

namespace bruit::workbench {

TxnGenerator::TxnGenerator(std::uint32_t key_count, std::uint32_t max_length,
                           std::uint32_t max_writes_per_key)
    : max_length_(max_length), max_writes_per_key_(max_writes_per_key), next_name_(key_count) {
  BRUIT_CHECK(key_count >= 1 && key_count <= key_count_max && max_length >= 1 &&
              max_writes_per_key >= 1);
  for (std::uint32_t key = 0; key < key_count; ++key) keys_.push_back({.name = key});
}

std::vector<GeneratedMop> TxnGenerator::next(Random& random) {
  std::vector<GeneratedMop> mops(1 + random.below(max_length_));
  for (GeneratedMop& mop : mops) {
    while (true) {
      mop.is_write = random.chance(0.5);
      // Position p has weight 2^p.
      const double range = 2 * (std::exp2(static_cast<double>(keys_.size())) - 1);
      const auto drawn = static_cast<std::size_t>(std::log2(random.unit() * range + 2) - 1);
      Key& key = keys_[std::min(drawn, keys_.size() - 1)];
      if (mop.is_write && key.next_value > max_writes_per_key_) {
        key = {.name = next_name_++};
        continue;
      }
      mop.key = key.name;
      if (mop.is_write) mop.value = key.next_value++;
      break;
    }
  }
  return mops;
}

}  // namespace bruit::workbench
