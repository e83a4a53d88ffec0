// Challenges 6b and 6c, totally-available transactions: every node answers at once, whatever the
// network does, and no read sees a part of a transaction, or a state that no transaction left.
//
// A transaction runs on the node that receives it, by itself. Its writes get one timestamp (a
// Lamport clock, with the node's place in the list against ties) and travel to the others together,
// again and again until they answer. Everywhere the write with the highest timestamp stays. So all
// nodes apply all writes as if in the order of timestamps: no dirty write (6b), and no read of
// something that was aborted or is incomplete, nor information that flows in a circle (6c), because
// what a transaction has read has a lower timestamp than what it writes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bruit/maelstrom/node.h"
#include "txn_messages.h"

namespace bruit::examples {

// The writes of one transaction, from node to node.
struct Replicate {
  static constexpr std::string_view type = "replicate";
  std::pair<std::int64_t, std::int64_t> timestamp;  // Lamport time, node's position
  std::vector<std::pair<Register, std::int64_t>> writes;
  static constexpr auto fields = std::tuple(maelstrom::field("timestamp", &Replicate::timestamp),
                                            maelstrom::field("writes", &Replicate::writes));
};
struct ReplicateOk {
  static constexpr std::string_view type = "replicate_ok";
  static constexpr std::tuple<> fields{};
};

class Txn6c {
 public:
  explicit Txn6c(maelstrom::Node& node) : node_(node) {
    const auto& ids = node.node_ids();
    position_ = std::find(ids.begin(), ids.end(), node.id()) - ids.begin();
    node.on<Txn>([this](const Txn& request) { return run(request); });
    node.on<Replicate>([this](const Replicate& writes) {
      apply(writes);
      return ReplicateOk{};
    });
  }

 private:
  using Timestamp = std::pair<std::int64_t, std::int64_t>;

  TxnOk run(const Txn& request) {
    validate(request);
    TxnOk answer{request.txn};
    std::map<Register, std::int64_t> writes;  // a transaction sees its own; the last one counts
    for (auto& [kind, number, value] : answer.txn) {
      if (kind == "w") {
        writes[number] = *value;
      } else if (const auto own = writes.find(number); own != writes.end()) {
        value = own->second;
      } else if (const auto found = registers_.find(number); found != registers_.end()) {
        value = found->second.second;
      }
    }
    if (!writes.empty()) {
      const Replicate message{{clock_ + 1, position_}, {writes.begin(), writes.end()}};
      apply(message);
      for (const auto& peer : node_.node_ids()) {
        if (peer != node_.id()) node_.spawn(replicate(peer, message));
      }
    }
    return answer;
  }

  void apply(const Replicate& message) {
    clock_ = std::max(clock_, message.timestamp.first);
    for (const auto& [number, value] : message.writes) {
      auto& current = registers_[number];
      if (message.timestamp > current.first) current = {message.timestamp, value};
    }
  }

  maelstrom::Task<> replicate(std::string peer, Replicate message) {
    co_await node_.call_until_answered(peer, maelstrom::to_body(message), {});
  }

  maelstrom::Node& node_;
  std::int64_t position_ = 0;
  std::int64_t clock_ = 0;
  std::map<Register, std::pair<Timestamp, std::int64_t>> registers_;
};

}  // namespace bruit::examples
