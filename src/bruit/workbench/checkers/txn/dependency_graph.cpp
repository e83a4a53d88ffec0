#include "bruit/workbench/checkers/txn/dependency_graph.h"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace bruit::workbench::txn {

RelationBits Component::between(std::uint32_t from, std::uint32_t to) const {
  const auto edges_out = out(from);
  const auto found = std::lower_bound(edges_out.begin(), edges_out.end(), to,
                                      [](const Edge& edge, std::uint32_t v) { return edge.to < v; });
  RelationBits relations = precedes(from, to) ? bit(Relation::realtime) : RelationBits{0};
  if (found != edges_out.end() && found->to == to) relations |= found->relations;
  return relations;
}

DependencyGraph::DependencyGraph(const TxnHistory& history, std::vector<OpPlace> vertices,
                                 Precedence precedence)
    : history_(history), vertices_(std::move(vertices)), precedence_(precedence) {
  // Transactions, moments and crossings share the numbers below node_mask.
  if (vertices_.size() >= node_mask / 3) throw std::length_error("too many transactions");
  txn_of_.assign(history.ops().size(), no_txn);
  for (TxnId txn = 0; txn < vertices_.size(); ++txn) txn_of_[vertices_[txn]] = txn;
  if (precedence_ == Precedence::process) order_processes();
  if (precedence_ == Precedence::realtime) order_time();
}

void DependencyGraph::order_processes() {
  const auto ops = history_.ops();
  next_in_process_.assign(vertices_.size(), no_txn);
  std::unordered_map<std::int32_t, TxnId> last;
  for (TxnId txn = 0; txn < vertices_.size(); ++txn) {
    const TxnOp& op = ops[vertices_[txn]];
    if (op.type != OpType::ok) continue;
    const auto [place, is_first] = last.try_emplace(op.process, txn);
    if (!is_first) {
      next_in_process_[place->second] = txn;
      has_precedence_ = true;
    }
    place->second = txn;
  }
}

void DependencyGraph::order_time() {
  const auto ops = history_.ops();
  moment_of_.assign(vertices_.size(), no_txn);
  begun_after_.assign(vertices_.size(), 0);
  for (TxnId txn = 0; txn < vertices_.size(); ++txn) {
    if (ops[vertices_[txn]].type != OpType::ok) continue;
    moment_of_[txn] = static_cast<std::uint32_t>(txn_at_.size());
    txn_at_.push_back(txn);
  }
  by_invocation_.reserve(vertices_.size());
  invoked_after_.reserve(txn_at_.size() + 1);
  newest_invocation_.reserve(txn_at_.size());
  std::uint32_t moments = 0;
  OpPlace newest = 0;
  for (OpPlace place = 0; place < ops.size(); ++place) {
    const TxnOp& op = ops[place];
    if (op.type == OpType::invoke) {
      if (op.partner == no_op) continue;
      if (moments > 0) has_precedence_ = true;
      const TxnId txn = txn_of_[op.partner];
      if (txn == no_txn) continue;
      begun_after_[txn] = moments;
      if (moments > 0) by_invocation_.push_back(txn);
    } else if (op.type == OpType::ok && txn_of_[place] != no_txn) {
      if (op.partner != no_op) newest = std::max(newest, op.partner);
      invoked_after_.push_back(static_cast<std::uint32_t>(by_invocation_.size()));
      newest_invocation_.push_back(newest);
      ++moments;
    }
  }
  invoked_after_.push_back(static_cast<std::uint32_t>(by_invocation_.size()));
}

void DependencyGraph::add(TxnId from, TxnId to, Relation relation) {
  added_.push_back({from, packed(to, relation)});
}

void DependencyGraph::add_all(std::span<const TxnId> from, std::span<const TxnId> to,
                              Relation relation) {
  // A crossing for those that are in both lists leads back to them: that adds no component of two,
  // since a way through it that comes back to where it began can be left out.
  constexpr std::size_t few = 8;
  if (std::min(from.size(), to.size()) <= few) {
    for (const TxnId a : from) {
      for (const TxnId b : to) {
        if (a != b) add(a, b, relation);
      }
    }
    return;
  }
  const auto crossing = static_cast<std::uint32_t>(vertices_.size()) + crossings_++;
  for (const TxnId a : from) add(a, crossing, relation);
  for (const TxnId b : to) add(crossing, b, relation);
}

bool DependencyGraph::empty() const { return added_.empty() && !has_precedence_; }

void DependencyGraph::sort_edges() {
  row_begins_.assign(row_count() + 1, 0);
  for (const StoredEdge& edge : added_) ++row_begins_[edge.from + 1];
  for (std::size_t i = 1; i < row_begins_.size(); ++i) row_begins_[i] += row_begins_[i - 1];
  rows_.resize(added_.size());
  std::vector<std::uint32_t> next(row_begins_.begin(), row_begins_.end() - 1);
  for (const StoredEdge& edge : added_) rows_[next[edge.from]++] = edge.to;
  added_ = {};
}

// Pearce's variant of Tarjan's algorithm ("A space-efficient algorithm for finding strongly
// connected components", 2016), without recursion: one number for each vertex, and a stack.
// Vertices are tried from the last transaction to the first. In a history without cycles nearly
// every edge leads to a later transaction, so the stack stays short.
class DependencyGraph::ComponentSearch {
 public:
  explicit ComponentSearch(const DependencyGraph& graph)
      : graph_(graph),
        first_moment_(graph.row_count()),
        numbers_(std::size_t{first_moment_} + graph.txn_at_.size(), 0),
        component_(static_cast<std::uint32_t>(numbers_.size())) {}

  void run() {
    for (auto vertex = static_cast<std::uint32_t>(graph_.size()); vertex-- > 0;) {
      if (numbers_[vertex] == 0) visit_from(vertex);
    }
  }
  // For each transaction (and what else is a vertex), a number that it shares with those of its
  // component.
  const std::vector<std::uint32_t>& numbers() const { return numbers_; }
  // The numbers of components with two transactions or more.
  const std::vector<std::uint32_t>& shared() const { return shared_; }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  struct Frame {
    std::uint32_t vertex;
    std::uint32_t next;  // edge to look at
    bool is_root;
  };

  // The target of the edge at `position` of a vertex, or none behind the last.
  std::uint32_t target(std::uint32_t vertex, std::uint32_t position) const {
    if (vertex >= first_moment_) return target_of_moment(vertex - first_moment_, position);
    const std::uint32_t begin = graph_.row_begins_[vertex];
    const std::uint32_t count = graph_.row_begins_[vertex + 1] - begin;
    if (position < count) return graph_.rows_[begin + position] & node_mask;
    if (position > count || vertex >= graph_.size()) return none;
    switch (graph_.precedence_) {
      case Precedence::none:
        return none;
      case Precedence::process:
        return graph_.next_in_process_[vertex] == no_txn ? none : graph_.next_in_process_[vertex];
      case Precedence::realtime:
        return graph_.moment_of_[vertex] == no_txn ? none
                                                   : first_moment_ + graph_.moment_of_[vertex];
    }
    return none;
  }

  std::uint32_t target_of_moment(std::uint32_t moment, std::uint32_t position) const {
    const std::uint32_t begin = graph_.invoked_after_[moment];
    const std::uint32_t count = graph_.invoked_after_[moment + 1] - begin;
    if (position < count) return graph_.by_invocation_[begin + position];
    if (position > count || moment + 1 == graph_.txn_at_.size()) return none;
    return first_moment_ + moment + 1;
  }

  void open(std::uint32_t vertex) {
    numbers_[vertex] = index_++;
    frames_.push_back({.vertex = vertex, .next = 0, .is_root = true});
  }

  void visit_from(std::uint32_t start) {
    open(start);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const std::uint32_t to = target(frame.vertex, frame.next);
      if (to == none) {
        close(frame);
        continue;
      }
      if (numbers_[to] == 0) {
        open(to);  // and look at this edge again when it is closed
        continue;
      }
      ++frame.next;
      if (numbers_[to] < numbers_[frame.vertex]) {
        numbers_[frame.vertex] = numbers_[to];
        frame.is_root = false;
      }
    }
  }

  void close(const Frame& frame) {
    const std::uint32_t vertex = frame.vertex;
    if (frame.is_root) {
      --index_;
      std::uint32_t txns = vertex < graph_.size() ? 1 : 0;
      while (!open_.empty() && numbers_[vertex] <= numbers_[open_.back()]) {
        if (open_.back() < graph_.size()) ++txns;
        numbers_[open_.back()] = component_;
        open_.pop_back();
        --index_;
      }
      if (txns > 1) shared_.push_back(component_);
      numbers_[vertex] = component_--;
    } else {
      open_.push_back(vertex);
    }
    frames_.pop_back();
  }

  const DependencyGraph& graph_;
  std::uint32_t first_moment_;
  std::vector<std::uint32_t> numbers_;  // 0: not yet visited
  std::uint32_t index_ = 1;
  std::uint32_t component_;  // of the next component; above every index in use
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> shared_;
};

std::vector<std::vector<TxnId>> DependencyGraph::find_components() const {
  ComponentSearch search(*this);
  search.run();
  std::vector<std::vector<TxnId>> components;
  if (search.shared().empty()) return components;
  std::unordered_map<std::uint32_t, std::size_t> places;
  for (const std::uint32_t number : search.shared()) places.emplace(number, SIZE_MAX);
  for (TxnId txn = 0; txn < size(); ++txn) {
    const auto found = places.find(search.numbers()[txn]);
    if (found == places.end()) continue;
    if (found->second == SIZE_MAX) {
      found->second = components.size();
      components.emplace_back();
    }
    components[found->second].push_back(txn);
  }
  return components;
}

Component DependencyGraph::extract(std::vector<TxnId> txns,
                                   std::vector<std::uint32_t>& local) const {
  constexpr std::uint32_t outside = UINT32_MAX;
  // Through a crossing, so many of its edges: enough to show every kind of cycle there is.
  constexpr std::uint32_t crossing_edges_max = 16;
  Component component;
  component.txns = std::move(txns);
  const auto size = static_cast<std::uint32_t>(component.txns.size());
  for (std::uint32_t i = 0; i < size; ++i) local[component.txns[i]] = i;

  // Edges of real time come from a window of completions before an invocation.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> in_time;  // from, to
  if (precedence_ == Precedence::realtime) {
    const auto ops = history_.ops();
    for (const TxnId txn : component.txns) {
      const OpPlace place = vertices_[txn];
      component.began.push_back(ops[place].partner == no_op ? 0 : ops[place].partner);
      component.ended.push_back(ops[place].type == OpType::ok ? place : no_op);
    }
    for (std::uint32_t to = 0; to < size; ++to) {
      std::uint32_t moment = begun_after_[component.txns[to]];
      if (moment == 0) continue;
      const OpPlace newest = newest_invocation_[moment - 1];
      while (moment > 0 && vertices_[txn_at_[moment - 1]] > newest) {
        --moment;
        const std::uint32_t from = local[txn_at_[moment]];
        if (from != outside) in_time.emplace_back(from, to);
      }
    }
    std::sort(in_time.begin(), in_time.end());
  }

  component.begins.reserve(size + 1);
  auto next_in_time = in_time.begin();
  std::vector<Component::Edge> row;
  for (std::uint32_t from = 0; from < size; ++from) {
    component.begins.push_back(static_cast<std::uint32_t>(component.edges.size()));
    const TxnId txn = component.txns[from];
    row.clear();
    const auto take = [&](std::uint32_t packed_edge) {
      const std::uint32_t to = local[packed_edge & node_mask];
      const auto relation = static_cast<Relation>(packed_edge >> relation_shift);
      if (to != outside) row.push_back({to, bit(relation)});
    };
    for (std::uint32_t i = row_begins_[txn]; i < row_begins_[txn + 1]; ++i) {
      const std::uint32_t to = rows_[i] & node_mask;
      if (to < vertices_.size()) {
        take(rows_[i]);
        continue;
      }
      std::uint32_t taken = 0;
      for (std::uint32_t j = row_begins_[to]; j < row_begins_[to + 1]; ++j) {
        const TxnId behind = rows_[j] & node_mask;
        if (behind == txn || local[behind] == outside) continue;
        take(rows_[j]);
        if (++taken == crossing_edges_max) break;
      }
    }
    if (precedence_ == Precedence::process && next_in_process_[txn] != no_txn) {
      take(packed(next_in_process_[txn], Relation::process));
    }
    for (; next_in_time != in_time.end() && next_in_time->first == from; ++next_in_time) {
      row.push_back({next_in_time->second, bit(Relation::realtime)});
    }
    std::sort(row.begin(), row.end(),
              [](const Component::Edge& a, const Component::Edge& b) { return a.to < b.to; });
    for (const Component::Edge& edge : row) {
      const bool again = component.edges.size() > component.begins.back() &&
                         component.edges.back().to == edge.to;
      if (again) {
        component.edges.back().relations |= edge.relations;
      } else {
        component.edges.push_back(edge);
      }
    }
  }
  component.begins.push_back(static_cast<std::uint32_t>(component.edges.size()));
  for (const TxnId txn : component.txns) local[txn] = outside;
  return component;
}

std::vector<Component> DependencyGraph::components() {
  sort_edges();
  std::vector<Component> components;
  std::vector<std::vector<TxnId>> found = find_components();
  if (found.empty()) return components;
  std::vector<std::uint32_t> local(vertices_.size(), UINT32_MAX);
  for (std::vector<TxnId>& txns : found) components.push_back(extract(std::move(txns), local));
  return components;
}

}  // namespace bruit::workbench::txn
