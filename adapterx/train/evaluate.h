// Evaluation: a model's answers on a set of images, and what they are worth.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "adapterx/data/loader.h"
#include "adapterx/graph/session.h"

namespace ax {

struct Prediction {
  int32_t label = 0, predicted = 0;
  float probability = 0;        // of the class predicted
  float label_probability = 0;  // of the true one
};

struct Evaluation {
  int64_t classes = 0, images = 0, correct = 0;
  double loss = 0;  // mean cross-entropy, without smoothing
  double seconds = 0;
  std::vector<Prediction> predictions;  // by the data set's index
  double accuracy() const {
    return images > 0 ? static_cast<double>(correct) / static_cast<double>(images) : 0;
  }
  // [classes, classes]: images of class r taken for class c, at r * classes + c.
  std::vector<int64_t> confusion() const;
  // Of each class; NaN where the set has none of it.
  std::vector<double> class_accuracy() const;
};

// One epoch of the loader, whose batch and image size are the session's. `on_batch` is told the images done
// and returns whether to go on; an evaluation that was stopped has fewer images.
Evaluation evaluate(Session& session, Loader& loader, int64_t images,
                    const std::function<bool(int64_t)>& on_batch = {});

}  // namespace ax
