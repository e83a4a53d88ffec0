// LatencyMatrix: how long messages take between and within regions, read from a small file.
//
//     # One way. Nodes stand in these regions, in equal parts and in their order.
//     regions   frankfurt  oregon             tokyo
//     frankfurt 1ms        75ms               uniform:120ms
//     oregon    75ms       1ms                50ms
//     tokyo     120ms      exponential:50ms   1ms
//
// A row is where a message comes from. A latency is a duration (core/duration.h), the mean of the
// distribution before it: constant (also without a word), uniform or exponential. With as many
// regions as nodes every link is told by itself.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bruit/workbench/options/options.h"

namespace bruit::workbench {

struct LatencyMatrix {
  std::vector<std::string> regions;  // at least one
  std::vector<LatencyModel> models;  // by row: regions.size() squared

  // Of `node_count` nodes, this one is in the region with this number: in equal parts, or, if that
  // does not come out even, parts that differ by one. `regions` is at least 1.
  static std::uint32_t region_of(std::uint32_t node, std::uint64_t regions,
                                 std::uint64_t node_count) {
    return static_cast<std::uint32_t>(node * regions / node_count);
  }
  const LatencyModel& between(std::uint32_t from, std::uint32_t to) const {
    return models[from * regions.size() + to];
  }
  friend bool operator==(const LatencyMatrix&, const LatencyMatrix&) = default;
};

inline constexpr std::size_t latency_regions_most = 1000;

// What is wrong with a file: "line 3: ...; expected ...".
class LatencyMatrixError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws LatencyMatrixError.
LatencyMatrix parse_latency_matrix(std::string_view text);

// The text that parse_latency_matrix() reads back.
std::string to_text(const LatencyMatrix& matrix);

}  // namespace bruit::workbench
