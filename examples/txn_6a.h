// Challenge 6a, single-node transactions: one at a time, and nothing can come between.
#pragma once

#include <map>

#include "bruit/maelstrom/node.h"
#include "txn_messages.h"

namespace bruit::examples {

class Txn6a {
 public:
  explicit Txn6a(maelstrom::Node& node) {
    node.on<Txn>([this](const Txn& request) {
      validate(request);
      TxnOk answer{request.txn};
      for (auto& [kind, number, value] : answer.txn) {
        if (kind == "w") {
          registers_[number] = *value;
        } else if (const auto found = registers_.find(number); found != registers_.end()) {
          value = found->second;
        }
      }
      return answer;
    });
  }

 private:
  std::map<Register, std::int64_t> registers_;
};

}  // namespace bruit::examples
