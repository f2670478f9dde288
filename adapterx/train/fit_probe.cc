#include "adapterx/train/fit_probe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/data/stratify.h"

namespace ax {
namespace {

constexpr std::array kStrengths = {3.0,  1.0,   0.3,   0.1,  0.03,
                                   0.01, 0.003, 0.001, 3e-4, 1e-4};  // strong to weak
constexpr double kMiddling = 0.01;
constexpr double kConstant = 1e-6;  // a deviation below so much of the mean is rounding
constexpr int64_t kFolds = 5;       // a fifth of the samples is held out at a time
constexpr int64_t kEnough = 5000;   // samples of which one fold tells enough
// Largest component of a fit's gradient, as a part of its strength: of those that are compared, and of the
// last.
constexpr double kCoarse = 0.1, kFine = 0.01;
// Multiply-adds of a product, below which threads wait for each other longer than they work.
constexpr int64_t kSmall = 50'000'000;

LbfgsOptions until(double tolerance) {
  LbfgsOptions options;
  options.tolerance = tolerance;
  return options;
}

// Numbers of the samples: those whose class has no other, which are never held out, then the folds, over
// which each class is spread evenly.
struct Folds {
  std::vector<int64_t> order;
  int64_t never = 0;
  std::vector<int64_t> sizes;

  Folds(std::span<const int32_t> labels, int64_t classes, uint64_t seed) {
    std::vector<std::vector<int64_t>> by_class(static_cast<size_t>(classes)), folds(kFolds);
    for (const int64_t i : shuffled(std::ssize(labels), seed, 0, "probe")) {
      by_class[static_cast<size_t>(labels[static_cast<size_t>(i)])].push_back(i);
    }
    size_t next = 0;
    for (const std::vector<int64_t>& samples : by_class) {
      if (samples.size() == 1) order.push_back(samples[0]);
      if (samples.size() < 2) continue;
      for (const int64_t i : samples) folds[next++ % kFolds].push_back(i);
    }
    never = std::ssize(order);
    for (const std::vector<int64_t>& fold : folds) {
      order.insert(order.end(), fold.begin(), fold.end());
      sizes.push_back(std::ssize(fold));
    }
  }
};

// x -> (x - mean) * scale, feature by feature.
struct Standard {
  std::vector<double> mean, scale;  // scale: 1 / deviation; 0 of a constant feature

  explicit Standard(const LabelledRows& samples)
      : mean(static_cast<size_t>(samples.width)), scale(static_cast<size_t>(samples.width)) {
    const auto n = static_cast<double>(samples.count);
    const auto add_up = [&](std::vector<double>& sums, const auto& of) {
      for (int64_t i = 0; i < samples.count; ++i) {
        const float* row = samples.values + i * samples.width;
        for (size_t k = 0; k < sums.size(); ++k) sums[k] += of(static_cast<double>(row[k]), k) / n;
      }
    };
    add_up(mean, [](double x, size_t) { return x; });
    add_up(scale, [&](double x, size_t k) { return (x - mean[k]) * (x - mean[k]); });
    for (size_t k = 0; k < scale.size(); ++k) {
      const double deviation = std::sqrt(scale[k]);
      scale[k] = deviation > kConstant * std::abs(mean[k]) ? 1 / deviation : 0;
    }
  }

  void apply(const float* row, float* out) const {
    for (size_t k = 0; k < mean.size(); ++k) {
      out[k] = static_cast<float>((static_cast<double>(row[k]) - mean[k]) * scale[k]);
    }
  }

  // Of a classifier of what apply() gives that of what it was given.
  void fold_into(LinearClassifier& classifier) const {
    const auto weight = classifier.weight(), bias = classifier.bias();
    for (size_t c = 0; c < bias.size(); ++c) {
      const auto row = weight.subspan(c * mean.size(), mean.size());
      for (size_t k = 0; k < mean.size(); ++k) {
        row[k] *= scale[k];
        bias[c] -= row[k] * mean[k];
      }
    }
  }
};

class Probe {
 public:
  Probe(const LabelledRows& samples, int64_t classes, uint64_t seed)
      : classes_(classes), width_(samples.width), folds_(samples.labels, classes, seed), standard_(samples) {
    values_.resize(static_cast<size_t>(samples.count * width_));
    float* out = values_.data();
    for (const int64_t i : folds_.order) {
      standard_.apply(samples.values + i * width_, out);
      labels_.push_back(samples.labels[static_cast<size_t>(i)]);
      out += width_;
    }
  }

  ProbeFit run() {
    ProbeFit result{LinearClassifier(classes_, width_), kMiddling, 0, 0, {}};
    choose(result);
    result.fit = fit_logistic(all(), result.l2, result.classifier, until(kFine * result.l2));
    standard_.fold_into(result.classifier);
    return result;
  }

 private:
  using Scores = std::array<ClassifierScore, kStrengths.size()>;

  LabelledRows all() const { return {std::ssize(labels_), width_, values_.data(), labels_}; }

  // The strength of the smallest loss on those held out. The most accurate one may be much weaker: its head
  // is so sure of itself that the first changes of the features cost training more than the start is worth.
  void choose(ProbeFit& result) {
    Scores scores{};
    const int64_t count = std::clamp<int64_t>(kEnough / all().count, 1, kFolds);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t held = folds_.sizes[static_cast<size_t>(kFolds - 1 - i)];
      if (held > 0) add_fold(held, scores);
      result.held_out += held;
      put_first(held);
    }
    if (result.held_out == 0) return;
    const auto best = std::ranges::min_element(scores, {}, &ClassifierScore::loss);
    result.l2 = kStrengths[static_cast<size_t>(best - scores.begin())];
    result.held_out_correct = best->correct;
  }

  // The last samples are held out. From strong to weak, each fit begins where the last ended.
  void add_fold(int64_t held, Scores& scores) const {
    const int64_t fitted = all().count - held;
    LinearClassifier classifier(classes_, width_);
    for (size_t i = 0; i < kStrengths.size(); ++i) {
      fit_logistic(all().part(0, fitted), kStrengths[i], classifier, until(kCoarse * kStrengths[i]));
      const ClassifierScore found = score(classifier, all().part(fitted, held));
      scores[i].correct += found.correct;
      scores[i].loss += found.loss;
    }
  }

  // Moves the last samples to before the first fold.
  void put_first(int64_t held) {
    std::rotate(labels_.begin() + folds_.never, labels_.end() - held, labels_.end());
    std::rotate(values_.begin() + folds_.never * width_, values_.end() - held * width_, values_.end());
  }

  int64_t classes_, width_;
  const Folds folds_;
  const Standard standard_;
  std::vector<float> values_;  // standardised, in the folds' order
  std::vector<int32_t> labels_;
};

}  // namespace

ProbeFit fit_probe(const LabelledRows& samples, int64_t classes, uint64_t seed) {
  if (samples.count < 1) fail("linear probe: expected samples to fit it to, got none");
  const bool small = samples.count * samples.width * classes < kSmall;
  const ThreadCount threads(small ? 1 : thread_count());
  return Probe(samples, classes, seed).run();
}

}  // namespace ax
