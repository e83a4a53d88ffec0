// A recorded history judged: one of Maelstrom, of Jepsen or our own, from its file.
//
// The verdict is the part of Maelstrom's results.edn that a history alone decides: :stats,
// :availability, :workload and the :valid? that they come to. Of transactions it is also told in
// words what is wrong, and why.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

struct JudgeOptions {
  std::string workload;
  // Of transactions: names of consistency models with commas between them; strict-serializable
  // unless given.
  std::optional<std::string> models{};
  // Of transactions: tell every kind of cycle that there is, not only those that the original finds.
  bool complete = false;
  AvailabilityGoal availability = NoAvailabilityGoal{};
};

struct Judgement {
  Edn results;
  std::string words;  // empty if there is nothing to say
};

// The workloads whose histories can be judged.
std::vector<std::string> judged_workloads();

// Throws std::invalid_argument for options that do not fit, and HistoryError (history_io.h) for a
// file that cannot be read, is damaged, or is not a history of that workload.
Judgement judge_history_file(const std::string& path, const JudgeOptions& options);

}  // namespace bruit::workbench
