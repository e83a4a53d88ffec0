// The workloads txn-list-append and txn-rw-register: transactions that read lists and append to
// them, or read registers and write them. Source: Maelstrom 0.2.4, workload/txn_list_append.clj and
// txn_rw_register.clj.
#pragma once

#include <map>

#include "bruit/workbench/history/txn_history.h"
#include "bruit/workbench/workloads/txn_generator.h"
#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

class TxnRules final : public WorkloadRules {
 public:
  TxnRules(const TestOptions& options, txn::Values values);

  Turn next(Random& random, std::span<const std::uint32_t> free_workers) override;
  std::variant<OpValue, BadReply> result(const Operation& operation,
                                         const boost::json::object& body) const override;
  // Looks whether the answer fits what was asked, which Maelstrom's client does not.
  bool go_on(std::uint32_t worker, Operation& operation, OpValue& value) override;
  Findings findings() const override { return findings_; }

 private:
  void look_for_inventions(std::uint32_t node, const Edn& mop);

  txn::Values values_;
  TxnGenerator generator_;
  std::uint32_t node_count_;
  std::map<std::int64_t, std::int64_t> written_;  // by key, the highest value handed out
  Findings findings_;
};

}  // namespace bruit::workbench
