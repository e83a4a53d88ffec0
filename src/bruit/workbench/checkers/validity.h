// Validity: the verdict of a checker, and how verdicts add up.
// Source: Jepsen 0.3.7, jepsen/checker.clj, merge-valid.
#pragma once

#include <cstdint>

#include "bruit/workbench/history/edn.h"

namespace bruit::workbench {

// In the order of weight: the heaviest verdict of several is the verdict of all.
enum class Validity : std::uint8_t {
  valid,
  unknown,  // the run was too short or too broken to tell
  invalid,
};

constexpr Validity merge(Validity a, Validity b) { return a < b ? b : a; }

// true, :unknown, false.
inline Edn to_edn(Validity validity) {
  switch (validity) {
    case Validity::valid:
      return true;
    case Validity::unknown:
      return Edn::keyword("unknown");
    case Validity::invalid:
      return false;
  }
  return Edn();
}

}  // namespace bruit::workbench
