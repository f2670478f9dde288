// What the evaluation of a classifier finds: the class predicted for each sample, and how sure the model was.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "adapterx/tasks/evaluation.h"

namespace ax {

struct Prediction {
  int32_t label = 0, predicted = 0;
  float probability = 0;        // of the class predicted
  float label_probability = 0;  // of the true one
};

// `loss`: mean cross-entropy, without smoothing.
struct ClassEvaluation : Evaluation {
  int64_t classes = 0, correct = 0;
  std::vector<Prediction> predictions;  // by the data set's index

  double score() const override { return accuracy(); }
  double accuracy() const {
    return samples > 0 ? static_cast<double>(correct) / static_cast<double>(samples) : 0;
  }
  // [classes, classes]: samples of class r taken for class c, at r * classes + c.
  std::vector<int64_t> confusion() const;
  // Of each class; NaN where the set has none of it.
  std::vector<double> class_accuracy() const;
};

// Throws Error where it is another task's.
const ClassEvaluation& of_classes(const Evaluation& evaluation);

// Of `samples` samples, by their logits. With `votes` above 1 every sample is added so many times, and its
// logits' mean is its answer.
std::unique_ptr<Evaluator> class_evaluator(int64_t samples, int64_t classes, int64_t votes = 1);

}  // namespace ax
