// One pass of a model over a few samples of a data set, spread evenly over it: for what is looked at, not
// scored.
#pragma once

#include <memory>
#include <string>

#include "adapterx/train/training_steps.h"

namespace ax {

class FewSamples {
 public:
  // Up to `most` of `samples`, through the model that `steps` train; the batch of `spec` and of `options` is
  // set to as many.
  FewSamples(int64_t most, const std::shared_ptr<const SampleSource>& samples, LoaderOptions options,
             SessionSpec spec, const TrainingSetup& setup, const TrainingSteps& steps);

  void run();
  const BuiltSession& built() const { return built_; }
  Tensor output(const std::string& name) const { return built_.session->output(name); }

 private:
  BuiltSession built_;
  std::string input_;
  std::unique_ptr<Loader> loader_;
};

}  // namespace ax
