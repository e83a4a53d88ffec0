// The unique-ids workload: every operation asks for an id. Source: Maelstrom 0.2.4,
// workload/unique_ids.clj.
#pragma once

#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

class UniqueIdsRules final : public WorkloadRules {
 public:
  Turn next(Random& random, std::span<const std::uint32_t> free_workers) override;
  // The id, of whatever type.
  std::variant<OpValue, BadReply> result(const Operation& operation,
                                         const boost::json::object& body) const override;
};

}  // namespace bruit::workbench
