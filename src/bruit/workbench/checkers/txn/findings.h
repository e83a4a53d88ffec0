// Findings: what the checkers of transactions found in a history, anomaly by anomaly.
//
// Operations are named by their places in the history. How a finding is printed as Elle prints it
// is in txn_result.h; what it means in words, in txn_words.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bruit/workbench/checkers/txn/anomaly.h"
#include "bruit/workbench/checkers/txn/consistency_model.h"
#include "bruit/workbench/checkers/txn/dependency_graph.h"
#include "bruit/workbench/history/txn_history.h"

namespace bruit::workbench::txn {

// G1a and G1b: an ok transaction read what a failed one wrote, or what was not its writer's last
// word.
struct DirtyRead {
  OpPlace op = no_op;
  std::uint32_t mop = 0;  // position in TxnHistory::mops()
  OpPlace writer = no_op;
  Atom element;
};

// internal: a read that does not fit what the same transaction did before.
struct InternalRead {
  OpPlace op = no_op;
  std::uint32_t mop = 0;
  bool known = true;  // lists: false if there is something unknown before `expected`
  std::vector<Atom> expected;
};

// future-read: a read of what the same transaction wrote later.
struct FutureRead {
  OpPlace op = no_op;
  std::uint32_t mop = 0;
  Atom element;
};

// dirty-update: a committed append upon a failed one.
struct DirtyUpdate {
  Atom key;
  std::vector<Atom> values;  // from the failed one's to the committed one's
  OpPlace failed = no_op;
  OpPlace committed = no_op;
};

// duplicate-elements: a read that lists an element more than once.
struct DuplicateElements {
  OpPlace op = no_op;
  std::uint32_t mop = 0;
};

// incompatible-order: two reads of which neither begins with the other.
struct IncompatibleOrder {
  Atom key;
  std::uint32_t shorter = 0;  // numbers of lists in the history
  std::uint32_t longer = 0;
};

// lost-update: transactions that read the same value and then wrote.
struct LostUpdate {
  Atom key;
  std::uint32_t value = 0;  // as MicroOp::value
  std::vector<OpPlace> txns;
};

// cyclic-versions: values of a register each of which would be older than the next.
struct CyclicVersions {
  Atom key;
  std::vector<Atom> values;
};

// Why one transaction comes before another.
struct Step {
  Relation relation{};
  Atom key;        // of data
  Atom value;      // ww, wr: what the first wrote; rw: what it read, nil for the initial state
  Atom new_value;  // ww, rw: what the second wrote
  std::uint32_t first_mop = 0;  // where in the two transactions
  std::uint32_t second_mop = 0;
  // Of lists: no read has what the second wrote, so it comes after all that were read.
  bool is_unread = false;
};

// A cycle: steps[i] leads from ops[i] to the one after it, the last to the first.
struct Cycle {
  Anomaly kind{};
  std::vector<OpPlace> ops;
  std::vector<Step> steps;
};

// A component in the graph that a model forbids to have any.
struct CycleExistence {
  Anomaly kind{};
  std::vector<OpPlace> ops;
};

// A search that reached its limit.
struct SearchLimit {
  Anomaly kind{};  // what was looked for
  std::vector<Anomaly> absent;
  std::size_t component_size = 0;
};

struct Findings {
  std::vector<DirtyRead> aborted_reads;       // G1a
  std::vector<DirtyRead> intermediate_reads;  // G1b
  std::vector<InternalRead> internal;
  std::vector<FutureRead> future_reads;
  std::vector<DirtyUpdate> dirty_updates;
  std::vector<DuplicateElements> duplicates;
  std::vector<IncompatibleOrder> incompatible_orders;
  std::vector<LostUpdate> lost_updates;
  std::vector<CyclicVersions> cyclic_versions;
  std::vector<Cycle> cycles;
  std::vector<CycleExistence> existences;
  std::vector<SearchLimit> limits;
  bool empty_graph = false;

  // How many there are of one kind.
  std::size_t count(Anomaly kind) const;
  // Those of which there is at least one.
  AnomalySet kinds() const;
};

}  // namespace bruit::workbench::txn
