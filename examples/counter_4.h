// Challenge 4, grow-only counter on seq-kv: the sum of all `add`s, also when the network was
// partitioned.
//
// Each node keeps its own total and writes it to a key of its own. Nobody else writes that key, so
// a write can be repeated without counting twice, which a compare-and-swap of one common number
// cannot after a timeout. The counter is the sum of all keys.
//
// seq-kv may answer a read from the past. It does not go back behind what the reader has seen or
// written, so a node writes before it reads the others' keys.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "bruit/maelstrom/kv.h"
#include "bruit/maelstrom/node.h"

namespace bruit::examples {

struct Add {
  static constexpr std::string_view type = "add";
  std::int64_t delta = 0;
  static constexpr auto fields = std::tuple(maelstrom::field("delta", &Add::delta));
};
struct AddOk {
  static constexpr std::string_view type = "add_ok";
  static constexpr std::tuple<> fields{};
};
struct ReadCounter {
  static constexpr std::string_view type = "read";
  static constexpr std::tuple<> fields{};
};
struct ReadCounterOk {
  static constexpr std::string_view type = "read_ok";
  std::int64_t value = 0;
  static constexpr auto fields = std::tuple(maelstrom::field("value", &ReadCounterOk::value));
};

class Counter4 {
 public:
  explicit Counter4(maelstrom::Node& node) : node_(node), store_(maelstrom::seq_kv(node)) {
    node.on<Add>([this](const Add& request) {
      totals_[node_.id()] += request.delta;
      return AddOk{};  // available in every partition; the timer below passes it on
    });
    node.on<ReadCounter>([this](const ReadCounter&) { return read(); });
    node.every(std::chrono::milliseconds(500), [this] { node_.spawn(write_own()); });
  }

 private:
  maelstrom::Task<ReadCounterOk> read() {
    try {
      ++barrier_;
      co_await store_.write("barrier-" + node_.id(), barrier_);
      co_await write_own();
      for (const auto& peer : node_.node_ids()) {
        if (peer == node_.id()) continue;
        const std::int64_t total = co_await store_.read_or<std::int64_t>(peer, 0);
        // Totals only grow: a slower answer does not undo a faster one.
        if (total > totals_[peer]) totals_[peer] = total;
      }
    } catch (const maelstrom::RpcError&) {
      // The store cannot be reached. What was known last is a value that the counter once had.
    }
    ReadCounterOk answer;
    for (const auto& [node, total] : totals_) answer.value += total;
    co_return answer;
  }

  // The first of several writes under way may arrive last, so only one is.
  maelstrom::Task<> write_own() {
    const std::int64_t total = totals_[node_.id()];
    if (writing_ || total == written_) co_return;
    writing_ = true;
    try {
      co_await store_.write(node_.id(), total);
      written_ = total;
    } catch (const maelstrom::RpcError& error) {
      node_.log(maelstrom::LogLevel::info, error.what());  // the timer tries again
    }
    writing_ = false;
  }

  maelstrom::Node& node_;
  maelstrom::KeyValueStore store_;
  std::map<std::string, std::int64_t> totals_;  // mine, and the others' as last read
  std::int64_t written_ = 0;
  std::int64_t barrier_ = 0;
  bool writing_ = false;
};

}  // namespace bruit::examples
