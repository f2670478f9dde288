// Evaluation: a model's answers on a set of images, and what they are worth.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
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

// One epoch of the loader, whose samples and batch are those of the session's input. `on_batch` is told the
// samples done and returns whether to go on; an evaluation that was stopped has fewer.
Evaluation evaluate(Session& session, std::string_view input_name, Loader& loader, int64_t samples,
                    const std::function<bool(int64_t)>& on_batch = {});

// Voting: the mean logits of several epochs, of each the loader that `loader_of` gives
// (data/points/point_samples.h, vote_samples). One that was stopped has no samples. `on_batch` is told those
// done in all votes.
Evaluation evaluate_by_votes(Session& session, std::string_view input_name,
                             const std::function<std::unique_ptr<Loader>(int64_t)>& loader_of, int64_t votes,
                             int64_t samples, const std::function<bool(int64_t)>& on_batch = {});

}  // namespace ax
