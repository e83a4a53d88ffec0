// The workloads g-counter and pn-counter: operations add a small integer to a counter or read it.
// Source: Maelstrom 0.2.4, workload/pn_counter.clj and workload/g_counter.clj.
//
// In pn-counter half of the operations add a number from -5 to 4. g-counter leaves out those that
// would add a negative one, so that a third of what is left are additions, of 0 to 4.
#pragma once

#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

class CounterRules final : public WorkloadRules {
 public:
  enum class Deltas : std::uint8_t { any_sign, not_negative };
  explicit CounterRules(Deltas deltas) : deltas_(deltas) {}

  bool has_final_reads() const override { return true; }
  bool understands_errors() const override { return false; }

  Turn next(Random& random, std::span<const std::uint32_t> free_workers) override;
  std::variant<OpValue, BadReply> result(const Operation& operation,
                                         const boost::json::object& body) const override;

 private:
  Deltas deltas_;
};

}  // namespace bruit::workbench
