// DenseLogs: the log of each key, put together from what everybody saw of it.
//
// A log has a slot for each offset at which some message is known to be; offsets at which nothing
// is known do not exist. The position of a slot is its index: offsets without the holes. A slot has
// one message if all agree. If not, the first one in the order of Clojure's hash sets counts as the
// one that is there, as in the original.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bruit/workbench/checkers/kafka/message_history.h"

namespace bruit::workbench::kafka {

inline constexpr std::uint32_t no_index = UINT32_MAX;

struct Slot {
  std::int64_t offset = 0;
  std::vector<MessageId> messages;  // in the order of a Clojure set; one or more
};

// A message at an offset.
struct Sighting {
  MessageId message;
  std::int64_t offset;
};

class DenseLogs {
 public:
  // `sightings` may have repetitions.
  DenseLogs(const MessageHistory& history, std::span<const Sighting> sightings);

  std::span<const Slot> log(KeyId key) const { return logs_[key]; }
  // The message that counts as the one in this slot.
  MessageId at(KeyId key, std::uint32_t index) const { return logs_[key][index].messages.front(); }
  // The last index at which the message counts as the one that is there, or no_index.
  std::uint32_t index_of(MessageId message) const { return index_[message]; }
  // The first and the last index at which anybody saw it, or no_index.
  std::uint32_t first_index(MessageId message) const { return first_[message]; }
  std::uint32_t last_index(MessageId message) const { return last_[message]; }
  // At how many offsets it was seen.
  std::uint32_t offset_count(MessageId message) const { return counts_[message]; }

 private:
  std::vector<std::vector<Slot>> logs_;  // by key
  std::vector<std::uint32_t> index_;     // by message, and so are the others
  std::vector<std::uint32_t> first_;
  std::vector<std::uint32_t> last_;
  std::vector<std::uint32_t> counts_;
};

}  // namespace bruit::workbench::kafka
