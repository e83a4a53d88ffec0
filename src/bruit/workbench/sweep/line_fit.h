// LineFit: the straight line through a cloud of points, by least squares, with standard errors.
// Source: any text on linear regression; e.g. Press et al., "Numerical Recipes", 3rd ed., 15.2.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace bruit::workbench {

struct PlanePoint {
  double x = 0;
  double y = 0;
};

// y = intercept + slope * x. The errors are one standard deviation, from the scatter of the points
// around the line; they mean what they say if the points are independent and the line is right.
struct LineFit {
  double slope = 0;
  double intercept = 0;
  double slope_error = 0;
  double intercept_error = 0;
  double r_squared = 1;         // the share of the variance of y that the line explains
  double largest_residual = 0;  // |y - line|
  std::size_t points = 0;
};

// Nothing for fewer than three points, or if all have the same x.
std::optional<LineFit> fit_line(std::span<const PlanePoint> points);

}  // namespace bruit::workbench
