#include "adapterx/train/few_samples.h"

#include <algorithm>
#include <vector>

namespace ax {
namespace {

// Up to `most` indices below `size`, in ascending order; the same for the same numbers.
std::vector<int64_t> spread(int64_t size, int64_t most) {
  const int64_t count = std::min(size, most);
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < count; ++i) indices.push_back(i * size / count);
  return indices;
}

}  // namespace

FewSamples::FewSamples(int64_t most, const std::shared_ptr<const SampleSource>& samples,
                       LoaderOptions options, SessionSpec spec, const TrainingSetup& setup,
                       const TrainingSteps& steps)
    : input_(spec.model->input_name()) {
  const std::vector<int64_t> shown = spread(samples->dataset().size(), most);
  spec.batch = options.batch = std::ssize(shown);
  built_ = build_session(spec, *setup.method, steps.frozen(), setup.source, 0, steps.shared_trained());
  loader_ = std::make_unique<Loader>(subset(samples, shown), spec.model->classes(), options);
}

void FewSamples::run() {
  loader_->start(0);
  std::ranges::copy(loader_->next()->inputs, built_.session->input(input_).f32());
  built_.session->run();
}

}  // namespace ax
