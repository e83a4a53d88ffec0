#include "bruit/workbench/sweep/line_fit.h"

#include <algorithm>
#include <cmath>

namespace bruit::workbench {

std::optional<LineFit> fit_line(std::span<const PlanePoint> points) {
  if (points.size() < 3) return std::nullopt;
  const auto count = static_cast<double>(points.size());
  double mean_x = 0;
  double mean_y = 0;
  for (const auto& point : points) {
    mean_x += point.x / count;
    mean_y += point.y / count;
  }
  // Around the means, so that large coordinates do not cancel each other.
  double sum_xx = 0;
  double sum_xy = 0;
  double sum_yy = 0;
  for (const auto& point : points) {
    sum_xx += (point.x - mean_x) * (point.x - mean_x);
    sum_xy += (point.x - mean_x) * (point.y - mean_y);
    sum_yy += (point.y - mean_y) * (point.y - mean_y);
  }
  if (!(sum_xx > 0)) return std::nullopt;

  LineFit fit;
  fit.points = points.size();
  fit.slope = sum_xy / sum_xx;
  fit.intercept = mean_y - fit.slope * mean_x;
  double squares = 0;
  for (const auto& point : points) {
    const double residual = point.y - (fit.intercept + fit.slope * point.x);
    squares += residual * residual;
    fit.largest_residual = std::max(fit.largest_residual, std::abs(residual));
  }
  const double variance = squares / (count - 2);
  fit.slope_error = std::sqrt(variance / sum_xx);
  fit.intercept_error = std::sqrt(variance * (1 / count + mean_x * mean_x / sum_xx));
  if (sum_yy > 0) fit.r_squared = 1 - squares / sum_yy;
  return fit;
}

}  // namespace bruit::workbench
