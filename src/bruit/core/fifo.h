// Fifo: a queue in one block of memory, and in none before its first use.
//
// std::deque allocates half a kilobyte when it is constructed; a simulated cluster holds a million
// queues, most of them empty. Pushing and popping take amortised constant time.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "bruit/core/check.h"

namespace bruit::core {

template <typename T>
class Fifo {
 public:
  bool empty() const { return head_ == items_.size(); }
  std::size_t size() const { return items_.size() - head_; }

  // The front is at index 0.
  T& operator[](std::size_t index) {
    BRUIT_CHECK(index < size());
    return items_[head_ + index];
  }
  const T& operator[](std::size_t index) const {
    BRUIT_CHECK(index < size());
    return items_[head_ + index];
  }

  void push(T item) { items_.push_back(std::move(item)); }

  T pop() {
    BRUIT_CHECK(!empty());
    T item = std::move(items_[head_]);
    ++head_;
    if (empty()) {
      items_.clear();
      head_ = 0;
      // What a rare long queue needed is given back; a short one keeps its memory for the next.
      if (items_.capacity() > kept_capacity) items_.shrink_to_fit();
    } else if (head_ >= kept_capacity && head_ >= size()) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return item;
  }

 private:
  static constexpr std::size_t kept_capacity = 32;

  std::vector<T> items_;  // those before head_ are moved from
  std::size_t head_ = 0;
};

}  // namespace bruit::core
