// Value: the bytes that a client broadcasts, immutable and cheap to copy.
//
// The core does not look inside a value; two values are the same if their bytes are. A shell must
// therefore give equal things equal bytes (the Maelstrom shell uses one canonical JSON text).
//
// A Value is one pointer to a reference-counted block. The count is not atomic, because a strategy
// and all that it sends belong to one thread at a time and a simulator copies values a hundred
// million times. To hand a value to another thread, build a new one from bytes().
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace bruit::core {

class Value {
 public:
  // Copies `bytes`; any length, the empty string included. Cost: one allocation.
  explicit Value(std::string_view bytes);

  Value(const Value& other) noexcept : block_(other.block_) { ++block_->references; }
  Value(Value&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Value& operator=(Value other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Value() {
    if (block_ != nullptr && --block_->references == 0) destroy(block_);
  }

  std::string_view bytes() const noexcept {
    return {reinterpret_cast<const char*>(block_ + 1), block_->size};
  }
  std::uint64_t hash() const noexcept { return block_->hash; }

  friend bool operator==(const Value& a, const Value& b) noexcept {
    return a.block_ == b.block_ || (a.block_->hash == b.block_->hash && a.bytes() == b.bytes());
  }
  // By bytes, so that an order never depends on an address.
  friend std::strong_ordering operator<=>(const Value& a, const Value& b) noexcept {
    return a.bytes() <=> b.bytes();
  }

 private:
  struct Block {
    std::uint64_t hash;  // FNV-1a of the bytes, which follow the block
    std::uint32_t references;
    std::uint32_t size;
  };
  static void destroy(Block* block) noexcept;

  friend class ValueSet;
  Value() noexcept : block_(nullptr) {}  // an empty slot of a ValueSet

  Block* block_;  // null after a move and in an empty slot
};

}  // namespace bruit::core

template <>
struct std::hash<bruit::core::Value> {
  std::size_t operator()(const bruit::core::Value& value) const noexcept { return value.hash(); }
};
