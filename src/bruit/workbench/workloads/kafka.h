// The workload kafka: messages are sent to logs, and polled from them in order. Source: Maelstrom
// 0.2.4, workload/kafka.clj; Jepsen 0.3.7, jepsen/tests/kafka.clj.
//
// Half of the operations send the next message to a key, half poll what the client has assigned to
// itself, at first nothing. One in 64 times a client assigns itself the key of the operation that is
// next; in a third of these also every key with messages that nobody has polled. Every 30 seconds
// and client a client crashes, that is, begins anew.
//
// A poll asks for everything from where the client is, and commits what it got. To assign is to ask
// for committed offsets; but the client begins at 0 whatever the answer is, as Maelstrom's does.
//
// At the end each client crashes, assigns itself all keys from their beginnings, and polls until it
// has seen the last offset of each, ten seconds at most.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bruit/workbench/workloads/txn_generator.h"
#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

class KafkaRules final : public WorkloadRules {
 public:
  explicit KafkaRules(const TestOptions& options);

  bool has_final_reads() const override { return true; }
  bool marks_final_reads() const override { return false; }
  void on_turn(Duration elapsed) override { elapsed_ = elapsed; }
  Turn next(Random& random, std::span<const std::uint32_t> free_workers) override;
  std::optional<FinalOperation> final_operation(std::uint32_t worker, std::uint32_t step,
                                                Duration elapsed, Random& random) override;

  std::optional<Unasked> begin(std::uint32_t worker, Operation& operation) override;
  bool go_on(std::uint32_t worker, Operation& operation, OpValue& value) override;
  void on_process_retired(std::uint32_t worker) override { consumers_[worker] = {}; }
  Findings findings() const override;
  bool is_idempotent(const Operation& operation) const override { return operation.f == "assign"; }
  std::variant<OpValue, BadReply> result(const Operation& operation,
                                         const boost::json::object& body) const override;

 private:
  using Offsets = std::map<std::string, std::int64_t, std::less<>>;
  // Keys as a number where they are one, so that "10" comes after "9".
  struct ByNumber {
    bool operator()(const std::string& a, const std::string& b) const {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    }
  };
  // What one client has assigned to itself, in that order, with the offset that it polls next.
  struct Consumer {
    std::vector<std::pair<std::string, std::int64_t>> next;
    Edn polled;  // while it is committed
    // Of the request that waits: what it asks of each key, or what the node had acknowledged then.
    std::map<std::string, std::int64_t, std::less<>> asked;
  };

  Operation drawn(Random& random);
  Operation assign(const std::string& key, Random& random) const;
  void raise(Consumer& consumer, const std::string& key, std::int64_t next) const;
  void take_polled(const Edn& value);
  void take_sent(const std::string& key, std::int64_t offset);
  void look_at_committed(std::uint32_t worker, const Edn& answer);
  void look_below(std::uint32_t worker, const Edn& polled);
  static Offsets highest_of(const Edn& polled);

  TxnGenerator generator_;
  double crash_gap_seconds_;  // twice the mean
  Duration elapsed_{};
  Duration next_crash_{};
  std::optional<Operation> kept_;  // what an assign went before
  std::string kept_key_;
  std::vector<Consumer> consumers_;  // by worker
  // Highest offsets of keys: all that is known, and of those with messages that nobody has polled.
  std::map<std::string, std::int64_t, ByNumber> known_;
  std::map<std::string, std::int64_t, ByNumber> sent_;
  std::map<std::string, std::int64_t, ByNumber> polled_;
  // Committed offsets: what anybody asked to commit, and by node what it has acknowledged.
  Offsets asked_to_commit_;
  std::vector<Offsets> acknowledged_;
  Findings findings_;
  // At the end, by worker: what it still waits for.
  std::vector<std::map<std::string, std::int64_t, ByNumber>> targets_;
};

}  // namespace bruit::workbench
