// MessageFaults: which single messages are to be lost, doubled or held, found by counting.
//
// Messages are named by their number on their link (NthMessage). Only links of which a
// scenario names a message are counted, so a run without such faults pays nothing, whatever its
// size.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "bruit/workbench/network/links.h"

namespace bruit::workbench {

class MessageFaults {
 public:
  // No link is counted.
  bool empty() const { return links_.empty(); }

  // Count this message's link from now on. To be called before anything is sent.
  void count(const NthMessage& message) { links_.try_emplace(key(message)); }

  // Of a link that is counted. Of several for one
  // message the first counts. One that was sent already stays as it was.
  void mark(const MessageFault& fault);
  // A message that is not yet sent is not to be held any more.
  void unmark_hold(const NthMessage& message);
  void clear_marks();

  // The link's next message is being sent: what is to be done to it. In constant time, but for the
  // marks of this link.
  std::optional<MessageFault> next(std::uint32_t source, std::uint32_t destination);

 private:
  struct Link {
    std::uint64_t sent = 0;
    std::vector<MessageFault> marks;
  };

  static std::uint64_t key(std::uint32_t source, std::uint32_t destination) {
    return std::uint64_t{source} << 32 | destination;
  }
  static std::uint64_t key(const NthMessage& message) {
    return key(message.source, message.destination);
  }
  Link& link_of(const NthMessage& message);

  std::unordered_map<std::uint64_t, Link> links_;
};

}  // namespace bruit::workbench
