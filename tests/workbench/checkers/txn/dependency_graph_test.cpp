// Components of a graph whose order in real time is never stored, against a graph with every edge.
#include "bruit/workbench/checkers/txn/dependency_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "small_history.h"

namespace bruit::workbench::txn {
namespace {

std::vector<OpPlace> completions(const TxnHistory& history) {
  std::vector<OpPlace> places;
  for (OpPlace place = 0; place < history.ops().size(); ++place) {
    const OpType type = history.ops()[place].type;
    if (type == OpType::ok || type == OpType::info) places.push_back(place);
  }
  return places;
}

bool is_before(const TxnHistory& history, OpPlace first, OpPlace second, Precedence precedence) {
  const TxnOp& a = history.ops()[first];
  const TxnOp& b = history.ops()[second];
  switch (precedence) {
    case Precedence::none:
      return false;
    case Precedence::process:
      return a.type == OpType::ok && b.type == OpType::ok && a.process == b.process &&
             first < second;
    case Precedence::realtime:
      return a.type == OpType::ok && first < b.partner;
  }
  return false;
}

struct Edge {
  TxnId from;
  TxnId to;
};

// The components of two vertices or more, in the order of their first ones.
std::vector<std::vector<TxnId>> naive_components(std::size_t size, const std::vector<Edge>& edges) {
  std::vector<std::vector<bool>> reaches(size, std::vector<bool>(size, false));
  for (const Edge& edge : edges) reaches[edge.from][edge.to] = true;
  for (std::size_t via = 0; via < size; ++via) {
    for (std::size_t from = 0; from < size; ++from) {
      for (std::size_t to = 0; to < size; ++to) {
        if (reaches[from][via] && reaches[via][to]) reaches[from][to] = true;
      }
    }
  }
  std::vector<std::vector<TxnId>> components;
  std::vector<bool> taken(size, false);
  for (TxnId first = 0; first < size; ++first) {
    if (taken[first]) continue;
    std::vector<TxnId> members{first};
    for (TxnId other = first + 1; other < size; ++other) {
      if (!reaches[first][other] || !reaches[other][first]) continue;
      members.push_back(other);
      taken[other] = true;
    }
    if (members.size() > 1) components.push_back(members);
  }
  return components;
}

class DependencyGraphTest : public testing::TestWithParam<Precedence> {};

TEST_P(DependencyGraphTest, HasTheComponentsOfTheWholeGraph) {
  std::mt19937_64 random(3);
  int with_components = 0;
  for (int round = 0; round < 3000; ++round) {
    const SmallHistory small =
        draw_history(random, Values::lists, {.txns = 2 + static_cast<int>(random() % 30), .mops = 1});
    const TxnHistory history = as_txn_history(small);
    DependencyGraph graph(history, completions(history), GetParam());
    const std::size_t size = graph.size();
    if (size < 2) continue;
    std::vector<Edge> edges;
    for (TxnId from = 0; from < size; ++from) {
      for (TxnId to = 0; to < size; ++to) {
        if (from != to && is_before(history, graph.completion(from), graph.completion(to), GetParam())) {
          edges.push_back({from, to});
        }
      }
    }
    const auto draw = [&] { return static_cast<TxnId>(random() % size); };
    for (std::size_t i = random() % size; i-- > 0;) {
      const Edge edge{draw(), draw()};
      if (edge.from == edge.to) continue;
      graph.add(edge.from, edge.to, static_cast<Relation>(random() % 3));
      edges.push_back(edge);
    }
    // A wide state: so many read it and so many overwrote it that they meet in a crossing.
    if (size > 20 && random() % 2 == 0) {
      std::vector<TxnId> all(size);
      for (TxnId txn = 0; txn < size; ++txn) all[txn] = txn;
      std::shuffle(all.begin(), all.end(), random);
      const std::vector<TxnId> first(all.begin(), all.begin() + 10);
      std::shuffle(all.begin(), all.end(), random);
      const std::vector<TxnId> second(all.begin(), all.begin() + 9);
      graph.add_all(first, second, Relation::rw);
      for (const TxnId from : first) {
        for (const TxnId to : second) {
          if (from != to) edges.push_back({from, to});
        }
      }
    }
    EXPECT_EQ(graph.empty() && !edges.empty(), false);
    const auto expected = naive_components(size, edges);
    const auto found = graph.components();
    ASSERT_EQ(found.size(), expected.size());
    if (!found.empty()) ++with_components;
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i].txns, expected[i]);
      // Each edge is there, and leads from the one to the other.
      for (std::uint32_t from = 0; from < found[i].size(); ++from) {
        for (const Component::Edge& edge : found[i].out(from)) {
          const auto is_edge = [&](const Edge& known) {
            return known.from == found[i].txns[from] && known.to == found[i].txns[edge.to];
          };
          ASSERT_TRUE(std::any_of(edges.begin(), edges.end(), is_edge));
        }
        if (GetParam() != Precedence::realtime) continue;
        for (std::uint32_t to = 0; to < found[i].size(); ++to) {
          const bool before = is_before(history, graph.completion(found[i].txns[from]),
                                        graph.completion(found[i].txns[to]), GetParam());
          ASSERT_EQ((found[i].between(from, to) & bit(Relation::realtime)) != 0, before);
        }
      }
    }
  }
  EXPECT_GT(with_components, 500);
}

std::string name_of(const testing::TestParamInfo<Precedence>& run) {
  switch (run.param) {
    case Precedence::none:
      return "data";
    case Precedence::process:
      return "processes";
    case Precedence::realtime:
      return "real_time";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Of, DependencyGraphTest,
                         testing::Values(Precedence::none, Precedence::process,
                                         Precedence::realtime),
                         name_of);

}  // namespace
}  // namespace bruit::workbench::txn
