// Linearizability of one register with read, write and compare-and-swap: is there an order of the
// operations, each at some moment between its invocation and its completion, in which every one
// finds what it found?
//
// Algorithm: the search of Wing and Gong ("Testing and verifying concurrent objects", 1993), with
// the improvements of Lowe ("Testing for linearizability", 2017): configurations are remembered, so
// none is explored twice, and operations are linearized just in time: the history is walked once,
// and only when an operation completes are others put before it, as few as it takes. A
// configuration is the register's value and which of the open operations have been linearized.
// Further savings, each of which keeps the answer:
//  * an open read that finds the present value is linearized at once: it changes nothing;
//  * a write that nobody saw has no place of its own: it counts as overwritten by any write that
//    was linearized while it was open ("hidden");
//  * operations whose outcome is unknown stay open for ever, so a configuration that has used some
//    of them is worth less than one that has used a part of those; of equal ones the earliest comes
//    first;
//  * a configuration that is worth less than another is dropped.
//
// What remains can still be exponential in the swaps that are open at one moment, and in the
// operations with unknown outcome. Limits turn that into the verdict "unknown".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bruit/workbench/checkers/validity.h"

namespace bruit::workbench {

struct RegisterOperation {
  enum class Kind : std::uint8_t { read, write, cas };
  static constexpr std::size_t never = SIZE_MAX;

  Kind kind{};
  std::uint32_t expected = 0;  // what a read returned, what a cas compares with
  std::uint32_t written = 0;   // what a write or a cas sets
  // Positions in the history, all different. An operation that may or may not have happened
  // completes `never`. Those that certainly did not happen, and reads without a result, are left
  // out.
  std::size_t invoked = 0;
  std::size_t completed = never;
};

struct LinearizabilityLimits {
  // Configurations at one moment, each some 200 bytes.
  std::size_t configurations = 500'000;
  // Comparisons of configurations in all: some seconds.
  std::uint64_t comparisons = 1'000'000'000;
  // Operations open at one moment. Fixed by the size of a configuration.
  static constexpr std::size_t open_operations = 256;
};

// A way in which everything before the failure can have happened.
struct LinearizedPrefix {
  std::uint32_t value = 0;        // of the register at its end
  std::vector<std::size_t> last;  // the last few operations, in their order
  std::vector<std::size_t> open;  // not yet linearized
};

// Why a history is not linearizable. Operations are positions in what was checked.
struct Counterexample {
  static constexpr std::size_t prefixes_max = 10;
  static constexpr std::size_t last_max = 6;

  // All operations that completed before this one can be linearized, this one cannot.
  std::size_t operation = 0;
  std::vector<std::uint32_t> possible;  // values of the register while it was open; ascending
  std::vector<LinearizedPrefix> prefixes;
};

struct LinearizabilityResult {
  Validity validity = Validity::valid;
  // Most configurations kept at one moment.
  std::size_t configurations_most = 0;
  std::optional<Counterexample> counterexample;  // if invalid
  // If unknown: which limit was hit, at this operation's completion.
  enum class Limit : std::uint8_t { none, configurations, comparisons, open_operations };
  Limit limit = Limit::none;
  std::size_t limit_at = 0;
};

// The register holds `initial` at first. Cost: linear in the operations times the configurations,
// of which a typical test has a handful at a time.
LinearizabilityResult check_register(std::span<const RegisterOperation> operations,
                                     std::uint32_t initial,
                                     const LinearizabilityLimits& limits = {});

}  // namespace bruit::workbench
