#include "bruit/workbench/trace/trace_reader.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <cmath>
#include <utility>

#include "bruit/workbench/basics/excerpt.h"

namespace bruit::workbench {
namespace {

namespace json = boost::json;

constexpr std::string_view events =
    "start, sent, received, lost, visible, operation, fault, faults-over, violation or end";

// Beyond this a double no longer tells nanoseconds apart well, and no test lasts so long.
constexpr double most_milliseconds = 1e12;

std::string text_of(const json::value& value) {
  std::string text;
  maelstrom::append_json(value, text);
  return excerpt(text);
}

std::optional<OpType> parse_op_type(std::string_view name) {
  for (const OpType type : {OpType::invoke, OpType::ok, OpType::fail, OpType::info}) {
    if (name == to_string(type)) return type;
  }
  return std::nullopt;
}

}  // namespace

TraceError::TraceError(std::string_view file, std::size_t line, std::string_view problem)
    : std::runtime_error(line == 0 ? fmt::format("{}: {}", file, problem)
                                   : fmt::format("{}:{}: {}", file, line, problem)) {}

// Takes typed fields out of a line.
class TraceReader::Fields {
 public:
  Fields(const TraceReader& reader, json::object& line) : reader_(reader), line_(line) {}

  std::string text(std::string_view name) const {
    const json::value& value = required(name, "a string");
    const auto found = maelstrom::string_in(value);
    if (!found) wrong(name, value, "a string");
    return std::string(*found);
  }
  std::string text_or_empty(std::string_view name) const {
    return line_.contains(name) ? text(name) : std::string();
  }
  std::uint64_t number(std::string_view name) const {
    const json::value& value = required(name, "an integer from 0");
    if (const auto* unsigned_number = value.if_uint64()) return *unsigned_number;
    const auto* number = value.if_int64();
    if (number == nullptr || *number < 0) wrong(name, value, "an integer from 0");
    return static_cast<std::uint64_t>(*number);
  }
  std::int64_t signed_number(std::string_view name) const {
    const json::value& value = required(name, "an integer");
    if (!value.is_int64()) wrong(name, value, "an integer");
    return value.get_int64();
  }
  bool flag(std::string_view name) const {
    const json::value& value = required(name, "true or false");
    if (!value.is_bool()) wrong(name, value, "true or false");
    return value.get_bool();
  }
  bool flag_or_false(std::string_view name) const { return line_.contains(name) && flag(name); }

  json::object object(std::string_view name) const {
    json::value& value = required(name, "an object");
    if (!value.is_object()) wrong(name, value, "an object");
    return std::move(value.get_object());
  }
  json::object object_or_empty(std::string_view name) const {
    return line_.contains(name) ? object(name) : json::object();
  }
  json::value value(std::string_view name) const { return std::move(required(name, "a value")); }
  std::optional<json::value> value_if_there(std::string_view name) const {
    if (!line_.contains(name)) return std::nullopt;
    return value(name);
  }

  std::vector<std::string> names(std::string_view name) const {
    constexpr std::string_view expected = "an array of strings";
    const json::value& value = required(name, expected);
    const auto* array = value.if_array();
    if (array == nullptr) wrong(name, value, expected);
    std::vector<std::string> names;
    for (const auto& item : *array) {
      const auto found = maelstrom::string_in(item);
      if (!found) wrong(name, value, expected);
      names.emplace_back(*found);
    }
    return names;
  }

  // Milliseconds with up to six decimals.
  Duration time(std::string_view name) const {
    constexpr std::string_view expected = "a time in milliseconds";
    const json::value& value = required(name, expected);
    if (const auto* whole = value.if_int64()) {
      if (std::abs(static_cast<double>(*whole)) > most_milliseconds) wrong(name, value, expected);
      return std::chrono::milliseconds(*whole);
    }
    const auto* fraction = value.if_double();
    if (fraction == nullptr || !(std::fabs(*fraction) <= most_milliseconds)) {
      wrong(name, value, expected);
    }
    return Duration(std::llround(*fraction * 1e6));
  }

  OpType op_type(std::string_view name) const {
    const std::string found = text(name);
    if (const auto type = parse_op_type(found)) return *type;
    reader_.fail(fmt::format("field \"{}\" is \"{}\"; expected invoke, ok, fail or info", name,
                             excerpt(found)));
  }

 private:
  json::value& required(std::string_view name, std::string_view expected) const {
    json::value* const value = line_.if_contains(name);
    if (value == nullptr) {
      reader_.fail(fmt::format("there is no field \"{}\"; expected {}", name, expected));
    }
    return *value;
  }
  [[noreturn]] void wrong(std::string_view name, const json::value& value,
                          std::string_view expected) const {
    reader_.fail(fmt::format("field \"{}\" is {}; expected {}", name, text_of(value), expected));
  }

  const TraceReader& reader_;
  json::object& line_;
};

void TraceReader::fail(std::string_view problem) const { throw TraceError(file_, line_, problem); }

std::optional<trace::Event> TraceReader::next() {
  while (std::getline(in_, text_)) {
    ++line_;
    const bool has_line_end = !in_.eof();
    if (text_.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto read_line = json_.read(text_);
    if (const auto* error = std::get_if<maelstrom::JsonError>(&read_line)) {
      if (!has_line_end) {  // the writer did not come to its end
        cut_short_ = true;
        return std::nullopt;
      }
      fail(fmt::format("column {}: {}; expected a line of JSON", error->offset + 1, error->text));
    }
    json::value& value = std::get<json::value>(read_line);
    if (!value.is_object()) fail(text_of(value) + " is no event; expected a JSON object");
    return read(value.get_object());
  }
  if (in_.bad()) throw TraceError(file_, 0, "cannot be read to its end");
  return std::nullopt;
}

trace::Event TraceReader::read(json::object& line) {
  const Fields fields(*this, line);
  const std::string name = fields.text("event");
  trace::Event event;
  if (name == "end") {
    complete_ = true;
    event.at = last_;
    event.what = trace::End{.passed = fields.flag("passed"),
                            .trace_hash = fields.text_or_empty("trace_hash")};
    return event;
  }
  event.at = fields.time("at");
  if (name == "sent") {
    event.what = trace::Sent{fields.number("id"), fields.text("from"), fields.text("to"),
                             fields.object("body")};
  } else if (name == "received") {
    event.what = trace::Received{fields.number("id"), fields.text("from"), fields.text("to")};
  } else if (name == "lost") {
    event.what = trace::Lost{fields.number("id"), fields.text("from"), fields.text("to")};
  } else if (name == "visible") {
    event.what = trace::Visible{fields.text("node"), fields.value("value")};
  } else if (name == "operation") {
    event.what = trace::Operation{.type = fields.op_type("type"),
                                  .process = fields.signed_number("process"),
                                  .f = fields.text("f"),
                                  .value = fields.value_if_there("value"),
                                  .error = fields.text_or_empty("error"),
                                  .final = fields.flag_or_false("final")};
  } else if (name == "fault") {
    event.what = trace::FaultEvent{fields.text("fault")};
  } else if (name == "faults-over") {
    event.what = trace::FaultsOver{};
  } else if (name == "violation") {
    event.what = trace::Violation{fields.text("invariant"), fields.text("what")};
  } else if (name == "start") {
    event.what = trace::Start{fields.text("workload"), fields.names("nodes"),
                              fields.object_or_empty("options")};
  } else {
    fail(fmt::format("field \"event\" is \"{}\"; expected {}", excerpt(name), events));
  }
  last_ = event.at;
  return event;
}

}  // namespace bruit::workbench
