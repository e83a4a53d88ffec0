#include "bruit/workbench/trace/violation.h"

#include <array>

namespace bruit::workbench {
namespace {

constexpr std::array<std::string_view, invariant_count> names = {
    "validity",           "no loss", "no duplication", "monotonic reads", "convergence",
    "component progress", "budget",  "silence",        "bounds"};

}  // namespace

std::string_view to_string(Invariant invariant) {
  return names[static_cast<std::size_t>(invariant)];
}

}  // namespace bruit::workbench
