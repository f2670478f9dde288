#include "adapterx/app/adapter_evaluation.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/data/points/point_samples.h"
#include "adapterx/tasks/class_evaluation.h"
#include "adapterx/train/evaluate.h"
#include "adapterx/train/setup.h"

namespace ax {
namespace {

void expect_split(const DataSplits& splits, const ModelInput& input, const EvaluationOptions& options) {
  if (splits.of(options.split)) return;
  fail("{}: no {} {}", options.data.path, to_string(options.split), input.noun());
}

void expect_classes(const AdapterFile& adapter, const std::vector<std::string>& classes,
                    const DataConfig& data) {
  const std::vector<std::string>& own = adapter.info.classes;
  if (own.size() != classes.size()) {
    fail("{}: expected the {} classes of {}, got {}", data.path, own.size(), adapter.path, classes.size());
  }
  for (size_t i = 0; i < own.size(); ++i) {
    const bool unnamed = classes[i] == std::to_string(i);  // the data know numbers alone
    if (unnamed || own[i] == classes[i]) continue;
    fail("{}: class {}: expected `{}`, as {} has it, got `{}`", data.path, i, own[i], adapter.path,
         classes[i]);
  }
}

EvaluationPtr by_votes(Session& session, const AdapterInfo& info,
                       const std::shared_ptr<const SampleSource>& drawn, const EvaluationOptions& options,
                       const LoaderOptions& load, const std::function<bool(int64_t)>& watch) {
  const auto loader_of = [&](int64_t vote) {
    return std::make_unique<Loader>(vote_samples(drawn, options.vote_seed, static_cast<uint32_t>(vote)),
                                    info.model->classes(), load);
  };
  const auto evaluator = class_evaluator(drawn->dataset().size(), info.model->classes(), options.votes);
  return evaluate_by_votes(session, info.input->name(), loader_of, options.votes, *evaluator, watch);
}

}  // namespace

EvaluationPtr evaluate_adapter(const AdaptedModel& model, const EvaluationOptions& options,
                               EvaluationObserver& observer) {
  const AdapterInfo& info = model.adapter.info;
  if (info.model->classes() == 0) fail("{}: the adapter has no classes to evaluate", model.adapter.path);
  if (options.votes > 0 && !info.input->draws_samples()) {
    fail("{}: expected an adapter of point clouds to vote over random choices of points", model.adapter.path);
  }
  const DataSplits splits = info.input->open(info.input->spec(dataset_spec(options.data)));
  observer.on_data(splits);
  expect_classes(model.adapter, splits.classes, options.data);
  expect_split(splits, *info.input, options);
  const auto& dataset = splits.of(options.split);
  LoaderOptions load;
  load.batch = std::min(options.batch, dataset->size());
  const BuiltSession built = build_adapted_session(model, load.batch, options.compile);
  observer.on_begin(info.input->noun(), std::max<int64_t>(options.votes, 1) * dataset->size());
  const auto watch = [&](int64_t done) {
    observer.on_samples(done);
    return true;
  };
  if (options.votes > 0) {
    return by_votes(*built.session, info, info.input->drawn_samples(dataset), options, load, watch);
  }
  Loader loader(info.input->samples(dataset, 0), info.model->classes(), load);
  const auto evaluator = class_evaluator(dataset->size(), info.model->classes());
  return evaluate(*built.session, info.input->name(), loader, *evaluator, watch);
}

}  // namespace ax
