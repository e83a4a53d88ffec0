#include "bruit/workbench/options/options.h"

#include <array>
#include <cmath>
#include <utility>

namespace bruit::workbench {
namespace {

template <typename E, std::size_t N>
std::string_view name_of(const std::array<std::pair<E, std::string_view>, N>& names, E value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return "?";
}

template <typename E, std::size_t N>
std::optional<E> value_of(const std::array<std::pair<E, std::string_view>, N>& names,
                          std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

constexpr std::array<std::pair<Workload, std::string_view>, 10> workload_names{
    {{Workload::broadcast, "broadcast"},
     {Workload::echo, "echo"},
     {Workload::unique_ids, "unique-ids"},
     {Workload::g_set, "g-set"},
     {Workload::g_counter, "g-counter"},
     {Workload::pn_counter, "pn-counter"},
     {Workload::lin_kv, "lin-kv"},
     {Workload::kafka, "kafka"},
     {Workload::txn_list_append, "txn-list-append"},
     {Workload::txn_rw_register, "txn-rw-register"}}};

constexpr std::array<std::pair<LatencyDistribution, std::string_view>, 3> distribution_names{
    {{LatencyDistribution::constant, "constant"},
     {LatencyDistribution::uniform, "uniform"},
     {LatencyDistribution::exponential, "exponential"}}};

// "tree" comes after "tree2", so that printing uses the exact name and parsing takes both.
constexpr std::array<std::pair<Topology, std::string_view>, 7> topology_names{
    {{Topology::line, "line"},
     {Topology::grid, "grid"},
     {Topology::tree2, "tree2"},
     {Topology::tree2, "tree"},
     {Topology::tree3, "tree3"},
     {Topology::tree4, "tree4"},
     {Topology::total, "total"}}};

constexpr std::array<std::pair<NetworkModel, std::string_view>, 2> model_names{
    {{NetworkModel::maelstrom, "maelstrom"}, {NetworkModel::ideal, "ideal"}}};

constexpr std::array<std::pair<PartitionShape, std::string_view>, 4> shape_names{
    {{PartitionShape::one, "one"},
     {PartitionShape::minority_third, "minority-third"},
     {PartitionShape::majority, "majority"},
     {PartitionShape::majorities_ring, "majorities-ring"}}};

void add_tree(std::vector<std::vector<std::uint32_t>>& result, std::uint32_t branching) {
  const auto count = static_cast<std::uint32_t>(result.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0) result[i].push_back((i - 1) / branching);
    for (std::uint32_t k = 1; k <= branching; ++k) {
      const std::uint64_t child = std::uint64_t{i} * branching + k;
      if (child < count) result[i].push_back(static_cast<std::uint32_t>(child));
    }
  }
}

void add_grid(std::vector<std::vector<std::uint32_t>>& result) {
  const auto count = static_cast<std::uint32_t>(result.size());
  const auto side = static_cast<std::uint32_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t column = i % side;
    if (i + side < count) result[i].push_back(i + side);
    if (i >= side) result[i].push_back(i - side);
    if (column + 1 < side && i + 1 < count) result[i].push_back(i + 1);
    if (column > 0) result[i].push_back(i - 1);
  }
}

}  // namespace

std::string_view to_string(Workload w) { return name_of(workload_names, w); }
std::string_view to_string(LatencyDistribution d) { return name_of(distribution_names, d); }
std::string_view to_string(Topology t) { return name_of(topology_names, t); }
std::string_view to_string(NetworkModel m) { return name_of(model_names, m); }
std::string_view to_string(PartitionShape s) { return name_of(shape_names, s); }

std::optional<Workload> parse_workload(std::string_view name) {
  return value_of(workload_names, name);
}
std::vector<std::string> workload_list() {
  std::vector<std::string> names;
  for (const auto& [workload, name] : workload_names) names.emplace_back(name);
  return names;
}
std::optional<LatencyDistribution> parse_latency_distribution(std::string_view name) {
  return value_of(distribution_names, name);
}
std::optional<Topology> parse_topology(std::string_view name) {
  return value_of(topology_names, name);
}
std::optional<NetworkModel> parse_network_model(std::string_view name) {
  return value_of(model_names, name);
}
std::optional<PartitionShape> parse_partition_shape(std::string_view name) {
  return value_of(shape_names, name);
}

std::vector<std::string> numbered_nodes(std::uint32_t count) {
  std::vector<std::string> names;
  names.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) names.push_back("n" + std::to_string(i));
  return names;
}

std::vector<std::vector<std::uint32_t>> neighbours(Topology topology, std::uint32_t node_count) {
  std::vector<std::vector<std::uint32_t>> result(node_count);
  switch (topology) {
    case Topology::line:
      for (std::uint32_t i = 0; i < node_count; ++i) {
        if (i > 0) result[i].push_back(i - 1);
        if (i + 1 < node_count) result[i].push_back(i + 1);
      }
      break;
    case Topology::grid:
      add_grid(result);
      break;
    case Topology::tree2:
      add_tree(result, 2);
      break;
    case Topology::tree3:
      add_tree(result, 3);
      break;
    case Topology::tree4:
      add_tree(result, 4);
      break;
    case Topology::total:
      for (std::uint32_t i = 0; i < node_count; ++i) {
        for (std::uint32_t j = 0; j < node_count; ++j) {
          if (i != j) result[i].push_back(j);
        }
      }
      break;
  }
  return result;
}

}  // namespace bruit::workbench
