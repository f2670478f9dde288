#include "adapterx/train/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <vector>

namespace ax {
namespace {

constexpr double kSufficient = 1e-3;  // part of the decrease that the slope promises (Armijo)
constexpr int kTrials = 12;
constexpr double kShortest = 0.1, kLongest = 0.5;  // a step that is tried, as a part of the last

using Vector = std::vector<double>;

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double largest(std::span<const double> x) {
  double most = 0;
  for (const double v : x) most = std::max(most, std::abs(v));
  return most;
}

// y += a x
void add(double a, std::span<const double> x, std::span<double> y) {
  for (size_t i = 0; i < x.size(); ++i) y[i] += a * x[i];
}

// The latest steps and what they changed of the gradient: an estimate of the inverse Hessian.
class Curvature {
 public:
  explicit Curvature(int64_t memory) : memory_(static_cast<size_t>(memory)) {}

  bool empty() const { return pairs_.empty(); }

  void note(Vector step, Vector change) {
    const double product = dot(step, change);
    if (!(product > 0)) return;  // no more than rounding
    if (pairs_.size() == memory_) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), product});
  }

  // The two loops: of a gradient the direction of the minimum, in place.
  void apply(std::span<double> v) const {
    Vector weights;
    for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
      weights.push_back(dot(pair->step, v) / pair->product);
      add(-weights.back(), pair->change, v);
    }
    const Pair& last = pairs_.back();
    const double scale = last.product / dot(last.change, last.change);
    for (double& x : v) x *= scale;
    for (const Pair& pair : pairs_) {
      add(weights.back() - dot(pair.change, v) / pair.product, pair.step, v);
      weights.pop_back();
    }
  }

 private:
  struct Pair {
    Vector step, change;
    double product = 0;
  };
  size_t memory_;
  std::deque<Pair> pairs_;
};

class Descent {
 public:
  Descent(const SmoothFunction& function, std::span<double> x, const LbfgsOptions& options)
      : function_(function), x_(x), options_(options), curvature_(options.memory), gradient_(x.size()) {}

  LbfgsResult run() {
    LbfgsResult result;
    value_ = function_(x_, gradient_);
    while (largest(gradient_) > options_.tolerance && result.iterations < options_.max_iterations && step()) {
      ++result.iterations;
    }
    result.value = value_;
    result.gradient = largest(gradient_);
    return result;
  }

 private:
  // False: nothing along the descent is lower.
  bool step() {
    Vector direction(gradient_.size());
    std::ranges::transform(gradient_, direction.begin(), std::negate());
    if (curvature_.empty()) {
      const double norm = std::sqrt(dot(direction, direction));
      for (double& d : direction) d /= std::max(1.0, norm);
    } else {
      curvature_.apply(direction);
    }
    const double slope = dot(gradient_, direction), slack = options_.rounding * (1 + std::abs(value_));
    const Vector from(x_.begin(), x_.end());
    Vector gradient(gradient_.size());
    double length = 1;
    for (int i = 0; i < kTrials; ++i) {
      std::ranges::copy(from, x_.begin());
      add(length, direction, x_);
      const double value = function_(x_, gradient), slope_there = dot(gradient, direction);
      const bool lower = value <= value_ + kSufficient * length * slope,
                 flatter = value <= value_ + slack && slope_there <= (2 * kSufficient - 1) * slope;
      if (lower || flatter) {
        note(length, std::move(direction), gradient);
        value_ = value;
        gradient_ = std::move(gradient);
        return true;
      }
      length *= std::clamp(slope / (slope - slope_there), kShortest, kLongest);  // where the slope would be 0
    }
    std::ranges::copy(from, x_.begin());
    return false;
  }

  void note(double length, Vector direction, std::span<const double> gradient) {
    for (double& d : direction) d *= length;
    Vector change(gradient.begin(), gradient.end());
    add(-1, gradient_, change);
    curvature_.note(std::move(direction), std::move(change));
  }

  const SmoothFunction& function_;
  std::span<double> x_;
  const LbfgsOptions options_;
  Curvature curvature_;
  Vector gradient_;
  double value_ = 0;
};

}  // namespace

LbfgsResult minimise(const SmoothFunction& function, std::span<double> x, const LbfgsOptions& options) {
  return Descent(function, x, options).run();
}

}  // namespace ax
