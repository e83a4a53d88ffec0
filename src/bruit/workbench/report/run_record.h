// RunRecord: all that a report tells of a run, from the files that the run left.
//
// What is large is bounded: of a run with millions of messages the first ones are kept, and the
// counts are of all.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/history/edn.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench::report {

// How much is kept.
struct Bounds {
  std::size_t messages = 100'000;
  std::size_t body_bytes = 16'000'000;  // of all bodies together
  std::size_t node_body_bytes = 1'000;  // of one body between nodes
  std::size_t client_body_bytes = 300;  // of one body from or to a client
  std::size_t operations = 50'000;
  std::size_t arrivals = 1'000'000;  // values times nodes
};

// Who sends and receives: a node by its position, or any client.
inline constexpr std::uint32_t a_client = 0xffff'ffff;
inline constexpr std::uint32_t no_message = 0xffff'ffff;

// All times are since the first operation; what was before it is negative.
struct Message {
  enum class Fate : std::uint8_t { under_way, received, lost };

  Duration sent{};
  Duration ended{};  // when it was received or lost
  std::uint64_t id = 0;
  std::uint32_t from = a_client;
  std::uint32_t to = a_client;
  std::uint32_t type = 0;  // a position in RunRecord::types
  Fate fate = Fate::under_way;

  bool between_nodes() const { return from != a_client && to != a_client; }
};

struct MessageType {
  std::string name;  // of the body; "?" if it has none
  std::uint64_t between_nodes = 0;
  std::uint64_t with_clients = 0;
};

// A node has a value from now on.
struct Arrival {
  enum class Source : std::uint8_t {
    shown,    // the simulated node says so
    message,  // a message with it arrived
    read,     // the node listed it to a client
  };

  Duration at{};
  ElementId element = 0;
  std::uint32_t node = 0;
  std::uint32_t message = no_message;  // that brought it (or, of a read, the answer)
  Source source = Source::shown;
};

struct Note {
  Duration at{};
  std::string text;
};

struct RunRecord {
  std::string folder;  // where it lies, for people
  std::string workload;
  std::vector<std::string> nodes;
  boost::json::object options;
  Edn results;  // nil if the run has none
  std::string why;  // what is wrong with transactions or a log, in words
  History history;

  bool has_trace = false;
  bool complete = false;          // the trace has its last line
  std::vector<Message> messages;  // in the order of sending
  std::vector<MessageType> types;
  // Of messages[i], on one line: bodies[body_ends[i - 1], body_ends[i]), a line break at its end.
  std::string bodies;
  std::vector<std::size_t> body_ends;
  // Of messages[i], values that were broadcast: carried[carried_ends[i - 1], carried_ends[i]).
  std::vector<ElementId> carried;
  std::vector<std::size_t> carried_ends;
  std::uint64_t message_count = 0;  // of all, kept or not
  // Messages sent in each second of the load and after.
  std::vector<std::uint64_t> between_nodes_by_second;
  std::vector<std::uint64_t> with_clients_by_second;

  // By time, the first of each value at each node. Of real processes it is inferred.
  std::vector<Arrival> arrivals;
  bool arrivals_are_inferred = false;
  std::vector<Note> faults;  // lines of a schedule: "kill n2"
  std::optional<Duration> faults_over;
  std::vector<Note> violations;

  std::span<const ElementId> carried_by(std::size_t message) const {
    const std::size_t begin = message == 0 ? 0 : carried_ends[message - 1];
    return {carried.data() + begin, carried_ends[message] - begin};
  }
};

// A run that cannot be read: what() says which file, where and why.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Reads results.edn and trace.jsonl of a run's folder, or history.edn where there is no trace (the
// runs of Maelstrom itself have none). Either may be missing, not both. Throws RunError, TraceError
// or HistoryError. Linear in the files; memory is bounded but for the history.
RunRecord read_run(const std::filesystem::path& folder, const Bounds& bounds = {});

// The part of it that the trace tells. `file` is what errors call it.
void read_trace(std::istream& in, std::string_view file, const Bounds& bounds, RunRecord& record);

}  // namespace bruit::workbench::report
