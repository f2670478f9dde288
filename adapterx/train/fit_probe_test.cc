#include "adapterx/train/fit_probe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/base/rng.h"

namespace ax {
namespace {

// Clusters around a centre for each class, features of unlike scale and mean.
struct Samples {
  int64_t width;
  std::vector<float> values;
  std::vector<int32_t> labels;

  Samples(const std::vector<int64_t>& sizes, int64_t of_width, float noise, uint64_t seed = 1)
      : width(of_width) {
    const Rng centres(seed, 0, place_of("centres")), spread(seed, 0, place_of("spread"));
    for (size_t c = 0; c < sizes.size(); ++c) {
      for (int64_t i = 0; i < sizes[c]; ++i) {
        for (int64_t k = 0; k < width; ++k) {
          const float centre = centres.normal(c * static_cast<size_t>(width) + static_cast<size_t>(k));
          const float own = noise * spread.normal(values.size());
          values.push_back(static_cast<float>(k % 3 + 1) * (centre + own) + static_cast<float>(k % 5));
        }
        labels.push_back(static_cast<int32_t>(c));
      }
    }
  }
  LabelledRows rows() const { return {std::ssize(labels), width, values.data(), labels}; }
};

// The objective's gradient by its definition, in double: its largest component.
double gradient_by_definition(const LabelledRows& rows, LinearClassifier& c, double l2) {
  const auto classes = static_cast<size_t>(c.classes), width = static_cast<size_t>(c.width);
  std::vector<double> gradient(c.values.size());
  for (size_t i = 0; i < classes * width; ++i) gradient[i] = l2 * c.values[i];
  for (int64_t r = 0; r < rows.count; ++r) {
    std::vector<double> p(classes);
    double sum = 0;
    for (size_t k = 0; k < classes; ++k) {
      double logit = c.bias()[k];
      for (size_t j = 0; j < width; ++j) {
        logit +=
            c.weight()[k * width + j] * static_cast<double>(rows.values[static_cast<size_t>(r) * width + j]);
      }
      sum += p[k] = std::exp(logit);
    }
    for (size_t k = 0; k < classes; ++k) {
      const double target = rows.labels[static_cast<size_t>(r)] == static_cast<int32_t>(k) ? 1 : 0;
      const double d = (p[k] / sum - target) / static_cast<double>(rows.count);
      for (size_t j = 0; j < width; ++j) {
        gradient[k * width + j] += d * static_cast<double>(rows.values[static_cast<size_t>(r) * width + j]);
      }
      gradient[classes * width + k] += d;
    }
  }
  double most = 0;
  for (const double g : gradient) most = std::max(most, std::abs(g));
  return most;
}

TEST(LogisticRegression, EndsWhereTheGradientIsZero) {
  const Samples samples({40, 25, 60, 3}, 7, 1.5f);
  for (const double l2 : {1.0, 0.01}) {
    LinearClassifier c(4, 7);
    LbfgsOptions options;
    options.tolerance = 1e-6;
    const LbfgsResult r = fit_logistic(samples.rows(), l2, c, options);
    EXPECT_GT(gradient_by_definition(samples.rows(), c, 2 * l2), 1e-3) << l2;  // of another strength it isn't
    EXPECT_LE(gradient_by_definition(samples.rows(), c, l2), 3e-6) << l2;
    EXPECT_LE(r.gradient, 1e-6) << l2;
  }
}

// More rows than are multiplied at once, and a rest of them.
TEST(LogisticRegression, ManyRowsAreWorkedThroughInParts) {
  const int64_t classes = 6000;
  Samples samples(std::vector<int64_t>(static_cast<size_t>(classes), 1), 3, 0.1f);
  LinearClassifier whole(classes, 3), part(classes, 3);
  const LabelledRows rows = samples.rows();
  const ClassifierScore all = score(whole, rows), first = score(part, rows.part(0, 2500)),
                        second = score(part, rows.part(2500, 3500));
  EXPECT_NEAR(all.loss, std::log(static_cast<double>(classes)), 1e-5);
  EXPECT_EQ(all.correct, first.correct + second.correct);
  LbfgsOptions options;
  options.max_iterations = 1;
  options.tolerance = 0;
  const double got = fit_logistic(rows, 0.1, whole, options).gradient,
               want = gradient_by_definition(rows, whole, 0.1);
  EXPECT_NEAR(got, want, 1e-4 * want);
}

// scikit-learn 1.9.1: LogisticRegression(C=1 / (30 * 0.05), tol=1e-12).fit(x, y).
TEST(LogisticRegression, AgreesWithScikitLearn) {
  std::vector<float> x;
  std::vector<int32_t> y;
  for (int i = 0; i < 30; ++i) {
    for (int j = 0; j < 3; ++j) x.push_back(static_cast<float>(std::sin(1 + 3 * i + 7 * j) * (1 + j)));
    y.push_back((i * i + i / 3) % 4);
  }
  LinearClassifier c(4, 3);
  LbfgsOptions options;
  options.tolerance = 1e-7;
  const LbfgsResult r = fit_logistic({30, 3, x.data(), y}, 0.05, c, options);
  const std::vector<double> want = {
      0.11239555, 0.12527956,  -0.05384102, -0.0068673,  -0.01608104, -0.01576868, -0.08838803, -0.06668299,
      0.11434672, -0.01714022, -0.04251553, -0.04473701, 0.35264015,  -0.1431924,  0.35161216,  -0.5610599};
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(c.values[i], want[i], 2e-5) << i;
  EXPECT_NEAR(r.value, 1.3081025964482955, 1e-7);
}

std::vector<double> logits(ProbeFit& fit, const LabelledRows& rows, int64_t row) {
  std::vector<double> out(fit.classifier.bias().begin(), fit.classifier.bias().end());
  for (size_t c = 0; c < out.size(); ++c) {
    for (int64_t k = 0; k < rows.width; ++k) {
      out[c] += fit.classifier.weight()[c * static_cast<size_t>(rows.width) + static_cast<size_t>(k)] *
                static_cast<double>(rows.values[row * rows.width + k]);
    }
  }
  return out;
}

TEST(FitProbe, ScaleAndMeanOfFeaturesDoNotMatter) {
  const Samples samples({20, 20, 20}, 6, 1);
  Samples moved = samples;
  for (size_t i = 0; i < moved.values.size(); ++i) {
    moved.values[i] = moved.values[i] * (i % 6 == 2 ? 64.0f : 0.125f) + (i % 6 == 4 ? 3.0f : -1.0f);
  }
  ProbeFit one = fit_probe(samples.rows(), 3, 5), other = fit_probe(moved.rows(), 3, 5);
  EXPECT_EQ(one.l2, other.l2);
  EXPECT_EQ(one.held_out_correct, other.held_out_correct);
  for (int64_t i = 0; i < 60; ++i) {
    const auto a = logits(one, samples.rows(), i), b = logits(other, moved.rows(), i);
    for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(a[c], b[c], 0.02) << i;
  }
}

TEST(FitProbe, IsAFunctionOfSamplesAndSeed) {
  const Samples samples({20, 10, 30}, 6, 2);
  const ProbeFit a = fit_probe(samples.rows(), 3, 5), b = fit_probe(samples.rows(), 3, 5);
  EXPECT_EQ(a.classifier.values, b.classifier.values);
  EXPECT_EQ(a.held_out, 60);
  EXPECT_LE(a.fit.gradient, 0.01 * a.l2);
}

// What is learned by heart of labels that mean nothing is not counted, and not trusted.
TEST(FitProbe, ThoseHeldOutAreNotFitted) {
  Samples samples({200}, 150, 1);
  for (size_t i = 0; i < samples.labels.size(); ++i) samples.labels[i] = static_cast<int32_t>(i * i / 3 % 2);
  const ProbeFit noise = fit_probe(samples.rows(), 2, 0);
  EXPECT_EQ(noise.held_out, 200);
  EXPECT_LT(noise.held_out_correct, 130);
  EXPECT_GT(score(noise.classifier, samples.rows()).correct, noise.held_out_correct + 30);
  const Samples clear({100, 100}, 150, 0.3f);
  EXPECT_EQ(fit_probe(clear.rows(), 2, 0).held_out_correct, 200);
}

TEST(FitProbe, ClassesOfOneSampleAndOfNone) {
  const Samples samples({1, 12, 0, 12, 1}, 6, 0.2f);
  ProbeFit fit = fit_probe(samples.rows(), 6, 0);  // the last class has none, either
  EXPECT_EQ(fit.held_out, 24);
  for (int64_t i = 0; i < samples.rows().count; ++i) {
    const auto found = logits(fit, samples.rows(), i);
    const auto best = std::ranges::max_element(found) - found.begin();
    EXPECT_EQ(best, samples.labels[static_cast<size_t>(i)]) << i;
    for (const double logit : found) EXPECT_TRUE(std::isfinite(logit));
  }
  const ProbeFit alone = fit_probe(Samples({1, 1, 1}, 6, 0.2f).rows(), 3, 0);
  EXPECT_EQ(alone.held_out, 0);
  EXPECT_EQ(score(alone.classifier, Samples({1, 1, 1}, 6, 0.2f).rows()).correct, 3);
}

TEST(FitProbe, OneSampleIsOfItsClass) {
  const Samples samples({0, 1}, 4, 1);
  const ProbeFit fit = fit_probe(samples.rows(), 3, 0);
  EXPECT_EQ(score(fit.classifier, samples.rows()).correct, 1);
  EXPECT_THROW(fit_probe({0, 4, nullptr, {}}, 3, 0), Error);
}

TEST(FitProbe, ConstantFeaturesGetNoWeight) {
  Samples samples({15, 15}, 4, 1);
  for (size_t i = 0; i < samples.values.size(); i += 4) samples.values[i] = 0.1f;
  for (size_t i = 1; i < samples.values.size(); i += 4) samples.values[i] = 0;
  ProbeFit fit = fit_probe(samples.rows(), 2, 0);
  for (size_t i = 0; i < fit.classifier.weight().size(); ++i) {
    EXPECT_EQ(fit.classifier.weight()[i] == 0, i % 4 < 2) << i;
  }
}

}  // namespace
}  // namespace ax
