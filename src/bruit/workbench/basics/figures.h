// Durations and counts as the figures that tables, CSV and JSON show.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "bruit/core/time.h"

namespace bruit::workbench {

inline double milliseconds_of(core::Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

inline std::optional<double> milliseconds_of(const std::optional<core::Duration>& duration) {
  if (!duration) return std::nullopt;
  return milliseconds_of(*duration);
}

// Messages per thing; nothing if there were no things.
inline std::optional<double> ratio(std::uint64_t messages, std::uint64_t things) {
  if (things == 0) return std::nullopt;
  return static_cast<double>(messages) / static_cast<double>(things);
}

}  // namespace bruit::workbench
