// Any bytes: the reader of histories of transactions gives an error with a place, or a history that
// reads back the same, and that both checkers can judge. They throw if a cycle does not hold.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "bruit/workbench/checkers/txn/list_append.h"
#include "bruit/workbench/checkers/txn/rw_register.h"
#include "bruit/workbench/checkers/txn/txn_words.h"
#include "bruit/workbench/engine/results.h"
#include "bruit/workbench/history/txn_history_reader.h"
#include "fuzz/require.h"

using namespace bruit::workbench;
using txn::CycleSearch;
using txn::Model;
using txn::TxnHistory;
using txn::TxnResult;
using txn::Values;

namespace {

TxnHistory read(const std::string& text, Values values) {
  std::istringstream in(text);
  return read_txn_history(in, "history.edn", values);
}

std::string written(const TxnHistory& history) {
  std::string text;
  for (txn::OpPlace place = 0; place < history.ops().size(); ++place) {
    text += history.text(place) + "\n";
  }
  return text;
}

TxnResult check(const TxnHistory& history, Model model, CycleSearch search) {
  return history.values() == Values::lists ? check_list_append(history, {model}, search)
                                           : check_rw_register(history, {model}, search);
}

void check_all(const TxnHistory& history) {
  for (const Model model : {Model::read_committed, Model::snapshot_isolation, Model::serializable,
                            Model::strong_session_serializable, Model::strong_serializable}) {
    const TxnResult result = check(history, model, CycleSearch::as_original);
    const Edn results = to_edn(result, history);
    require(parse_edn(results_edn(results)) == results);
    require(!results_json(results).empty());
    const std::string words = txn::in_words(result, history);
    require(words.empty() == (result.validity == Validity::valid));
    const TxnResult complete = check(history, model, CycleSearch::complete);
    const bool has_limit = !result.findings.limits.empty() || !complete.findings.limits.empty();
    require(has_limit || complete.validity == result.validity);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const Values values : {Values::lists, Values::registers}) {
    try {
      const TxnHistory history = read(std::string(reinterpret_cast<const char*>(data), size), values);
      const std::string text = written(history);
      require(written(read(text, values)) == text);
      check_all(history);
    } catch (const HistoryError&) {
      continue;
    }
  }
  return 0;
}
