// BRUIT_MARK: a named place in the code, so that a test can ask whether anything ever came there.
//
//     if (is_of_former_life(message)) {
//       BRUIT_MARK("rounds.link.L1");
//       ...
//
// Each rule of a protocol has a mark, and a test fails if the runs that are meant to try all rules
// never reach it (the idea is TigerBeetle's). The name is that of the strategy, a dot, and the
// rule. Two places may have the same mark.
//
// A mark is a flag that is set once and never read here: no strategy can depend on it, and any
// number of threads may pass it. What it costs is a load and a branch that always goes the same
// way, less than a nanosecond. All marks of a program are known before main() begins, those too
// that nothing ever reaches. Reading them is for tests: coverage_marks.h.
#pragma once

#include <atomic>
#include <cstddef>
#include <string_view>

namespace bruit::core {

class CoverageMark {
 public:
  // Adds it to the program's list. `name` lives for ever.
  explicit CoverageMark(std::string_view name) noexcept;
  CoverageMark(const CoverageMark&) = delete;
  CoverageMark& operator=(const CoverageMark&) = delete;

  void reach() noexcept {
    // Not written again and again: threads would take the cache line from each other.
    if (!reached_.load(std::memory_order_relaxed)) reached_.store(true, std::memory_order_relaxed);
  }

 private:
  friend struct CoverageMarkList;

  std::string_view name_;
  CoverageMark* next_;
  std::atomic<bool> reached_ = false;
};

// A text as a template argument.
template <std::size_t size>
struct MarkName {
  // NOLINTNEXTLINE(google-explicit-constructor): BRUIT_MARK passes a literal.
  consteval MarkName(const char (&literal)[size]) {
    for (std::size_t i = 0; i < size; ++i) text[i] = literal[i];
  }
  constexpr std::string_view view() const { return {text, size - 1}; }
  char text[size] = {};
};

// One for each name, made at the program's start because the code names it, not when that runs.
template <MarkName name>
inline CoverageMark coverage_mark{name.view()};

}  // namespace bruit::core

#define BRUIT_MARK(name) ::bruit::core::coverage_mark<name>.reach()
