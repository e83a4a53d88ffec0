// What must hold for every input, also in a release build: otherwise the fuzzer has found a bug.
#pragma once

#include <cstdlib>

inline void require(bool holds) {
  if (!holds) std::abort();
}
