// The checker of the workload `kafka`: logs to which messages are sent, and from which they are
// polled in order. Source: Jepsen 0.3.7, jepsen/tests/kafka.clj.
//
// For each key the messages that anybody saw are put into one log (dense_logs.h). Against that it
// holds what each operation and each process saw and sent: nothing left out, nothing twice, nothing
// backwards, and at the end everything that was acknowledged has been seen by somebody. Linear in
// the history, but for sorting.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/checkers/kafka/dense_logs.h"
#include "bruit/workbench/checkers/kafka/message_history.h"
#include "bruit/workbench/checkers/validity.h"
#include "bruit/workbench/history/edn.h"

namespace bruit::workbench::kafka {

// An offset with several messages.
struct InconsistentOffset {
  KeyId key;
  std::uint32_t index;
};
// A message that was acknowledged and should have been seen, as one behind it was.
struct LostWrite {
  MessageId message;
  std::uint32_t seen_index;  // the highest index that anybody saw
  OpId writer;
  OpId seen_by;  // who saw what is there; no_op if nobody did
};
// A poll of a message whose send had failed.
struct AbortedRead {
  MessageId message;
  OpId writer;
  OpId reader;
};
// Two messages of a key, of which the second should come right behind the first: of one operation,
// or of two of the same process.
struct Jump {
  MessageId before;
  MessageId after;
  std::int64_t delta;  // of their indices, and not 1
  OpId first;
  OpId second;  // the same as `first` within an operation
};
// An operation that saw what it sent itself.
struct PrecommittedRead {
  OpId op;
  MessageId message;
};
// How long a process had not known what there was.
struct Lag {
  std::int64_t time_ns = 0;
  std::int64_t process = 0;
  KeyId key = 0;
  std::int64_t lag_ns = 0;
};

struct KafkaResult {
  Validity validity = Validity::valid;

  // In the order in which the original finds them.
  std::vector<MessageId> duplicates;
  std::vector<InconsistentOffset> inconsistent_offsets;
  std::vector<LostWrite> lost_writes;
  std::vector<AbortedRead> aborted_reads;
  std::vector<Jump> poll_skips;
  std::vector<Jump> nonmonotonic_polls;
  std::vector<Jump> inner_poll_skips;
  std::vector<Jump> inner_nonmonotonic_polls;
  std::vector<Jump> nonmonotonic_sends;
  std::vector<Jump> inner_send_skips;
  std::vector<Jump> inner_nonmonotonic_sends;
  std::vector<PrecommittedRead> precommitted_reads;
  // Acknowledged messages that nobody had polled when the last operation ended.
  std::vector<MessageId> unseen;
  std::int64_t unseen_time_ns = 0;
  // Cycles of what was polled and of real time, as :G1c-realtime [{:cycle .. :steps ..}].
  EdnMap cycles;

  std::optional<Lag> worst_lag;
  std::vector<Edn> info_causes;  // the different :errors of sends and polls with unknown outcome
  // Why there is no verdict, in the words of the original, which throws an exception then: somebody
  // polled what nobody sent.
  std::optional<MessageId> invented;

  // Names as in the result map, sorted. Bad ones make a history invalid.
  std::vector<std::string> error_types() const;
  std::vector<std::string> bad_error_types() const;
};

// The log that `history` and its checks speak of.
struct KafkaCheck {
  MessageHistory history;
  DenseLogs logs;
  KafkaResult result;
};

// `history` outlives the result. Throws std::invalid_argument for one that is not of this workload.
KafkaCheck check_kafka(const History& history);

// Jepsen's map. Of most errors it has the eight worst.
Edn to_edn(const KafkaCheck& check);

}  // namespace bruit::workbench::kafka
