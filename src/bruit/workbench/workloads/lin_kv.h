// The lin-kv workload: reads, writes and compare-and-swaps of single keys, which must be
// linearizable. Source: Maelstrom 0.2.4, workload/lin_kv.clj; Jepsen 0.3.7,
// jepsen/tests/linearizable_register.clj and independent.clj.
//
// Workers form groups of two a node. A group works on one key at a time: the first half of it
// reads, the second writes (one in three) or swaps (two in three) values from 0 to 4. A group goes
// on to the next key that nobody had when its present one has been touched by more than 20
// processes, that is when so many operations had an unknown outcome that the check would become
// costly. Who is next is drawn among the groups, then among its two halves, then among the free
// workers there.
//
// A client waits ten times the mean latency for an answer, at least a second.
#pragma once

#include <vector>

#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

class LinKvRules final : public WorkloadRules {
 public:
  // options.concurrency must be a multiple of group_size().
  explicit LinKvRules(const TestOptions& options);

  static std::uint32_t group_size(const TestOptions& options) {
    return 2 * static_cast<std::uint32_t>(options.nodes.size());
  }

  Duration timeout() const override { return timeout_; }
  Turn next(Random& random, std::span<const std::uint32_t> free_workers) override;
  void on_process_retired(std::uint32_t worker) override;
  // [key value]
  std::variant<OpValue, BadReply> result(const Operation& operation,
                                         const boost::json::object& body) const override;

 private:
  struct Group {
    std::uint32_t key = 0;
    std::uint32_t processes = 0;  // that the key has seen
  };

  std::size_t draw_worker(Random& random, std::span<const std::uint32_t> free_workers) const;

  Duration timeout_;
  std::uint32_t half_;  // workers in half a group
  std::uint32_t process_limit_;
  std::vector<Group> groups_;
  std::uint32_t next_key_;
};

}  // namespace bruit::workbench
