#include "bruit/workbench/runs/recorded_history.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bruit/workbench/checkers/availability.h"
#include "bruit/workbench/checkers/stats.h"
#include "bruit/workbench/checkers/txn/list_append.h"
#include "bruit/workbench/checkers/txn/rw_register.h"
#include "bruit/workbench/checkers/txn/txn_stats.h"
#include "bruit/workbench/checkers/txn/txn_words.h"
#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/engine/results.h"
#include "bruit/workbench/history/compressed_input.h"
#include "bruit/workbench/history/history_io.h"
#include "bruit/workbench/history/txn_history_reader.h"
#include "bruit/workbench/workloads/workloads.h"

namespace bruit::workbench {
namespace {

EdnMap merged(Edn stats, Edn availability, Edn workload) {
  EdnMap results;
  results.set("stats", std::move(stats));
  results.set("availability", std::move(availability));
  results.set("workload", std::move(workload));
  Validity validity = Validity::valid;
  for (const EdnEntry& entry : results.entries) {
    validity = merge(validity, validity_of(entry.value));
  }
  results.set("valid?", to_edn(validity));
  return results;
}

Judgement judge_txn(const std::string& path, const JudgeOptions& options, txn::Values values) {
  const bool lists = values == txn::Values::lists;
  const txn::ModelSet models =
      options.models ? txn::parse_models(*options.models) : txn::default_models;
  const auto search = options.complete ? txn::CycleSearch::complete : txn::CycleSearch::as_original;
  const txn::TxnHistory history = read_txn_history_file(path, values);
  const txn::TxnResult result = lists ? txn::check_list_append(history, models, search)
                                      : txn::check_rw_register(history, models, search);
  std::string words = txn::in_words(result, history);
  if (!options.complete && !result.findings.limits.empty()) {
    words += "\nThe original gives up there, and so do we; --complete looks for every kind of cycle.\n";
  }
  return {.results = merged(to_edn(txn::check_stats(history)),
                            to_edn(txn::check_availability(history, options.availability)),
                            to_edn(result, history)),
          .words = std::move(words)};
}

Judgement judge_lists(const std::string& path, const JudgeOptions& options) {
  return judge_txn(path, options, txn::Values::lists);
}

Judgement judge_registers(const std::string& path, const JudgeOptions& options) {
  return judge_txn(path, options, txn::Values::registers);
}

// Workloads that may have millions of operations, and what judges them.
struct OwnJudge {
  std::string_view workload;
  bool has_models;
  Judgement (*judge)(const std::string& path, const JudgeOptions& options);
};
constexpr std::array own_judges = {OwnJudge{"txn-list-append", true, judge_lists},
                                   OwnJudge{"txn-rw-register", true, judge_registers}};

// Of a workload whose values are elements or lists of them.
Judgement judge_elements(const std::string& path, const JudgeOptions& options) {
  const auto workload = parse_workload(options.workload);
  if (!workload) {
    throw std::invalid_argument(
        fmt::format("{} is not a workload whose histories can be judged; expected {}",
                    options.workload, fmt::join(judged_workloads(), ", ")));
  }
  const History history = [&] {
    try {
      return read_history_edn(*open_input(path), path);
    } catch (const InputError& error) {
      throw HistoryError(path, 0, error.what());
    }
  }();
  WorkloadResult checked = [&] {
    try {
      return check_history(*workload, history);
    } catch (const std::invalid_argument& error) {
      // A value that this workload does not have.
      throw HistoryError(path, 0, error.what());
    }
  }();
  return {.results = merged(to_edn(check_stats(history)),
                            to_edn(check_availability(history, options.availability)),
                            std::move(checked.map)),
          .words = std::move(checked.words)};
}

}  // namespace

std::vector<std::string> judged_workloads() {
  std::vector<std::string> names = workload_list();
  for (const OwnJudge& own : own_judges) {
    const auto same = std::find(names.begin(), names.end(), own.workload);
    if (same == names.end()) names.emplace_back(own.workload);
  }
  return names;
}

Judgement judge_history_file(const std::string& path, const JudgeOptions& options) {
  const auto own =
      std::find_if(own_judges.begin(), own_judges.end(),
                   [&](const OwnJudge& judge) { return judge.workload == options.workload; });
  if ((options.models || options.complete) && (own == own_judges.end() || !own->has_models)) {
    throw std::invalid_argument(
        fmt::format("{} is not held against consistency models; transactions are",
                    options.workload));
  }
  return own == own_judges.end() ? judge_elements(path, options) : own->judge(path, options);
}

}  // namespace bruit::workbench
