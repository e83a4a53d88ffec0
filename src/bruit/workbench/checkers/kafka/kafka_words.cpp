#include "bruit/workbench/checkers/kafka/kafka_words.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace bruit::workbench::kafka {
namespace {

class Writer {
 public:
  explicit Writer(const KafkaCheck& check)
      : history_(check.history), logs_(check.logs), result_(check.result) {}

  std::string text() {
    if (result_.invented) {
      const MessageId message = *result_.invented;
      add("Somebody polled a message that nobody had sent. The original throws an exception here "
          "and has no verdict.\n\n");
      add("  {} polled {}, and no send in the whole history has it.\n",
          op(first_reader(message)), named(message));
      return text_;
    }
    if (result_.bad_error_types().empty()) return {};
    add("The logs are not what they should be.\n");
    write_inconsistent();
    write_duplicates();
    write_lost();
    write_unseen();
    write_aborted();
    write_jumps("int-poll-skip", result_.inner_poll_skips,
                "one poll left out messages that it should have listed");
    write_jumps("int-nonmonotonic-poll", result_.inner_nonmonotonic_polls,
                "one poll listed messages out of order, or twice");
    write_jumps("poll-skip", result_.poll_skips,
                "from one poll to the next a client was not shown what came between");
    write_jumps("nonmonotonic-poll", result_.nonmonotonic_polls,
                "a client was shown again what it had already polled");
    write_jumps("nonmonotonic-send", result_.nonmonotonic_sends,
                "what a client sent first came to stand behind what it sent later");
    write_jumps("int-nonmonotonic-send", result_.inner_nonmonotonic_sends,
                "what a transaction sent first came to stand behind what it sent later");
    write_precommitted();
    write_cycles();
    return text_;
  }

 private:
  template <typename... Parts>
  void add(fmt::format_string<Parts...> format, Parts&&... parts) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Parts>(parts)...);
  }
  void head(std::string_view type, std::size_t count, std::string_view what) {
    add("\n{}, found {}: {}.\n", type, count == 1 ? "once" : fmt::format("{} times", count), what);
  }

  std::string key(KeyId key) const { return history_.atoms().text(history_.key(key)); }
  std::string value(MessageId message) const {
    return history_.atoms().text(history_.messages()[message].value);
  }
  KeyId key_of(MessageId message) const { return history_.messages()[message].key; }
  std::string named(MessageId message) const {
    return fmt::format("message {} of key {}", value(message), key(key_of(message)));
  }
  std::int64_t offset_at(KeyId key, std::uint32_t index) const {
    return logs_.log(key)[index].offset;
  }
  // "The poll at index 40 (process 2, 6.94 s)".
  std::string op(OpId id) const {
    if (id == no_op) return "Somebody";
    const ClientOp& op = history_.ops()[id];
    const std::string_view name = op.function == Function::send   ? "send"
                                  : op.function == Function::poll ? "poll"
                                                                  : "transaction";
    const Edn edn = history_.op_edn(id);
    return fmt::format("The {} at index {} (process {}, {:.3f} s)", name,
                       *edn.get_if<EdnTagged>()->form.front().at("index")->get_if<std::int64_t>(),
                       op.process, static_cast<double>(op.time_ns) / 1e9);
  }
  OpId first_reader(MessageId message) const {
    for (OpId id = 0; id < history_.ops().size(); ++id) {
      for (const Record& record : history_.polled(id)) {
        if (record.message == message) return id;
      }
    }
    return no_op;
  }

  void write_lost() {
    if (result_.lost_writes.empty()) return;
    head("lost-write", result_.lost_writes.size(),
         "a message was acknowledged, and nobody ever saw it, though somebody saw what came after "
         "it");
    const LostWrite& lost = result_.lost_writes.front();
    const KeyId key = key_of(lost.message);
    add("  {} put {} at offset {}.\n", op(lost.writer), named(lost.message),
        offset_at(key, logs_.first_index(lost.message)));
    add("  {} got the message at offset {}, and so has passed it. No poll has it.\n",
        op(lost.seen_by), offset_at(key, lost.seen_index));
  }

  void write_unseen() {
    if (result_.unseen.empty()) return;
    head("unseen", result_.unseen.size(),
         "a message was acknowledged, and nobody had seen it when all clients had polled to the "
         "end");
    std::map<KeyId, std::vector<std::string>> by_key;
    for (const MessageId message : result_.unseen) by_key[key_of(message)].push_back(value(message));
    constexpr std::size_t shown_max = 3;
    std::size_t shown = 0;
    for (const auto& [key_id, values] : by_key) {
      if (shown++ == shown_max) {
        add("  … and of {} more keys.\n", by_key.size() - shown_max);
        break;
      }
      constexpr std::size_t values_max = 8;
      std::string list;
      for (std::size_t i = 0; i < std::min(values.size(), values_max); ++i) {
        list += (i > 0 ? ", " : "") + values[i];
      }
      add("  Key {}: {}{}.\n", key(key_id), list, values.size() > values_max ? ", …" : "");
    }
  }

  void write_aborted() {
    if (result_.aborted_reads.empty()) return;
    head("G1a", result_.aborted_reads.size(), "a poll got a message whose send had failed");
    const AbortedRead& read = result_.aborted_reads.front();
    add("  {} failed to send {}.\n  {} got it.\n", op(read.writer), named(read.message),
        op(read.reader));
  }

  void write_jumps(std::string_view type, const std::vector<Jump>& jumps, std::string_view what) {
    if (jumps.empty()) return;
    head(type, jumps.size(), what);
    // The one that is easiest to understand: the shortest way.
    const Jump& jump = *std::min_element(
        jumps.begin(), jumps.end(), [](const Jump& a, const Jump& b) {
          return std::abs(a.delta - 1) < std::abs(b.delta - 1);
        });
    const KeyId key_id = key_of(jump.before);
    const auto at = [&](MessageId message) {
      return fmt::format("{} (offset {})", value(message),
                         offset_at(key_id, logs_.index_of(message)));
    };
    const bool sends = type.ends_with("send");
    if (jump.first == jump.second) {
      add("  {} {} key {} first {} and right after it {}.\n", op(jump.first),
          sends ? "sent to" : "lists of", key(key_id), at(jump.before), at(jump.after));
    } else {
      add("  {} {} {} of key {}.\n", op(jump.first), sends ? "sent" : "got up to", at(jump.before),
          key(key_id));
      add("  {}, the next of the same client, {} {}.\n", op(jump.second),
          sends ? "sent" : "begins with", at(jump.after));
    }
    if (jump.delta > 1) {
      std::string skipped;
      constexpr std::uint32_t shown_max = 8;
      const std::uint32_t first = logs_.index_of(jump.before) + 1;
      const std::uint32_t last = logs_.index_of(jump.after);
      for (std::uint32_t i = first; i < std::min(last, first + shown_max); ++i) {
        skipped += (i > first ? ", " : "") + at(logs_.at(key_id, i));
      }
      add("  Between them the log has {}{}.\n", skipped, last > first + shown_max ? ", …" : "");
    }
  }

  void write_inconsistent() {
    if (result_.inconsistent_offsets.empty()) return;
    head("inconsistent-offsets", result_.inconsistent_offsets.size(),
         "two messages were seen at the same offset of the same key");
    const auto& [key_id, index] = result_.inconsistent_offsets.front();
    const Slot& slot = logs_.log(key_id)[index];
    add("  Key {}, offset {}:\n", key(key_id), slot.offset);
    for (const MessageId message : slot.messages) {
      add("    {} has message {} there.\n", op(first_sighting(message, slot.offset)),
          value(message));
    }
  }
  OpId first_sighting(MessageId message, std::int64_t offset) const {
    for (OpId id = 0; id < history_.ops().size(); ++id) {
      for (const auto& records : {history_.sent(id), history_.polled(id)}) {
        for (const Record& record : records) {
          if (record.message == message && record.offset == offset) return id;
        }
      }
    }
    return no_op;
  }

  void write_duplicates() {
    if (result_.duplicates.empty()) return;
    head("duplicate", result_.duplicates.size(), "a message stands in the log more than once");
    const MessageId message = result_.duplicates.front();
    std::string offsets;
    for (const Slot& slot : logs_.log(key_of(message))) {
      if (std::find(slot.messages.begin(), slot.messages.end(), message) == slot.messages.end()) {
        continue;
      }
      offsets += fmt::format("{}{}", offsets.empty() ? "" : ", ", slot.offset);
    }
    add("  It was sent once, and {} is at offsets {}.\n", named(message), offsets);
  }

  void write_precommitted() {
    if (result_.precommitted_reads.empty()) return;
    head("precommitted-read", result_.precommitted_reads.size(),
         "a transaction polled what it sent itself");
    const PrecommittedRead& read = result_.precommitted_reads.front();
    add("  {} sent and polled {}.\n", op(read.op), named(read.message));
  }

  void write_cycles() {
    // The earliest poll that was over before the send of its message began.
    std::vector<OpId> begun(history_.messages().size(), no_op);
    for (OpId id = 0; id < history_.ops().size(); ++id) {
      if (history_.ops()[id].type != OpType::invoke) continue;
      for (const Record& sent : history_.sent(id)) begun[sent.message] = id;
    }
    for (const EdnEntry& entry : result_.cycles.entries) {
      const std::string& kind = entry.key.get_if<EdnKeyword>()->name;
      const auto* const vector = entry.value.get_if<EdnVector>();
      head(kind, vector == nullptr ? 1 : vector->items.size(),
           "some operations must each have come before the next, and the last before the first");
    }
    if (result_.cycles.entries.empty()) return;
    for (OpId id = 0; id < history_.ops().size(); ++id) {
      if (history_.ops()[id].type != OpType::ok) continue;
      for (const Record& polled : history_.polled(id)) {
        if (polled.message == no_message || begun[polled.message] == no_op) continue;
        if (id >= begun[polled.message]) continue;
        add("  {} had {} before its send began at {:.3f} s.\n", op(id), named(polled.message),
            static_cast<double>(history_.ops()[begun[polled.message]].time_ns) / 1e9);
        return;
      }
    }
  }

  const MessageHistory& history_;
  const DenseLogs& logs_;
  const KafkaResult& result_;
  std::string text_;
};

}  // namespace

std::string in_words(const KafkaCheck& check) { return Writer(check).text(); }

}  // namespace bruit::workbench::kafka
