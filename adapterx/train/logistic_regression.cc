#include "adapterx/train/logistic_regression.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "adapterx/base/buffer.h"
#include "adapterx/base/tensor.h"
#include "adapterx/kernels/loss/cross_entropy.h"
#include "adapterx/kernels/matrix/gemm.h"

namespace ax {
namespace {

constexpr int64_t kLogits = 1 << 24;  // numbers at a time

using kernels::Gemm;
using kernels::WeightGradGemm;

// The products of so many rows.
struct Products {
  Products(int64_t m, int64_t classes, int64_t width)
      : rows(m), logits({m, classes, width}, {.bias = true}), weight_grad(m, classes, width, DType::f32) {}
  int64_t rows;
  Gemm logits;
  WeightGradGemm weight_grad;
  size_t scratch() const { return std::max(logits.scratch_bytes(), weight_grad.scratch_bytes()); }
};

// Loss and gradient of the layer, a few thousand rows at a time.
class CrossEntropy {
 public:
  CrossEntropy(const LabelledRows& rows, int64_t classes)
      : rows_(rows),
        classes_(classes),
        at_once_(std::clamp<int64_t>(kLogits / classes, 1, rows.count)),
        whole_(at_once_, classes, rows.width) {
    if (const int64_t rest = rows.count % at_once_; rest > 0) rest_.emplace(rest, classes, rows.width);
    const auto floats = [](int64_t n) { return Buffer(static_cast<size_t>(n) * sizeof(float)); };
    const size_t packed = rest_ ? rest_->logits.packed_bytes() : 0, scratch = rest_ ? rest_->scratch() : 0;
    packed_ = Buffer(std::max(whole_.logits.packed_bytes(), packed));
    scratch_ = Buffer(std::max(whole_.scratch(), scratch));
    logits_ = floats(at_once_ * classes);
    norms_ = floats(at_once_);
    layer_ = floats(classes * (rows.width + 1));
    gradient_ = floats(classes * rows.width);
  }

  // Calls each(products, first row, logits) for all rows, a part after the other.
  template <class Each>
  void for_logits(std::span<const double> layer, const Each& each) {
    std::ranges::transform(layer, layer_.as<float>(), [](double v) { return static_cast<float>(v); });
    for (int64_t first = 0; first < rows_.count; first += at_once_) {
      const Products& p = rows_.count - first < at_once_ ? *rest_ : whole_;
      p.logits.pack(layer_.as<float>(), packed_.data(), scratch_.data());
      p.logits.run(rows_.values + first * rows_.width, packed_.data(),
                   layer_.as<float>() + classes_ * rows_.width, logits_.data(), scratch_.data());
      each(p, first, Tensor{logits_.data(), DType::f32, {p.rows, classes_}});
    }
  }

  // Sum of the rows' losses. Leaves what their gradients need.
  double loss(const Tensor& logits, int64_t first) const {
    const int64_t count = logits.shape[0];
    float mean = 0;
    kernels::cross_entropy(logits, labels(first, count), {}, 0, {&mean, DType::f32, {}}, norms(count));
    double sum = 0;
    for (int64_t i = 0; i < count; ++i) {
      const float* row = static_cast<const float*>(logits.row(i));
      sum += static_cast<double>(norms_.as<float>()[i]) - static_cast<double>(row[label(first + i)]);
    }
    return sum;
  }

  double evaluate(std::span<const double> layer, std::span<double> gradient) {
    const std::span<double> of_bias = gradient.last(static_cast<size_t>(classes_));
    std::ranges::fill(of_bias, 0.0);
    std::fill_n(gradient_.as<float>(), classes_ * rows_.width, 0.0f);
    double sum = 0;
    for_logits(layer, [&](const Products& p, int64_t first, const Tensor& logits) {
      sum += loss(logits, first);
      float share = static_cast<float>(p.rows) / static_cast<float>(rows_.count);
      kernels::cross_entropy_grad(logits, labels(first, p.rows), {}, 0, norms(p.rows),
                                  {&share, DType::f32, {}}, logits);
      p.weight_grad.run(logits.data, rows_.values + first * rows_.width, gradient_.as<float>(),
                        scratch_.data());
      for (int64_t i = 0; i < p.rows; ++i) {
        const float* row = static_cast<const float*>(logits.row(i));
        for (int64_t c = 0; c < classes_; ++c) of_bias[static_cast<size_t>(c)] += static_cast<double>(row[c]);
      }
    });
    std::copy_n(gradient_.as<float>(), classes_ * rows_.width, gradient.begin());
    return sum / static_cast<double>(rows_.count);
  }

 private:
  int32_t label(int64_t i) const { return rows_.labels[static_cast<size_t>(i)]; }
  Tensor labels(int64_t first, int64_t count) const {
    return {const_cast<int32_t*>(rows_.labels.data()) + first, DType::i32, {count}};
  }
  Tensor norms(int64_t count) const { return {norms_.data(), DType::f32, {count}}; }

  const LabelledRows& rows_;
  int64_t classes_, at_once_;
  Products whole_;
  std::optional<Products> rest_;
  Buffer packed_, scratch_, logits_, norms_, layer_, gradient_;
};

}  // namespace

LbfgsResult fit_logistic(const LabelledRows& rows, double l2, LinearClassifier& classifier,
                         const LbfgsOptions& options) {
  CrossEntropy mean(rows, classifier.classes);
  const size_t weights = classifier.weight().size();
  const auto penalised = [&](std::span<const double> layer, std::span<double> gradient) {
    const double loss = mean.evaluate(layer, gradient);
    double squares = 0;
    for (size_t i = 0; i < weights; ++i) {
      squares += layer[i] * layer[i];
      gradient[i] += l2 * layer[i];
    }
    return loss + l2 / 2 * squares;
  };
  return minimise(penalised, classifier.values, options);
}

ClassifierScore score(const LinearClassifier& classifier, const LabelledRows& rows) {
  CrossEntropy mean(rows, classifier.classes);
  ClassifierScore result;
  double sum = 0;
  mean.for_logits(classifier.values, [&](const auto&, int64_t first, const Tensor& logits) {
    sum += mean.loss(logits, first);
    for (int64_t i = 0; i < logits.shape[0]; ++i) {
      const float* row = static_cast<const float*>(logits.row(i));
      const auto best = std::max_element(row, row + classifier.classes) - row;
      result.correct += best == rows.labels[static_cast<size_t>(first + i)];
    }
  });
  result.loss = sum / static_cast<double>(rows.count);
  return result;
}

}  // namespace ax
