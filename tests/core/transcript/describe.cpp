#include "core/transcript/describe.h"

#include <fmt/format.h>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bruit/core/strategies/rounds/described.h"

namespace bruit::core::transcript {
namespace {

// More values than this are counted.
constexpr std::size_t most_values_listed = 8;

const Value& value_of(const Value& value) { return value; }
const Value& value_of(const Entry& entry) { return entry.value; }

template <typename Item>
std::string list(const std::vector<Item>& items) {
  if (items.size() > most_values_listed) {
    return fmt::format("[{} ... {}: {} values]", value_of(items.front()).bytes(),
                       value_of(items.back()).bytes(), items.size());
  }
  std::string text;
  for (const Item& item : items) {
    if (!text.empty()) text += ' ';
    text += value_of(item).bytes();
  }
  return "[" + text + "]";
}

// Writes what a message of `rounds` says, field by field; fields that say nothing are left out.
class FieldWriter {
 public:
  explicit FieldWriter(std::string_view name) : text_(name) {}

  template <Described T>
  void write_fields(const T& object) {
    for_each_field(object,
                   [this](std::string_view name, const auto& field) { this->add(name, field); });
  }
  std::string text() const { return text_; }

 private:
  // Who is who and when: it would be other words in each script, and is tested elsewhere.
  void add(std::string_view, const Envelope&) {}
  void add(std::string_view, const RootWord&) {}
  // Their fields lie beside the others.
  void add(std::string_view, const Sync& sync) { write_fields(sync); }
  void add(std::string_view, const Standing& standing) { write_fields(standing); }
  void add(std::string_view name, bool flag) {
    if (flag) append(name, "");
  }
  template <std::integral Number>
  void add(std::string_view name, Number number) {
    if (number != 0) append(name, fmt::format(" {}", number));
  }
  void add(std::string_view name, Duration duration) {
    if (duration != Duration::zero()) append(name, " " + in_milliseconds(duration));
  }
  void add(std::string_view name, const EntryList& entries) {
    if (entries) append(name, " " + list(*entries));
  }
  void add(std::string_view name, const EntryNames& names) {
    if (!names) return;
    std::string all;
    for (const auto& [origin, ranges] : *names) {
      all += fmt::format("{}n{}", all.empty() ? "" : " ", origin.node.index);
      for (const auto& range : ranges) all += fmt::format(" {}..{}", range.first, range.end);
    }
    append(name, " {" + all + "}");
  }
  void add(std::string_view name, const std::vector<NodeId>& nodes) {
    std::string all;
    for (const NodeId node : nodes) all += fmt::format(" n{}", node.index);
    append(name, all);
  }
  void add(std::string_view, const std::optional<Scatter::Phase>& phase) {
    if (phase) append("next in", " " + in_milliseconds(phase->scatter_in));
  }
  void append(std::string_view name, const std::string& value) {
    text_ += fmt::format("{}{}{}", is_first_ ? " " : ", ", name, value);
    is_first_ = false;
  }

  std::string text_;
  bool is_first_ = true;
};

struct Describer {
  std::string operator()(const Rumor& rumor) const {
    return fmt::format("rumor {}", rumor.value.bytes());
  }
  std::string operator()(const Batch& batch) const {
    return fmt::format("batch #{} {}", batch.id, list(*batch.values));
  }
  std::string operator()(const Ack& ack) const { return fmt::format("ack #{}", ack.id); }
  template <Described RoundsMessage>
  std::string operator()(const RoundsMessage& message) const {
    FieldWriter writer(RoundsMessage::name);
    writer.write_fields(message);
    return writer.text();
  }
};

}  // namespace

std::string describe(const Message& message) { return std::visit(Describer{}, message); }

std::string kind_of(const Message& message) {
  const std::string text = describe(message);
  return text.substr(0, text.find(' '));
}

std::string in_milliseconds(Duration duration) {
  using std::chrono::nanoseconds;
  const auto whole = duration / std::chrono::milliseconds(1);
  const auto rest = (duration % std::chrono::milliseconds(1)).count();
  std::string text = fmt::format("{}", whole);
  if (rest != 0) {
    text += fmt::format(".{:06}", rest);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "ms";
}

}  // namespace bruit::core::transcript
