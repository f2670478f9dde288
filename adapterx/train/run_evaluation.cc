#include "adapterx/train/run_evaluation.h"

#include <utility>

#include "adapterx/train/config_options.h"

namespace ax {

Split choosing_split(const TrainConfig& config) {
  return config.train.select == Select::test_best ? Split::test : Split::val;
}

RunEvaluation::RunEvaluation(const TrainConfig& config, const TrainingSetup& setup,
                             const TrainingSteps& steps)
    : config_(config),
      setup_(setup),
      batch_(config.train.eval_batch > 0 ? config.train.eval_batch : config.train.batch) {
  const SessionSpec spec = session_spec(config, setup, batch_);
  session_ = build_session(spec, *setup.method, steps.frozen(), setup.source, config.train.seed,
                           steps.shared_trained())
                 .session;
  if (setup.data.of(choosing_split(config))) {
    const LoaderOptions options = evaluation_loader(config, batch_);
    samples_ = evaluation_samples(config, setup, choosing_split(config), true);
    loader_ = make_loader(setup, samples_, options);
    observation_.emplace(spec, setup, steps, samples_, options);
  }
  if (steps.frozen()) steps.frozen()->release_staging();
}

EvaluationPtr RunEvaluation::choose(const std::function<bool(int64_t)>& on_batch) {
  if (head_session_)
    return evaluate_on(choosing_split(config_), *head_session_, kFeatures, *loader_, on_batch);
  return evaluate_on(choosing_split(config_), *session_, setup_.input->name(), *loader_, on_batch);
}

void RunEvaluation::choose_by(std::shared_ptr<const SampleFeatures> features, const LinearHead& head,
                              const TrainingSteps& steps) {
  const auto samples = feature_samples(std::move(features), setup_.data.of(choosing_split(config_)));
  loader_ = make_loader(setup_, samples, evaluation_loader(config_, batch_));
  head_session_ =
      build_head_session(session_spec(config_, setup_, batch_), head, steps.frozen(), steps.shared_trained())
          .session;
}

std::vector<ObservedCounts> RunEvaluation::observe() { return observation_->run(); }

std::optional<SampleFeatures> RunEvaluation::features(Split split,
                                                      const std::function<bool(int64_t)>& on_batch) {
  return sample_features(*session_, setup_.input->name(), *loader_of(split), *setup_.data.of(split),
                         on_batch);
}

EvaluationPtr RunEvaluation::test(Split split, const std::function<bool(int64_t)>& on_batch) {
  return evaluate_on(split, *session_, setup_.input->name(), *loader_of(split), on_batch);
}

std::unique_ptr<Loader> RunEvaluation::loader_of(Split split) const {
  return make_loader(setup_, evaluation_samples(config_, setup_, split, false),
                     evaluation_loader(config_, batch_));
}

EvaluationPtr RunEvaluation::evaluate_on(Split split, Session& session, std::string_view input,
                                         Loader& loader, const std::function<bool(int64_t)>& on_batch) const {
  const auto evaluator = setup_.task->evaluator(setup_.data.size(split), session);
  return evaluate(session, input, loader, *evaluator, on_batch);
}

}  // namespace ax
