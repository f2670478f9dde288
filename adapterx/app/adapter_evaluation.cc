#include "adapterx/app/adapter_evaluation.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/data/points/point_samples.h"
#include "adapterx/train/setup.h"

namespace ax {
namespace {

void expect_split(const DataSplits& splits, const EvaluationOptions& options) {
  if (dataset_of(splits, options.split)) return;
  fail("{}: no {} {}", options.data.path, to_string(options.split), sample_noun(splits));
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

DataConfig data_of(const DataConfig& config, const AdapterInfo& info) {
  DataConfig data = config;
  if (const auto* clouds = std::get_if<PointPreprocess>(&info.preprocess)) {
    data.sample_points = clouds->sample_points;
  }
  return data;
}

// The published votes: random choices of points, scaled and shifted.
std::shared_ptr<const SampleSource> drawn_clouds(const DataSplits& splits, Split split,
                                                 const AdapterInfo& info) {
  TrainConfig config;
  config.point_augment.scale_translate = true;
  return augmented_samples(splits, split, info.preprocess, config, kPointCacheBytes);
}

Evaluation by_votes(Session& session, const DataSplits& splits, const AdapterInfo& info,
                    const EvaluationOptions& options, const LoaderOptions& load,
                    const std::function<bool(int64_t)>& watch) {
  const auto drawn = drawn_clouds(splits, options.split, info);
  const auto loader_of = [&](int64_t vote) {
    return std::make_unique<Loader>(vote_samples(drawn, options.vote_seed, static_cast<uint32_t>(vote)),
                                    classes_of(info.model), load);
  };
  return evaluate_by_votes(session, input_name(info.model), loader_of, options.votes, drawn->dataset().size(),
                           watch);
}

}  // namespace

bool can_vote(const AdaptedModel& model) { return is_point_backbone(model.adapter.info.model); }

Evaluation evaluate_adapter(const AdaptedModel& model, const EvaluationOptions& options,
                            EvaluationObserver& observer) {
  const AdapterInfo& info = model.adapter.info;
  if (classes_of(info.model) == 0) fail("{}: the adapter has no classes to evaluate", model.adapter.path);
  if (options.votes > 0 && !can_vote(model)) {
    fail("{}: expected an adapter of point clouds to vote over random choices of points", model.adapter.path);
  }
  const DataSplits splits = open_splits(data_of(options.data, info), is_point_backbone(info.model));
  observer.on_data(splits);
  expect_classes(model.adapter, class_names(splits), options.data);
  expect_split(splits, options);
  const auto samples = samples_of(splits, options.split, info.preprocess, 0);
  const int64_t size = samples->dataset().size();
  LoaderOptions load;
  load.batch = std::min(options.batch, size);
  const BuiltSession built = build_adapted_session(model, load.batch, options.compile);
  observer.on_begin(sample_noun(splits), std::max<int64_t>(options.votes, 1) * size);
  const auto watch = [&](int64_t done) {
    observer.on_samples(done);
    return true;
  };
  if (options.votes > 0) return by_votes(*built.session, splits, info, options, load, watch);
  Loader loader(samples, classes_of(info.model), load);
  return evaluate(*built.session, input_name(info.model), loader, size, watch);
}

}  // namespace ax
