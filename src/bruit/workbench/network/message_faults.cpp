#include "bruit/workbench/network/message_faults.h"

#include <algorithm>

#include "bruit/core/check.h"

namespace bruit::workbench {

MessageFaults::Link& MessageFaults::link_of(const NthMessage& message) {
  const auto found = links_.find(key(message));
  BRUIT_CHECK(found != links_.end());
  return found->second;
}

void MessageFaults::mark(const MessageFault& fault) {
  const NthMessage& message = message_of(fault);
  Link& link = link_of(message);
  if (message.number > link.sent) link.marks.push_back(fault);
}

void MessageFaults::unmark_hold(const NthMessage& message) {
  std::erase_if(link_of(message).marks, [&](const MessageFault& mark) {
    return std::holds_alternative<HoldMessage>(mark) && message_of(mark) == message;
  });
}

void MessageFaults::clear_marks() {
  for (auto& [key, link] : links_) link.marks.clear();
}

std::optional<MessageFault> MessageFaults::next(std::uint32_t source, std::uint32_t destination) {
  const auto found = links_.find(key(source, destination));
  if (found == links_.end()) return std::nullopt;
  Link& link = found->second;
  ++link.sent;
  const auto is_next = [&](const MessageFault& mark) {
    return message_of(mark).number == link.sent;
  };
  const auto mark = std::find_if(link.marks.begin(), link.marks.end(), is_next);
  if (mark == link.marks.end()) return std::nullopt;
  const MessageFault fault = *mark;
  std::erase_if(link.marks, is_next);
  return fault;
}

}  // namespace bruit::workbench
