// Multinomial logistic regression: of the linear layers on given rows of features x the one that minimises
//   mean cross-entropy of (W x + b) + l2 / 2 * |W|^2,
// as scikit-learn's LogisticRegression with C = 1 / (n l2) does. Products are in f32 by the kernels of linear
// layers, sums over rows in double.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "adapterx/train/lbfgs.h"

namespace ax {

// Samples of classes in [0, classes) by rows of features.
struct LabelledRows {
  int64_t count = 0, width = 0;
  const float* values = nullptr;  // [count, width]
  std::span<const int32_t> labels;

  LabelledRows part(int64_t first, int64_t rows) const {
    return {rows, width, values + first * width,
            labels.subspan(static_cast<size_t>(first), static_cast<size_t>(rows))};
  }
};

// A linear layer from features to classes: W [classes, width] row by row, then b [classes].
struct LinearClassifier {
  int64_t classes = 0, width = 0;
  std::vector<double> values;

  LinearClassifier(int64_t of_classes, int64_t of_width)
      : classes(of_classes), width(of_width), values(static_cast<size_t>(of_classes * (of_width + 1))) {}
  std::span<double> weight() { return std::span(values).first(static_cast<size_t>(classes * width)); }
  std::span<double> bias() { return std::span(values).last(static_cast<size_t>(classes)); }
};

// Moves `classifier` from where it is to the minimum. Throws Error on a label outside of its classes.
LbfgsResult fit_logistic(const LabelledRows& rows, double l2, LinearClassifier& classifier,
                         const LbfgsOptions& options = {});

struct ClassifierScore {
  int64_t correct = 0;
  double loss = 0;  // mean cross-entropy
};
ClassifierScore score(const LinearClassifier& classifier, const LabelledRows& rows);

}  // namespace ax
