// The marks of a program (coverage_mark.h), for tests and tools. Nothing that nodes run includes
// this.
#pragma once

#include <string_view>
#include <vector>

namespace bruit::core {

struct MarkState {
  std::string_view name;
  bool reached = false;
};

// All marks in the code that is linked into this program whose names begin with `prefix`, in the
// order of their names.
std::vector<MarkState> coverage_marks(std::string_view prefix = {});

// The names of those that were not reached.
std::vector<std::string_view> marks_not_reached(std::string_view prefix = {});

// From now on none of them counts as reached. Not while strategies run in other threads.
void forget_coverage();

}  // namespace bruit::core
