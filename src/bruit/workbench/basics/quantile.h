// Quantiles as Maelstrom takes them: of n sorted items that at floor(n * point), at most the last.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace bruit::workbench {

// `sorted` is not empty; `point` is from 0 to 1.
template <typename T>
const T& quantile(const std::vector<T>& sorted, double point) {
  const auto place = std::floor(static_cast<double>(sorted.size()) * point);
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(place))];
}

// At each of `points`; nothing for no items.
template <typename T, std::size_t count>
std::optional<std::array<T, count>> quantiles(const std::vector<T>& sorted,
                                              const std::array<double, count>& points) {
  if (sorted.empty()) return std::nullopt;
  std::array<T, count> result{};
  for (std::size_t i = 0; i < count; ++i) result[i] = quantile(sorted, points[i]);
  return result;
}

}  // namespace bruit::workbench
