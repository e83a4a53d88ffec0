// Any bytes: the reader of history.edn gives an error with a line, or a history that reads back
// equal and that every checker can judge.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <variant>

#include "bruit/workbench/engine/results.h"
#include "bruit/workbench/history/history_io.h"
#include "bruit/workbench/history/results_text.h"
#include "bruit/workbench/options/options.h"
#include "bruit/workbench/workloads/workloads.h"
#include "fuzz/require.h"

using namespace bruit::workbench;

namespace {

History read(const std::string& text) {
  std::istringstream in(text);
  return read_history_edn(in, "history.edn");
}

std::string written(const History& history) {
  std::ostringstream out;
  write_history_edn(out, history);
  return out.str();
}

// set-full refuses reads that are not lists of elements.
bool has_unlisted_read(const History& history) {
  for (const Op& op : history.ops) {
    if (op.f == "read" && op.type == OpType::ok && std::holds_alternative<Edn>(op.value)) {
      return true;
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  History history;
  try {
    history = read(std::string(reinterpret_cast<const char*>(data), size));
  } catch (const HistoryError&) {
    return 0;
  }
  const std::string text = written(history);
  const History again = read(text);
  require(again.ops == history.ops && written(again) == text);
  std::ostringstream txt;
  write_history_txt(txt, history);
  for (const std::string& name : workload_list()) {
    try {
      const Edn checked = check_history(*parse_workload(name), history).map;
      require(parse_edn(to_string(checked)) == checked);
    } catch (const std::invalid_argument&) {
      // A value that this workload does not have.
    }
  }
  if (has_unlisted_read(history)) return 0;
  const Edn results = compose_results(check_broadcast(history, {}, TotalAvailability{}));
  require(parse_edn(results_edn(results)) == results);
  return 0;
}
