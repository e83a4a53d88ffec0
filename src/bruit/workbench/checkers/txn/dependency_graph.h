// DependencyGraph: which transaction must come before which, and why.
//
// Vertices are transactions, numbered in the order of their completions. Dependencies of data (ww,
// wr, rw) are stored as edges. The order in real time, in which each transaction would be before
// nearly all others, is not: an ok completion leads to the next ok completion, and each to the
// invocations that follow it before another one completes. So the graph is linear in the history.
// The same trick keeps a state that many transactions read and many others overwrite from costing
// their product: they meet in a vertex between them, a crossing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bruit/workbench/history/txn_history.h"

namespace bruit::workbench::txn {

enum class Relation : std::uint8_t {
  ww,        // the second overwrote what the first wrote
  wr,        // the second read what the first wrote
  rw,        // the second overwrote what the first read
  process,   // the same process did the first, then the second
  realtime,  // the first had been acknowledged when the second began
};

// A set of relations between two transactions.
using RelationBits = std::uint8_t;
constexpr RelationBits bit(Relation relation) {
  return static_cast<RelationBits>(1U << static_cast<unsigned>(relation));
}

// A transaction of a graph: its position among the completions that are vertices.
using TxnId = std::uint32_t;
inline constexpr TxnId no_txn = UINT32_MAX;

// Which order beyond the data's the graph has.
enum class Precedence : std::uint8_t { none, process, realtime };

// A strongly connected component, or what remains of it: its transactions, renumbered, with every
// edge between them. The order in real time is reduced to the edges that the original has: from a
// completion to the invocations that follow until something newer has completed. The rest of it is
// in where the transactions began and ended.
struct Component {
  struct Edge {
    std::uint32_t to;
    RelationBits relations;
  };
  std::vector<TxnId> txns;            // ascending
  std::vector<std::uint32_t> begins;  // of the edges of each, and one more
  std::vector<Edge> edges;            // those of a transaction ascend by `to`
  // In real time only: places in the history. 0 for an unknown beginning, no_op for a transaction
  // of which it is not known when it ended, or whether.
  std::vector<OpPlace> began;
  std::vector<OpPlace> ended;

  std::size_t size() const { return txns.size(); }
  std::span<const Edge> out(std::uint32_t from) const {
    return std::span(edges).subspan(begins[from], begins[from + 1] - begins[from]);
  }
  bool has_time() const { return !ended.empty(); }
  // Whether one had ended when the other began.
  bool precedes(std::uint32_t from, std::uint32_t to) const {
    return has_time() && ended[from] < began[to];
  }
  // All relations from one to the other, 0 if there are none. Logarithmic.
  RelationBits between(std::uint32_t from, std::uint32_t to) const;
};

class DependencyGraph {
 public:
  // `vertices`: completions, in the order of the history, which outlives the graph.
  DependencyGraph(const TxnHistory& history, std::vector<OpPlace> vertices, Precedence precedence);

  std::size_t size() const { return vertices_.size(); }
  OpPlace completion(TxnId txn) const { return vertices_[txn]; }
  // The vertex that is completed by the operation at `place`, or no_txn.
  TxnId txn(OpPlace place) const { return txn_of_[place]; }

  // An edge, and every edge from one of the first to one of the second (to itself excepted). Both
  // lists without repetitions.
  void add(TxnId from, TxnId to, Relation relation);
  void add_all(std::span<const TxnId> from, std::span<const TxnId> to, Relation relation);

  // Whether there is no edge at all, neither of data nor of the precedence.
  bool empty() const;

  // The strongly connected components of two transactions or more, in the order of their first
  // ones. To be called once, after the last add(). Linear in transactions and edges.
  std::vector<Component> components();

 private:
  // `to` has the relation in its upper bits.
  struct StoredEdge {
    std::uint32_t from;
    std::uint32_t to;
  };
  class ComponentSearch;

  static constexpr unsigned relation_shift = 29;
  static constexpr std::uint32_t node_mask = (1U << relation_shift) - 1;
  static std::uint32_t packed(std::uint32_t to, Relation relation) {
    return to | static_cast<std::uint32_t>(relation) << relation_shift;
  }

  void order_processes();
  void order_time();
  void sort_edges();
  std::uint32_t row_count() const {
    return static_cast<std::uint32_t>(vertices_.size()) + crossings_;
  }
  std::vector<std::vector<TxnId>> find_components() const;
  Component extract(std::vector<TxnId> txns, std::vector<std::uint32_t>& local) const;

  const TxnHistory& history_;
  std::vector<OpPlace> vertices_;
  std::vector<TxnId> txn_of_;  // by place
  Precedence precedence_;
  bool has_precedence_ = false;  // at least one edge of it

  // Edges as they are added, and then by the vertex that they leave. Crossings have the numbers
  // behind those of the transactions.
  std::uint32_t crossings_ = 0;
  std::vector<StoredEdge> added_;
  std::vector<std::uint32_t> row_begins_;
  std::vector<std::uint32_t> rows_;

  // Of Precedence::process: the next ok transaction of the same process.
  std::vector<TxnId> next_in_process_;
  // Of Precedence::realtime. A moment is just after an ok completion.
  std::vector<std::uint32_t> moment_of_;      // of each transaction that is ok, else no_txn
  std::vector<TxnId> txn_at_;                 // the transaction that completed at each moment
  std::vector<TxnId> by_invocation_;          // transactions with an invocation, in its order
  std::vector<std::uint32_t> invoked_after_;  // by moment: where its part of those begins
  std::vector<std::uint32_t> begun_after_;    // of each transaction: moments before its invocation
  std::vector<OpPlace> newest_invocation_;    // by moment: of what had completed by then
};

}  // namespace bruit::workbench::txn
