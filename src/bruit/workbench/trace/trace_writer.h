// TraceWriter: every event of a run as a line of JSON, for people and their tools.
//
//     {"at":0,"event":"start","workload":"broadcast","nodes":["n0",...],"options":{"rate":100,...}}
//     {"at":0,"event":"operation","type":"invoke","process":0,"f":"broadcast","value":0}
//     {"at":0,"event":"sent","id":22,"from":"c10","to":"n0","body":{"type":"broadcast",...}}
//     {"at":0,"event":"received","id":22,"from":"c10","to":"n0"}
//     {"at":0,"event":"visible","node":"n0","value":0}
//     {"at":120.5,"event":"lost","id":31,"from":"n0","to":"n3"}
//     {"at":8250,"event":"fault","fault":"kill n2"}
//     {"at":20000,"event":"faults-over"}
//     {"at":30000,"event":"violation","invariant":"no loss","what":"0, acknowledged ..."}
//     {"event":"end","passed":false,"trace_hash":"22d3397a3dd75ea2"}
//
// `at` is in milliseconds since the run began, exact to the nanosecond. Simulated nodes start at
// once, so there it is also the time since the first operation; of real processes neither `visible`
// nor a trace hash is known. A message that is lost or received has the id with which it was sent.
// Values are JSON; what a read returned is a list of them. docs/simulator.md says more;
// trace_reader.h reads it back.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/options/options.h"
#include "bruit/workbench/trace/event_log.h"
#include "bruit/workbench/trace/violation.h"

namespace bruit::workbench {

class TraceWriter final : public EventLog {
 public:
  // Both outlive the writer. Whether writing failed, the stream knows.
  TraceWriter(std::ostream& out, const TestOptions& options) : out_(out), options_(options) {}

  void on_start(const ElementTable& elements) override;
  void on_sent(const Packet& packet) override;
  void on_received(const Packet& packet, Time now) override;
  void on_lost(const Packet& packet, Time now) override;
  void on_visible(std::uint32_t node, ElementId element, Time now) override;
  void on_operation(const Op& op, Time now) override;
  void on_fault(const Fault& fault, Time now) override;
  void on_faults_over(Time now) override;

  // The violations and the last line. Without it a trace counts as incomplete.
  void finish(bool passed, std::span<const Violation> violations,
              std::optional<std::uint64_t> trace_hash);

 private:
  void begin(Time now, std::string_view event);
  void end();
  void add_integer(std::string_view name, std::uint64_t number);
  void add_string(std::string_view name, std::string_view text);
  void add_ends(const Packet& packet);
  void add_body(const Packet& packet);
  void add_value(ElementId element);
  void add_values(const ElementList& list);
  void add_options();

  std::ostream& out_;
  const TestOptions& options_;
  const ElementTable* elements_ = nullptr;
  std::vector<std::string> json_;  // by element: its text as JSON; empty until needed
  std::string line_;
};

}  // namespace bruit::workbench
