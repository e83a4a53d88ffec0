// TraceReader: a run's trace.jsonl (trace_writer.h) read back, event by event.
//
//     TraceReader trace(stream, "trace.jsonl");
//     while (const auto event = trace.next()) std::visit(handler, event->what);
//
// The trace of a run that was killed ends without its last line, or in the middle of one: that is
// no error, complete() and cut_short() tell.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bruit/maelstrom/json.h"
#include "bruit/workbench/history/history.h"

namespace bruit::workbench {

namespace trace {

// The first line: who takes part. Traces of older versions have none.
struct Start {
  std::string workload;
  std::vector<std::string> nodes;
  boost::json::object options;  // "rate", "latency_ms", ...: to be shown, not to be computed with
};
// Ends are names: "n3" of a node, "c12" of a client. `id` belongs to one message on its way; one
// that is duplicated arrives twice.
struct Sent {
  std::uint64_t id = 0;
  std::string from;
  std::string to;
  boost::json::object body;
};
struct Received {
  std::uint64_t id = 0;
  std::string from;
  std::string to;
};
struct Lost {
  std::uint64_t id = 0;
  std::string from;
  std::string to;
};
// From now on clients of the node can read the value.
struct Visible {
  std::string node;
  boost::json::value value;
};
struct Operation {
  OpType type = OpType::invoke;
  std::int64_t process = 0;
  std::string f;
  // Absent with an invoked read; an array of what a completed one returned.
  std::optional<boost::json::value> value;
  std::string error;  // EDN text, empty if there is none
  bool final = false;
};
struct FaultEvent {
  std::string text;  // as in a schedule: "kill n2"
};
struct FaultsOver {};
struct Violation {
  std::string invariant;
  std::string what;
};
struct End {
  bool passed = false;
  std::string trace_hash;  // empty for real processes
};

using What = std::variant<Start, Sent, Received, Lost, Visible, Operation, FaultEvent, FaultsOver,
                          Violation, End>;

struct Event {
  // Since the start of the run, exact to the nanosecond up to some weeks. Violations come at the
  // end, with the time at which the rule was broken; End has the time of the event before.
  Duration at{};
  What what;
};

}  // namespace trace

// What is wrong with a trace: "file:line: problem; expected ...". Lines count from 1.
class TraceError : public std::runtime_error {
 public:
  TraceError(std::string_view file, std::size_t line, std::string_view problem);
};

class TraceReader {
 public:
  // `in` outlives the reader; `file` is what errors call it.
  TraceReader(std::istream& in, std::string_view file) : in_(in), file_(file) {}

  // The next event, nothing at the end. Fields that no event has are passed over, blank lines too.
  // Throws TraceError for a line that is no JSON object, an unknown event, a field that is missing
  // or of the wrong kind, and a stream that cannot be read. Linear in the line.
  std::optional<trace::Event> next();

  // The number of the line that next() returned last.
  std::size_t line() const { return line_; }
  // The last line, with the verdict, was there: nothing of the run is missing.
  bool complete() const { return complete_; }
  // The file ends in the middle of a line, which next() passed over.
  bool cut_short() const { return cut_short_; }

 private:
  class Fields;

  [[noreturn]] void fail(std::string_view problem) const;
  trace::Event read(boost::json::object& line);

  std::istream& in_;
  std::string file_;
  // What nodes sent each other is shown to the digit.
  maelstrom::JsonReader json_{maelstrom::InexactNumbers::kept_as_written};
  std::string text_;
  std::size_t line_ = 0;
  Duration last_{};
  bool complete_ = false;
  bool cut_short_ = false;
};

}  // namespace bruit::workbench
