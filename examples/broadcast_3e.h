// Challenge 3e, efficient broadcast, part II: as 3d, but values wait up to 200 ms for company, and
// travel together.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broadcast_messages.h"
#include "bruit/maelstrom/node.h"

namespace bruit::examples {

struct Batch {
  static constexpr std::string_view type = "batch";
  std::vector<std::int64_t> messages;
  static constexpr auto fields = std::tuple(field("messages", &Batch::messages));
};
struct BatchOk {
  static constexpr std::string_view type = "batch_ok";
  static constexpr std::tuple<> fields{};
};

class Broadcast3e {
 public:
  explicit Broadcast3e(maelstrom::Node& node) : node_(node), hub_(node.node_ids().front()) {
    node.on<Broadcast>([this](const Broadcast& request, const maelstrom::Message& message) {
      hear(request.message, message.src);
      return BroadcastOk{};
    });
    node.on<Batch>([this](const Batch& batch, const maelstrom::Message& message) {
      for (const auto value : batch.messages) hear(value, message.src);
      return BatchOk{};
    });
    node.on<Read>([this](const Read&) { return ReadOk{{seen_.begin(), seen_.end()}}; });
    node.on<Topology>([](const Topology&) { return TopologyOk{}; });
    node.every(std::chrono::milliseconds(200), [this] { flush(); });
  }

 private:
  void hear(std::int64_t value, const std::string& from) {
    if (!seen_.insert(value).second) return;
    if (node_.id() == hub_) {
      for (const auto& peer : node_.node_ids()) {
        if (peer != hub_ && peer != from) waiting_[peer].messages.push_back(value);
      }
    } else if (from != hub_) {
      waiting_[hub_].messages.push_back(value);
    }
  }

  void flush() {
    for (auto& [peer, batch] : std::exchange(waiting_, {})) {
      node_.spawn(tell(peer, std::move(batch)));
    }
  }

  maelstrom::Task<> tell(std::string peer, Batch batch) {
    co_await node_.call_until_answered(peer, maelstrom::to_body(batch), {});
  }

  maelstrom::Node& node_;
  std::string hub_;
  std::set<std::int64_t> seen_;
  std::map<std::string, Batch> waiting_;  // by receiver
};

}  // namespace bruit::examples
