// The linear probe: logistic regression (train/logistic_regression.h) on features, which are brought to mean
// 0 and variance 1 for it, so that one penalty suits them all. Its strength is the one of a short list with
// the smallest loss on samples held out: a fifth of them, and of fewer than 5000 samples each fifth in turn,
// as far as 5000 rows are reached. The classifier is then fitted to all samples.
#pragma once

#include <cstdint>

#include "adapterx/train/logistic_regression.h"

namespace ax {

struct ProbeFit {
  LinearClassifier classifier;  // of the features as they are
  double l2 = 0;                // chosen
  // 0 samples: no class has two, none was held out, and l2 is a middling one.
  int64_t held_out = 0, held_out_correct = 0;
  LbfgsResult fit;  // to all samples
};

// A function of the samples and the seed, which draws those that are held out: of each class its share, of a
// class with one sample none. A class without samples is given a bias that no sample overcomes. A feature
// that is constant gets weights of 0. Throws Error where there are no samples.
ProbeFit fit_probe(const LabelledRows& samples, int64_t classes, uint64_t seed);

}  // namespace ax
