// Clients: the load. Workers that do what the workload's rules say (workloads/), one operation at a
// time each; what they did and saw becomes the history.
//
// Rules (Maelstrom 0.2.4, client.clj; Jepsen 0.3.7, generator.clj and interpreter.clj):
//  * When an operation is due it is stamped with the current time, and the next is due U[0, 2/rate)
//    later. Lateness is never caught up. The first is due at once.
//  * It goes to a uniformly random free worker; if none is free it waits for the first that becomes
//  so.
//    Worker i talks to node i mod n.
//  * No answer in time: a read failed, anything else may have happened (`info`). An error reply
//  with
//    a definite code means that it did not happen.
//  * After `info` the worker goes on as process id + concurrency, with a new client.
//
// Where the scenario lists the operations, they take the place of the random ones.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "bruit/core/fifo.h"
#include "bruit/workbench/basics/event_queue.h"
#include "bruit/workbench/basics/random.h"
#include "bruit/workbench/engine/propagation.h"
#include "bruit/workbench/faults/scenario.h"
#include "bruit/workbench/history/cluster.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/network/network.h"
#include "bruit/workbench/network/packet.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/trace/event_log.h"
#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

class Clients {
 public:
  // References outlive the object, and so does `log`, which may be null. Clients of the load are
  // numbered as cluster.h says.
  Clients(const TestOptions& options, WorkloadRules& rules, EventQueue& queue, Network& network,
          History& history, Propagation& propagation, EventLog* log = nullptr);

  // The main phase: operations from `now` until the time limit.
  void start(Time now);
  void on_generator_due(Time now);
  // A packet for a client arrived. Answers nobody waits for are passed over,
  // but for a word to the log.
  void on_reply(Packet&& packet, Time now);
  void on_timeout(std::uint32_t worker, std::uint64_t token, Time now);
  // What each worker does at the end: one read in most workloads.
  void start_final_reads(Time now);
  void on_final_due(std::uint32_t worker, Time now);

  // The number of a client that nobody else has, for whoever else must talk to a node.
  std::uint32_t open_client();

  // No further operation will begin in the main phase.
  bool load_is_over() const { return load_over_; }
  void end_load() { load_over_ = true; }
  bool idle() const { return outstanding_ == 0 && final_waiting_ == 0; }
  std::uint64_t invoked() const { return invoked_; }
  // Time zero of the history.
  Time started_at() const { return started_at_; }

 private:
  struct Worker {
    std::int64_t process = 0;
    std::int64_t client = -1;  // number, -1 until opened
    std::uint64_t next_msg_id = 1;
    std::uint64_t token = 0;  // of the latest request
    bool busy = false;
    Operation operation;  // while busy
    std::uint64_t msg_id = 0;
    bool final = false;
    std::uint32_t final_steps = 0;         // operations of the end, begun or planned
    std::optional<Operation> final_next;   // planned, while its time has not come
    ElementList last_read;                // whose array the next one shares
    std::vector<std::uint64_t> given_up;  // requests of this client that got no answer in time
    core::Fifo<TimedOperation> waiting;   // listed operations that came while it was busy
  };

  void invoke(std::uint32_t worker, Operation operation, bool final, Time now);
  void ask(std::uint32_t worker, Time now);
  void plan_final(std::uint32_t worker, Time now);
  void invoke_next(Time now);
  void invoke_listed(const std::vector<TimedOperation>& operations, Time now);
  void report_stray(const Worker& worker, const Packet& packet, Time now) const;
  void take_error(std::uint32_t worker, const ErrorReply& error, Time now);
  void complete(std::uint32_t worker, OpType type, OpValue value, Edn error, Time now);
  void add_op(std::uint32_t worker, OpType type, OpValue value, Edn error, Time now);

  const TestOptions& options_;
  WorkloadRules& rules_;
  EventQueue& queue_;
  Network& network_;
  History& history_;
  Propagation& propagation_;
  Random random_;
  std::vector<Worker> workers_;
  std::vector<std::uint32_t> free_;       // workers, any order
  std::vector<std::uint32_t> worker_of_;  // by client, from the first of the load on
  Cluster cluster_;
  EventLog* log_;
  std::size_t next_listed_ = 0;
  std::uint32_t outstanding_ = 0;
  std::uint32_t final_waiting_ = 0;    // workers with something planned
  std::optional<Time> final_begun_;
  std::uint64_t invoked_ = 0;
  bool waiting_for_worker_ = false;
  bool load_over_ = false;
  Time started_at_{};
  Time ends_at_{};
};

}  // namespace bruit::workbench
