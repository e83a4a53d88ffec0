#include "bruit/workbench/faults/partition.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace bruit::workbench {
namespace {

std::vector<std::uint32_t> shuffled_nodes(std::uint32_t count, Random& random) {
  std::vector<std::uint32_t> nodes(count);
  std::iota(nodes.begin(), nodes.end(), 0U);
  random.shuffle(std::span(nodes));
  return nodes;
}

// The first `first` of `nodes` against the rest.
Grudge split(std::span<const std::uint32_t> nodes, std::size_t first) {
  Grudge grudge(nodes.size());
  for (std::size_t i = 0; i < first; ++i) {
    for (std::size_t j = first; j < nodes.size(); ++j) {
      grudge[nodes[i]].push_back(nodes[j]);
      grudge[nodes[j]].push_back(nodes[i]);
    }
  }
  return grudge;
}

// The complement of "who sees whom".
Grudge invert(const std::vector<std::vector<bool>>& sees) {
  Grudge grudge(sees.size());
  for (std::uint32_t i = 0; i < sees.size(); ++i) {
    for (std::uint32_t j = 0; j < sees.size(); ++j) {
      if (!sees[i][j]) grudge[i].push_back(j);
    }
  }
  return grudge;
}

// jepsen.nemesis/majorities-ring-perfect: nodes on a ring, each sees the majority centred on it.
Grudge perfect_ring(std::uint32_t count, Random& random) {
  const std::uint32_t majority = count / 2 + 1;
  const auto ring = shuffled_nodes(count, random);
  std::vector<std::vector<bool>> sees(count, std::vector<bool>(count, false));
  for (std::uint32_t start = 0; start < count; ++start) {
    const std::uint32_t centre = ring[(start + majority / 2) % count];
    for (std::uint32_t k = 0; k < majority; ++k) sees[centre][ring[(start + k) % count]] = true;
  }
  return invert(sees);
}

// jepsen.nemesis/majorities-ring-stochastic: connect the two least connected nodes that are not yet
// connected, until each sees a majority.
Grudge stochastic_ring(std::uint32_t count, Random& random) {
  const std::uint32_t majority = count / 2 + 1;
  std::vector<std::vector<bool>> sees(count, std::vector<bool>(count, false));
  std::vector<std::uint32_t> degree(count, 1);  // a node sees itself
  for (std::uint32_t i = 0; i < count; ++i) sees[i][i] = true;
  while (true) {
    auto nodes = shuffled_nodes(count, random);
    std::stable_sort(nodes.begin(), nodes.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return degree[a] < degree[b]; });
    const std::uint32_t a = nodes.front();
    if (degree[a] >= majority) return invert(sees);
    const auto b = std::find_if(nodes.begin(), nodes.end(),
                                [&](std::uint32_t node) { return !sees[a][node]; });
    sees[a][*b] = sees[*b][a] = true;
    ++degree[a];
    ++degree[*b];
  }
}

}  // namespace

Grudge draw_grudge(PartitionShape shape, std::uint32_t node_count, Random& random) {
  Grudge grudge;
  switch (shape) {
    case PartitionShape::one:
      grudge = split(shuffled_nodes(node_count, random), 1);
      break;
    case PartitionShape::minority_third:
      grudge = split(shuffled_nodes(node_count, random), (node_count - 1) / 3);
      break;
    case PartitionShape::majority:
      grudge = split(shuffled_nodes(node_count, random), node_count / 2);
      break;
    case PartitionShape::majorities_ring:
      grudge =
          node_count <= 5 ? perfect_ring(node_count, random) : stochastic_ring(node_count, random);
      break;
  }
  for (auto& dropped : grudge) std::sort(dropped.begin(), dropped.end());
  return grudge;
}

Edn to_edn(const Grudge& grudge, const std::vector<std::string>& names) {
  EdnMap isolated;
  for (std::size_t i = 0; i < grudge.size(); ++i) {
    if (grudge[i].empty()) continue;
    EdnSet peers;
    for (const auto peer : grudge[i]) peers.items.emplace_back(names[peer]);
    isolated.entries.push_back({Edn(names[i]), std::move(peers)});
  }
  return EdnVector{{Edn::keyword("isolated"), std::move(isolated)}};
}

}  // namespace bruit::workbench
