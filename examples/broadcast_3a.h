// Challenge 3a, single-node broadcast: remember what was said, and say it again when asked.
#pragma once

#include <set>

#include "broadcast_messages.h"
#include "bruit/maelstrom/node.h"

namespace bruit::examples {

class Broadcast3a {
 public:
  explicit Broadcast3a(maelstrom::Node& node) {
    node.on<Broadcast>([this](const Broadcast& request) {
      seen_.insert(request.message);
      return BroadcastOk{};
    });
    node.on<Read>([this](const Read&) { return ReadOk{{seen_.begin(), seen_.end()}}; });
    node.on<Topology>([](const Topology&) { return TopologyOk{}; });
  }

 private:
  std::set<std::int64_t> seen_;
};

}  // namespace bruit::examples
