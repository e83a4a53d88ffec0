// Fifo: a queue in one block of memory, and in none before its first use: one pointer.
//
// std::deque is 80 bytes and allocates half a kilobyte when it is constructed; a simulated cluster
// holds a million queues, most of them empty. Pushing and popping take amortised constant time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "bruit/core/check.h"

namespace bruit::core {

template <typename T>
class Fifo {
  static_assert(std::is_nothrow_move_constructible_v<T> &&
                alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

 public:
  Fifo() noexcept = default;
  Fifo(Fifo&& other) noexcept : ring_(std::exchange(other.ring_, nullptr)) {}
  Fifo& operator=(Fifo&& other) noexcept {
    std::swap(ring_, other.ring_);
    return *this;
  }
  ~Fifo() {
    for (std::size_t index = 0; index < size(); ++index) std::destroy_at(ring_->place(index));
    ::operator delete(ring_);
  }

  bool empty() const { return size() == 0; }
  std::size_t size() const { return ring_ == nullptr ? 0 : ring_->size; }

  // The front is at index 0.
  T& operator[](std::size_t index) {
    BRUIT_CHECK(index < size());
    return *ring_->place(index);
  }
  const T& operator[](std::size_t index) const {
    BRUIT_CHECK(index < size());
    return *ring_->place(index);
  }

  void push(T item) {
    if (ring_ == nullptr || ring_->size == ring_->capacity) grow();
    std::construct_at(ring_->place(ring_->size), std::move(item));
    ++ring_->size;
  }

  T pop() {
    BRUIT_CHECK(!empty());
    T* front = ring_->place(0);
    T item = std::move(*front);
    std::destroy_at(front);
    ring_->head = (ring_->head + 1) & (ring_->capacity - 1);
    // What a rare long queue needed is given back; a short one keeps its memory for the next.
    if (--ring_->size == 0 && ring_->capacity > kept_capacity) {
      ::operator delete(std::exchange(ring_, nullptr));
    }
    return item;
  }

 private:
  static constexpr std::size_t kept_capacity = 32;

  // The items follow it, in a circle.
  struct alignas(alignof(T) > alignof(std::uint32_t) ? alignof(T) : alignof(std::uint32_t)) Ring {
    std::uint32_t capacity;  // a power of two
    std::uint32_t head;
    std::uint32_t size;

    T* place(std::size_t index) {
      return reinterpret_cast<T*>(this + 1) + ((head + index) & (capacity - 1));
    }
  };

  void grow() {
    const std::uint32_t capacity = ring_ == nullptr ? 1 : 2 * ring_->capacity;
    BRUIT_CHECK(capacity != 0);
    void* memory = ::operator new(sizeof(Ring) + capacity * sizeof(T));
    Ring* larger = new (memory) Ring{.capacity = capacity, .head = 0, .size = 0};
    for (; larger->size < size(); ++larger->size) {
      T* item = ring_->place(larger->size);
      std::construct_at(larger->place(larger->size), std::move(*item));
      std::destroy_at(item);
    }
    ::operator delete(std::exchange(ring_, larger));
  }

  Ring* ring_ = nullptr;
};

}  // namespace bruit::core
