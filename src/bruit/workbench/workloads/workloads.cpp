#include "bruit/workbench/workloads/workloads.h"

#include <sstream>
#include <stdexcept>

#include "bruit/workbench/checkers/counter.h"
#include "bruit/workbench/checkers/echo.h"
#include "bruit/workbench/checkers/kafka/kafka.h"
#include "bruit/workbench/checkers/kafka/kafka_words.h"
#include "bruit/workbench/checkers/lin_kv.h"
#include "bruit/workbench/checkers/txn/list_append.h"
#include "bruit/workbench/checkers/txn/rw_register.h"
#include "bruit/workbench/checkers/txn/txn_words.h"
#include "bruit/workbench/checkers/unique_ids.h"
#include "bruit/workbench/history/history_io.h"
#include "bruit/workbench/history/txn_history_reader.h"
#include "bruit/workbench/workloads/broadcast.h"
#include "bruit/workbench/workloads/counter.h"
#include "bruit/workbench/workloads/echo.h"
#include "bruit/workbench/workloads/g_set.h"
#include "bruit/workbench/workloads/kafka.h"
#include "bruit/workbench/workloads/lin_kv.h"
#include "bruit/workbench/workloads/txn.h"
#include "bruit/workbench/workloads/unique_ids.h"

namespace bruit::workbench {

std::unique_ptr<WorkloadRules> make_workload(const TestOptions& options, ElementTable& elements) {
  switch (options.workload) {
    case Workload::broadcast:
      return std::make_unique<BroadcastRules>(elements);
    case Workload::echo:
      return std::make_unique<EchoRules>();
    case Workload::unique_ids:
      return std::make_unique<UniqueIdsRules>();
    case Workload::g_set:
      return std::make_unique<GSetRules>(elements);
    case Workload::g_counter:
      return std::make_unique<CounterRules>(CounterRules::Deltas::not_negative);
    case Workload::pn_counter:
      return std::make_unique<CounterRules>(CounterRules::Deltas::any_sign);
    case Workload::lin_kv:
      return std::make_unique<LinKvRules>(options);
    case Workload::kafka:
      return std::make_unique<KafkaRules>(options);
    case Workload::txn_list_append:
      return std::make_unique<TxnRules>(options, txn::Values::lists);
    case Workload::txn_rw_register:
      return std::make_unique<TxnRules>(options, txn::Values::registers);
  }
  return nullptr;
}

namespace {

WorkloadResult check_txn(const History& history, txn::Values values, std::string_view models) {
  std::stringstream text;
  write_history_edn(text, history);
  const txn::TxnHistory read = [&] {
    try {
      return read_txn_history(text, "history", values);
    } catch (const HistoryError& error) {
      throw std::invalid_argument(error.what());
    }
  }();
  const txn::ModelSet parsed = txn::parse_models(std::string(models));
  const txn::TxnResult result = values == txn::Values::lists
                                    ? txn::check_list_append(read, parsed)
                                    : txn::check_rw_register(read, parsed);
  return {.map = to_edn(result, read), .words = txn::in_words(result, read), .set_full = {}};
}

}  // namespace

WorkloadResult check_history(Workload workload, const History& history, std::string_view models) {
  WorkloadResult result;
  switch (workload) {
    case Workload::broadcast:
    case Workload::g_set:
      result.set_full = check_set_full(history);
      result.map = to_edn(*result.set_full, history);
      break;
    case Workload::echo:
      result.map = to_edn(check_echo(history));
      break;
    case Workload::unique_ids:
      result.map = to_edn(check_unique_ids(history));
      break;
    case Workload::g_counter:
    case Workload::pn_counter:
      result.map = to_edn(check_counter(history), history);
      break;
    case Workload::lin_kv:
      result.map = to_edn(check_lin_kv(history), history);
      break;
    case Workload::kafka: {
      const kafka::KafkaCheck check = kafka::check_kafka(history);
      result.map = to_edn(check);
      result.words = in_words(check);
      break;
    }
    case Workload::txn_list_append:
      return check_txn(history, txn::Values::lists, models);
    case Workload::txn_rw_register:
      return check_txn(history, txn::Values::registers, models);
  }
  return result;
}

}  // namespace bruit::workbench
