#include "adapterx/train/stream_scale.h"

#include <algorithm>
#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/train/config_options.h"
#include "adapterx/train/spread.h"

namespace ax {
namespace {

constexpr int64_t kSamples = 32;

double rms(const Tensor& x) {
  double sum = 0;
  for (const float v : x.f32_span()) sum += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(sum / static_cast<double>(x.size()));
}

float ratio(const BuiltSession& built, const BuiltSession::Measured& m) {
  const double stream = rms(built.session->output(m.stream)), input = rms(built.session->output(m.input));
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
  const auto samples = evaluation_samples(config, setup, Split::train, false);
  const std::vector<int64_t> shown = spread(samples->dataset().size(), kSamples);
  const auto batch = std::ssize(shown);
  SessionSpec spec = session_spec(config, setup, batch);
  spec.measure = true;
  const BuiltSession built = build_session(spec, *setup.method, steps.frozen(), setup.source,
                                           config.train.seed, steps.shared_trained());
  const auto loader = make_loader(setup, subset(samples, shown), evaluation_loader(config, batch));
  loader->start(0);
  std::ranges::copy(loader->next()->inputs, built.session->input(setup.input->name()).f32());
  built.session->run();
  for (const BuiltSession::Measured& m : built.measured) {
    TrainedParameters& trained = steps.trained();
    *trained.value(*trained.find(m.buffer)).f32() = ratio(built, m);
  }
}

}  // namespace ax
