// Challenge 3b, multi-node broadcast: a node that hears something new tells its neighbours, except
// the one it has it from. A value stops where it is known already, so it does not go round forever.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "broadcast_messages.h"
#include "bruit/maelstrom/node.h"

namespace bruit::examples {

class Broadcast3b {
 public:
  explicit Broadcast3b(maelstrom::Node& node) : node_(node) {
    node.on<Broadcast>([this](const Broadcast& request, const maelstrom::Message& message) {
      hear(request, message.src);
      // Neighbours send without msg_id: they want no answer, and get none.
      return BroadcastOk{};
    });
    node.on<Read>([this](const Read&) { return ReadOk{{seen_.begin(), seen_.end()}}; });
    node.on<Topology>([this](const Topology& request) {
      const auto mine = request.topology.find(node_.id());
      if (mine != request.topology.end()) neighbours_ = mine->second;
      return TopologyOk{};
    });
  }

 private:
  void hear(const Broadcast& value, const std::string& from) {
    if (!seen_.insert(value.message).second) return;
    for (const auto& neighbour : neighbours_) {
      if (neighbour != from) node_.send(neighbour, value);
    }
  }

  maelstrom::Node& node_;
  std::set<std::int64_t> seen_;
  std::vector<std::string> neighbours_;
};

}  // namespace bruit::examples
