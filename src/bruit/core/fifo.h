// Fifo: a queue in one block of memory, and none while it has never been used.
//
// std::deque allocates half a kilobyte when it is constructed; a simulated cluster holds a million
// queues of which most are empty. Pushing and popping cost amortised constant time. Front is index
// 0.
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
      // Memory that a rare long queue needed is given back; that of a short one is kept for the
      // next.
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
