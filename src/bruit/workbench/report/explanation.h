// Explanation: why one value was late or lost, from the record of its run.
//
// Late is what Maelstrom calls it: the stable latency goes from the moment when the value was known
// (acknowledged, or listed by a read) to the last read that began afterwards and missed it. When
// each node had the value is exact for simulated nodes; of real ones it is inferred from messages
// that carry it (body_values.h) and from reads that list it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bruit/workbench/report/fault_bands.h"
#include "bruit/workbench/report/run_record.h"

namespace bruit::workbench::report {

// An operation of a client. Times are since the first operation.
struct ClientOperation {
  Duration begun{};
  std::optional<Duration> ended;
  OpType outcome = OpType::invoke;  // as begun, if it has not ended
  std::int64_t process = 0;
  std::optional<std::uint32_t> node;  // that was asked, if the record tells
};

// One step of a value from node to node.
struct Leg {
  std::size_t message = 0;  // a position in RunRecord::messages; it has sender, receiver and times
  Duration waited{};        // from when the sender had the value until it sent this
  Duration travelled{};
  std::vector<std::size_t> lost_before;  // messages with the value, same way, that were lost before
};

struct Explanation {
  // As the checker set-full has it.
  enum class Outcome : std::uint8_t { stable, lost, never_read };

  ElementId element = 0;
  Outcome outcome = Outcome::never_read;
  std::optional<ClientOperation> broadcast;
  std::optional<Duration> known;
  // Of a stable value; whole milliseconds, 0 if no read missed it.
  std::optional<std::chrono::milliseconds> stable_latency;
  std::size_t missed_by = 0;  // reads that began after it was known
  std::optional<ClientOperation> last_missed;

  std::vector<Arrival> arrivals;       // of this value, by time
  std::vector<std::uint32_t> without;  // nodes that never had it, as far as is known
  // How it came to the last node that got it, from the one that was asked on. Not as long as that
  // if the way cannot be told.
  std::vector<Leg> way;
  std::vector<std::size_t> carried_by;  // messages between nodes
  std::vector<std::size_t> lost;        // those of them that were lost
  std::vector<FaultBand> faults;        // in force between broadcast and last arrival or miss
};

// `element` is a value that was broadcast. Linear in the record.
Explanation explain(const RunRecord& record, ElementId element);

// What there is to explain: values that were lost, those that were stale longest, those that were
// never read; the worst first, at most `most`.
std::vector<ElementId> worst_values(const RunRecord& record, std::size_t most);

}  // namespace bruit::workbench::report
