#include "bruit/maelstrom/rounds_codec.h"

#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "bruit/core/strategies/rounds/described.h"
#include "bruit/maelstrom/broadcast_codec.h"
#include "bruit/maelstrom/errors.h"
#include "bruit/maelstrom/json.h"
#include "bruit/maelstrom/message.h"

namespace bruit::maelstrom {
namespace {

// Whether the fields of a part lie beside those of the message that has it.
template <typename T>
inline constexpr bool lies_beside = std::same_as<T, core::Envelope> ||
                                    std::same_as<T, core::Sync> || std::same_as<T, core::Standing>;

// --- Writing ---

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  template <core::Described Message>
  void members_of(const Message& message) {
    core::for_each_field(message, [this](std::string_view name, const auto& field) {
      using Field = std::remove_cvref_t<decltype(field)>;
      if constexpr (lies_beside<Field>) {
        members_of(field);
      } else if (!is_absent(field)) {
        out_.append(",\"").append(name).append("\":");
        write(field);
      }
    });
  }

 private:
  template <std::integral Number>
  static bool is_absent(Number number) {
    return number == 0;
  }
  static bool is_absent(core::Duration duration) { return duration == core::Duration::zero(); }
  template <typename T>
  static bool is_absent(const std::optional<T>& optional) {
    return !optional;
  }
  template <typename T>
  static bool is_absent(const core::Shared<T>& shared) {
    return shared == nullptr;
  }
  template <typename T>
  static bool is_absent(const std::vector<T>& list) {
    return list.empty();
  }
  template <core::Described T>
  static bool is_absent(const T&) {
    return false;
  }

  void write(bool) { out_ += "true"; }  // false is absent
  void write(std::uint64_t number) { append_json_integer(number, out_); }
  void write(std::uint32_t number) { append_json_integer(std::uint64_t{number}, out_); }
  void write(core::NodeId node) { write(node.index); }
  void write(core::Duration duration) {
    append_json_integer(static_cast<std::int64_t>(duration.count()), out_);
  }
  void write(core::Time time) { write(time.time_since_epoch()); }
  template <typename T>
  void write(const std::optional<T>& optional) {
    if (optional) {
      write(*optional);
    } else {
      out_ += "null";
    }
  }
  template <typename T>
  void write(const core::Shared<T>& shared) {
    write(*shared);
  }
  template <core::Described T>
  void write(const T& part) {
    char separator = '[';
    core::for_each_field(part, [&](std::string_view, const auto& field) {
      out_ += separator;
      write(field);
      separator = ',';
    });
    out_ += ']';
  }
  template <typename T>
  void write(const std::vector<T>& list) {
    out_ += '[';
    for (const auto& item : list) {
      if (&item != &list.front()) out_ += ',';
      write(item);
    }
    out_ += ']';
  }
  void write(const std::vector<core::Entry>& entries) {
    char separator = '[';
    core::for_each_run(entries, [&](auto first, auto last) {
      out_ += separator;
      out_ += '[';
      write(first->origin);
      out_ += ',';
      write(first->sequence);
      for (char before = '['; first != last; ++first) {
        out_ += before == '[' ? ",[" : ",";
        out_ += first->value.bytes();
        before = ',';
      }
      out_ += "]]";
      separator = ',';
    });
    out_ += ']';
  }

  std::string& out_;
};

template <typename Message>
void append(const Message& message, std::string& out) {
  out.append("\"type\":\"").append(Message::name).append("\"");
  Writer(out).members_of(message);
}

// --- Reading ---

class Reader {
 public:
  template <core::Described Message>
  void members_of(const json::object& body, Message& message) {
    core::for_each_field(message, [&](std::string_view name, auto& field) {
      using Field = std::remove_cvref_t<decltype(field)>;
      if constexpr (lies_beside<Field>) {
        members_of(body, field);
      } else if (const json::value* value = body.if_contains(name)) {
        field_ = name;
        read(*value, field);
      }
    });
  }

 private:
  [[noreturn]] void fail(std::string_view expected) const {
    std::string text = "field \"";
    text.append(field_).append("\" must be ").append(expected);
    throw RpcError(ErrorCode::malformed_request, text);
  }

  const json::array& array_of(const json::value& value) const {
    const auto* array = value.if_array();
    if (array == nullptr) fail("made of arrays");
    return *array;
  }

  void read(const json::value& value, bool& flag) const {
    if (!value.is_bool()) fail("true or false");
    flag = value.get_bool();
  }
  void read(const json::value& value, std::uint64_t& number) const {
    if (const auto* positive = value.if_uint64()) {
      number = *positive;
    } else if (const auto* integer = value.if_int64(); integer != nullptr && *integer >= 0) {
      number = static_cast<std::uint64_t>(*integer);
    } else {
      fail("made of integers from 0");
    }
  }
  void read(const json::value& value, std::uint32_t& number) const {
    std::uint64_t wide = 0;
    read(value, wide);
    if (wide > std::numeric_limits<std::uint32_t>::max()) fail("below 4294967296");
    number = static_cast<std::uint32_t>(wide);
  }
  void read(const json::value& value, core::NodeId& node) const { read(value, node.index); }
  void read(const json::value& value, core::Duration& duration) const {
    const auto* integer = value.if_int64();
    if (integer == nullptr) fail("made of nanoseconds");
    duration = core::Duration(*integer);
  }
  void read(const json::value& value, core::Time& time) const {
    core::Duration since{};
    read(value, since);
    time = core::Time(since);
  }
  template <typename T>
  void read(const json::value& value, std::optional<T>& optional) const {
    if (value.is_null()) return;
    T field{};  // not emplace(): clang 16 does not see default member initialisers of a nested T
    read(value, field);
    optional = field;
  }
  template <core::Described T>
  void read(const json::value& value, T& part) const {
    const json::array& array = array_of(value);
    std::size_t place = 0;
    core::for_each_field(part, [&](std::string_view name, auto& field) {
      if (place == array.size()) fail("made of arrays that have a " + std::string(name));
      read(array[place++], field);
    });
    if (place != array.size()) fail("made of shorter arrays");
  }
  template <typename T>
  void read(const json::value& value, std::vector<T>& list) const {
    for (const json::value& item : array_of(value)) read(item, list.emplace_back());
  }
  template <typename T>
  void read(const json::value& value, core::Shared<std::vector<T>>& shared) const {
    std::vector<T> list;
    read(value, list);
    shared = core::Shared<std::vector<T>>(std::move(list));
  }
  void read(const json::value& value, core::EntryList& shared) const {
    std::vector<core::Entry> entries;
    for (const json::value& run : array_of(value)) {
      const json::array& parts = array_of(run);
      if (parts.size() != 3) fail("made of [origin, sequence number, [values]]");
      core::Origin origin;
      read(parts[0], origin);
      std::uint64_t sequence = 0;
      read(parts[1], sequence);
      for (const json::value& item : array_of(parts[2])) {
        entries.push_back({origin, sequence++, to_value(item, field_)});
      }
    }
    if (!entries.empty()) shared = core::EntryList(std::move(entries));
  }

  std::string_view field_;  // of the message, for errors
};

template <typename Message>
core::Message decode(const json::object& body) {
  Message message;
  Reader().members_of(body, message);
  return message;
}

}  // namespace

void append_members(const core::Gather& gather, std::string& out) { append(gather, out); }
void append_members(const core::Scatter& scatter, std::string& out) { append(scatter, out); }
void append_members(const core::Hello& hello, std::string& out) { append(hello, out); }
void append_members(const core::Push& push, std::string& out) { append(push, out); }
void append_members(const core::Seek& seek, std::string& out) { append(seek, out); }

core::Message decode_gather(const json::object& body) { return decode<core::Gather>(body); }
core::Message decode_scatter(const json::object& body) { return decode<core::Scatter>(body); }
core::Message decode_hello(const json::object& body) { return decode<core::Hello>(body); }
core::Message decode_push(const json::object& body) { return decode<core::Push>(body); }
core::Message decode_seek(const json::object& body) { return decode<core::Seek>(body); }

}  // namespace bruit::maelstrom
