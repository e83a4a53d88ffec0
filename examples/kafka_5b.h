// Challenge 5b, multi-node kafka-style log on lin-kv: each key's whole list is one value of the
// store, and grows by compare-and-swap, which gives offsets without holes. Nodes keep nothing.
//
// Simple, and costly: the list travels twice for each message. 5c does better.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bruit/maelstrom/kv.h"
#include "bruit/maelstrom/node.h"
#include "kafka_messages.h"

namespace bruit::examples {

class Kafka5b {
 public:
  explicit Kafka5b(maelstrom::Node& node) : store_(maelstrom::lin_kv(node)) {
    node.on<Send>([this](const Send& request) { return append(request); });
    node.on<Poll>([this](const Poll& request) { return poll(request); });
    node.on<CommitOffsets>([this](const CommitOffsets& request) { return commit(request); });
    node.on<ListCommittedOffsets>(
        [this](const ListCommittedOffsets& request) { return list_committed(request); });
  }

 private:
  using List = std::vector<maelstrom::json::value>;

  // A handler's request lives as long as its coroutine, so a reference is enough.
  maelstrom::Task<SendOk> append(const Send& request) {
    const std::string key = "log-" + request.key;
    for (;;) {
      const List before = co_await store_.read_or<List>(key, {});
      List after = before;
      after.push_back(request.msg);
      // A timeout is thrown and becomes the client's: the message may have been appended or not.
      if (co_await store_.compare_and_swap(key, before, after, true)) {
        co_return SendOk{static_cast<Offset>(before.size())};
      }
    }
  }

  maelstrom::Task<PollOk> poll(const Poll& request) {
    PollOk answer;
    for (const auto& [key, offset] : request.offsets) {
      const List list = co_await store_.read_or<List>("log-" + key, {});
      auto& found = answer.msgs[key];
      for (auto i = static_cast<std::size_t>(std::max<Offset>(offset, 0));
           i < list.size() && found.size() < poll_limit; ++i) {
        found.emplace_back(static_cast<Offset>(i), list[i]);
      }
    }
    co_return answer;
  }

  maelstrom::Task<CommitOffsetsOk> commit(const CommitOffsets& request) {
    for (const auto& [key, offset] : request.offsets) {
      for (;;) {
        const Offset before = co_await store_.read_or<Offset>("committed-" + key, -1);
        if (before >= offset) break;
        if (co_await store_.compare_and_swap("committed-" + key, before, offset, true)) break;
      }
    }
    co_return CommitOffsetsOk{};
  }

  maelstrom::Task<ListCommittedOffsetsOk> list_committed(const ListCommittedOffsets& request) {
    ListCommittedOffsetsOk answer;
    for (const auto& key : request.keys) {
      const Offset offset = co_await store_.read_or<Offset>("committed-" + key, -1);
      if (offset >= 0) answer.offsets[key] = offset;
    }
    co_return answer;
  }

  maelstrom::KeyValueStore store_;
};

}  // namespace bruit::examples
