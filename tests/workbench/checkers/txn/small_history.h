// Small histories of transactions: as plain values, drawn at random from a store that keeps its
// promises to a different degree each time.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "bruit/workbench/history/history.h"
#include "bruit/workbench/history/txn_history.h"

namespace bruit::workbench::txn {

constexpr int small_keys = 3;

// What a key holds: a list, or a register as a list of at most one value.
using SmallValue = std::vector<int>;
using SmallState = std::array<SmallValue, small_keys>;

struct SmallMop {
  bool is_read = false;
  int key = 0;
  SmallValue found{};  // by a read
  int written = 0;
};

struct SmallTxn {
  OpType type = OpType::ok;  // of its completion
  int process = 0;
  int began = 0;  // positions in the history
  int ended = 0;
  std::vector<SmallMop> mops;
};

struct SmallHistory {
  Values values = Values::lists;
  std::vector<SmallTxn> txns;  // by their beginning
};

// What the state of a key becomes.
inline void apply_write(Values values, SmallValue& state, int written) {
  if (values == Values::registers) state.clear();
  state.push_back(written);
}

// How many micro-operations at most, and how many transactions exactly.
struct SmallSize {
  int txns = 6;
  int mops = 3;
};

// A history of a store of one of several kinds: transactions one after the other, snapshots with
// and without a look for conflicts, reads of what is committed or not even that, old snapshots,
// writes of failed transactions that remain. In some histories a read is then changed at random.
SmallHistory draw_history(std::mt19937_64& random, Values values, SmallSize size);

// As the checkers take it. `others_know_reads`: failed and indeterminate completions have what their
// reads found; otherwise they have nil, as Maelstrom's have.
TxnHistory as_txn_history(const SmallHistory& history, bool others_know_reads = false);

// For messages: one operation a line.
std::string to_text(const SmallHistory& history);

}  // namespace bruit::workbench::txn
