// Challenge 3c, fault-tolerant broadcast: as 3b, but a node repeats itself until the neighbour has
// answered. What a partition holds back arrives when it heals.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "broadcast_messages.h"
#include "bruit/maelstrom/node.h"

namespace bruit::examples {

class Broadcast3c {
 public:
  explicit Broadcast3c(maelstrom::Node& node) : node_(node) {
    node.on<Broadcast>([this](const Broadcast& request, const maelstrom::Message& message) {
      hear(request, message.src);
      return BroadcastOk{};  // to a client or to a neighbour, it means the same: it is safe here
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
      if (neighbour != from) node_.spawn(tell(neighbour, value));
    }
  }

  // A coroutine for each neighbour and value; it costs memory only while it waits.
  maelstrom::Task<> tell(std::string neighbour, Broadcast value) {
    co_await node_.call_until_answered(neighbour, maelstrom::to_body(value), {});
  }

  maelstrom::Node& node_;
  std::set<std::int64_t> seen_;
  std::vector<std::string> neighbours_;
};

}  // namespace bruit::examples
