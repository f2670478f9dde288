#include "adapterx/train/stream_scale.h"

#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/train/config_options.h"
#include "adapterx/train/few_samples.h"

namespace ax {
namespace {

constexpr int64_t kSamples = 32;

double rms(const Tensor& x) {
  double sum = 0;
  for (const float v : x.f32_span()) sum += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(sum / static_cast<double>(x.size()));
}

float ratio(const FewSamples& samples, const BuiltSession::Measured& m) {
  const double stream = rms(samples.output(m.stream)), input = rms(samples.output(m.input));
  const double value = stream / input;
  if (!(std::isfinite(value) && value > 0)) {
    fail("{}: expected a stream and an input of it above zero, got {} and {} as root mean squares", m.buffer,
         stream, input);
  }
  return static_cast<float>(value);
}

}  // namespace

void measure_stream_scales(const TrainConfig& config, const TrainingSetup& setup, TrainingSteps& steps) {
  if (steps.measured().empty()) return;
  SessionSpec spec = session_spec(config, setup, 1);
  spec.measure = true;
  FewSamples samples(kSamples, evaluation_samples(config, setup, Split::train, false),
                     evaluation_loader(config, 1), spec, setup, steps);
  samples.run();
  for (const BuiltSession::Measured& m : samples.built().measured) {
    TrainedParameters& trained = steps.trained();
    *trained.value(*trained.find(m.buffer)).f32() = ratio(samples, m);
  }
}

}  // namespace ax
