// BRUIT_CHECK: an invariant of the core that stays on in release builds.
//
// A broken invariant means that the state can no longer be trusted; going on could lose a value, so
// the process ends at once and says where. Inputs from outside never reach a check: shells refuse
// them with a message before.
#pragma once

namespace bruit::core {

// Prints "file:line: check failed: condition" to stderr and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace bruit::core

#define BRUIT_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::bruit::core::check_failed(#condition, __FILE__, __LINE__))
