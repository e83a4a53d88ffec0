#include "bruit/cli/output/run_report.h"

#include <fmt/format.h>

#include <cstdio>

#include "bruit/cli/output/exit_codes.h"
#include "bruit/workbench/report/report.h"

namespace bruit::cli {

using workbench::EarlyEnd;
using workbench::Validity;

void print_early_end(const workbench::TestRun& run) {
  if (!run.early_end) return;
  if (run.early_end->kind == EarlyEnd::Kind::interrupt) {
    fmt::print(stderr, "bruit: interrupted ({}); the results so far are in {}\n",
               run.early_end->reason, run.folder.string());
  } else {
    fmt::print(stderr, "bruit: {}\n", run.early_end->reason);
  }
}

void print_findings(const workbench::TestRun& run) {
  if (!run.words.empty()) fmt::print(stderr, "{}", run.words);
  for (const workbench::Finding& finding : run.findings) {
    fmt::print(stderr, "{}: {}\n", is_breach(finding.conduct) ? "warning" : "note",
               describe(finding, run.nodes));
  }
}

void print_report(const workbench::TestRun& run) {
  if (run.report) fmt::print(stderr, "report: {}\n", workbench::report::file_url(*run.report));
}

int exit_code_of(const workbench::TestRun& run) {
  if (run.early_end) {
    return run.early_end->kind == EarlyEnd::Kind::interrupt ? exit_unknown : exit_crash;
  }
  switch (run.headline.validity) {
    case Validity::valid:
      return exit_valid;
    case Validity::invalid:
      return exit_invalid;
    case Validity::unknown:
      return exit_unknown;
  }
  return exit_unknown;
}

std::string format_ratio(std::optional<float> ratio) {
  return ratio ? fmt::format("{:.2f}", *ratio) : "-";
}

std::string format_latency(std::optional<std::chrono::milliseconds> latency) {
  return latency ? fmt::format("{} ms", latency->count()) : "-";
}

}  // namespace bruit::cli
