// ValueSet: the values that a node knows.
//
// A flat open-addressing table of Value (one pointer a slot), because a simulator holds a hundred
// thousand of these sets at once: an empty set owns no memory, a set takes 10 to 20 bytes a value,
// and a look-up usually touches one cache line. Grows only. It cannot be iterated, so that no
// output of a strategy can depend on the order of a hash table.
//
// The hash is not keyed: a client that constructs colliding values can make look-ups linear.
#pragma once

#include <cstddef>
#include <memory>

#include "bruit/core/value.h"

namespace bruit::core {

class ValueSet {
 public:
  // True if `value` was not known before. Amortised constant time.
  bool insert(const Value& value);

  bool contains(const Value& value) const {
    return capacity_ != 0 && slots_[slot_of(value)].block_ != nullptr;
  }

  std::size_t size() const { return size_; }

 private:
  // The slot that holds `value`, or the empty slot where it belongs. There is always an empty one.
  std::size_t slot_of(const Value& value) const;
  void grow();

  std::unique_ptr<Value[]> slots_;
  std::size_t capacity_ = 0;  // zero or a power of two
  std::size_t size_ = 0;
};

}  // namespace bruit::core
