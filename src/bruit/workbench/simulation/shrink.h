// Shrinking: from a run that fails to the smallest one that fails in the same way.
//
// The run is first written down: its faults and its operations become a scenario. Then whatever can
// go is taken away and the rest is run again: faults, operations, nodes, seconds of load, digits of
// times. What no longer fails is put back. It ends when nothing more can go: removing any single
// fault, operation or node makes the run pass (Zeller and Hildebrandt, "Simplifying and Isolating
// Failure-Inducing Input", 2002, with complements only).
//
// Latencies and losses that are drawn at random are drawn anew for each smaller run, from the same
// seed; so a failure that depends on such a draw may stay larger than it must be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "bruit/workbench/simulation/simulation.h"

namespace bruit::workbench {

// What makes a run fail: the first invariant that it breaks, in the order of the enumeration, or
// else that it is invalid or ends early.
struct FailureKind {
  enum class Kind : std::uint8_t { invariant, invalid, early_end };
  Kind kind{};
  Invariant invariant{};  // if it is one
  friend bool operator==(const FailureKind&, const FailureKind&) = default;
};

// Nothing if the run did not fail. A run of which too little was read to tell has not failed.
std::optional<FailureKind> failure_of(const SimulationResult& result);
// "no loss", "invalid", ...
std::string_view to_string(const FailureKind& failure);

struct ShrinkProgress {
  std::uint64_t runs = 0;
  std::size_t faults = 0;
  std::size_t operations = 0;
  std::size_t nodes = 0;
};

struct Shrunk {
  // As given, but for fewer nodes (named n0, n1, ...), clients and seconds of load, and a scenario.
  SimulationOptions options;
  SimulationResult result;  // of these options
  FailureKind failure;
  ShrinkProgress size;
  bool minimal = false;  // false: runs_most was reached before
};

struct ShrinkLimits {
  std::uint64_t runs_most = 20'000;
};

// Nothing if the run does not fail, or no longer does once its operations are listed. The result is
// a function of `options`. `on_progress`, which may be empty, is called after each run.
std::optional<Shrunk> shrink(const SimulationOptions& options,
                             const std::function<void(const ShrinkProgress&)>& on_progress = {},
                             const ShrinkLimits& limits = {});

}  // namespace bruit::workbench
