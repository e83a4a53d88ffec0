// WorkloadRules: what one workload asks of nodes, in which words, and what an answer means.
//
// Clients (clients.h) know when somebody asks whom; the rules say what, and the checker
// (workloads.h) judges what came of it. One file a workload: broadcast.cpp, echo.cpp, ...; a new
// one is listed in workloads.cpp and has a name in options.cpp, nothing else knows of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>

#include "bruit/workbench/basics/random.h"
#include "bruit/workbench/checkers/conduct.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/network/client_codec.h"
#include "bruit/workbench/network/packet.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

struct TimedOperation;

// What a client does: the :f and the :value of an invocation, and what the request has beside
// "type" (which is the :f) and "msg_id": {"key": 0, "value": 3}.
struct Operation {
  std::string_view f;  // of static storage
  OpValue value;
  boost::json::object members{};
  std::string_view type{};  // of the request, where it is not the :f; of static storage
  Edn more{};               // what else the history has of it (Op::more)
};

// What becomes of an operation that asks no node.
struct Unasked {
  OpType type{};
};

// An operation of the end of a test, and how long after the one before.
struct FinalOperation {
  Operation operation;
  Duration wait{};
};

// The next operation of the load.
struct Turn {
  Operation operation;
  // By whom, as a position in the free workers; nothing: by any of them.
  std::optional<std::size_t> worker;
};

class WorkloadRules {
 public:
  virtual ~WorkloadRules() = default;

  // Every node is sent the topology before the load.
  virtual bool sends_topology() const { return false; }
  // After the load the network heals, there is a quiet period, and then each worker reads once.
  virtual bool has_final_reads() const { return false; }
  // How long a client waits for an answer.
  virtual Duration timeout() const { return client_timeout; }

  // The next operation; `free_workers`, any order, is not empty.
  virtual Turn next(Random& random, std::span<const std::uint32_t> free_workers) = 0;
  // One that a scenario lists. Only the broadcast workload has such.
  virtual Operation listed(const TimedOperation& operation);
  // What each worker does at the end, if has_final_reads().
  virtual Operation final_read() const;
  // What it does there as its `step`th operation, counted from 0, `elapsed` after the end began; or
  // nothing more. Unless overridden: one read.
  virtual std::optional<FinalOperation> final_operation(std::uint32_t worker, std::uint32_t step,
                                                        Duration elapsed, Random& random);
  // Whether final reads are marked with :final? true.
  virtual bool marks_final_reads() const { return true; }
  // The worker goes on as another process, because nobody knows whether its operation happened.
  virtual void on_process_retired(std::uint32_t /*worker*/) {}

  // Called before next(): how long ago the load began.
  virtual void on_turn(Duration /*elapsed*/) {}
  // Called as a worker begins an operation; sets what the request has. An operation that asks
  // nobody ends at once.
  virtual std::optional<Unasked> begin(std::uint32_t /*worker*/, Operation& /*operation*/) {
    return std::nullopt;
  }
  // Called for a good answer, with what result() made of it. True if the operation goes on with
  // another request, which is in `operation` then; else `value` is the completion's.
  virtual bool go_on(std::uint32_t /*worker*/, Operation& /*operation*/, OpValue& /*value*/) {
    return false;
  }

  // In JSON, as the operation says. The answer is of type <:f>_ok.
  virtual Payload request(const Operation& operation, std::uint64_t msg_id) const;
  // The value of the completion from the body of an answer of that type, or what is wrong with it.
  virtual std::variant<OpValue, BadReply> result(const Operation& operation,
                                                 const boost::json::object& body) const = 0;
  // The same for an answer in structs, which only strategies of this process give.
  virtual OpValue direct_result(const Operation& operation, Reply&& reply) const;

  // What nodes did that the history does not show.
  virtual Findings findings() const { return {}; }

  // Whether an operation that got no answer certainly did nothing: reads.
  static bool is_read(const Operation& operation) { return operation.f == "read"; }
  // Whether clients look at what an error says, and at what they had asked. If not every error and
  // every timeout is indeterminate (workload/g_set.clj, g_counter.clj and pn_counter.clj have no
  // with-errors).
  virtual bool understands_errors() const { return true; }
  // Whether it counts as failed then, and not as indeterminate.
  virtual bool is_idempotent(const Operation& operation) const { return is_read(operation); }
};

}  // namespace bruit::workbench
