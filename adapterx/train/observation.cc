#include "adapterx/train/observation.h"

namespace ax {
namespace {

constexpr int64_t kSamples = 16;

}  // namespace

Observation::Observation(SessionSpec spec, const TrainingSetup& setup, const TrainingSteps& steps,
                         const std::shared_ptr<const SampleSource>& samples, const LoaderOptions& options)
    : observed_(steps.observed()) {
  if (observed_.empty()) return;
  spec.training = false;
  spec.observe = true;
  samples_.emplace(kSamples, samples, options, std::move(spec), setup, steps);
}

std::vector<ObservedCounts> Observation::run() {
  if (!samples_) return {};
  samples_->run();
  std::vector<ObservedCounts> all;
  for (const BuiltSession::Observed& o : observed_) {
    const Tensor values = samples_->output(o.output);
    std::vector<int64_t> counts(static_cast<size_t>(o.count));
    for (int64_t i = 0; i < values.size(); i += values.shape.dim(-1)) {
      ++counts[static_cast<size_t>(values.i32()[i])];
    }
    all.push_back({o.kind, o.block, std::move(counts)});
  }
  return all;
}

}  // namespace ax
