// Fault bands: from the lines of a schedule ("kill n2", later "restart n2") to stretches of time in
// which something was broken, which a chart can shade.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bruit/workbench/history/history.h"
#include "bruit/workbench/report/run_record.h"

namespace bruit::workbench::report {

struct FaultBand {
  Duration from{};
  std::optional<Duration> to;  // nothing: until the end of the run
  std::string kind;            // "partition", "cut", "kill", "loss", ...: to choose a colour by
  std::string text;            // "partition majority n0,n1 drop n2,...", "kill n2"
};

// In the order of their beginnings. A fault ends with the line that undoes it (heal, mend, restart,
// resume, release; another partition, or the next of its kind for latency, loss, duplication,
// reordering and clocks), a stall when its time is over, and a lost or doubled message at once; all
// at the latest at `over`. Knows what Maelstrom's nemesis calls start-partition and
// stop-partition as well. Faults that it does not know last until `over`.
std::vector<FaultBand> fault_bands(const std::vector<Note>& faults, std::optional<Duration> over);

}  // namespace bruit::workbench::report
