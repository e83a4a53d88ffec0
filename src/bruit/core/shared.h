// Shared: an object that many hold and nobody changes any more: one pointer to a block with a
// reference count, or null.
//
// As std::shared_ptr<const T>, but for what a message carries: half the size, and the count is not
// atomic, for the same reason as that of Value: a strategy and all that it sends belong to one
// thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace bruit::core {

template <typename T>
class Shared {
 public:
  Shared() noexcept = default;
  Shared(std::nullptr_t) noexcept {}
  // Cost: one allocation.
  explicit Shared(T object) : block_(new Block{std::move(object)}) {}

  Shared(const Shared& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) ++block_->references;
  }
  Shared(Shared&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Shared& operator=(Shared other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Shared() {
    if (block_ != nullptr && --block_->references == 0) delete block_;
  }

  // Not null.
  const T& operator*() const noexcept { return block_->object; }
  const T* operator->() const noexcept { return &block_->object; }

  explicit operator bool() const noexcept { return block_ != nullptr; }
  friend bool operator==(const Shared& shared, std::nullptr_t) noexcept {
    return shared.block_ == nullptr;
  }

 private:
  struct Block {
    T object;
    std::uint64_t references = 1;
  };
  Block* block_ = nullptr;
};

}  // namespace bruit::core
