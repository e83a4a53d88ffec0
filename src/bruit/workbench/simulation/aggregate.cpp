#include "bruit/workbench/simulation/aggregate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace bruit::workbench {
namespace {

// The 97.5 % quantile of Student's t with `degrees` (at least 1) degrees of freedom: exact to three
// decimals up to 30, above that by the first terms of the Cornish-Fisher expansion (error < 0.001).
double student_t(std::size_t degrees) {
  constexpr std::array table{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                             2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                             2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  if (degrees <= table.size()) return table[degrees - 1];
  constexpr double normal = 1.959964;
  return normal + (normal * normal * normal + normal) / (4 * static_cast<double>(degrees));
}

}  // namespace

std::optional<Aggregate> aggregate(std::vector<double> samples) {
  if (samples.empty()) return std::nullopt;
  const auto count = static_cast<double>(samples.size());
  const double mean = std::accumulate(samples.begin(), samples.end(), 0.0) / count;
  double half_width = 0;
  if (samples.size() > 1) {
    double squares = 0;
    for (const double sample : samples) squares += (sample - mean) * (sample - mean);
    const double deviation = std::sqrt(squares / (count - 1));
    half_width = student_t(samples.size() - 1) * deviation / std::sqrt(count);
  }
  std::sort(samples.begin(), samples.end());
  const std::size_t middle = samples.size() / 2;
  const double median =
      samples.size() % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
  return Aggregate{.mean = mean,
                   .median = median,
                   .best = samples.front(),
                   .worst = samples.back(),
                   .ci95_low = mean - half_width,
                   .ci95_high = mean + half_width};
}

}  // namespace bruit::workbench
