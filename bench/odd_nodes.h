// Broadcast nodes as nobody should write them, for a look at what they cost.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "bruit/maelstrom/node.h"
#include "examples/broadcast_messages.h"

namespace bruit::bench {

// Answers broadcast, read and topology; what is new goes to the neighbours, once.
class Gossip {
 public:
  // `thinking`: how long each message takes; nothing else happens meanwhile.
  explicit Gossip(maelstrom::Node& node, std::chrono::milliseconds thinking = {}) : node_(node) {
    node.on<examples::Broadcast>(
        [this, thinking](const examples::Broadcast& value, const maelstrom::Message& message) {
          std::this_thread::sleep_for(thinking);
          if (seen_.insert(value.message).second) {
            for (const auto& neighbour : neighbours_) {
              if (neighbour != message.src) node_.send(neighbour, value);
            }
          }
          return examples::BroadcastOk{};
        });
    node.on<examples::Read>([this](const examples::Read&) {
      return examples::ReadOk{{seen_.begin(), seen_.end()}};
    });
    node.on<examples::Topology>([this](const examples::Topology& request) {
      const auto mine = request.topology.find(node_.id());
      if (mine != request.topology.end()) neighbours_ = mine->second;
      return examples::TopologyOk{};
    });
  }

  // Everything to every neighbour, whether it has it or not.
  void repeat_all() {
    for (const auto& neighbour : neighbours_) {
      for (const auto value : seen_) node_.send(neighbour, examples::Broadcast{value});
    }
  }

 private:
  maelstrom::Node& node_;
  std::set<std::int64_t> seen_;
  std::vector<std::string> neighbours_;
};

}  // namespace bruit::bench
