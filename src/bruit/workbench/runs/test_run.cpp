#include "bruit/workbench/runs/test_run.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "bruit/workbench/checkers/conduct_log.h"
#include "bruit/workbench/checkers/invariants.h"
#include "bruit/workbench/engine/results.h"
#include "bruit/workbench/engine/virtual_time.h"
#include "bruit/workbench/history/cluster.h"
#include "bruit/workbench/history/store.h"
#include "bruit/workbench/report/report.h"
#include "bruit/workbench/trace/packet_printer.h"
#include "bruit/workbench/trace/trace_hash.h"
#include "bruit/workbench/trace/trace_writer.h"

namespace bruit::workbench {
namespace {

Headline headline_of(const CheckerResults& checked, Validity validity) {
  const NetStats& stats = checked.net.stats;
  Headline headline{
      .validity = validity,
      .operations = checked.net.operation_count,
      .server_messages_per_operation = checked.net.messages_per_operation(stats.servers),
      .all_messages_per_operation = checked.net.messages_per_operation(stats.all()),
      .median_stable_latency = {},
      .worst_stable_latency = {},
      .lost = 0};
  const std::optional<SetFullResult>& values = checked.workload.set_full;
  if (!values) return headline;
  headline.lost = values->lost.size();
  if (values->stable_latencies) {
    headline.median_stable_latency = (*values->stable_latencies)[1];
    headline.worst_stable_latency = values->stable_latencies->back();
  }
  return headline;
}

// Nothing if no flag asks for it.
std::unique_ptr<EventLog> packet_printer(const TestOptions& options) {
  if (!options.log_net_send && !options.log_net_recv) return nullptr;
  return std::make_unique<PacketPrinter>(options);
}

// trace.jsonl, from the first event to the verdict.
class TraceFile {
 public:
  TraceFile(const Store& store, const TestOptions& options)
      : file_(store.open_file("trace.jsonl")), writer_(file_->stream(), options) {}

  EventLog* log() { return &writer_; }
  // Throws StoreError if any line could not be written.
  void finish(bool passed, std::span<const Violation> violations = {},
              std::optional<std::uint64_t> trace_hash = {}) {
    writer_.finish(passed, violations, trace_hash);
    file_->commit();
  }

 private:
  std::unique_ptr<StoreFile> file_;
  TraceWriter writer_;
};

bool passed(const TestRun& run) {
  return run.headline.validity == Validity::valid && !run.early_end;
}

std::vector<Finding> findings_of(const Engine& engine, const ConductLog& conduct) {
  Findings findings =
      check_conduct(engine.history(), cluster_of(engine.options()), conduct.kills());
  for (Finding& finding : conduct.findings().sorted()) findings.add(std::move(finding));
  for (Finding& finding : engine.client_findings().sorted()) findings.add(std::move(finding));
  return findings.sorted();
}

// Checks what the engine recorded and stores it all. Results also hold `extra`.
void finish(TestRun& run, const Engine& engine, const ConductLog& conduct, const Store& store,
            EdnMap extra) {
  const TestOptions& options = engine.options();
  run.folder = store.folder();
  run.early_end = engine.early_end();
  store.write_history(engine.history());
  const CheckerResults checked =
      check_workload(options.workload, engine.history(), engine.net(), options.availability,
                     options.consistency_models);
  run.words = checked.workload.words;
  run.nodes = options.nodes;
  run.findings = findings_of(engine, conduct);
  if (!run.findings.empty()) {
    extra.set("warnings", to_edn(run.findings, run.nodes, options.strict));
  }
  if (options.workload == Workload::txn_list_append ||
      options.workload == Workload::txn_rw_register) {
    extra.set("consistency-models", options.consistency_models);
  }
  if (run.early_end) {
    const bool failed = run.early_end->kind == EarlyEnd::Kind::failure;
    extra.set("early-end", Edn::map({{"valid?", failed ? Edn(false) : Edn::keyword("unknown")},
                                     {"reason", run.early_end->reason}}));
  }
  const bool interrupted = run.early_end && run.early_end->kind == EarlyEnd::Kind::interrupt;
  run.results = compose_results(checked, extra, interrupted ? Ending::interrupt : Ending::own);
  run.headline = headline_of(checked, validity_of(run.results));
  store.write_results(run.results);
  if (!run.words.empty()) store.write_file("why.txt", run.words);
  store.mark_latest();
}

Edn to_edn(const InvariantReport& report) {
  EdnVector told;
  for (const Violation& violation : report.told) {
    told.items.push_back(std::string(to_string(violation.invariant)) + ": " + violation.what);
  }
  return Edn::map({{"valid?", report.total() == 0},
                   {"count", report.total()},
                   {"violations", Edn(std::move(told))}});
}

}  // namespace

TestRun run_test(const TestOptions& options, const Program& program,
                 const std::filesystem::path& root,
                 const std::function<void(const Progress&)>& on_progress,
                 const Recording& recording) {
  const Store store =
      Store::create(root, to_string(options.workload), std::chrono::system_clock::now());
  const auto printer = packet_printer(options);
  ConductLog conduct(options);
  EventLogs logs;
  Engine engine(options, &logs);
  std::optional<TraceFile> trace;
  if (recording.trace) logs.add(trace.emplace(store, engine.options()).log());
  logs.add(printer.get());
  logs.add(&conduct);
  TestRun run;
  run.timing = run_processes(engine, program, store.folder() / "node-logs", on_progress);
  EdnMap extra;
  extra.set("seed", options.seed);
  if (!recording.challenge.empty()) extra.set("challenge", recording.challenge);
  if (Edn times = conduct.answer_times(); times != Edn()) {
    extra.set("answer-times", std::move(times));
  }
  finish(run, engine, conduct, store, std::move(extra));
  if (trace) trace->finish(passed(run));
  if (recording.report) run.report = report::write_report(run.folder);
  return run;
}

TestRun run_simulated_test(const TestOptions& options, const core::StrategyOptions& strategy,
                           const std::filesystem::path& root, const Recording& recording) {
  const Store store =
      Store::create(root, to_string(options.workload), std::chrono::system_clock::now());
  const auto printer = packet_printer(options);
  TraceHash hash;
  ConductLog conduct(options);
  EventLogs logs;
  Engine engine(options, &logs);
  Invariants invariants(options, {}, engine.scenario());
  std::optional<TraceFile> trace;
  if (recording.trace) logs.add(trace.emplace(store, engine.options()).log());
  logs.add(&hash);
  logs.add(&invariants);
  logs.add(&conduct);
  logs.add(printer.get());

  TestRun run;
  run.timing.launched = std::chrono::system_clock::now();
  const NodeStatistics nodes = run_virtual(engine, strategy);
  run.timing.ended = std::chrono::system_clock::now();
  EdnMap extra;
  extra.set("seed", options.seed);
  if (!recording.challenge.empty()) extra.set("challenge", recording.challenge);
  extra.set("strategy", std::string(core::to_string(strategy.kind)));
  extra.set("trace-hash", fmt::format("{:016x}", hash.value()));
  const InvariantReport broken = invariants.finish(nodes, engine.history().elements, engine.now());
  extra.set("invariants", to_edn(broken));
  finish(run, engine, conduct, store, std::move(extra));
  if (trace) trace->finish(passed(run), broken.told, hash.value());
  if (recording.report) run.report = report::write_report(run.folder);
  return run;
}

}  // namespace bruit::workbench
