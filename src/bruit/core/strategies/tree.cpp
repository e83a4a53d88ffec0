#include "bruit/core/strategies/tree.h"

#include <vector>

namespace bruit::core {

void Tree::pass_on(const Value& value, const ValueList& came_in, std::span<ReliableLink> links,
                   const LinkCall& call) {
  if (links.empty()) return;
  const bool came_alone = came_in && came_in->size() == 1;
  const ValueList alone = came_alone ? came_in : ValueList(std::vector<Value>{value});
  for (ReliableLink& link : links) link.send(alone, call);
}

void Tree::tick(Time now, Outbox& outbox) {
  for (ReliableLink& link : links().all()) link.tick(call_at(now, outbox));
}

}  // namespace bruit::core
