// Engine: one test from start-up to the last read. The same body of code for virtual and real time,
// and for in-process and process nodes.
//
// The engine is a state machine: it is told the time, never asks. A driver (virtual_time.h,
// runs/real_time.h) feeds it:
//
//     engine.start(host, now);
//     while (!engine.finished()) engine.run_due(<the time when next_due() came>);
//
// Phases, each of which waits for all outstanding operations (Maelstrom 0.2.4, core.clj):
// init -> topology -> load (with the nemesis) -> drain -> heal -> quiet (10 s) -> final reads ->
// done. Workloads without a topology leave that phase out, and those without final reads are done
// after the drain (workloads/workload_rules.h).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bruit/workbench/basics/event_queue.h"
#include "bruit/workbench/engine/clients.h"
#include "bruit/workbench/engine/propagation.h"
#include "bruit/workbench/faults/nemesis.h"
#include "bruit/workbench/history/cluster.h"
#include "bruit/workbench/history/history.h"
#include "bruit/workbench/hosts/host.h"
#include "bruit/workbench/hosts/services.h"
#include "bruit/workbench/network/network.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/trace/event_log.h"
#include "bruit/workbench/workloads/workload_rules.h"

namespace bruit::workbench {

enum class Phase : std::uint8_t { init, topology, load, drain, quiet, final_reads, done };

std::string_view to_string(Phase phase);

// Why a test ended before its last read, for people.
struct EarlyEnd {
  enum class Kind : std::uint8_t { failure, interrupt };
  Kind kind{};
  std::string reason;
};

// What to show while a test runs.
struct Progress {
  Phase phase{};
  Duration elapsed{};  // since the first operation
  Duration total{};    // load and quiet period
  std::uint64_t operations = 0;
  NetStats net;
  std::string partition;  // shape in force, empty if none
};

class Engine final : private NetworkObserver, private HostContext, private NemesisTarget {
 public:
  // `options` is copied. `log` may be null and outlives the engine.
  explicit Engine(const TestOptions& options, EventLog* log = nullptr);

  // For the constructor of a host; outlived by the engine.
  HostContext& host_context() { return *this; }

  void start(Host& host, Time now);
  // When the next event is due; nothing if there is none (then only packets from outside can go
  // on).
  std::optional<Time> next_due() const;
  // Handles all events due at or before `now`, which never goes back.
  void run_due(Time now);
  bool finished() const { return phase_ == Phase::done; }

  // Ends the test at once. What was recorded so far stays. The first reason counts.
  void end_early(EarlyEnd reason);
  // Set if the test did not run to its end.
  const std::optional<EarlyEnd>& early_end() const { return early_end_; }

  const TestOptions& options() const { return options_; }
  const History& history() const { return history_; }
  const NetStats& net() const { return network_.stats(); }
  const Propagation& propagation() const { return propagation_; }
  Phase phase() const { return phase_; }
  // What the workload's clients saw that the history does not show.
  Findings client_findings() const { return rules_->findings(); }
  // The time of the last call.
  Time now() const { return now_; }
  // Time zero of the history: when the first operation began.
  Time started_at() const { return clients_.started_at(); }
  // The faults, as generated or given.
  const Scenario& scenario() const { return nemesis_.scenario(); }
  Progress progress(Time now) const;

 private:
  // NetworkObserver
  void on_deliver(Packet&& packet, Time now) override;
  void on_sent(const Packet& packet) override;
  void on_received(const Packet& packet, Time now) override;
  void on_lost(const Packet& packet, Time now) override;
  void on_message_fault(const MessageFault& fault, Time now) override;
  // HostContext
  void send(Endpoint source, Endpoint destination, Payload payload, Time now) override;
  void request_tick(std::uint32_t node, Time when) override;
  ElementId visible(std::uint32_t node, std::string_view text, Time now) override;
  std::string_view text_of(ElementId element) const override;
  void lapse(std::uint32_t node, Lapse kind, std::string_view what, Time now) override;
  void left_behind(std::optional<std::uint32_t> node, std::string_view what) override;
  // NemesisTarget
  void apply_to_node(const Fault& fault, Time now) override;
  void on_fault(const Fault& fault, Time now) override;
  void on_stall_over(const StallLinks& stall, Time now) override;
  void on_faults_over(Time now) override;

  void look_ahead() const;
  void dispatch(const Event& event, Time now);
  void ask_every_node(Request::Kind kind, Duration timeout, Time now);
  void on_start_up_reply(Packet&& packet, const Cluster::StartUp& asked, Time now);
  void report_afterthought(const Packet& packet, std::string_view request, Time now);
  bool is_init_ok(const JsonBody& body, std::uint32_t node, Time now);
  void answer_as_service(const Packet& packet, Time now);
  void restart(std::uint32_t node, Time now);
  void on_restart_reply(const Packet& packet, Time now);
  void on_restart_timeout(std::uint32_t node, std::uint32_t client);
  void advance(Time now);
  void enter(Phase phase, Time now);
  void fail(std::string reason);
  bool is_new_at(std::uint32_t node, ElementId element);
  void tick(std::uint32_t node, Time now);

  TestOptions options_;
  EventLog* log_;
  EventQueue queue_;
  History history_;
  Propagation propagation_;
  Network network_;
  std::unique_ptr<WorkloadRules> rules_;
  Clients clients_;
  Nemesis nemesis_;
  Services services_;
  Host* host_ = nullptr;
  Phase phase_ = Phase::init;
  Time now_{};
  // By node, what was ever visible there: kept if nodes are killed, which see values twice.
  std::vector<std::vector<bool>> ever_visible_;
  // Clients that talk to nodes which restart: who waits for init_ok of which node, and who has sent
  // the topology again.
  std::map<std::uint32_t, std::uint32_t> restarting_;
  std::set<std::uint32_t> topology_again_;
  std::vector<bool> answered_;  // during init and topology, by node
  std::uint32_t unanswered_ = 0;
  struct Ticks {
    Time at = Time::min();
    std::uint32_t count = 0;  // at that instant
  };
  std::vector<Ticks> ticks_;  // by node
  std::optional<EarlyEnd> early_end_;
};

}  // namespace bruit::workbench
