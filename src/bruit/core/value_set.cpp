#include "bruit/core/value_set.h"

#include <bit>
#include <utility>

namespace bruit::core {
namespace {

constexpr std::size_t smallest_capacity = 8;

// At most four slots in five are in use: linear probing then looks at 13 slots for an unknown value
// in the worst case on average, and a hundred values fit 128 slots.
constexpr bool too_full(std::size_t size, std::size_t capacity) { return size * 5 > capacity * 4; }

}  // namespace

std::size_t ValueSet::slot_of(const Value& value) const {
  // Fibonacci hashing: the upper bits of the product depend on all bits of the hash.
  const int shift = 64 - std::countr_zero(capacity_);
  std::size_t slot = (value.hash() * 0x9E3779B97F4A7C15) >> shift;
  while (slots_[slot].block_ != nullptr && slots_[slot] != value) {
    slot = (slot + 1) & (capacity_ - 1);
  }
  return slot;
}

bool ValueSet::insert(const Value& value) {
  if (capacity_ != 0) {
    const std::size_t slot = slot_of(value);
    if (slots_[slot].block_ != nullptr) return false;
    if (!too_full(size_ + 1, capacity_)) {
      slots_[slot] = value;
      ++size_;
      return true;
    }
  }
  grow();
  slots_[slot_of(value)] = value;
  ++size_;
  return true;
}

void ValueSet::grow() {
  const std::size_t old_capacity = capacity_;
  const std::unique_ptr<Value[]> old_slots = std::move(slots_);
  capacity_ = old_capacity == 0 ? smallest_capacity : 2 * old_capacity;
  slots_.reset(new Value[capacity_]);
  for (std::size_t old_slot = 0; old_slot < old_capacity; ++old_slot) {
    if (old_slots[old_slot].block_ == nullptr) continue;
    // Looked up first: the right side of an assignment is evaluated before the left.
    const std::size_t slot = slot_of(old_slots[old_slot]);
    slots_[slot] = std::move(old_slots[old_slot]);
  }
}

}  // namespace bruit::core
