// Challenge 5c, efficient kafka-style log: each key has an owner, which the key's name decides. A
// node passes on what is not for itself: at most two messages and one round trip for each owner
// asked, and no compare-and-swap that may fail.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bruit/maelstrom/node.h"
#include "kafka_log.h"

namespace bruit::examples {

class Kafka5c {
 public:
  explicit Kafka5c(maelstrom::Node& node) : node_(node) {
    node.on<Send>([this](const Send& request) { return append(request); });
    node.on<Poll>([this](const Poll& request) { return poll(request); });
    node.on<CommitOffsets>([this](const CommitOffsets& request) { return commit(request); });
    node.on<ListCommittedOffsets>(
        [this](const ListCommittedOffsets& request) { return list_committed(request); });
  }

 private:
  static constexpr auto patience_ = std::chrono::seconds(1);

  // The same on every node: init lists the nodes in the same order everywhere.
  const std::string& owner(const std::string& key) const {
    std::size_t sum = 0;
    for (const char c : key) sum = sum * 31 + static_cast<unsigned char>(c);
    return node_.node_ids()[sum % node_.node_ids().size()];
  }
  bool mine(const std::string& key) const { return owner(key) == node_.id(); }

  maelstrom::Task<SendOk> append(const Send& request) {
    if (mine(request.key)) co_return SendOk{logs_[request.key].append(request.msg)};
    co_return co_await node_.ask<SendOk>(owner(request.key), request, patience_);
  }

  maelstrom::Task<PollOk> poll(const Poll& request) {
    PollOk answer;
    std::map<std::string, Poll> others;  // by owner
    for (const auto& [key, offset] : request.offsets) {
      if (mine(key)) {
        answer.msgs[key] = logs_[key].from(offset);
      } else {
        others[owner(key)].offsets[key] = offset;
      }
    }
    // All owners are asked at once.
    std::vector<maelstrom::Call> calls;
    for (const auto& [peer, part] : others) calls.push_back(node_.call(peer, part, patience_));
    for (auto& call : calls) {
      const maelstrom::Message reply = co_await std::move(call);
      answer.msgs.merge(maelstrom::from_body<PollOk>(reply.body).msgs);
    }
    co_return answer;
  }

  maelstrom::Task<CommitOffsetsOk> commit(const CommitOffsets& request) {
    std::map<std::string, CommitOffsets> others;
    for (const auto& [key, offset] : request.offsets) {
      if (mine(key)) {
        logs_[key].commit(offset);
      } else {
        others[owner(key)].offsets[key] = offset;
      }
    }
    std::vector<maelstrom::Call> calls;
    for (const auto& [peer, part] : others) calls.push_back(node_.call(peer, part, patience_));
    for (auto& call : calls) co_await std::move(call);
    co_return CommitOffsetsOk{};
  }

  maelstrom::Task<ListCommittedOffsetsOk> list_committed(const ListCommittedOffsets& request) {
    ListCommittedOffsetsOk answer;
    std::map<std::string, ListCommittedOffsets> others;
    for (const auto& key : request.keys) {
      if (!mine(key)) {
        others[owner(key)].keys.push_back(key);
      } else if (const auto offset = logs_[key].committed()) {
        answer.offsets[key] = *offset;
      }
    }
    std::vector<maelstrom::Call> calls;
    for (const auto& [peer, part] : others) calls.push_back(node_.call(peer, part, patience_));
    for (auto& call : calls) {
      const maelstrom::Message reply = co_await std::move(call);
      answer.offsets.merge(maelstrom::from_body<ListCommittedOffsetsOk>(reply.body).offsets);
    }
    co_return answer;
  }

  maelstrom::Node& node_;
  std::map<std::string, Log> logs_;  // of the keys that this node owns
};

}  // namespace bruit::examples
