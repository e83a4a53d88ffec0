// A log in memory, with the offset that was committed: what 5a keeps for every key, and 5c for the
// keys that a node owns.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "kafka_messages.h"

namespace bruit::examples {

class Log {
 public:
  Offset append(maelstrom::json::value message) {
    messages_.push_back(std::move(message));
    return static_cast<Offset>(messages_.size()) - 1;
  }

  std::vector<std::pair<Offset, maelstrom::json::value>> from(Offset offset) const {
    std::vector<std::pair<Offset, maelstrom::json::value>> found;
    for (auto i = static_cast<std::size_t>(std::max<Offset>(offset, 0));
         i < messages_.size() && found.size() < poll_limit; ++i) {
      found.emplace_back(static_cast<Offset>(i), messages_[i]);
    }
    return found;
  }

  // Never goes back.
  void commit(Offset offset) { committed_ = std::max(committed_.value_or(offset), offset); }
  std::optional<Offset> committed() const { return committed_; }

 private:
  std::vector<maelstrom::json::value> messages_;  // by offset
  std::optional<Offset> committed_;
};

}  // namespace bruit::examples
