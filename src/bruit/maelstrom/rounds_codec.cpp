#include "bruit/maelstrom/rounds_codec.h"

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "bruit/maelstrom/broadcast_codec.h"
#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/json.h"
#include "bruit/maelstrom/message.h"

namespace bruit::maelstrom {
namespace {

using core::Duration;
using core::Time;

// --- Writing ---

void append_name(std::string_view name, std::string& out) {
  out.append(",\"").append(name).append("\":");
}

void append_number(std::uint64_t number, std::string& out) { append_json_integer(number, out); }
void append_number(Duration duration, std::string& out) {
  append_json_integer(static_cast<std::int64_t>(duration.count()), out);
}
void append_number(Time time, std::string& out) { append_number(time.time_since_epoch(), out); }

template <typename First, typename... Rest>
void append_tuple(std::string& out, First first, Rest... rest) {
  out += '[';
  append_number(first, out);
  ((out += ',', append_number(rest, out)), ...);
  out += ']';
}

void append_position(std::string_view name, const core::LogPosition& position, std::string& out) {
  append_name(name, out);
  append_tuple(out, position.incarnation, position.position);
}

void append_entries(const core::EntryList& entries, std::string& out) {
  if (!entries) return;
  append_name("entries", out);
  out += '[';
  const core::Entry* previous = nullptr;
  for (const auto& entry : *entries) {
    const bool goes_on = previous != nullptr && previous->origin == entry.origin &&
                         previous->sequence + 1 == entry.sequence;
    if (goes_on) {
      out += ',';
    } else {
      if (previous != nullptr) out += "]],";
      out += '[';
      append_number(std::uint64_t{entry.origin.node.index}, out);
      out += ',';
      append_number(entry.origin.incarnation, out);
      out += ',';
      append_number(entry.sequence, out);
      out += ",[";
    }
    out += entry.value.bytes();
    previous = &entry;
  }
  if (previous != nullptr) out += "]]";
  out += ']';
}

void append_digest(const core::Digest& digest, std::string& out) {
  if (!digest) return;
  append_name("digest", out);
  out += '[';
  const char* separator = "";
  for (const auto& head : *digest) {
    out += separator;
    append_tuple(out, std::uint64_t{head.origin.node.index}, head.origin.incarnation, head.next);
    if (!head.beyond.empty()) {
      out.pop_back();
      for (const auto& range : head.beyond) {
        out += ',';
        append_number(range.first, out);
        out += ',';
        append_number(range.end, out);
      }
      out += ']';
    }
    separator = ",";
  }
  out += ']';
}

void append_times(const core::Timestamps& times, std::string& out) {
  append_name("times", out);
  if (times.echo) {
    append_tuple(out, times.sent_at, *times.echo, times.echo_held);
  } else {
    append_tuple(out, times.sent_at);
  }
}

void append_root(core::NodeId root, std::string& out) {
  append_name("root", out);
  append_number(std::uint64_t{root.index}, out);
}

void append_nodes(std::string_view name, const std::vector<core::NodeId>& nodes, std::string& out) {
  append_name(name, out);
  out += '[';
  const char* separator = "";
  for (const auto node : nodes) {
    out += separator;
    append_number(std::uint64_t{node.index}, out);
    separator = ",";
  }
  out += ']';
}

void append_path(const core::Path& path, std::string& out) { append_nodes("path", path, out); }

void append_word(const core::RootWord& word, std::string& out) {
  append_name("word", out);
  append_tuple(out, word.incarnation, word.spoken);
}

void append_sync(const core::Sync& sync, std::string& out) {
  append_name("log", out);
  append_tuple(out, sync.log.incarnation, sync.from, sync.log.position);
  append_entries(sync.entries, out);
  append_position("has", sync.received, out);
  if (sync.gap) out += R"(,"gap":true)";
  if (sync.awaited) out += R"(,"awaited":true)";
  append_digest(sync.digest, out);
  append_path(sync.path, out);
  append_word(sync.word, out);
  append_times(sync.times, out);
}

// --- Reading ---

[[noreturn]] void fail(std::string_view field, std::string_view expected) {
  std::string text = "field \"";
  text.append(field).append("\" must be ").append(expected);
  throw RpcError(ErrorCode::malformed_request, text);
}

std::uint64_t to_unsigned(const json::value& value, std::string_view field) {
  if (const auto* number = value.if_int64(); number != nullptr && *number >= 0) {
    return static_cast<std::uint64_t>(*number);
  }
  if (const auto* number = value.if_uint64()) return *number;
  fail(field, "made of integers from 0");
}

// Far from the ends, so that sums of a few of them cannot overflow.
constexpr std::int64_t most_nanoseconds = std::numeric_limits<std::int64_t>::max() / 8;

Duration to_duration(const json::value& value, std::string_view field) {
  const auto* number = value.if_int64();
  if (number == nullptr || *number > most_nanoseconds || *number < -most_nanoseconds) {
    fail(field, "made of nanoseconds");
  }
  return Duration(*number);
}

core::NodeId to_node(const json::value& value, std::string_view field) {
  const std::uint64_t index = to_unsigned(value, field);
  if (index > std::numeric_limits<std::uint32_t>::max()) fail(field, "a node's position");
  return {static_cast<std::uint32_t>(index)};
}

const json::array& to_array(const json::value& value, std::size_t size, std::string_view field) {
  const auto* array = value.if_array();
  if (array == nullptr || array->size() != size) {
    fail(field, "made of arrays of " + std::to_string(size));
  }
  return *array;
}

bool flag(const json::object& body, std::string_view field) {
  const auto* value = body.if_contains(field);
  if (value == nullptr) return false;
  if (!value->is_bool()) fail(field, "true or false");
  return value->get_bool();
}

core::LogPosition position(const json::object& body, std::string_view field) {
  const auto& pair = to_array(required(body, field), 2, field);
  return {to_unsigned(pair[0], field), to_unsigned(pair[1], field)};
}

core::Timestamps times(const json::object& body) {
  constexpr std::string_view field = "times";
  const auto& array = required_array(body, field);
  if (array.size() != 1 && array.size() != 3) fail(field, "an array of 1 or 3");
  core::Timestamps result{
      .sent_at = Time{to_duration(array[0], field)}, .echo = {}, .echo_held = {}};
  if (array.size() == 3) {
    result.echo = Time{to_duration(array[1], field)};
    result.echo_held = to_duration(array[2], field);
  }
  return result;
}

core::EntryList entries(const json::object& body) {
  constexpr std::string_view field = "entries";
  if (body.if_contains(field) == nullptr) return nullptr;
  std::vector<core::Entry> result;
  for (const auto& run : required_array(body, field)) {
    const auto& parts = to_array(run, 4, field);
    const core::Origin origin{to_node(parts[0], field), to_unsigned(parts[1], field)};
    std::uint64_t sequence = to_unsigned(parts[2], field);
    const auto* values = parts[3].if_array();
    if (values == nullptr) fail(field, "made of [node, incarnation, sequence number, [values]]");
    for (const auto& value : *values) {
      result.push_back({origin, sequence++, to_value(value, field)});
    }
  }
  if (result.empty()) return nullptr;
  return core::EntryList(std::move(result));
}

core::Digest digest(const json::object& body) {
  constexpr std::string_view field = "digest";
  if (body.if_contains(field) == nullptr) return nullptr;
  std::vector<core::Head> result;
  for (const auto& head : required_array(body, field)) {
    const auto* parts = head.if_array();
    if (parts == nullptr || parts->size() < 3 || parts->size() % 2 == 0) {
      fail(field, "made of [node, incarnation, next, first, end, ...]");
    }
    core::Head& read = result.emplace_back(
        core::Origin{to_node((*parts)[0], field), to_unsigned((*parts)[1], field)},
        to_unsigned((*parts)[2], field));
    for (std::size_t i = 3; i < parts->size(); i += 2) {
      read.beyond.push_back({to_unsigned((*parts)[i], field), to_unsigned((*parts)[i + 1], field)});
    }
  }
  return core::Digest(std::move(result));
}

std::vector<core::NodeId> nodes(const json::object& body, std::string_view field) {
  std::vector<core::NodeId> result;
  for (const auto& node : required_array(body, field)) result.push_back(to_node(node, field));
  return result;
}

core::Path path(const json::object& body) {
  constexpr std::string_view field = "path";
  core::Path result = nodes(body, field);
  if (result.empty()) fail(field, "an array with the position of at least one node");
  return result;
}

core::RootWord word(const json::object& body) {
  const auto& pair = to_array(required(body, "word"), 2, "word");
  return {to_unsigned(pair[0], "word"), Time{to_duration(pair[1], "word")}};
}

core::NodeId root(const json::object& body) { return to_node(required(body, "root"), "root"); }

std::uint32_t small_number(const json::object& body, std::string_view field) {
  const std::uint64_t number = to_unsigned(required(body, field), field);
  if (number > std::numeric_limits<std::uint32_t>::max()) fail(field, "below 4294967296");
  return static_cast<std::uint32_t>(number);
}

core::Sync sync(const json::object& body) {
  const auto& log = to_array(required(body, "log"), 3, "log");
  return {.log = {to_unsigned(log[0], "log"), to_unsigned(log[2], "log")},
          .from = to_unsigned(log[1], "log"),
          .entries = entries(body),
          .received = position(body, "has"),
          .gap = flag(body, "gap"),
          .awaited = flag(body, "awaited"),
          .digest = digest(body),
          .path = path(body),
          .word = word(body),
          .times = times(body)};
}

}  // namespace

void append_members(const core::Gather& gather, std::string& out) {
  out += R"("type":"gather")";
  append_sync(gather.sync, out);
  append_name("age", out);
  append_number(gather.oldest_age, out);
  append_name("late", out);
  append_number(std::uint64_t{gather.late}, out);
  if (gather.attach) out += R"(,"attach":true)";
}

void append_members(const core::Scatter& scatter, std::string& out) {
  out += R"("type":"scatter")";
  append_sync(scatter.sync, out);
  if (scatter.phase) {
    append_name("phase", out);
    append_tuple(out, scatter.phase->collect_in, scatter.phase->scatter_in, scatter.phase->period);
  }
  if (scatter.attached) {
    append_name("attached", out);
    append_number(*scatter.attached, out);
  }
}

void append_members(const core::Push& push, std::string& out) {
  out += R"("type":"push")";
  append_entries(push.entries, out);
  append_times(push.times, out);
}

void append_members(const core::Probe& probe, std::string& out) {
  out += R"("type":"probe")";
  append_root(probe.root, out);
  append_times(probe.times, out);
}

void append_members(const core::ProbeReply& reply, std::string& out) {
  out += R"("type":"probe_reply")";
  append_path(reply.path, out);
  append_word(reply.word, out);
  append_position("has", reply.received, out);
  append_digest(reply.digest, out);
  append_times(reply.times, out);
}

void append_members(const core::Seek& seek, std::string& out) {
  out += R"("type":"seek")";
  append_nodes("nodes", seek.nodes, out);
  append_name("hops", out);
  append_number(std::uint64_t{seek.hops_left}, out);
  append_times(seek.times, out);
}

core::Message decode_gather(const json::object& body) {
  return core::Gather{.sync = sync(body),
                      .oldest_age = to_duration(required(body, "age"), "age"),
                      .late = small_number(body, "late"),
                      .attach = flag(body, "attach")};
}

core::Message decode_scatter(const json::object& body) {
  core::Scatter scatter{.sync = sync(body), .phase = {}, .attached = {}};
  if (const auto* phase = body.if_contains("phase")) {
    const auto& parts = to_array(*phase, 3, "phase");
    scatter.phase = {to_duration(parts[0], "phase"), to_duration(parts[1], "phase"),
                     to_duration(parts[2], "phase")};
  }
  if (const auto* attached = body.if_contains("attached")) {
    scatter.attached = Time{to_duration(*attached, "attached")};
  }
  return scatter;
}

core::Message decode_push(const json::object& body) {
  return core::Push{.entries = entries(body), .times = times(body)};
}

core::Message decode_probe(const json::object& body) {
  return core::Probe{.root = root(body), .times = times(body)};
}

core::Message decode_probe_reply(const json::object& body) {
  return core::ProbeReply{.path = path(body),
                          .word = word(body),
                          .received = position(body, "has"),
                          .digest = digest(body),
                          .times = times(body)};
}

core::Message decode_seek(const json::object& body) {
  return core::Seek{
      .nodes = nodes(body, "nodes"), .hops_left = small_number(body, "hops"), .times = times(body)};
}

}  // namespace bruit::maelstrom
