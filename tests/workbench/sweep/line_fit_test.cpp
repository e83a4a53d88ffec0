#include "bruit/workbench/sweep/line_fit.h"

#include <gtest/gtest.h>

#include <vector>

namespace bruit::workbench {
namespace {

TEST(LineFit, FindsALineThatIsExact) {
  const std::vector<PlanePoint> points{{1, 5}, {2, 7}, {3, 9}, {10, 23}};
  const auto fit = fit_line(points);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->slope, 2, 1e-12);
  EXPECT_NEAR(fit->intercept, 3, 1e-12);
  EXPECT_NEAR(fit->slope_error, 0, 1e-7);
  EXPECT_NEAR(fit->r_squared, 1, 1e-12);
  EXPECT_EQ(fit->points, 4U);
}

// Worked by hand: means 2 and 2, sums of squares 2, of products 1; residuals 0.5, -1, 0.5 squared
// sum to 1.5, over one degree of freedom.
TEST(LineFit, GivesTheStandardErrors) {
  const std::vector<PlanePoint> points{{1, 2}, {2, 1}, {3, 3}};
  const auto fit = fit_line(points);
  ASSERT_TRUE(fit);
  EXPECT_DOUBLE_EQ(fit->slope, 0.5);
  EXPECT_DOUBLE_EQ(fit->intercept, 1);
  EXPECT_NEAR(fit->slope_error, 0.8660254, 1e-6);      // sqrt(1.5 / 2)
  EXPECT_NEAR(fit->intercept_error, 1.8708287, 1e-6);  // sqrt(1.5 * (1/3 + 4/2))
  EXPECT_DOUBLE_EQ(fit->r_squared, 0.25);
  EXPECT_DOUBLE_EQ(fit->largest_residual, 1);
}

TEST(LineFit, NeedsThreePointsAndTwoPlaces) {
  EXPECT_FALSE(fit_line(std::vector<PlanePoint>{{1, 1}, {2, 2}}));
  EXPECT_FALSE(fit_line(std::vector<PlanePoint>{{1, 1}, {1, 2}, {1, 3}}));
  EXPECT_TRUE(fit_line(std::vector<PlanePoint>{{1, 1}, {1, 2}, {2, 3}}));
}

}  // namespace
}  // namespace bruit::workbench
