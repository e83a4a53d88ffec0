#include "bruit/workbench/checkers/kafka/dense_logs.h"

#include <algorithm>

#include "bruit/workbench/checkers/txn/original_order.h"

namespace bruit::workbench::kafka {

DenseLogs::DenseLogs(const MessageHistory& history, std::span<const Sighting> sightings)
    : logs_(history.key_count()),
      index_(history.messages().size(), no_index),
      first_(index_),
      last_(index_),
      counts_(index_.size()) {
  std::vector<std::vector<Sighting>> by_key(history.key_count());
  for (const Sighting& seen : sightings) {
    by_key[history.messages()[seen.message].key].push_back(seen);
  }
  const auto position = [&](MessageId message) {
    return txn::clojure_position(history.atoms(), history.messages()[message].value);
  };
  for (KeyId key = 0; key < by_key.size(); ++key) {
    auto& seen = by_key[key];
    std::sort(seen.begin(), seen.end(), [](const Sighting& a, const Sighting& b) {
      return a.offset != b.offset ? a.offset < b.offset : a.message < b.message;
    });
    auto& log = logs_[key];
    for (const auto& [message, offset] : seen) {
      if (log.empty() || log.back().offset != offset) log.push_back({offset, {}});
      auto& messages = log.back().messages;
      if (messages.empty() || messages.back() != message) messages.push_back(message);
    }
    for (std::uint32_t index = 0; index < log.size(); ++index) {
      auto& messages = log[index].messages;
      if (messages.size() > 1) {
        std::sort(messages.begin(), messages.end(),
                  [&](MessageId a, MessageId b) { return position(a) < position(b); });
      }
      index_[messages.front()] = index;
      for (const MessageId message : messages) {
        if (first_[message] == no_index) first_[message] = index;
        last_[message] = index;
        ++counts_[message];
      }
    }
  }
}

}  // namespace bruit::workbench::kafka
