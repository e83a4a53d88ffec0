#include "bruit/workbench/test_run.h"

#include <chrono>
#include <memory>

#include "bruit/workbench/packet_printer.h"
#include "bruit/workbench/results.h"
#include "bruit/workbench/store.h"

namespace bruit::workbench {
namespace {

Headline headline_of(const CheckerResults& checked, const SetFullResult& set_full,
                     Validity validity) {
  const NetStats& stats = checked.net.stats;
  Headline headline{
      .validity = validity,
      .operations = checked.net.operation_count,
      .server_messages_per_operation = checked.net.messages_per_operation(stats.servers),
      .all_messages_per_operation = checked.net.messages_per_operation(stats.all()),
      .median_stable_latency = {},
      .worst_stable_latency = {},
      .lost = set_full.lost.size()};
  if (set_full.stable_latencies) {
    headline.median_stable_latency = (*set_full.stable_latencies)[1];
    headline.worst_stable_latency = set_full.stable_latencies->back();
  }
  return headline;
}

}  // namespace

TestRun run_test(const TestOptions& options, const Program& program,
                 const std::filesystem::path& root,
                 const std::function<void(const Progress&)>& on_progress) {
  const Store store =
      Store::create(root, to_string(options.workload), std::chrono::system_clock::now());
  std::unique_ptr<EventLog> printer;
  if (options.log_net_send || options.log_net_recv)
    printer = std::make_unique<PacketPrinter>(options);

  TestRun run;
  run.folder = store.folder();
  Engine engine(options, printer.get());
  run.timing = run_processes(engine, program, store.folder() / "node-logs", on_progress);
  run.early_end = engine.early_end();

  store.write_history(engine.history());
  const SetFullResult set_full = check_set_full(engine.history());
  const CheckerResults checked =
      check_workload(options.workload, engine.history(), engine.net(), options.availability);
  EdnMap extra;
  extra.set("seed", options.seed);
  if (run.early_end) {
    const bool failed = run.early_end->kind == EarlyEnd::Kind::failure;
    extra.set("early-end", Edn::map({{"valid?", failed ? Edn(false) : Edn::keyword("unknown")},
                                     {"reason", run.early_end->reason}}));
  }
  run.results = compose_results(checked, extra);
  run.headline = headline_of(checked, set_full, validity_of(run.results));
  store.write_results(run.results);
  store.mark_latest();
  return run;
}

}  // namespace bruit::workbench
