// Features of a data set's samples, each computed once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "adapterx/data/loader.h"
#include "adapterx/graph/session.h"
#include "adapterx/train/logistic_regression.h"

namespace ax {

struct SampleFeatures {
  int64_t width = 0;
  std::vector<float> values;    // [samples, width], in the data set's order
  std::vector<int32_t> labels;  // of each

  int64_t count() const { return std::ssize(labels); }
  LabelledRows rows() const { return {count(), width, values.data(), labels}; }
};

// The session's output "features" for each sample of `samples`, of which the loader makes its batches in
// their order. `on_batch` is told the samples done and returns whether to go on; absent: it said no. Throws
// Error naming the sample where features are not finite.
std::optional<SampleFeatures> sample_features(Session& session, std::string_view input_name, Loader& loader,
                                              const Dataset& samples,
                                              const std::function<bool(int64_t)>& on_batch = {});

// These features as the samples of `dataset`, which they are of.
std::shared_ptr<const SampleSource> feature_samples(std::shared_ptr<const SampleFeatures> features,
                                                    std::shared_ptr<const Dataset> dataset);

}  // namespace ax
