// TxnGenerator: transactions as Elle 0.2.2 makes them (elle/txn.clj, wr-txns), for the workloads
// txn-list-append, txn-rw-register and kafka.
//
// A transaction has 1 to `max_length` micro-operations, each as likely a read as a write. Of the
// active keys, which stand in a row, the last one is drawn half of the time, the one before it a
// quarter of the time, and so on. A write takes the key's next value, counted from 1. When a key has
// had `max_writes_per_key` of them, a new key takes its place, and the micro-operation is drawn
// again.
#pragma once

#include <cstdint>
#include <vector>

#include "bruit/workbench/basics/random.h"

namespace bruit::workbench {

struct GeneratedMop {
  bool is_write = false;
  std::uint64_t key = 0;
  std::uint64_t value = 0;  // of a write
};

class TxnGenerator {
 public:
  // Key counts that can be told apart by the draw of a key.
  static constexpr std::uint32_t key_count_max = 50;

  // All are at least 1.
  TxnGenerator(std::uint32_t key_count, std::uint32_t max_length, std::uint32_t max_writes_per_key);

  std::vector<GeneratedMop> next(Random& random);

 private:
  struct Key {
    std::uint64_t name = 0;
    std::uint64_t next_value = 1;
  };

  std::uint32_t max_length_;
  std::uint32_t max_writes_per_key_;
  std::vector<Key> keys_;
  std::uint64_t next_name_;
};

}  // namespace bruit::workbench
