// The broadcast workload: half of the operations broadcast 0, 1, 2, ..., half read everything.
// Source: Maelstrom 0.2.4, workload/broadcast.clj.
#pragma once

#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

// Requests are structs, since nodes may be strategies in this process; process_host.h makes JSON of
// them.
class BroadcastRules final : public WorkloadRules {
 public:
  explicit BroadcastRules(ElementTable& elements) : elements_(elements) {}

  bool sends_topology() const override { return true; }
  bool has_final_reads() const override { return true; }

  Turn next(Random& random, std::span<const std::uint32_t> free_workers) override;
  Operation listed(const TimedOperation& operation) override;
  Payload request(const Operation& operation, std::uint64_t msg_id) const override;
  std::variant<OpValue, BadReply> result(const Operation& operation,
                                         const boost::json::object& body) const override;
  OpValue direct_result(const Operation& operation, Reply&& reply) const override;

 private:
  Operation broadcast();

  ElementTable& elements_;
  std::uint32_t next_value_ = 0;
};

}  // namespace bruit::workbench
