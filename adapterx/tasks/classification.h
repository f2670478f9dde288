// Classification: which of some classes a sample is of, by a softmax over the head's logits; and several
// label sets, of which each has a part of the logits and a softmax of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapterx/tasks/task.h"

namespace ax {

struct ClassificationOptions {
  float label_smoothing = 0;  // share of the target that is spread over all classes
  // The input "labels" holds rows of weights f32 [B, classes] (mixup, several label sets), not i32 [B].
  bool target_rows = false;
  std::vector<int64_t> heads = {};  // classes of each label set, where there are several
};

// A training session has the input "labels"; outputs are "features" [B, d_f] and, where the backbone has a
// head, "logits" [B, classes]. The loss is the mean cross-entropy (kernels/loss/cross_entropy.h).
TaskPtr classification(std::vector<std::string> classes, const ClassificationOptions& options = {});

// Of a data set with several heads it is a task of several label sets, which is not evaluated.
TaskPtr make_classification(const TaskSettings& settings, const DataSplits& data);

}  // namespace ax
