// Violation: a rule that a run broke, as its trace and its results tell it. checkers/invariants.h
// says what the rules are and finds what breaks them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "bruit/core/time.h"

namespace bruit::workbench {

enum class Invariant : std::uint8_t {
  validity,
  no_loss,
  no_duplication,
  monotonic_reads,
  convergence,
  component_progress,
  budget,
  silence,
  bounds,
};
inline constexpr std::size_t invariant_count = 9;

// "validity", "no loss", ...
std::string_view to_string(Invariant invariant);

struct Violation {
  Invariant invariant{};
  core::Duration at{};  // since the first operation
  std::string what;
};

}  // namespace bruit::workbench
