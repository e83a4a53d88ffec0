// The search for cycles against every cycle that there is, in random small components.
#include "bruit/workbench/checkers/txn/cycle_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace bruit::workbench::txn {
namespace {

using Vertices = std::vector<std::uint32_t>;

// Vertices with random edges. In real time they also have places in a history: those that follow
// from these are stored as the graph does, without the ones that follow from others.
Component random_component(std::mt19937_64& random, bool in_time) {
  const auto size = static_cast<std::uint32_t>(2 + random() % 5);
  Component component;
  for (std::uint32_t i = 0; i < size; ++i) component.txns.push_back(i);
  if (in_time) {
    for (std::uint32_t i = 0; i < size; ++i) {
      const auto began = static_cast<OpPlace>(1 + random() % 12);
      component.began.push_back(began);
      const bool is_known = random() % 5 > 0;
      component.ended.push_back(is_known ? began + static_cast<OpPlace>(1 + random() % 4) : no_op);
    }
  }
  const auto density = 2 + random() % 6;
  for (std::uint32_t from = 0; from < size; ++from) {
    component.begins.push_back(static_cast<std::uint32_t>(component.edges.size()));
    for (std::uint32_t to = 0; to < size; ++to) {
      RelationBits relations = 0;
      if (from != to && random() % density == 0) {
        relations |= bit(static_cast<Relation>(random() % 3));
        if (random() % 3 == 0) relations |= bit(static_cast<Relation>(random() % 3));
      }
      if (!in_time && from < to && random() % 4 == 0) relations |= bit(Relation::process);
      if (component.precedes(from, to)) {
        bool follows = false;
        for (std::uint32_t via = 0; via < size; ++via) {
          if (component.precedes(from, via) && component.precedes(via, to)) follows = true;
        }
        if (!follows) relations |= bit(Relation::realtime);
      }
      if (relations != 0) component.edges.push_back({to, relations});
    }
  }
  component.begins.push_back(static_cast<std::uint32_t>(component.edges.size()));
  return component;
}

std::string to_text(const Component& component) {
  std::string text;
  for (std::uint32_t from = 0; from < component.size(); ++from) {
    for (std::uint32_t to = 0; to < component.size(); ++to) {
      const RelationBits relations = component.between(from, to);
      if (relations == 0) continue;
      text += std::to_string(from) + " -> " + std::to_string(to) + ":";
      constexpr std::array names = {"ww", "wr", "rw", "process", "realtime"};
      for (std::size_t i = 0; i < names.size(); ++i) {
        if ((relations >> i & 1U) != 0) text += std::string(" ") + names[i];
      }
      text += "\n";
    }
  }
  return text;
}

bool is_strongly_connected(const Component& component) {
  for (std::uint32_t start = 0; start < component.size(); ++start) {
    std::vector<bool> seen(component.size(), false);
    Vertices open{start};
    seen[start] = true;
    while (!open.empty()) {
      const std::uint32_t vertex = open.back();
      open.pop_back();
      for (const Component::Edge& edge : component.out(vertex)) {
        if (seen[edge.to]) continue;
        seen[edge.to] = true;
        open.push_back(edge.to);
      }
    }
    if (std::find(seen.begin(), seen.end(), false) != seen.end()) return false;
  }
  return true;
}

// The kind of a cycle; nothing if it is one of time alone, which a history cannot have.
std::optional<Anomaly> kind_of(const Component& component, const Vertices& cycle,
                               const RelationOrder& order) {
  std::vector<Relation> steps;
  bool has_data = false;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const std::uint32_t to = cycle[(i + 1) % cycle.size()];
    steps.push_back(first_relation(component.between(cycle[i], to), order));
    has_data = has_data || (steps.back() != Relation::process && steps.back() != Relation::realtime);
  }
  if (!has_data) return std::nullopt;
  return kind_of_cycle(steps);
}

// By kind: the length of the shortest cycle.
std::map<Anomaly, std::size_t> every_kind(const Component& component, const RelationOrder& order) {
  std::map<Anomaly, std::size_t> shortest;
  Vertices way;
  const std::function<void()> go_on = [&] {
    for (std::uint32_t to = way.front(); to < component.size(); ++to) {
      if (component.between(way.back(), to) == 0) continue;
      if (to == way.front()) {
        const auto kind = kind_of(component, way, order);
        if (!kind) continue;
        const auto [place, is_new] = shortest.try_emplace(*kind, way.size());
        if (!is_new) place->second = std::min(place->second, way.size());
      } else if (std::find(way.begin(), way.end(), to) == way.end()) {
        way.push_back(to);
        go_on();
        way.pop_back();
      }
    }
  };
  for (std::uint32_t start = 0; start < component.size(); ++start) {
    way = {start};
    go_on();
  }
  return shortest;
}

class CycleSearchTest : public testing::TestWithParam<bool> {};

TEST_P(CycleSearchTest, FindsEveryKindAndItsShortestCycle) {
  const bool in_time = GetParam();
  std::mt19937_64 random(11);
  int components = 0;
  std::map<Anomaly, int> found_kinds;
  while (components < 3000) {
    const Component component = random_component(random, in_time);
    if (!is_strongly_connected(component)) continue;
    ++components;
    for (const RelationOrder& order : {list_append_order, rw_register_order}) {
      const auto truth = every_kind(component, order);
      SearchEffort effort;
      const ComponentFindings found = search_cycles(component, order, effort);
      ASSERT_TRUE(found.undecided.empty());
      AnomalySet accounted_for;
      for (const auto& cycle : found.cycles) {
        ASSERT_EQ(kind_of(component, cycle.vertices, order), cycle.kind);
        const auto place = truth.find(cycle.kind);
        ASSERT_NE(place, truth.end()) << to_string(cycle.kind);
        ASSERT_EQ(cycle.vertices.size(), place->second) << to_string(cycle.kind);
        accounted_for.add(cycle.kind);
        accounted_for = accounted_for | implied_by({cycle.kind});
        ++found_kinds[cycle.kind];
      }
      for (const auto& [kind, length] : truth) {
        ASSERT_TRUE(accounted_for.contains(kind))
            << to_string(kind) << " was not found in\n" << to_text(component);
      }
    }
  }
  EXPECT_GE(found_kinds.size(), 7U);
}

bool has_cycle(const Component& component, const CycleSubgraph& subgraph) {
  const auto size = static_cast<std::uint32_t>(component.size());
  const auto has = [&](std::uint32_t from, std::uint32_t to, RelationBits relations) {
    return (component.between(from, to) & relations) != 0;
  };
  std::vector<std::vector<bool>> before(size, std::vector<bool>(size, false));
  for (std::uint32_t from = 0; from < size; ++from) {
    for (std::uint32_t to = 0; to < size; ++to) {
      before[from][to] = has(from, to, subgraph.relations);
      for (std::uint32_t via = 0; via < size && subgraph.through_rw; ++via) {
        if (has(from, via, subgraph.relations) && has(via, to, bit(Relation::rw))) {
          before[from][to] = true;
        }
      }
    }
  }
  for (std::uint32_t via = 0; via < size; ++via) {
    for (std::uint32_t from = 0; from < size; ++from) {
      for (std::uint32_t to = 0; to < size; ++to) {
        if (before[from][via] && before[via][to]) before[from][to] = true;
      }
    }
  }
  for (std::uint32_t i = 0; i < size; ++i) {
    if (before[i][i]) return true;
  }
  return false;
}

// Whichever model forbids something that is there, is told of, or one that is weaker.
TEST_P(CycleSearchTest, ExistencesAreThoseOfTheWeakestModels) {
  std::mt19937_64 random(12);
  int components = 0;
  while (components < 2000) {
    const Component component = random_component(random, GetParam());
    if (!is_strongly_connected(component)) continue;
    ++components;
    SearchEffort effort;
    const ComponentFindings found = search_cycles(component, list_append_order, effort);
    ModelSet broken;
    for (const CycleSubgraph& subgraph : cycle_subgraphs) {
      const bool is_told =
          std::any_of(found.existences.begin(), found.existences.end(),
                      [&](const auto& existence) { return existence.kind == subgraph.kind; });
      if (is_told) broken.add(subgraph.model);
      ASSERT_TRUE(!is_told || has_cycle(component, subgraph)) << to_string(subgraph.kind);
    }
    broken = impossible_without(broken);
    for (const CycleSubgraph& subgraph : cycle_subgraphs) {
      ASSERT_TRUE(!has_cycle(component, subgraph) || broken.contains(subgraph.model))
          << to_string(subgraph.kind);
    }
  }
}

TEST_P(CycleSearchTest, GivesUpWhereThereIsNoEffortLeft) {
  // A ring of anti-dependencies and one of time: what is sought is there, but far.
  constexpr std::uint32_t size = 400;
  Component ring;
  for (std::uint32_t i = 0; i < size; ++i) {
    ring.txns.push_back(i);
    ring.begins.push_back(static_cast<std::uint32_t>(ring.edges.size()));
    for (std::uint32_t step = 1; step <= 8; ++step) {
      ring.edges.push_back({(i + step) % size, bit(Relation::wr)});
    }
    std::sort(ring.edges.end() - 8, ring.edges.end(),
              [](const auto& a, const auto& b) { return a.to < b.to; });
  }
  ring.begins.push_back(static_cast<std::uint32_t>(ring.edges.size()));
  Vertices indices(ring.txns.begin(), ring.txns.end());
  SearchEffort effort;
  const ComponentFindings found = search_cycles_as_original(
      ring, list_append_order, indices, [](std::uint32_t vertex) { return vertex * 2654435761U; },
      effort);
  ASSERT_EQ(found.undecided.size(), 1U);
  ASSERT_EQ(found.cycles.size(), 1U);  // the first that a walk comes upon, or a shorter one
  EXPECT_EQ(found.cycles.front().kind, Anomaly::G1c);
  EXPECT_EQ(found.cycles.front().vertices.size(), size / 8);
}

INSTANTIATE_TEST_SUITE_P(With, CycleSearchTest, testing::Bool(), [](const auto& run) {
  return run.param ? "real_time" : "processes";
});

}  // namespace
}  // namespace bruit::workbench::txn
