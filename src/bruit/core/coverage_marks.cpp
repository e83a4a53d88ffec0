#include "bruit/core/coverage_marks.h"

#include <algorithm>

#include "bruit/core/coverage_mark.h"

namespace bruit::core {

// Grows before main() begins, in one thread.
struct CoverageMarkList {
  static constinit CoverageMark* first;

  static CoverageMark* add(CoverageMark* mark) noexcept {
    CoverageMark* const before = first;
    first = mark;
    return before;
  }
  static CoverageMark* after(const CoverageMark& mark) { return mark.next_; }
  static MarkState state_of(const CoverageMark& mark) {
    return {mark.name_, mark.reached_.load(std::memory_order_relaxed)};
  }
  static void forget(CoverageMark& mark) { mark.reached_.store(false, std::memory_order_relaxed); }
};

constinit CoverageMark* CoverageMarkList::first = nullptr;

CoverageMark::CoverageMark(std::string_view name) noexcept
    : name_(name), next_(CoverageMarkList::add(this)) {}

std::vector<MarkState> coverage_marks(std::string_view prefix) {
  std::vector<MarkState> marks;
  for (const auto* mark = CoverageMarkList::first; mark != nullptr;
       mark = CoverageMarkList::after(*mark)) {
    const MarkState state = CoverageMarkList::state_of(*mark);
    if (state.name.starts_with(prefix)) marks.push_back(state);
  }
  std::sort(marks.begin(), marks.end(),
            [](const MarkState& a, const MarkState& b) { return a.name < b.name; });
  return marks;
}

std::vector<std::string_view> marks_not_reached(std::string_view prefix) {
  std::vector<std::string_view> names;
  for (const auto& [name, reached] : coverage_marks(prefix)) {
    if (!reached) names.push_back(name);
  }
  return names;
}

void forget_coverage() {
  for (auto* mark = CoverageMarkList::first; mark != nullptr;
       mark = CoverageMarkList::after(*mark)) {
    CoverageMarkList::forget(*mark);
  }
}

}  // namespace bruit::core
