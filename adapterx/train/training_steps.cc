#include "adapterx/train/training_steps.h"

#include <algorithm>
#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/train/config_options.h"
#include "adapterx/train/non_finite.h"

namespace ax {

TrainingSteps::TrainingSteps(const TrainConfig& config, const TrainingSetup& setup)
    : config_(config), t_(config.train), setup_(setup), average_(config.train.ema) {
  build();
  optimizer_ = std::make_unique<Optimizer>(built_.trained, optimizer_options(t_));
  schedule_.emplace(schedule_options(t_), steps_of(batches_));
}

void TrainingSteps::build() {
  load(training_samples(config_, setup_));
  if (setup_.source) frozen_ = std::make_shared<FrozenWeights>(setup_.source, t_.seed);
  built_ = build_session(spec(), *setup_.method, frozen_, setup_.source, t_.seed);
  input_ = setup_.input->name();
}

void TrainingSteps::load(const std::shared_ptr<const SampleSource>& samples) {
  samples_ = samples;
  loader_ = make_loader(setup_, samples, training_loader(config_, setup_));
  batches_ = loader_->batches();
}

SessionSpec TrainingSteps::spec() const {
  SessionSpec spec = session_spec(config_, setup_, training_loader(config_, setup_).batch);
  spec.training = true;
  return spec;
}

bool TrainingSteps::features_stay() const {
  constexpr size_t kLayer = 2;  // weight and bias
  return built_.linear_head && built_.trained->entries().size() == kLayer && !built_.draws &&
         samples_->stays();
}

void TrainingSteps::train_on(std::shared_ptr<const SampleFeatures> features) {
  load(feature_samples(std::move(features), setup_.data.train));
  built_ = build_head_session(spec(), LinearHead(*built_.linear_head), frozen_, built_.trained);
  input_ = kFeatures;
}

void TrainingSteps::begin_training(TrainState& state) const {
  const auto values = built_.trained->values();
  if (average_.on()) state.average.assign(values.begin(), values.end());
}

double TrainingSteps::step(TrainState& state) {
  const int64_t passes = std::min(t_.accumulate, batches_ - state.batch);
  const std::string at = place(state);
  state.last_lr = schedule_->lr(state.steps);
  built_.trained->zero_gradients();
  double loss = 0;
  for (int64_t i = 0; i < passes; ++i) loss += pass(state, 1.0f / static_cast<float>(passes));
  try {
    state.sums.gradient_norm += optimizer_->step(static_cast<float>(state.last_lr));
  } catch (const Error& error) {
    fail("{}: {}", at, error.what());
  }
  ++state.steps;
  ++state.sums.steps;
  average_.update(state.steps, built_.trained->values(), state.average);
  return loss / static_cast<double>(passes);
}

// One batch through the model and back; its loss.
double TrainingSteps::pass(TrainState& state, float gradient_scale) {
  Session& session = *built_.session;
  const Loader::Batch* batch = loader_->next();
  if (batch == nullptr)
    fail("{}: expected {} batches in the epoch, got {}", place(state), batches_, state.batch);
  std::ranges::copy(batch->inputs, session.input(input_).f32());
  setup_.task->set_targets(*batch, session);
  session.run(t_.seed, static_cast<uint32_t>(state.passes), gradient_scale);
  const double loss = static_cast<double>(*session.output("loss").f32());
  const double penalty = has_penalty() ? static_cast<double>(*session.output("penalty").f32()) : 0;
  if (!std::isfinite(loss) || !std::isfinite(penalty)) {
    fail_non_finite(place(state), loss, penalty, *built_.trained, session, input_, built_.task_outputs);
  }
  const auto count = static_cast<double>(batch->count);
  state.sums.loss += loss * count;
  state.sums.penalty += penalty * count;
  state.sums.images += batch->count;
  state.sums.correct += setup_.task->count_correct(*batch, session);
  ++state.batch;
  ++state.passes;
  return loss;
}

std::string TrainingSteps::place(const TrainState& state) const {
  return fmt::format("step {} (epoch {}, batch {})", state.steps + 1, state.epoch + 1, state.batch + 1);
}

}  // namespace ax
