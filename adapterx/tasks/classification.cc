#include "adapterx/tasks/classification.h"

#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/cross_entropy.h"
#include "adapterx/tasks/batch_accuracy.h"
#include "adapterx/tasks/class_evaluation.h"

namespace ax {
namespace {

class Classification : public Task {
 public:
  Classification(std::vector<std::string> classes, ClassificationOptions options)
      : classes_(std::move(classes)), options_(std::move(options)) {}

  std::string_view name() const override { return "classification"; }
  const std::vector<std::string>& classes() const override { return classes_; }

  TaskGraph build(Graph& graph, const Backbone& backbone, const BackboneBuild& build,
                  Slots& slots) const override {
    return build_on(graph, backbone.build(graph, build, slots).features, backbone.classes(), build.training);
  }

  TaskGraph build_on(Graph& graph, const Features& features, int64_t classes, bool training) const override {
    const Value logits = classes > 0 ? features.head(classes) : Value{};
    TaskGraph result;
    if (training) result.loss = loss(graph, logits, features.pooled.shape()[0]);
    result.outputs = {{"features", cast(features.pooled, Role::exact)}};
    if (logits) result.outputs.emplace_back("logits", logits);
    if (logits && options_.heads.empty()) result.linear_head = linear_head(logits, features.pooled);
    return result;
  }

  // Of samples that are mixed, or told in several label sets; the label says all of others.
  TargetsPtr targets(const std::shared_ptr<const SampleSource>& samples) const override {
    const std::shared_ptr<const Dataset> dataset(samples, &samples->dataset());
    if (!samples->mixes() && !dataset->several_heads()) return nullptr;
    return class_targets(dataset, std::ssize(classes_));
  }
  void set_targets(const Loader::Batch& batch, const Session& session) const override {
    if (batch.targets.empty()) {
      std::ranges::copy(batch.labels, session.input("labels").i32());
    } else {
      std::ranges::copy(batch.targets, session.input("labels").f32());
    }
  }

  int64_t count_correct(const Loader::Batch& batch, const Session& session) const override {
    return ax::count_correct(session.output("logits"), batch, options_.heads);
  }

  std::unique_ptr<Evaluator> evaluator(int64_t samples, const Session& session) const override {
    return class_evaluator(samples, session.output("logits").shape.dim(-1));
  }
  bool evaluates() const override { return true; }

 private:
  Value loss(Graph& graph, Value logits, int64_t batch) const {
    if (!logits) fail("training: expected a model with classes, got one without a head");
    const Value labels = options_.target_rows ? graph.input("labels", logits.shape(), Role::exact)
                                              : graph.input("labels", {batch}, Role::index);
    return cross_entropy(logits, labels, options_.label_smoothing, options_.heads);
  }

  std::vector<std::string> classes_;
  ClassificationOptions options_;
};

class LabelSets : public Classification {
 public:
  using Classification::Classification;
  std::string_view name() const override { return "several label sets"; }
  std::unique_ptr<Evaluator> evaluator(int64_t, const Session&) const override { return nullptr; }
  bool evaluates() const override { return false; }
};

}  // namespace

TaskPtr classification(std::vector<std::string> classes, const ClassificationOptions& options) {
  if (options.heads.empty()) return std::make_shared<Classification>(std::move(classes), options);
  return std::make_shared<LabelSets>(std::move(classes), options);
}

TaskPtr make_classification(const TaskSettings& settings, const DataSplits& data) {
  ClassificationOptions options;
  options.label_smoothing = settings.label_smoothing;
  for (const Head& head : data.heads) options.heads.push_back(head.classes);
  options.target_rows = settings.mixes_targets || !data.heads.empty();
  return classification(data.classes, options);
}

}  // namespace ax
