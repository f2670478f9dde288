#include "adapterx/tasks/class_evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "adapterx/base/error.h"

namespace ax {
namespace {

struct Answer {
  Prediction prediction;
  double loss = 0;
};

Answer answer_of(std::span<const float> logits, int32_t label) {
  const auto top = std::ranges::max_element(logits);
  double sum = 0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x) - static_cast<double>(*top));
  const double log_sum = std::log(sum);
  const double own = static_cast<double>(logits[static_cast<size_t>(label)]) - static_cast<double>(*top);
  return {{label, static_cast<int32_t>(top - logits.begin()), static_cast<float>(1 / sum),
           static_cast<float>(std::exp(own - log_sum))},
          log_sum - own};
}

void expect_finite(const Answer& answer, int64_t index) {
  if (std::isfinite(answer.loss)) return;
  fail(
      "evaluation: logits of sample {} are not finite; the weights are damaged, or the learning rate was too "
      "high",
      index);
}

class ClassEvaluator : public Evaluator {
 public:
  ClassEvaluator(int64_t samples, int64_t classes) : evaluation_(std::make_shared<ClassEvaluation>()) {
    evaluation_->classes = classes;
    evaluation_->predictions.resize(static_cast<size_t>(samples));
  }

  void add(const Loader::Batch& batch, const Session& session) override {
    const Tensor logits = session.output("logits");
    for (int64_t i = 0; i < batch.count; ++i) {
      const std::span<const float> row(static_cast<const float*>(logits.row(i)),
                                       static_cast<size_t>(evaluation_->classes));
      add(batch.indices[static_cast<size_t>(i)], batch.labels[static_cast<size_t>(i)], row);
    }
  }

  std::shared_ptr<Evaluation> result() override {
    if (evaluation_->samples > 0) evaluation_->loss /= static_cast<double>(evaluation_->samples);
    return evaluation_;
  }

 protected:
  virtual void add(int64_t index, int32_t label, std::span<const float> logits) {
    note(index, label, logits);
  }

  void note(int64_t index, int32_t label, std::span<const float> logits) {
    const Answer answer = answer_of(logits, label);
    expect_finite(answer, index);
    evaluation_->predictions[static_cast<size_t>(index)] = answer.prediction;
    evaluation_->loss += answer.loss;
    evaluation_->correct += answer.prediction.predicted == answer.prediction.label;
    ++evaluation_->samples;
  }

  int64_t samples() const { return std::ssize(evaluation_->predictions); }
  int64_t classes() const { return evaluation_->classes; }

 private:
  std::shared_ptr<ClassEvaluation> evaluation_;
};

class VoteEvaluator : public ClassEvaluator {
 public:
  VoteEvaluator(int64_t samples, int64_t classes, int64_t votes)
      : ClassEvaluator(samples, classes),
        votes_(votes),
        counts_(static_cast<size_t>(samples)),
        labels_(static_cast<size_t>(samples)),
        sums_(static_cast<size_t>(samples * classes)) {}

  // A sample whose votes are not all there, since the evaluation was stopped, has no answer.
  std::shared_ptr<Evaluation> result() override {
    for (float& x : sums_) x /= static_cast<float>(votes_);
    for (int64_t i = 0; i < samples(); ++i) {
      if (counts_[static_cast<size_t>(i)] < votes_) continue;
      note(i, labels_[static_cast<size_t>(i)], sum_of(i));
    }
    return ClassEvaluator::result();
  }

 private:
  std::span<float> sum_of(int64_t i) {
    return std::span(sums_).subspan(static_cast<size_t>(i * classes()), static_cast<size_t>(classes()));
  }

  void add(int64_t index, int32_t label, std::span<const float> logits) override {
    labels_[static_cast<size_t>(index)] = label;
    ++counts_[static_cast<size_t>(index)];
    const std::span<float> sum = sum_of(index);
    for (size_t c = 0; c < logits.size(); ++c) sum[c] += logits[c];
  }

  int64_t votes_;
  std::vector<int64_t> counts_;
  std::vector<int32_t> labels_;
  std::vector<float> sums_;  // [samples, classes]
};

}  // namespace

std::unique_ptr<Evaluator> class_evaluator(int64_t samples, int64_t classes, int64_t votes) {
  if (votes > 1) return std::make_unique<VoteEvaluator>(samples, classes, votes);
  return std::make_unique<ClassEvaluator>(samples, classes);
}

const ClassEvaluation& of_classes(const Evaluation& evaluation) {
  const auto* classes = dynamic_cast<const ClassEvaluation*>(&evaluation);
  if (classes == nullptr) fail("expected the evaluation of a classifier, got that of another task");
  return *classes;
}

std::vector<int64_t> ClassEvaluation::confusion() const {
  std::vector<int64_t> counts(static_cast<size_t>(classes * classes));
  for (const Prediction& p : predictions) ++counts[static_cast<size_t>(p.label * classes + p.predicted)];
  return counts;
}

std::vector<double> ClassEvaluation::class_accuracy() const {
  const std::vector<int64_t> counts = confusion();
  std::vector<double> accuracy;
  for (int64_t r = 0; r < classes; ++r) {
    int64_t sum = 0;
    for (int64_t c = 0; c < classes; ++c) sum += counts[static_cast<size_t>(r * classes + c)];
    accuracy.push_back(sum > 0 ? static_cast<double>(counts[static_cast<size_t>(r * classes + r)]) /
                                     static_cast<double>(sum)
                               : std::numeric_limits<double>::quiet_NaN());
  }
  return accuracy;
}

}  // namespace ax
