// ElementList: what a read returned, in the order in which the node listed it; duplicates are kept.
//
// Most nodes list what they have in the order in which they learned it, so each read begins with
// all of the last one: 50,000 reads of up to 50,000 values would be 5 GB. Lists that continue each
// other share one array here, of which each knows how much is its own. A copy costs a pointer.
// Not for several threads at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <vector>

#include "bruit/workbench/basics/prefetch.h"

namespace bruit::workbench {

// A value that was broadcast: its position in the run's ElementTable.
using ElementId = std::uint32_t;

class ElementList {
 public:
  using value_type = ElementId;
  using const_iterator = const ElementId*;

  ElementList() = default;
  ElementList(std::initializer_list<ElementId> elements) {
    for (const ElementId element : elements) push_back(element);
  }

  const ElementId* begin() const { return array_ ? array_->data() : nullptr; }
  const ElementId* end() const { return begin() + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  ElementId operator[](std::size_t place) const { return begin()[place]; }

  // Amortised constant; for a copy that another copy has outgrown, once linear.
  void push_back(ElementId element) {
    if (!array_ || array_->size() != size_) {
      array_ = std::make_shared<std::vector<ElementId>>(begin(), end());
    }
    array_->push_back(element);
    ++size_;
  }

  // `next`, but with the array of `previous` if it begins with all of that. Linear.
  static ElementList continuing(const ElementList& previous, const ElementList& next) {
    if (previous.empty() || previous.array_ == next.array_) return next;
    const bool continues =
        previous.size_ <= next.size_ && std::equal(previous.begin(), previous.end(), next.begin());
    if (!continues) return next;
    ElementList shared = previous;
    for (std::size_t place = previous.size_; place < next.size_; ++place) {
      shared.push_back(next[place]);
    }
    return shared;
  }

  // push_back() will come soon.
  void prefetch() const {
    if (array_) workbench::prefetch(array_.get(), sizeof(*array_));
  }

  friend bool operator==(const ElementList& a, const ElementList& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::shared_ptr<std::vector<ElementId>> array_;
  std::size_t size_ = 0;  // the rest of the array is of lists that continue this one
};

}  // namespace bruit::workbench
