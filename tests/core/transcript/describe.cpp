#include "core/transcript/describe.h"

#include <fmt/format.h>

#include <variant>
#include <vector>

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

std::string list(const EntryList& entries) { return entries == nullptr ? "[]" : list(*entries); }

// "n0 n3": the way from the root.
std::string list(const Path& path) {
  std::string text;
  for (const auto node : path) text += fmt::format("{}n{}", text.empty() ? "" : " ", node.index);
  return text;
}

// "path n0 n3, log 3..5 [x y], has 7": the sender's log from 3 to 5, and it has the receiver's up
// to 7.
std::string describe_sync(const Sync& sync) {
  std::string text = fmt::format("path {}, log {}..{} {}, has {}", list(sync.path), sync.from,
                                 sync.log.position, list(sync.entries), sync.received.position);
  if (sync.gap) text += ", gap";
  if (sync.awaited) text += ", awaited";
  if (sync.digest != nullptr) text += fmt::format(", digest of {}", sync.digest->size());
  return text;
}

struct Describer {
  std::string operator()(const Rumor& rumor) const {
    return fmt::format("rumor {}", rumor.value.bytes());
  }
  std::string operator()(const Batch& batch) const {
    return fmt::format("batch #{} {}", batch.id, list(*batch.values));
  }
  std::string operator()(const Ack& ack) const { return fmt::format("ack #{}", ack.id); }
  std::string operator()(const Gather& gather) const {
    return fmt::format("gather {}{}", describe_sync(gather.sync), gather.attach ? ", attach" : "");
  }
  std::string operator()(const Scatter& scatter) const {
    std::string text = "scatter " + describe_sync(scatter.sync);
    if (scatter.phase) {
      text += fmt::format(", next in {}", in_milliseconds(scatter.phase->scatter_in));
    }
    if (scatter.attached) text += ", attached";
    return text;
  }
  std::string operator()(const Push& push) const {
    return fmt::format("push {}", list(push.entries));
  }
  std::string operator()(const Probe& probe) const {
    return fmt::format("probe root n{}", probe.root.index);
  }
  std::string operator()(const ProbeReply& reply) const {
    std::string text = fmt::format("probe-reply path {}", list(reply.path));
    text += fmt::format(", has {}", reply.received.position);
    if (reply.digest != nullptr) text += fmt::format(", digest of {}", reply.digest->size());
    return text;
  }
  std::string operator()(const Seek& seek) const {
    return fmt::format("seek {}", list(seek.nodes));
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
