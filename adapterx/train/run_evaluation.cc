#include "adapterx/train/run_evaluation.h"

#include "adapterx/train/config_options.h"

namespace ax {
namespace {

std::unique_ptr<Loader> loader(const TrainingSetup& setup, std::shared_ptr<const SampleSource> samples,
                               const LoaderOptions& options) {
  return std::make_unique<Loader>(std::move(samples), std::ssize(class_names(setup.data)), options);
}

}  // namespace

Split choosing_split(const TrainConfig& config) {
  return config.train.select == Select::test_best ? Split::test : Split::val;
}

int64_t sample_count(const TrainingSetup& setup, Split split) {
  const auto samples = dataset_of(setup.data, split);
  return samples ? samples->size() : 0;
}

RunEvaluation::RunEvaluation(const TrainConfig& config, const TrainingSetup& setup,
                             const TrainingSteps& steps)
    : config_(config),
      setup_(setup),
      batch_(config.train.eval_batch > 0 ? config.train.eval_batch : config.train.batch),
      input_(input_name(setup.model)) {
  const SessionSpec spec = session_spec(config, setup, batch_);
  session_ = build_session(spec, *setup.method, steps.frozen(), setup.source, config.train.seed,
                           steps.shared_trained())
                 .session;
  if (dataset_of(setup.data, choosing_split(config))) {
    const LoaderOptions options = evaluation_loader(config, batch_);
    const auto samples = evaluation_samples(config, setup, choosing_split(config), true);
    loader_ = loader(setup, samples, options);
    observation_.emplace(spec, *setup.method, steps.frozen(), setup.source, steps.shared_trained(), samples,
                         options, steps.observed());
  }
  if (steps.frozen()) steps.frozen()->release_staging();
}

Evaluation RunEvaluation::choose(const std::function<bool(int64_t)>& on_batch) {
  return evaluate(*session_, input_, *loader_, sample_count(setup_, choosing_split(config_)), on_batch);
}

std::map<std::string, std::vector<int64_t>> RunEvaluation::observe() { return observation_->run(); }

Evaluation RunEvaluation::test(Split split, const std::function<bool(int64_t)>& on_batch) {
  const auto samples =
      loader(setup_, evaluation_samples(config_, setup_, split, false), evaluation_loader(config_, batch_));
  return evaluate(*session_, input_, *samples, sample_count(setup_, split), on_batch);
}

}  // namespace ax
