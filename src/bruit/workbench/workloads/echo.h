// The echo workload: each operation says "Please echo K", K in 0..127, and wants it back.
// Source: Maelstrom 0.2.4, workload/echo.clj.
#pragma once

#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

class EchoRules final : public WorkloadRules {
 public:
  Turn next(Random& random, std::span<const std::uint32_t> free_workers) override;
  // The whole body, its own keys as keywords.
  std::variant<OpValue, BadReply> result(const Operation& operation,
                                         const boost::json::object& body) const override;
};

}  // namespace bruit::workbench
