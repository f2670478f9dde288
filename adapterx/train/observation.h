// What a method observes (Adaptation::observed) on a fixed, small part of a data set: how often each index
// comes first, the expert that weighs most in a sub-token.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "adapterx/train/few_samples.h"

namespace ax {

// How often each index comes first in the rows of one observed value.
struct ObservedCounts {
  ObservedKind kind = ObservedKind::expert_choice;
  int block = 0;
  std::vector<int64_t> counts;
};

class Observation {
 public:
  // On up to 16 of `samples`, spread evenly over the set. `spec`: that of evaluation; its batch is chosen
  // here.
  Observation(SessionSpec spec, const TrainingSetup& setup, const TrainingSteps& steps,
              const std::shared_ptr<const SampleSource>& samples, const LoaderOptions& options);

  // In order of blocks; none where the method observes nothing.
  std::vector<ObservedCounts> run();

 private:
  std::vector<BuiltSession::Observed> observed_;
  std::optional<FewSamples> samples_;  // absent where the method observes nothing
};

}  // namespace ax
