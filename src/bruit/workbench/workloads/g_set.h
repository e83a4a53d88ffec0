// The g-set workload: half of the operations add 0, 1, 2, ... to a set that only grows, half read
// it. Source: Maelstrom 0.2.4, workload/g_set.clj.
#pragma once

#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

class GSetRules final : public WorkloadRules {
 public:
  explicit GSetRules(ElementTable& elements) : elements_(elements) {}

  bool has_final_reads() const override { return true; }
  bool understands_errors() const override { return false; }
  bool marks_final_reads() const override { return false; }

  Turn next(Random& random, std::span<const std::uint32_t> free_workers) override;
  std::variant<OpValue, BadReply> result(const Operation& operation,
                                         const boost::json::object& body) const override;

 private:
  ElementTable& elements_;
  std::uint32_t next_value_ = 0;
};

}  // namespace bruit::workbench
