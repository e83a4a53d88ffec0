// Any bytes: a history of sends and polls is judged, or refused with a reason. Whatever is found is
// said in words, and the result reads back equal.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>

#include "bruit/workbench/checkers/kafka/kafka.h"
#include "bruit/workbench/checkers/kafka/kafka_words.h"
#include "bruit/workbench/history/history_io.h"
#include "bruit/workbench/history/results_text.h"
#include "fuzz/require.h"

using namespace bruit::workbench;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  try {
    const History history = read_history_edn(in, "history.edn");
    const kafka::KafkaCheck check = kafka::check_kafka(history);
    const Edn results = to_edn(check);
    require(parse_edn(results_edn(results)) == results);
    require(!results_json(results).empty());
    require(in_words(check).empty() == (check.result.validity == Validity::valid));
  } catch (const HistoryError&) {
  } catch (const std::invalid_argument&) {
    // A value that this workload does not have.
  }
  return 0;
}
