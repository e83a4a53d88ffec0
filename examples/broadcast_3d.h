// Challenge 3d, efficient broadcast, part I: as 3c, but over a hub. The first node of the list
// hears of every value and tells all others: two hops, and n - 1 messages a value besides their
// answers, where the grid of 3b costs a message for each end of each of its edges.
#pragma once

#include <set>
#include <string>

#include "broadcast_messages.h"
#include "bruit/maelstrom/node.h"

namespace bruit::examples {

class Broadcast3d {
 public:
  explicit Broadcast3d(maelstrom::Node& node) : node_(node), hub_(node.node_ids().front()) {
    node.on<Broadcast>([this](const Broadcast& request, const maelstrom::Message& message) {
      hear(request, message.src);
      return BroadcastOk{};
    });
    node.on<Read>([this](const Read&) { return ReadOk{{seen_.begin(), seen_.end()}}; });
    node.on<Topology>([](const Topology&) { return TopologyOk{}; });  // advice, not followed
  }

 private:
  void hear(const Broadcast& value, const std::string& from) {
    if (!seen_.insert(value.message).second) return;
    if (node_.id() == hub_) {
      for (const auto& peer : node_.node_ids()) {
        if (peer != hub_ && peer != from) node_.spawn(tell(peer, value));
      }
    } else if (from != hub_) {
      node_.spawn(tell(hub_, value));
    }
  }

  maelstrom::Task<> tell(std::string peer, Broadcast value) {
    co_await node_.call_until_answered(peer, maelstrom::to_body(value), {});
  }

  maelstrom::Node& node_;
  std::string hub_;
  std::set<std::int64_t> seen_;
};

}  // namespace bruit::examples
