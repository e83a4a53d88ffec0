// Challenge 5a, single-node kafka-style log: a list for each key.
#pragma once

#include <map>
#include <string>

#include "bruit/maelstrom/node.h"
#include "kafka_log.h"

namespace bruit::examples {

class Kafka5a {
 public:
  explicit Kafka5a(maelstrom::Node& node) {
    node.on<Send>(
        [this](const Send& request) { return SendOk{logs_[request.key].append(request.msg)}; });
    node.on<Poll>([this](const Poll& request) {
      PollOk answer;
      for (const auto& [key, offset] : request.offsets) answer.msgs[key] = logs_[key].from(offset);
      return answer;
    });
    node.on<CommitOffsets>([this](const CommitOffsets& request) {
      for (const auto& [key, offset] : request.offsets) logs_[key].commit(offset);
      return CommitOffsetsOk{};
    });
    node.on<ListCommittedOffsets>([this](const ListCommittedOffsets& request) {
      ListCommittedOffsetsOk answer;
      for (const auto& key : request.keys) {
        if (const auto offset = logs_[key].committed()) answer.offsets[key] = *offset;
      }
      return answer;
    });
  }

 private:
  std::map<std::string, Log> logs_;
};

}  // namespace bruit::examples
