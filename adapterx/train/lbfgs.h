// L-BFGS (Liu and Nocedal, Mathematical Programming 45, 1989): the minimum of a smooth convex function of
// many variables, by its gradients alone.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace ax {

struct LbfgsOptions {
  int64_t memory = 10;  // steps from which the curvature is estimated
  int64_t max_iterations = 500;
  double tolerance = 1e-5;  // of the gradient's largest component, at which it ends
  // Error of the function's values as a part of 1 + |value|. Where values differ by no more, slopes tell
  // whether a step is taken (Hager and Zhang, SIAM Journal on Optimization 16, 2005: the approximate Wolfe
  // conditions).
  double rounding = 1e-7;
};

struct LbfgsResult {
  double value = 0;
  double gradient = 0;  // its largest component
  int64_t iterations = 0;
};

// The value at `x`; writes the gradient, of the same size.
using SmoothFunction = std::function<double(std::span<const double> x, std::span<double> gradient)>;

// Moves `x` from where it is to the minimum. Ends without it where max_iterations are done, or where no step
// along the descent lowers the value any more (it is at the limit of its precision): the result's gradient
// tells.
LbfgsResult minimise(const SmoothFunction& function, std::span<double> x, const LbfgsOptions& options = {});

}  // namespace ax
